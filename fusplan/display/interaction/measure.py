"""Clicks that measure: two points for a distance, three for an angle (the corner second); a drag sets two at once."""

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
from fusplan.planning import measurements
from fusplan.planning.plan import Measurement
from fusplan.spatial import Point, ScannerRas

POINTS_NEEDED = {"measure_distance": 2, "measure_angle": 3}


def with_point(stage: Stage, point: Point[ScannerRas]) -> Response:
    """One more point set; the last one makes the measurement, an edit of the plan."""
    points = (*stage.state.pending, point)
    if len(points) < POINTS_NEEDED.get(stage.state.mode, 2):
        return Response(state=replace(stage.cursor_at(point), pending=points))
    measured = Measurement("", "", points)
    edit = PlanEdit(
        "Measure a distance" if len(points) == 2 else "Measure an angle",
        lambda plan: measurements.add_measurement(plan, points),
    )
    return Response(state=replace(stage.state, pending=()), edit=edit, notice=measured.words)


@dataclass(frozen=True, slots=True, eq=False)
class SecondPointDrag:
    """While the button is held the next point follows the pointer; letting go far enough away sets it."""

    start: Pointer
    shape: PointerShape = "cross"

    def move(self, stage: Stage, pointer: Pointer) -> Response:
        if not stage.state.pending:
            return NOTHING
        shown = Measurement("", "", (stage.state.pending[-1], pointer.point))
        return Response(notice=shown.words)

    def release(self, stage: Stage, pointer: Pointer) -> Response:
        """A drag long enough to be meant sets the next point where the button was let go."""
        if not stage.state.pending or self.start.pixels_to(pointer.picture_mm) < START_PIXELS:
            return NOTHING
        return with_point(stage, pointer.point)


@dataclass(frozen=True, slots=True)
class Measure:
    """Sets the points of a measurement."""

    def grasp(self, stage: Stage, pointer: Pointer) -> PointerShape | None:  # noqa: ARG002 - as every strategy
        return "cross" if stage.plan is not None else "forbidden"

    def press(self, stage: Stage, pointer: Pointer) -> tuple[Response, Drag | None]:
        if stage.plan is None:
            return Response(notice=stage.no_plan_reason), None
        return with_point(stage, pointer.point), SecondPointDrag(pointer)
