"""An atlas drawn on a grid of a patient's scanner frame, for looking up many points at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.atlas.nuclei_atlas import OUTSIDE, Flags, Labels
from fusplan.spatial import Affine, Points, ScannerRas, Voxel
from fusplan.spatial.frames import require_same_frame


@dataclass(frozen=True, slots=True, eq=False)
class LabelGrid:
    """Labels and CLp on a regular grid.

    Attributes:
        labels: shape (ni, nj, nk), index of the structure or ``OUTSIDE``, read-only.
        clp: same shape, whether the voxel's centre lies in CLp, read-only.
        grid_to_scanner: grid indices to scanner RAS mm.
    """

    labels: npt.NDArray[np.int16]
    clp: npt.NDArray[np.bool_]
    grid_to_scanner: Affine[Voxel, ScannerRas]

    def __post_init__(self) -> None:
        if self.labels.ndim != 3 or self.labels.shape != self.clp.shape:
            raise ValueError(f"labels {self.labels.shape} and CLp {self.clp.shape} must share one grid")
        for name in ("labels", "clp"):
            view = getattr(self, name).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @property
    def cell_mm3(self) -> float:
        """Volume of one grid cell."""
        return abs(float(np.linalg.det(self.grid_to_scanner.matrix[:3, :3])))

    def labels_at(self, points: Points[ScannerRas]) -> Labels:
        """Label (n,) of the grid cell each point lies in; ``OUTSIDE`` beyond the grid."""
        cells, inside = self._cells(points)
        result = np.full(len(points), OUTSIDE, dtype=np.int16)
        result[inside] = self.labels.ravel()[cells]
        return result

    def clp_at(self, points: Points[ScannerRas]) -> Flags:
        """Whether the grid cell each point (n,) lies in belongs to CLp; False beyond the grid."""
        cells, inside = self._cells(points)
        result = np.zeros(len(points), dtype=np.bool_)
        result[inside] = self.clp.ravel()[cells]
        return result

    def _cells(self, points: Points[ScannerRas]) -> tuple[npt.NDArray[np.int_], Flags]:
        """Flat index of the cell of every point inside the grid, and which points are inside."""
        require_same_frame(self.grid_to_scanner.target, points.frame)
        inverse = np.linalg.inv(self.grid_to_scanner.matrix)
        indices = np.rint(points.array @ inverse[:3, :3].T + inverse[:3, 3]).astype(np.int64)
        ni, nj, nk = self.labels.shape
        inside = np.all((indices >= 0) & (indices < (ni, nj, nk)), axis=1)
        i, j, k = indices[inside].T
        return np.asarray((i * nj + j) * nk + k), np.asarray(inside)
