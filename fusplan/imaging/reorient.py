"""The same image on other grids: axes nearest to RAS, right-angled axes, even spacing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from fusplan.imaging.orientation import nearest_axes
from fusplan.imaging.placement import corners, shear_deg
from fusplan.imaging.volume import Volume
from fusplan.spatial import Affine, Voxel
from fusplan.spatial.points import FloatArray

NEGLIGIBLE_SHEAR_DEG = 0.02
"""Headers store directions as float32 and quaternions; this much is rounding (0.1 mm over 300 mm)."""

_FWHM_PER_SIGMA = 2 * np.sqrt(2 * np.log(2))


def _on_grid(volume: Volume, data: npt.NDArray[np.float32], affine: FloatArray, what: str) -> Volume:
    """Data on a new grid in the volume's own scanner frame; its voxel frame is a new one."""
    grid = Voxel(f"{volume.voxel_frame.image_id}:{what}")
    return replace(volume, data=data, voxel_to_scanner=Affine(grid, volume.scanner_frame, affine))


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
    return _on_grid(volume, data, volume.affine @ steps, "ras")


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
    spacing = np.array(volume.spacing_mm)
    axes = _right_angled(volume.affine[:3, :3] / spacing)
    places = corners(volume.shape) @ volume.affine[:3, :3].T + volume.affine[:3, 3]
    steps = places @ axes / spacing
    first = np.floor(steps.min(axis=0) + 1e-6)
    shape = (np.ceil(steps.max(axis=0) - 1e-6) - first + 1).astype(int)
    affine = np.eye(4)
    affine[:3, :3] = axes * spacing
    affine[:3, 3] = affine[:3, :3] @ first
    new_to_old = np.linalg.inv(volume.affine) @ affine
    data = ndimage.affine_transform(
        volume.data, new_to_old, output_shape=tuple(shape), order=1, cval=float(volume.data.min()), output=np.float32
    )
    return _on_grid(volume, data, affine, "unsheared")


def _smoothed(data: npt.NDArray[np.float32], factors: FloatArray) -> npt.NDArray[np.float32]:
    """Blurred so that nothing finer than the new voxels is left.

    The width turns a point spread of one old voxel into one of a new voxel: sigma = sqrt(f^2 - 1) / 2.355 old voxels
    (Cardoso et al., Scale factor point spread function matching, MICCAI 2015).
    """
    sigmas = np.sqrt(np.maximum(factors**2 - 1, 0)) / _FWHM_PER_SIGMA
    if float(sigmas.max()) < 0.1:
        return data
    return np.asarray(ndimage.gaussian_filter(data, sigmas, mode="nearest", truncate=3.0), dtype=np.float32)


def resample_isotropic(volume: Volume, spacing_mm: float) -> Volume:
    """The volume with cubic voxels of about ``spacing_mm``, its axes kept (made right-angled where sheared).

    The outer faces of the image stay where they are to within half a voxel. Trilinear, after a Gaussian blur where
    voxels grow.
    """
    if not (np.isfinite(spacing_mm) and spacing_mm > 0):
        raise ValueError(f"a spacing must be positive, got {spacing_mm}")
    straight = unsheared(volume)
    factors = spacing_mm / np.array(straight.spacing_mm)
    shape = np.maximum(1, np.round(np.array(straight.shape) / factors)).astype(int)
    # The middle of the grid stays the middle.
    start = (np.array(straight.shape) - 1) / 2 - factors * (shape - 1) / 2
    data = ndimage.affine_transform(
        _smoothed(straight.data, factors),
        factors,
        offset=start,
        output_shape=tuple(shape),
        order=1,
        mode="nearest",
        output=np.float32,
    )
    steps = np.diag([*factors, 1.0])
    steps[:3, 3] = start
    return _on_grid(straight, data, straight.affine @ steps, f"{spacing_mm:g}mm")
