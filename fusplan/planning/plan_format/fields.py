"""What the fields of a plan file may hold.

Nothing has a default and nothing unknown is let through: a file says everything, or it is refused with the name
of the field. Every position carries its frame, and its key (``mm``) its unit.
"""

from __future__ import annotations

import math
from typing import Annotated, Final, Literal, TypeAlias, cast

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from fusplan.planning.lesion_size import LARGEST_MM, SMALLEST_MM
from fusplan.spatial import Direction, Point, ScannerRas
from fusplan.spatial.points import FloatArray

MOST_ITEMS = 1000
"""Of anything listed in a plan; what is worked through one by one must end."""

MOST_LESIONS = 200
MOST_ATLASES = 100
MOST_MIDLINE_POINTS = 100

FURTHEST_MM = 10_000.0
"""No scanner is larger than ten metres: a coordinate beyond that is a mistake."""

Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=4000)]
Finite: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
Coordinate: TypeAlias = Annotated[float, Field(ge=-FURTHEST_MM, le=FURTHEST_MM, allow_inf_nan=False)]
Coordinates: TypeAlias = tuple[Coordinate, Coordinate, Coordinate]
Diameter: TypeAlias = Annotated[float, Field(ge=SMALLEST_MM, le=LARGEST_MM, allow_inf_nan=False)]
NotNegative: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Distance: TypeAlias = Annotated[float, Field(ge=0, le=FURTHEST_MM, allow_inf_nan=False)]
Count: TypeAlias = Annotated[int, Field(ge=1, le=100_000)]
Shape: TypeAlias = tuple[Count, Count, Count]
Colour: TypeAlias = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Side: TypeAlias = Literal["left", "right"]
Verdict: TypeAlias = Literal["ok", "warning", "error"]
ScannerFrame: TypeAlias = Literal["scanner RAS"]
MatrixRow: TypeAlias = tuple[Coordinate, Coordinate, Coordinate, Coordinate]
MatrixRows: TypeAlias = tuple[MatrixRow, MatrixRow, MatrixRow, MatrixRow]
"""Millimetres and millimetres per step, so that the bound of coordinates holds for both."""

SCANNER: Final[ScannerFrame] = "scanner RAS"


def _is_affine(rows: MatrixRows) -> MatrixRows:
    if rows[3] != (0.0, 0.0, 0.0, 1.0):
        raise ValueError("the last row of the matrix must be 0 0 0 1")
    if abs(float(np.linalg.det(np.array(rows)[:3, :3]))) < 1e-12:
        raise ValueError("the matrix cannot be inverted")
    return rows


def _is_rigid(rows: MatrixRows) -> MatrixRows:
    turn = np.array(_is_affine(rows))[:3, :3]
    if np.abs(turn @ turn.T - np.eye(3)).max() > 1e-3 or float(np.linalg.det(turn)) < 0:
        raise ValueError("the matrix must be a rotation and a shift")
    return rows


def _is_unit(vector: tuple[float, float, float]) -> tuple[float, float, float]:
    if abs(float(np.linalg.norm(vector)) - 1) > 1e-3:
        raise ValueError("the direction must have length 1")
    return vector


def _stays_inside(path: str) -> str:
    if not path.isprintable():
        raise ValueError("the path holds what cannot be printed")
    if path.startswith(("/", "\\")) or ":" in path or ".." in path.replace("\\", "/").split("/"):
        raise ValueError("the path must lead into the plan's own folder")
    return path


Matrix: TypeAlias = Annotated[MatrixRows, AfterValidator(_is_affine)]
RigidMatrix: TypeAlias = Annotated[MatrixRows, AfterValidator(_is_rigid)]
PathBeside: TypeAlias = Annotated[Text, AfterValidator(_stays_inside)]
"""Of a file beside the plan, from the plan's folder."""

Cosine: TypeAlias = Annotated[float, Field(ge=-2, le=2, allow_inf_nan=False)]
UnitVector: TypeAlias = Annotated[tuple[Cosine, Cosine, Cosine], AfterValidator(_is_unit)]


class Model(BaseModel):
    """A part of a plan file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PointModel(Model):
    """A position."""

    frame: ScannerFrame
    mm: Coordinates

    @classmethod
    def of(cls, point: Point[ScannerRas]) -> PointModel:
        return cls(frame=SCANNER, mm=point.coordinates)

    def value(self, frame: ScannerRas) -> Point[ScannerRas]:
        return Point.of(frame, self.mm)


class DirectionModel(Model):
    """A unit vector."""

    frame: ScannerFrame
    direction: UnitVector

    @classmethod
    def of(cls, direction: Direction[ScannerRas]) -> DirectionModel:
        return cls(frame=SCANNER, direction=(direction.x, direction.y, direction.z))

    def value(self, frame: ScannerRas) -> Direction[ScannerRas]:
        x, y, z = self.direction
        # What this program wrote comes back digit for digit; what a person typed is made of length one.
        if abs(math.hypot(x, y, z) - 1) < 1e-12:
            return Direction(frame, x, y, z)
        return Direction.of(frame, (x, y, z))


class VersionModel(Model):
    """A package that decided a result."""

    name: Text
    version: str

    @classmethod
    def each(cls, versions: tuple[tuple[str, str], ...]) -> tuple[VersionModel, ...]:
        return tuple(cls(name=name, version=version) for name, version in versions)

    @property
    def pair(self) -> tuple[str, str]:
        return (self.name, self.version)


def matrix_rows(matrix: FloatArray) -> MatrixRows:
    """A 4 x 4 matrix as plan files hold it."""
    return cast(MatrixRows, tuple(tuple(float(value) for value in row) for row in matrix))
