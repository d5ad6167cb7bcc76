"""The distances and angles that a person measured."""

from __future__ import annotations

from fusplan.planning.number_words import number
from fusplan.planning.plan import Measurement, Plan
from fusplan.report.markup import section, table, text


def measurements_section(plan: Plan) -> str:
    """A small table; nothing when nothing was measured."""
    if not plan.measurements:
        return ""
    frame = plan.image.frame.label
    rows = [_row(measurement) for measurement in plan.measurements]
    head = ("Name", "#Value", "What", f"Points, {frame} (right, anterior, superior)")
    return section("measurements", "Measurements", table(head, rows, "measurements"))


def _row(measurement: Measurement) -> tuple[str, str, str, str]:
    points = "<br>".join(", ".join(number(value) for value in point.coordinates) for point in measurement.points)
    what = "distance" if len(measurement.points) == 2 else "angle at the second point"
    unit = "&nbsp;mm" if len(measurement.points) == 2 else "&deg;"
    return text(measurement.name), f"{number(measurement.value)}{unit}", what, points
