"""Click: a new target where the pointer is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fusplan.display.interaction.stage import Drag, PlanEdit, Pointer, PointerShape, Response, Stage
from fusplan.planning import edits
from fusplan.planning.provenance import Provenance

PLACED_BY_HAND = Provenance("placed by hand", "Placed by hand in a slice.", "derived")


@dataclass(frozen=True, slots=True)
class PlaceTarget:
    """Adds a target, moves the cursor to it and returns to the crosshair."""

    def grasp(self, stage: Stage, pointer: Pointer) -> PointerShape | None:  # noqa: ARG002 - as every strategy
        return "cross" if stage.plan is not None else "forbidden"

    def press(self, stage: Stage, pointer: Pointer) -> tuple[Response, Drag | None]:
        if stage.plan is None:
            return Response(notice=stage.no_plan_reason), None
        name, point = stage.state.new_target_name, pointer.point
        edit = PlanEdit(f"Add {name}", lambda current: edits.add_target(current, name, point, PLACED_BY_HAND))
        return Response(state=replace(stage.cursor_at(point), mode="crosshair"), edit=edit), None
