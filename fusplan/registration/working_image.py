"""The patient's image as the engine sees it: near 1 mm, axes near RAS, cropped to the head, intensities 0 to 100."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from fusplan.imaging.reorient import closest_ras, unsheared
from fusplan.imaging.simpleitk_bridge import volume_to_sitk
from fusplan.imaging.volume import Volume
from fusplan.registration.head_crop import head_block
from fusplan.registration.head_turning import HeaderTurn
from fusplan.spatial.grid import shape_of
from fusplan.spatial.lps import flip_ras_lps
from fusplan.spatial.points import FloatArray

WORKING_SPACING_MM = 1.0
FINEST_KEPT_MM = 0.75
COARSEST_KEPT_MM = 1.4
"""Images whose spacing lies between these are used as they are; others are brought to 1 mm."""

_WHOLE_VOXELS = 0.02
"""A spacing this little above a whole fraction of 1 mm counts as one, such as 0.508 mm as 1/2."""

_SIGMA_PER_COARSENING = 0.42
"""A Gaussian of 0.42 voxel (FWHM one voxel) of the coarser grid, less what the finer grid has already."""


def working_image(volume: Volume) -> sitk.Image:
    """The patient's image prepared for registration (float32, LPS, 0 to 100).

    Raises:
        EmptyImageError: nothing stands out from the background.
    """
    head = _cropped_to_head(_binned(unsheared(closest_ras(volume))))
    image = volume_to_sitk(head)
    spacing_mm = np.array(image.GetSpacing())
    if spacing_mm.min() < FINEST_KEPT_MM or spacing_mm.max() > COARSEST_KEPT_MM:
        image = resampled(image, WORKING_SPACING_MM)
    return image


def _binned(volume: Volume) -> Volume:
    """Means of 2 or more voxels along axes that stay at 1 mm or finer, so that what follows has less to do."""
    factors = [max(1, int(WORKING_SPACING_MM / spacing_mm + _WHOLE_VOXELS)) for spacing_mm in volume.spacing_mm]
    data, steps = volume.data, np.eye(4)
    for axis, factor in enumerate(factors):
        if factor > 1:
            count = data.shape[axis] // factor
            parts = [_every(data, axis, start, factor, count) for start in range(factor)]
            data = np.asarray(sum(parts[1:], start=parts[0]) / np.float32(factor))
            steps[axis, axis], steps[axis, 3] = factor, (factor - 1) / 2
    if data is volume.data:
        return volume
    return Volume(data, volume.grid.derived(shape_of(data), steps, "binned"), volume.fingerprint, volume.path)


def _every(data: npt.NDArray[np.float32], axis: int, start: int, step: int, count: int) -> npt.NDArray[np.float32]:
    """Every ``step``-th slice along an axis, ``count`` of them."""
    return data[tuple(slice(start, start + step * count, step) if a == axis else slice(None) for a in range(3))]


def _cropped_to_head(volume: Volume) -> Volume:
    block = head_block(volume.data, volume.spacing_mm, volume.name)
    data = block.scaled(volume.data[block.voxels])
    return Volume(
        data,
        volume.grid.block(np.array([part.start for part in block.voxels]), shape_of(data)),
        volume.fingerprint,
        volume.path,
        series=volume.series,
    )


def turned_image(image: sitk.Image, turn: HeaderTurn) -> sitk.Image:
    """A working image as if its header said how the head lies; the same first corner, axes and spacing follow."""
    turned = sitk.GetImageFromArray(np.ascontiguousarray(turn.turned(sitk.GetArrayViewFromImage(image).T).T))
    turned.SetSpacing([image.GetSpacing()[axis] for axis in turn.axes])
    turned.SetDirection(image.GetDirection())
    turned.SetOrigin(image.GetOrigin())
    return turned


def enlarged(image: sitk.Image, factor: float) -> sitk.Image:
    """The same voxels as if all they show were larger by a factor, about the middle of the image."""
    larger = sitk.Image(image)
    larger.SetSpacing([factor * along_mm for along_mm in image.GetSpacing()])
    middle_mm = _middle_mm(image)
    larger.SetOrigin((middle_mm + factor * (np.array(image.GetOrigin()) - middle_mm)).tolist())
    return larger


def enlargement(image: sitk.Image, factor: float) -> FloatArray:
    """What :func:`enlarged` does to places: a 4 x 4 RAS matrix."""
    matrix = np.diag([factor, factor, factor, 1.0])
    matrix[:3, 3] = (1 - factor) * flip_ras_lps(_middle_mm(image))
    return matrix


def _middle_mm(image: sitk.Image) -> FloatArray:
    """LPS."""
    return np.array(image.TransformContinuousIndexToPhysicalPoint([(size - 1) / 2 for size in image.GetSize()]))


def resampled(image: sitk.Image, spacing_mm: float) -> sitk.Image:
    """The image on a cubic grid of the same axes and middle, blurred first along axes that become coarser."""
    old_mm = np.array(image.GetSpacing())
    blurred = image
    for axis in range(3):
        if old_mm[axis] < 0.75 * spacing_mm:
            smoothing = sitk.RecursiveGaussianImageFilter()
            smoothing.SetDirection(axis)
            smoothing.SetSigma(_SIGMA_PER_COARSENING * float(np.sqrt(spacing_mm**2 - old_mm[axis] ** 2)))
            blurred = smoothing.Execute(blurred)
    size = np.maximum(1, np.ceil(np.array(image.GetSize()) * old_mm / spacing_mm - 1e-3)).astype(int)
    directions = np.reshape(image.GetDirection(), (3, 3))
    origin = _middle_mm(image) - directions @ ((size - 1) / 2 * spacing_mm)
    return sitk.Resample(
        blurred,
        size.tolist(),
        sitk.Transform(),
        sitk.sitkLinear,
        origin.tolist(),
        [spacing_mm] * 3,
        image.GetDirection(),
        0.0,
        sitk.sitkFloat32,
    )


def halved(image: sitk.Image) -> sitk.Image:
    """The image on a grid twice as coarse, each voxel the mean of eight."""
    return sitk.BinShrink(image, [2 if size > 1 else 1 for size in image.GetSize()])
