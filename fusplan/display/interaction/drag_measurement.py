"""Press on an end of a measurement: it follows the pointer."""

from __future__ import annotations

from dataclasses import dataclass

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


def end_under(stage: Stage, pointer: Pointer) -> tuple[Measurement, int] | None:
    """The measurement and the number of its point at the pointer."""
    if stage.plan is None or not stage.state.layers.measurements:
        return None
    for measurement in stage.plan.measurements:
        for index, point in enumerate(measurement.points):
            if pointer.is_on(point):
                return measurement, index
    return None


@dataclass(frozen=True, slots=True, eq=False)
class MeasurementDrag:
    """A point of a measurement follows the pointer within the slice."""

    measurement: Measurement
    index: int
    start: Pointer
    shape: PointerShape = "grabbing"

    def move(self, stage: Stage, pointer: Pointer) -> Response:
        if stage.plan is None or self.start.pixels_to(pointer.picture_mm) < START_PIXELS:
            return NOTHING
        place = pointer.dragged(self.measurement.points[self.index], self.start)
        measurement_id, index = self.measurement.id, self.index
        edit = PlanEdit(
            f"Change {self.measurement.name}",
            lambda plan: measurements.move_measurement_point(plan, measurement_id, index, place),
            merge_key=f"drag {measurement_id} {index}",
        )
        shown = measurements.find_measurement(edit.apply(stage.plan), measurement_id)
        return Response(edit=edit, notice=f"{shown.name}: {shown.words}")


@dataclass(frozen=True, slots=True)
class DragMeasurement:
    """Drags the points of measurements."""

    def grasp(self, stage: Stage, pointer: Pointer) -> PointerShape | None:
        return "grab" if end_under(stage, pointer) is not None else None

    def press(self, stage: Stage, pointer: Pointer) -> tuple[Response, Drag | None]:
        found = end_under(stage, pointer)
        if found is None:
            return NOTHING, None
        state = stage.state.with_selection(measurement_id=found[0].id)
        return Response(state=state), MeasurementDrag(found[0], found[1], pointer)
