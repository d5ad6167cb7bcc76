"""The only place where RAS and LPS are exchanged. Import it from imaging, registration and export only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.spatial.points import FloatArray

_FLIP = np.array([-1.0, -1.0, 1.0])


def flip_ras_lps(coordinates_mm: npt.ArrayLike) -> FloatArray:
    """RAS to LPS or LPS to RAS: negates x and y of (..., 3) mm coordinates or vectors."""
    return np.asarray(np.asarray(coordinates_mm, dtype=np.float64) * _FLIP)


def flip_ras_lps_matrix(matrix: npt.ArrayLike) -> FloatArray:
    """A 4 x 4 RAS-to-RAS matrix as the LPS-to-LPS matrix of the same map, or the other way round."""
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])
    return np.asarray(flip @ np.asarray(matrix, dtype=np.float64) @ flip)


def flip_rows(matrix: npt.ArrayLike) -> FloatArray:
    """A 4 x 4 matrix into RAS as the matrix into LPS (or back): only its first two rows change sign."""
    return np.asarray(np.diag([-1.0, -1.0, 1.0, 1.0]) @ np.asarray(matrix, dtype=np.float64))
