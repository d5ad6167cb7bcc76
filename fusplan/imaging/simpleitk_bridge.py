"""The one door to SimpleITK: arrays in RAS with (i, j, k) axes here, images in LPS there.

An ITK image has an origin, a spacing and direction cosines in LPS. Oblique axes are kept. Left-handed axes are kept,
too: ITK allows reflections, and its NIfTI reader makes them of every LAS image. Sheared axes it does not allow.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from fusplan.imaging.reorient import is_sheared, unsheared
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.spatial import Frame, Grid, ScannerRas
from fusplan.spatial.lps import flip_rows
from fusplan.spatial.points import FloatArray

F = TypeVar("F", bound=Frame)

SMALLEST_COSINE = 1e-14
"""Direction cosines nearer to zero are zero: far below a nanometre over a head."""


def array_to_sitk(data: npt.NDArray[np.generic], grid: Grid[F]) -> sitk.Image:
    """An array on a grid in a RAS millimetre frame as a SimpleITK image in LPS, with the same grid.

    Booleans become uint8. Raises ValueError when the axes are sheared (use ``unsheared`` first).
    """
    if is_sheared(grid.matrix):
        raise ValueError("SimpleITK images need axes at right angles")
    stored = data.astype(np.uint8) if data.dtype == np.bool_ else data.astype(data.dtype.newbyteorder("="), copy=False)
    image = sitk.GetImageFromArray(stored.T)
    set_place(image, grid.matrix)
    return image


def set_place(image: sitk.Image, voxel_to_ras: FloatArray) -> None:
    """Give an image the origin, spacing and directions of a 4 x 4 matrix from voxel indices to RAS mm."""
    lps = flip_rows(voxel_to_ras)
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    directions = lps[:3, :3] / spacing
    # ITK's matrix inverse fails, with a message on stderr only, where an element is about 1e-300.
    directions[np.abs(directions) < SMALLEST_COSINE] = 0.0
    image.SetSpacing(spacing.tolist())
    image.SetDirection(directions.ravel().tolist())
    image.SetOrigin(lps[:3, 3].tolist())


def volume_to_sitk(volume: Volume) -> sitk.Image:
    """A volume as a float32 SimpleITK image in LPS.

    The grid is the volume's own, unless its axes are sheared: then it is resampled onto right-angled ones first.
    Places in space are the same in both cases.
    """
    straight = unsheared(volume)
    return array_to_sitk(straight.data, straight.grid)


def template_to_sitk(template: TemplateImage) -> tuple[sitk.Image, sitk.Image]:
    """The template's T1 (float32) and brain mask (uint8) as SimpleITK images in LPS."""
    return array_to_sitk(template.data, template.grid), array_to_sitk(template.brain_mask, template.grid)


def affine_of_sitk(image: sitk.Image) -> FloatArray:
    """4 x 4: voxel indices (i, j, k) of a SimpleITK image to RAS mm."""
    lps = np.eye(4)
    lps[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * np.array(image.GetSpacing())
    lps[:3, 3] = image.GetOrigin()
    return flip_rows(lps)


def array_of_sitk(image: sitk.Image) -> npt.NDArray[np.generic]:
    """The image's numbers with axes (i, j, k), or (i, j, k, component) for vectors; a copy."""
    stored = sitk.GetArrayFromImage(image)
    return np.asarray(stored.transpose(2, 1, 0, 3) if stored.ndim == 4 else stored.T)


def volume_of_sitk(image: sitk.Image, frame: ScannerRas, fingerprint: str) -> Volume:
    """A SimpleITK image in LPS as a volume in a given scanner frame."""
    data = np.asarray(array_of_sitk(image), dtype=np.float32)
    return Volume.of_array(data, affine_of_sitk(image), fingerprint, study_id=frame.study_id)
