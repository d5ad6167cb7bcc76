"""The same image on other grids: axes nearest to RAS, right-angled axes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusplan.imaging.orientation import nearest_axes
from fusplan.imaging.placement import shear_deg
from fusplan.imaging.volume import Volume
from fusplan.spatial.grid import shape_of
from fusplan.spatial.points import FloatArray

NEGLIGIBLE_SHEAR_DEG = 0.02
"""Headers store directions as float32 and quaternions; this much is rounding (0.1 mm over 300 mm)."""


def closest_ras(volume: Volume) -> Volume:
    """The volume with its axes reordered and turned so that they lead nearest to right, anterior and superior.

    Nothing is resampled or copied: the data are a view. An oblique image stays oblique.
    """
    rows, signs = nearest_axes(volume.affine)
    order = [rows.index(row) for row in range(3)]
    steps = np.zeros((4, 4))
    steps[3, 3] = 1.0
    for new_axis, old_axis in enumerate(order):
        steps[old_axis, new_axis] = signs[old_axis]
        if signs[old_axis] < 0:
            steps[old_axis, 3] = volume.shape[old_axis] - 1
    data = volume.data.transpose(order)[tuple(slice(None, None, signs[old]) for old in order)]
    return replace(volume, data=data, grid=volume.grid.derived(shape_of(data), steps, "ras"))


def is_sheared(affine: FloatArray) -> bool:
    """Whether voxel axes miss right angles by more than rounding."""
    return shear_deg(affine) > NEGLIGIBLE_SHEAR_DEG


def _right_angled(axes: FloatArray) -> FloatArray:
    """The orthonormal matrix nearest to three unit columns (polar decomposition), keeping their handedness."""
    left, _, right = np.linalg.svd(axes)
    return np.asarray(left @ right)


def unsheared(volume: Volume) -> Volume:
    """The volume itself when its axes are at right angles, else resampled (trilinear) onto a grid whose axes are.

    The new grid has the same spacing, the nearest right-angled axes, and holds every voxel of the old one; what lies
    outside the old one gets its smallest intensity.
    """
    if not is_sheared(volume.affine):
        return volume
    from scipy import ndimage  # noqa: PLC0415 - takes 0.2 s to import, and hardly any image is sheared

    spacing = np.array(volume.spacing_mm)
    axes = _right_angled(volume.affine[:3, :3] / spacing)
    steps = volume.grid.corners(margin_voxels=0.0).array @ axes / spacing
    first = np.floor(steps.min(axis=0) + 1e-6)
    ni, nj, nk = (int(size) for size in np.ceil(steps.max(axis=0) - 1e-6) - first + 1)
    affine = np.eye(4)
    affine[:3, :3] = axes * spacing
    affine[:3, 3] = affine[:3, :3] @ first
    new_to_old = volume.scanner_to_voxel.matrix @ affine
    data = ndimage.affine_transform(
        volume.data, new_to_old, output_shape=(ni, nj, nk), order=1, cval=float(volume.data.min()), output=np.float32
    )
    return replace(volume, data=data, grid=volume.grid.derived((ni, nj, nk), new_to_old, "unsheared"))
