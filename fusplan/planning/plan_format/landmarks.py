"""Landmarks in a plan file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fusplan.planning.plan import Landmark, Landmarks, VentricleWall
from fusplan.planning.plan_format.fields import (
    MOST_MIDLINE_POINTS,
    SCANNER,
    Coordinates,
    Distance,
    Model,
    ScannerFrame,
    Side,
)
from fusplan.spatial import Point, ScannerRas


class LandmarkModel(Model):
    """A marked point."""

    frame: ScannerFrame
    mm: Coordinates
    source: Literal["template", "refined", "user"]

    @classmethod
    def of(cls, landmark: Landmark) -> LandmarkModel:
        return cls(frame=SCANNER, mm=landmark.point.coordinates, source=landmark.source)

    def value(self, frame: ScannerRas) -> Landmark:
        return Landmark(Point.of(frame, self.mm), self.source)


class VentricleWallModel(Model):
    """The wall of the third ventricle on one side; ``lateral_mm`` from the midplane."""

    side: Side
    lateral_mm: Distance
    plausible: bool
    sentence: str

    @classmethod
    def of(cls, wall: VentricleWall) -> VentricleWallModel:
        return cls(side=wall.side, lateral_mm=wall.lateral_mm, plausible=wall.plausible, sentence=wall.sentence)

    def value(self) -> VentricleWall:
        return VentricleWall(self.side, self.lateral_mm, self.plausible, self.sentence)


class LandmarksModel(Model):
    """AC, PC, midline points, ventricle walls."""

    ac: LandmarkModel
    pc: LandmarkModel
    midline: Annotated[tuple[LandmarkModel, ...], Field(min_length=1, max_length=MOST_MIDLINE_POINTS)]
    ventricle_walls: Annotated[tuple[VentricleWallModel, ...], Field(max_length=2)]

    @classmethod
    def of(cls, landmarks: Landmarks) -> LandmarksModel:
        return cls(
            ac=LandmarkModel.of(landmarks.ac),
            pc=LandmarkModel.of(landmarks.pc),
            midline=tuple(LandmarkModel.of(landmark) for landmark in landmarks.midline),
            ventricle_walls=tuple(VentricleWallModel.of(wall) for wall in landmarks.ventricle_walls),
        )

    def value(self, frame: ScannerRas) -> Landmarks:
        return Landmarks(
            ac=self.ac.value(frame),
            pc=self.pc.value(frame),
            midline=tuple(landmark.value(frame) for landmark in self.midline),
            ventricle_walls=tuple(wall.value() for wall in self.ventricle_walls),
        )
