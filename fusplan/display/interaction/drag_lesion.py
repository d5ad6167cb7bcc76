"""The selected lesion's handles: drag its centre, its ends or its tilt; a click in another lesion selects that one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fusplan.display.interaction.crosshair import CursorDrag
from fusplan.display.interaction.stage import (
    GRASP_PIXELS,
    NOTHING,
    START_PIXELS,
    Drag,
    PlanEdit,
    Pointer,
    PointerShape,
    Response,
    Stage,
)
from fusplan.display.lesion_handles import LesionHandle, dragged_long_axis, dragged_size, lesion_handles
from fusplan.planning import edits
from fusplan.planning.plan import Lesion, Plan
from fusplan.spatial import Points

SHAPES: dict[str, PointerShape] = {"centre": "move", "end": "resize", "tilt": "rotate"}
VERBS = {"centre": "Move", "end": "Resize", "tilt": "Tilt"}


def selected_lesion(stage: Stage) -> Lesion | None:
    """The selected lesion, when lesions are drawn."""
    if stage.plan is None or not stage.state.layers.lesions:
        return None
    chosen = stage.state.selection.lesion_id
    return next((lesion for lesion in stage.plan.lesions if lesion.id == chosen), None)


def handle_under(stage: Stage, pointer: Pointer) -> tuple[Lesion, LesionHandle] | None:
    """The nearest handle of the selected lesion at the pointer."""
    lesion = selected_lesion(stage)
    if lesion is None:
        return None
    handles = lesion_handles(lesion, pointer.view, pointer.mm_per_pixel)
    near = [handle for handle in handles if pointer.pixels_to(handle.picture_mm) <= GRASP_PIXELS]
    best = min(near, key=lambda handle: pointer.pixels_to(handle.picture_mm), default=None)
    return (lesion, best) if best is not None else None


@dataclass(frozen=True, slots=True, eq=False)
class LesionDrag:
    """A handle follows the pointer; every step starts from the lesion as it was when the drag began."""

    lesion: Lesion
    handle: LesionHandle
    start: Pointer

    @property
    def shape(self) -> PointerShape:
        return SHAPES[self.handle.kind]

    def edit(self, pointer: Pointer) -> Callable[[Plan], Plan]:
        """What moves the handle, and what it stands on, by the way of the pointer."""
        way_mm = pointer.picture_mm - self.start.picture_mm
        lesion_id = self.lesion.id
        if self.handle.kind == "end":
            size = dragged_size(self.lesion, self.handle, pointer.view, self.handle.foot_mm + way_mm, alone=pointer.alt)
            return lambda plan: edits.resize_lesion(plan, lesion_id, size)
        if self.handle.kind == "tilt":
            axis = dragged_long_axis(self.lesion, pointer.view, self.handle.picture_mm + way_mm)
            return lambda plan: edits.point_lesion_along(plan, lesion_id, axis)
        centre = pointer.dragged(self.lesion.centre, self.start)
        return lambda plan: edits.move_lesion(plan, lesion_id, centre)

    def move(self, stage: Stage, pointer: Pointer) -> Response:
        if stage.plan is None or self.start.pixels_to(pointer.picture_mm) < START_PIXELS:
            return NOTHING
        edit = self.edit(pointer)
        edited = edit(stage.plan)
        lesion = edits.find_lesion(edited, self.lesion.id)
        across = lesion.side != edits.find_target(edited, lesion.target_id).side
        where = f"; on the {lesion.side}, across the midplane from its target" if across else ""
        key = f"drag lesion {lesion.id} {self.handle.kind}"
        return Response(
            edit=PlanEdit(f"{VERBS[self.handle.kind]} {lesion.name}", edit, key),
            notice=f"{lesion.name}: {lesion.size_words}, {lesion.ellipsoid.volume_mm3:.1f} mm³{where}",
        )


@dataclass(frozen=True, slots=True)
class DragLesion:
    """Drags the handles of the selected lesion."""

    def grasp(self, stage: Stage, pointer: Pointer) -> PointerShape | None:
        found = handle_under(stage, pointer)
        return SHAPES[found[1].kind] if found is not None else None

    def press(self, stage: Stage, pointer: Pointer) -> tuple[Response, Drag | None]:
        found = handle_under(stage, pointer)
        return (NOTHING, LesionDrag(found[0], found[1], pointer)) if found is not None else (NOTHING, None)


def lesion_under(stage: Stage, pointer: Pointer) -> Lesion | None:
    """The smallest lesion that holds the point under the pointer."""
    if stage.plan is None or not stage.state.layers.lesions:
        return None
    here = Points.gather([pointer.point])
    inside = [lesion for lesion in stage.plan.lesions if lesion.ellipsoid.contains(here)[0]]
    return min(inside, key=lambda lesion: lesion.ellipsoid.volume_mm3, default=None)


@dataclass(frozen=True, slots=True)
class SelectLesion:
    """A press inside a lesion that is not selected selects it; the cursor goes there as usual."""

    def grasp(self, stage: Stage, pointer: Pointer) -> PointerShape | None:
        lesion = lesion_under(stage, pointer)
        return "cross" if lesion is not None and lesion.id != stage.state.selection.lesion_id else None

    def press(self, stage: Stage, pointer: Pointer) -> tuple[Response, Drag | None]:
        lesion = lesion_under(stage, pointer)
        if lesion is None:
            return NOTHING, None
        state = stage.cursor_at(pointer.point).with_selection(
            target_id=lesion.target_id, lesion_id=lesion.id, spot=None
        )
        return Response(state=state), CursorDrag()
