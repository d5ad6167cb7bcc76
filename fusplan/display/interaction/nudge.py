"""Arrow keys: the selected spot or target moves by tenths of a millimetre within the slice that has the keyboard."""

from __future__ import annotations

from typing import Literal, TypeAlias

from fusplan.display.interaction.drag_spot import move_spot
from fusplan.display.interaction.drag_target import locked_words
from fusplan.display.interaction.stage import PlanEdit, Response, Stage
from fusplan.display.views import SliceView
from fusplan.planning import edits
from fusplan.spatial import Point, ScannerRas

Arrow: TypeAlias = Literal["left", "right", "up", "down"]

NUDGE_MM = 0.1
SHIFT_NUDGE_MM = 0.5
CONTROL_NUDGE_MM = 1.0


def nudge_step_mm(shift: bool, control: bool) -> float:
    """0.1 mm; with Shift 0.5; with Ctrl 1.0."""
    if control:
        return CONTROL_NUDGE_MM
    return SHIFT_NUDGE_MM if shift else NUDGE_MM


def nudge(stage: Stage, view: SliceView, arrow: Arrow, step_mm: float) -> Response:
    """The selected spot, or else target, moved by a step towards a border of the slice; the cursor goes with it."""
    if stage.plan is None:
        return Response(notice=stage.no_plan_reason)
    number = stage.spots.chosen(stage.state.selection) if stage.spots is not None else None
    if stage.spots is not None and number is not None:
        return move_spot(stage, number, _stepped(stage.spots.place(number), view, arrow, step_mm), "Nudge")
    chosen = stage.state.selection.target_id
    target = next((target for target in stage.plan.targets if target.id == chosen), None)
    if target is None:
        return Response(notice="No target is selected: click one first, then nudge it with the arrow keys.")
    if target.locked:
        return Response(notice=locked_words(target))
    place = _stepped(target.point, view, arrow, step_mm)
    edit = PlanEdit(
        f"Nudge {target.name}",
        lambda plan: edits.move_target(plan, target.id, place),
        merge_key=f"nudge target {target.id}",
    )
    return Response(state=stage.cursor_at(place), edit=edit, notice=f"{target.name} moved {step_mm:g} mm")


def _stepped(place: Point[ScannerRas], view: SliceView, arrow: Arrow, step_mm: float) -> Point[ScannerRas]:
    direction = {
        "left": -view.right.array,
        "right": view.right.array,
        "up": view.up.array,
        "down": -view.up.array,
    }[arrow]
    return Point.of(place.frame, place.array + direction * step_mm)
