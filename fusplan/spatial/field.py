"""A quantity in space with its unit: a number in every voxel of a grid, such as a pressure, a temperature, a dose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Generic, Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from fusplan.spatial.frames import Frame
from fusplan.spatial.grid import Grid
from fusplan.spatial.points import FloatArray, Point, Points
from fusplan.spatial.trilinear import interpolate_scalars

F = TypeVar("F", bound=Frame)

Unit: TypeAlias = Literal["1", "mm", "m/s", "kg/m3", "Pa", "W/m2", "W/m3", "degC", "min", "HU"]
"""``1`` is a plain number or a share; ``min`` counts minutes at 43 degrees Celsius (CEM43)."""

UNIT_WORDS: Mapping[Unit, str] = MappingProxyType(
    {
        "1": "",
        "mm": "mm",
        "m/s": "m/s",
        "kg/m3": "kg/m³",
        "Pa": "Pa",
        "W/m2": "W/m²",
        "W/m3": "W/m³",
        "degC": "°C",
        "min": "min at 43 °C",
        "HU": "HU",
    }
)
"""What stands behind a number for people."""

FloatValues: TypeAlias = npt.NDArray[np.float32] | npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FieldSummary:
    """Numbers of a field: least, greatest and mean value, in its unit."""

    least: float
    greatest: float
    mean: float


@dataclass(frozen=True, slots=True, eq=False)
class Field(Generic[F]):
    """A quantity at the voxel centres of a grid.

    A float array is not copied, whatever its order of axes: whoever makes a field must not change it afterwards.

    Attributes:
        grid: where the numbers lie.
        values: shape of the grid, float32 or float64 (whole numbers become float64), finite, read-only.
        unit: of the numbers.
        outside: the value beyond the grid, where it is known, such as 0 for a dose; not-a-number where it is not.
    """

    grid: Grid[F]
    values: FloatValues
    unit: Unit
    outside: float = float("nan")

    def __post_init__(self) -> None:
        values = np.asarray(self.values)
        if values.dtype not in (np.float32, np.float64):
            values = values.astype(np.float64)
        if values.shape != self.grid.shape:
            raise ValueError(f"a field of shape {values.shape} does not fit its grid of {self.grid.shape}")
        if not np.isfinite(values).all():
            raise ValueError("a field needs finite values")
        if self.unit not in UNIT_WORDS:
            raise ValueError(f"{self.unit!r} is not a unit of fields; known are {', '.join(UNIT_WORDS)}")
        view = values.view()
        view.flags.writeable = False
        object.__setattr__(self, "values", view)

    @property
    def unit_words(self) -> str:
        """The unit as people read it; nothing for a plain number."""
        return UNIT_WORDS[self.unit]

    def at(self, points: Points[F]) -> FloatArray:
        """Values (n,) at points, by trilinear interpolation between voxel centres.

        In the outer half voxel, beyond the outer centres, the value of the nearest centre holds; beyond the outer faces
        it is ``outside``. Raises FrameMismatchError for points of another frame.
        """
        indices = self.grid.indices(points)
        values = interpolate_scalars(self.values, indices)
        values[~self.grid.holds(indices)] = self.outside
        return values

    def with_values(self, values: FloatValues, unit: Unit | None = None, outside: float | None = None) -> Field[F]:
        """Other numbers on the same grid; in the same unit and with the same value outside unless others are given."""
        return replace(
            self,
            values=values,
            unit=self.unit if unit is None else unit,
            outside=self.outside if outside is None else outside,
        )

    @property
    def summary(self) -> FieldSummary:
        """Least, greatest and mean value over all voxels."""
        mean = float(self.values.mean(dtype=np.float64))
        return FieldSummary(float(self.values.min()), float(self.values.max()), mean)

    @property
    def peak(self) -> Point[F]:
        """The centre of the voxel with the greatest value; the first one in the grid's order where several share it."""
        place = np.unravel_index(int(np.argmax(self.values)), self.grid.shape)
        return self.grid.places(np.array([place]))[0]

    def volume_mm3(self, at_least: float) -> float:
        """Volume of all voxels whose value is ``at_least`` so much."""
        return int(np.count_nonzero(self.values >= at_least)) * self.grid.cell_mm3
