"""Lesions and measurements in a plan file."""

from __future__ import annotations

from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from fusplan.planning.plan import Lesion, Measurement
from fusplan.planning.plan_format.fields import Diameter, DirectionModel, Model, PointModel, Side, Text
from fusplan.spatial import ScannerRas


class LesionModel(Model):
    """A planned ellipsoid."""

    id: Text
    name: Text
    side: Side
    target_id: Text
    centre: PointModel
    width_mm: tuple[Diameter, Diameter]
    length_mm: Diameter
    long_axis: DirectionModel
    transverse_axis: DirectionModel

    @model_validator(mode="after")
    def _axes_differ(self) -> Self:
        if abs(float(np.dot(self.long_axis.direction, self.transverse_axis.direction))) > 0.9:
            raise ValueError("transverse_axis must be at a right angle to long_axis")
        return self

    @classmethod
    def of(cls, lesion: Lesion) -> LesionModel:
        return cls(
            id=lesion.id,
            name=lesion.name,
            side=lesion.side,
            target_id=lesion.target_id,
            centre=PointModel.of(lesion.centre),
            width_mm=lesion.width_mm,
            length_mm=lesion.length_mm,
            long_axis=DirectionModel.of(lesion.long_axis),
            transverse_axis=DirectionModel.of(lesion.transverse_axis),
        )

    def value(self, frame: ScannerRas) -> Lesion:
        return Lesion(
            id=self.id,
            name=self.name,
            side=self.side,
            target_id=self.target_id,
            centre=self.centre.value(frame),
            width_mm=self.width_mm,
            length_mm=self.length_mm,
            long_axis=self.long_axis.value(frame),
            transverse_axis=self.transverse_axis.value(frame),
        )


class MeasurementModel(Model):
    """A measured distance (two points) or angle (three, the second is the corner)."""

    id: Text
    name: Text
    points: Annotated[tuple[PointModel, ...], Field(min_length=2, max_length=3)]

    @classmethod
    def of(cls, measurement: Measurement) -> MeasurementModel:
        points = tuple(PointModel.of(point) for point in measurement.points)
        return cls(id=measurement.id, name=measurement.name, points=points)

    def value(self, frame: ScannerRas) -> Measurement:
        return Measurement(self.id, self.name, tuple(point.value(frame) for point in self.points))
