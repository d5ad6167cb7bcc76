"""Click or drag: the cursor goes there, and the other two slices with it."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.display.interaction.stage import Drag, Pointer, PointerShape, Response, Stage


@dataclass(frozen=True, slots=True)
class CursorDrag:
    """The cursor follows the pointer."""

    shape: PointerShape = "cross"

    def move(self, stage: Stage, pointer: Pointer) -> Response:
        return Response(state=stage.cursor_at(pointer.point))


@dataclass(frozen=True, slots=True)
class Crosshair:
    """Takes every press that nothing else took."""

    def grasp(self, stage: Stage, pointer: Pointer) -> PointerShape | None:  # noqa: ARG002 - as every strategy
        return "cross"

    def press(self, stage: Stage, pointer: Pointer) -> tuple[Response, Drag | None]:
        return Response(state=stage.cursor_at(pointer.point)), CursorDrag()
