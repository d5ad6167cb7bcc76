"""Wheel, zoom and pan of a slice: pure functions from one state to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fusplan.display.interaction.stage import Pointer, PointerShape, Response, Stage
from fusplan.display.view_state import LARGEST_ZOOM, SMALLEST_ZOOM, ViewState
from fusplan.display.views import SliceView

ZOOM_PER_NOTCH = 1.2


def stepped(state: ViewState, view: SliceView, steps: float, step_mm: float) -> ViewState:
    """The cursor ``steps`` slices of ``step_mm`` further along the slice's normal."""
    if state.cursor is None:
        return state
    return replace(state, cursor=state.cursor.moved(view.normal, steps * step_mm))


def zoomed(state: ViewState, pointer: Pointer, notches: float) -> ViewState:
    """Zoomed so that what is under the pointer stays under it."""
    view = pointer.view
    camera = state.camera(view.kind)
    zoom = float(np.clip(camera.zoom * ZOOM_PER_NOTCH**notches, SMALLEST_ZOOM, LARGEST_ZOOM))
    share = 1 - camera.zoom / zoom
    right_mm = pointer.picture_mm[0] - view.width_mm / 2
    up_mm = view.height_mm / 2 - pointer.picture_mm[1]
    pan_mm = (camera.pan_mm[0] + right_mm * share, camera.pan_mm[1] + up_mm * share)
    return state.with_camera(view.kind, replace(camera, zoom=zoom, pan_mm=pan_mm))


@dataclass(frozen=True, slots=True, eq=False)
class PanDrag:
    """Middle drag: the picture moves with the pointer.

    Picture mm are counted from the corner of the view, which stays in place while the image moves under it.
    """

    start_pan_mm: tuple[float, float]
    start_picture_mm: tuple[float, float]
    shape: PointerShape = "grabbing"

    def move(self, stage: Stage, pointer: Pointer) -> Response:
        view = pointer.view
        camera = stage.state.camera(view.kind)
        pan_mm = (
            self.start_pan_mm[0] - (float(pointer.picture_mm[0]) - self.start_picture_mm[0]),
            self.start_pan_mm[1] + (float(pointer.picture_mm[1]) - self.start_picture_mm[1]),
        )
        return Response(state=stage.state.with_camera(view.kind, replace(camera, pan_mm=pan_mm)))


def pan(stage: Stage, pointer: Pointer) -> PanDrag:
    """A pan that begins where the pointer is."""
    x, y = pointer.picture_mm
    return PanDrag(stage.state.camera(pointer.view.kind).pan_mm, (float(x), float(y)))
