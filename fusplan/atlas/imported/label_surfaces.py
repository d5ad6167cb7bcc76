"""Closed surfaces of the structures of a label atlas: smooth, and enclosing the volume of their voxels.

The voxels of a structure are blurred a little, and the surface is drawn at the level that encloses as much as the
voxels fill. So a nucleus keeps its volume, and the steps of the voxels are gone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from skimage import measure

from fusplan.atlas.imported.label_atlas import LabelAtlas
from fusplan.atlas.nuclei_atlas import AtlasStructure
from fusplan.spatial import Points
from fusplan.spatial.frames import Frame
from fusplan.spatial.points import FloatArray
from fusplan.spatial.triangles import Surface

F = TypeVar("F", bound=Frame)

FINE_MM = 0.6
"""Voxels are divided until their parts are no larger."""

BLUR_VOXELS = 0.6
"""Standard deviation of the blur, voxels of the atlas: enough to hide steps, too little to join neighbours."""

ROOM_VOXELS = 3


def label_surface(
    atlas: LabelAtlas[F], structure: AtlasStructure, keep: Callable[[Points[F]], npt.NDArray[np.bool_]] | None = None
) -> Surface[F] | None:
    """The surface of a structure, or of the part of it where ``keep`` is True; None when there is none."""
    cells = np.argwhere(atlas.label_map == structure.index)
    if len(cells) == 0:
        return None
    first = cells.min(axis=0) - ROOM_VOXELS
    shape = cells.max(axis=0) + 1 + ROOM_VOXELS - first
    spacing_mm = np.cbrt(atlas.grid.cell_mm3)
    parts = max(1, int(np.ceil(spacing_mm / FINE_MM)))
    marked = np.zeros(shape, dtype=bool)
    marked[tuple((cells - first).T)] = True
    for axis in range(3):
        marked = np.repeat(marked, parts, axis=axis)
    if keep is not None:
        at = np.argwhere(marked)
        kept = keep(_places(atlas, first, parts, at.astype(np.float64)))
        marked[tuple(at[~kept].T)] = False
    return _surface(atlas, first, parts, marked)


def _surface(
    atlas: LabelAtlas[F], first: npt.NDArray[np.int_], parts: int, marked: npt.NDArray[np.bool_]
) -> Surface[F] | None:
    count = int(np.count_nonzero(marked))
    if count == 0:
        return None
    blurred = ndimage.gaussian_filter(marked.astype(np.float32), BLUR_VOXELS * parts, truncate=3.0)
    highest = np.partition(blurred.ravel(), -(count + 1))[-(count + 1) :]
    level = float(np.sort(highest)[:2].mean())
    if not 0 < level < float(blurred.max()):
        return None
    vertices, faces, _, _ = measure.marching_cubes(blurred, level, gradient_direction="ascent")
    if np.linalg.det(atlas.grid.matrix[:3, :3]) < 0:
        faces = faces[:, ::-1]
    triangles = np.ascontiguousarray(faces, dtype=np.int32)
    triangles.flags.writeable = False
    return Surface(_places(atlas, first, parts, vertices.astype(np.float64)), triangles)


def _places(atlas: LabelAtlas[F], first: npt.NDArray[np.int_], parts: int, indices: FloatArray) -> Points[F]:
    """Where indices (n, 3) of the divided block lie that begins at voxel ``first``."""
    return atlas.grid.places((indices + 0.5) / parts - 0.5 + first)
