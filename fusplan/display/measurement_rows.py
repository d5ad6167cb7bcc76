"""Measurements as a person reads them in a list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.planning.plan import Measurement
from fusplan.spatial import Point, ScannerRas


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """One measurement.

    Attributes:
        id, name: of the measurement.
        value: with its unit.
        middle: where to look at it: the middle of a distance, the corner of an angle.
        explanation: its points, with the frame's name.
    """

    id: str
    name: str
    value: str
    middle: Point[ScannerRas]
    explanation: str


def measurement_rows(measurements: tuple[Measurement, ...]) -> tuple[MeasurementRow, ...]:
    """All of them, in their order."""
    return tuple(_row(one) for one in measurements)


def _row(measurement: Measurement) -> MeasurementRow:
    points = measurement.points
    if len(points) == 2:
        middle = Point.of(points[0].frame, np.mean([point.array for point in points], axis=0))
    else:
        middle = points[1]
    places = ["(" + ", ".join(f"{value:.1f}" for value in point.coordinates) + ")" for point in points]
    words = f"Distance from {places[0]} to {places[1]}" if len(points) == 2 else f"Angle at {places[1]}"
    if len(points) == 3:
        words += f" between {places[0]} and {places[2]}"
    return MeasurementRow(
        measurement.id, measurement.name, measurement.words, middle, f"{words}, {points[0].frame.label}"
    )
