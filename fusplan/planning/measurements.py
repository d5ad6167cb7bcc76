"""Distances and angles that a person measures: pure verbs, like those of ``planning.edits``."""

from __future__ import annotations

from dataclasses import replace

from fusplan.planning.edits import PlanItemMissingError, valid_name
from fusplan.planning.plan import Measurement, Plan
from fusplan.spatial import Point, ScannerRas
from fusplan.spatial.frames import require_same_frame


def add_measurement(plan: Plan, points: tuple[Point[ScannerRas], ...], name: str | None = None) -> Plan:
    """A new distance (two points) or angle (three points, the corner second), last in the list.

    Raises:
        ValueError: neither two nor three points.
    """
    if len(points) not in (2, 3):
        raise ValueError(f"a measurement has two or three points, got {len(points)}")
    for point in points:
        require_same_frame(plan.image.frame, point.frame)
    kind = "distance" if len(points) == 2 else "angle"
    taken = {measurement.id for measurement in plan.measurements}
    number = next(number for number in range(1, len(taken) + 2) if f"{kind}-{number}" not in taken)
    added = Measurement(f"{kind}-{number}", name or f"{kind.capitalize()} {number}", points)
    return replace(plan, measurements=(*plan.measurements, added))


def find_measurement(plan: Plan, measurement_id: str) -> Measurement:
    """The measurement of that id. Raises PlanItemMissingError."""
    for measurement in plan.measurements:
        if measurement.id == measurement_id:
            return measurement
    raise PlanItemMissingError("measurement", measurement_id, (one.id for one in plan.measurements))


def move_measurement_point(plan: Plan, measurement_id: str, index: int, point: Point[ScannerRas]) -> Plan:
    """Put one point of a measurement elsewhere. Raises PlanItemMissingError."""
    measurement = find_measurement(plan, measurement_id)
    require_same_frame(plan.image.frame, point.frame)
    points = tuple(point if position == index else one for position, one in enumerate(measurement.points))
    changed = replace(measurement, points=points)
    return replace(plan, measurements=tuple(changed if one.id == measurement_id else one for one in plan.measurements))


def rename_measurement(plan: Plan, measurement_id: str, name: str) -> Plan:
    """Give a measurement another name. Raises PlanNameError, PlanItemMissingError."""
    measurement = find_measurement(plan, measurement_id)
    changed = replace(measurement, name=valid_name(name))
    if changed == measurement:
        return plan
    return replace(plan, measurements=tuple(changed if one.id == measurement_id else one for one in plan.measurements))


def remove_measurement(plan: Plan, measurement_id: str) -> Plan:
    """Take a measurement out. Raises PlanItemMissingError."""
    find_measurement(plan, measurement_id)
    return replace(plan, measurements=tuple(one for one in plan.measurements if one.id != measurement_id))
