"""Right drag: window/level. To the right widens (less contrast), up darkens, as in most viewers."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.display.interaction.stage import NOTHING, Drag, Pointer, PointerShape, Response, Stage
from fusplan.imaging.intensity import IntensityWindow

PIXELS_PER_DOUBLING = 200.0
"""Dragging this far to the right doubles the window's width."""

PIXELS_PER_WIDTH = 400.0
"""Dragging this far up moves the level by the width the window began with."""


def dragged_window(begun: IntensityWindow, right_pixels: float, up_pixels: float) -> IntensityWindow:
    """The window after a drag that began with ``begun``."""
    width = begun.width * 2.0 ** (right_pixels / PIXELS_PER_DOUBLING)
    level = begun.level + begun.width * up_pixels / PIXELS_PER_WIDTH
    return IntensityWindow(level - width / 2, level + width / 2)


@dataclass(frozen=True, slots=True, eq=False)
class WindowDrag:
    """Changes the window from the one the drag began with, so that going back restores it."""

    begun: IntensityWindow
    start: Pointer
    shape: PointerShape = "level"

    def move(self, stage: Stage, pointer: Pointer) -> Response:
        right_mm, down_mm = pointer.picture_mm - self.start.picture_mm
        window = dragged_window(self.begun, right_mm / pointer.mm_per_pixel, -down_mm / pointer.mm_per_pixel)
        words = f"Window {window.width:.3g}, level {window.level:.3g}"
        return Response(state=stage.state.with_window(stage.fingerprint, window), notice=words)


@dataclass(frozen=True, slots=True)
class WindowLevel:
    """Window/level by dragging anywhere."""

    def grasp(self, stage: Stage, pointer: Pointer) -> PointerShape | None:  # noqa: ARG002 - as every strategy
        return "level"

    def press(self, stage: Stage, pointer: Pointer) -> tuple[Response, Drag | None]:
        return NOTHING, WindowDrag(stage.window, pointer)
