"""An atlas drawn on a grid of a patient's scanner frame, for looking up many points at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from fusplan.atlas.labelling import OUTSIDE, Flags, Labelling, Labels
from fusplan.spatial import Grid, Points, ScannerRas

V = TypeVar("V", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class LabelGrid:
    """Labels, and membership of parts of structures, on a regular grid.

    Attributes:
        labels: shape (ni, nj, nk), index of the structure or ``OUTSIDE``, read-only.
        parts: by the key of each part that the atlas offers: same shape, whether the voxel's centre lies in it, on
            either side; read-only.
        grid: where the cells lie.
    """

    labels: npt.NDArray[np.int16]
    parts: Mapping[str, npt.NDArray[np.bool_]]
    grid: Grid[ScannerRas]

    def __post_init__(self) -> None:
        shapes = [self.labels.shape, *(flags.shape for flags in self.parts.values())]
        if any(shape != self.grid.shape for shape in shapes):
            raise ValueError(f"labels and parts must share a grid of {self.grid.shape}, got {shapes}")
        object.__setattr__(self, "labels", _locked(self.labels))
        object.__setattr__(self, "parts", {key: _locked(flags) for key, flags in self.parts.items()})

    @property
    def cell_mm3(self) -> float:
        """Volume of one grid cell."""
        return self.grid.cell_mm3

    def labels_at(self, points: Points[ScannerRas]) -> Labels:
        """Label (n,) of the grid cell each point lies in; ``OUTSIDE`` beyond the grid."""
        cells, inside = self.grid.cells(points)
        return _taken(self.labels, cells, inside, OUTSIDE)

    def labelling_at(self, points: Points[ScannerRas]) -> Labelling:
        """Labels and parts of the grid cell each point (n,) lies in; outside all of them beyond the grid."""
        cells, inside = self.grid.cells(points)
        parts = {key: _taken(flags, cells, inside, False) for key, flags in self.parts.items()}
        return Labelling(_taken(self.labels, cells, inside, OUTSIDE), parts)


def _locked(values: npt.NDArray[V]) -> npt.NDArray[V]:
    """A view that cannot be written to."""
    view = values.view()
    view.flags.writeable = False
    return view


def _taken(values: npt.NDArray[V], cells: npt.NDArray[np.int_], inside: Flags, beyond: int | bool) -> npt.NDArray[V]:
    """The values (n,) of the cells of the points inside the grid, ``beyond`` for the others."""
    result = np.full(len(inside), beyond, dtype=values.dtype)
    result[inside] = values.ravel()[cells]
    return result
