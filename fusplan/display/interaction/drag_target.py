"""Press on a target: it is selected, and dragged if it is not locked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fusplan.display.interaction.stage import (
    NOTHING,
    START_PIXELS,
    Drag,
    PlanEdit,
    Pointer,
    PointerShape,
    Response,
    Stage,
)
from fusplan.planning import edits
from fusplan.planning.plan import Target


def target_under(stage: Stage, pointer: Pointer) -> Target | None:
    """The target at the pointer; the selected one wins, then the nearest on the screen."""
    if stage.plan is None or not stage.state.layers.targets:
        return None
    near = [target for target in stage.plan.targets if pointer.is_on(target.point)]
    chosen = stage.state.selection.target_id
    return min(near, key=lambda target: (target.id != chosen, target.point.distance_to(pointer.point)), default=None)


@dataclass(frozen=True, slots=True, eq=False)
class TargetDrag:
    """An unlocked target follows the pointer within the slice once it has moved far enough to be meant."""

    target: Target
    start: Pointer
    shape: PointerShape = "grabbing"

    def move(self, stage: Stage, pointer: Pointer) -> Response:
        if self.start.pixels_to(pointer.picture_mm) < START_PIXELS:
            return NOTHING
        if self.target.locked:
            return Response(notice=locked_words(self.target))
        place = pointer.dragged(self.target.point, self.start)
        target_id = self.target.id
        edit = PlanEdit(
            f"Move {self.target.name}",
            lambda plan: edits.move_target(plan, target_id, place),
            merge_key=f"drag target {target_id}",
        )
        return Response(state=stage.cursor_at(place), edit=edit)


def locked_words(target: Target) -> str:
    """Why a target does not move, and what to do."""
    return f"{target.name} is locked. Unlock it in the target table to move it."


@dataclass(frozen=True, slots=True)
class DragTarget:
    """Selects targets and drags the unlocked ones."""

    def grasp(self, stage: Stage, pointer: Pointer) -> PointerShape | None:
        target = target_under(stage, pointer)
        if target is None:
            return None
        return "forbidden" if target.locked else "grab"

    def press(self, stage: Stage, pointer: Pointer) -> tuple[Response, Drag | None]:
        target = target_under(stage, pointer)
        if target is None or stage.plan is None:
            return NOTHING, None
        own = {lesion.id for lesion in stage.plan.lesions_of(target.id)}
        kept = stage.state.selection.lesion_id if stage.state.selection.lesion_id in own else None
        state = stage.state.with_selection(target_id=target.id, lesion_id=kept, spot=None)
        return Response(state=replace(state, cursor=target.point)), TargetDrag(target, pointer)
