"""Slices of images as grey pictures: the patient's, the template's carried to the patient, and both in turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from fusplan.display.grey_levels import HEADROOM, HIGH_PERCENT, LOW_PERCENT, GreyPicture
from fusplan.display.views import SliceView
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.spatial import Grid, Map, Mni, Points, ScannerRas
from fusplan.spatial.points import FloatArray

PictureInterpolation: TypeAlias = Literal["cubic", "linear"]

SPLINE_MARGIN_VOXELS = 12
"""A cubic spline fitted to a cut-out is right this far inside it: its memory falls by 0.27 a voxel."""

MAP_STEP_MM = 2.0
"""A registration is smooth, so it is evaluated this far apart on a slice and interpolated between."""

TILE_MM = 20.0
"""Edge of one field of a checkerboard."""


def _sample(
    data: npt.NDArray[np.float32], indices: FloatArray, interpolation: PictureInterpolation
) -> npt.NDArray[np.float32]:
    """Values at voxel indices (3, n) of an array, 0 outside; a cubic spline is fitted to a cut-out around them."""
    low = np.maximum(np.floor(indices.min(axis=1)).astype(int) - SPLINE_MARGIN_VOXELS, 0)
    high = np.minimum(np.ceil(indices.max(axis=1)).astype(int) + SPLINE_MARGIN_VOXELS + 1, data.shape)
    if np.any(high - low < 2):
        return np.zeros(indices.shape[1], dtype=np.float32)
    cut_out = np.nan_to_num(data[low[0] : high[0], low[1] : high[1], low[2] : high[2]])
    order = 3 if interpolation == "cubic" else 1
    values = ndimage.map_coordinates(cut_out, indices - low[:, None], order=order, mode="constant")
    return np.asarray(values, dtype=np.float32)


def slice_intensities(
    volume: Volume, pixels: Grid[ScannerRas], interpolation: PictureInterpolation = "cubic"
) -> npt.NDArray[np.float32]:
    """Intensities (rows, columns) at a view's pixels, 0 outside the image; cubic splines are sharper than linear."""
    indices = volume.grid.indices(pixels.all_places()).T
    return _sample(volume.data, np.ascontiguousarray(indices), interpolation).reshape(pixels.shape[:2])


@dataclass(frozen=True, slots=True, eq=False)
class CarriedTemplate:
    """A template where its registration puts it on one slice of a patient, shape (rows, columns).

    Attributes:
        intensities: template T1, 0 outside.
        brain: 0 to 1, its brain mask interpolated.
        pixel_mm: edge of a pixel.
    """

    intensities: npt.NDArray[np.float32]
    brain: npt.NDArray[np.float32]
    pixel_mm: float


def carried_template(
    template: TemplateImage, scanner_to_mni: Map[ScannerRas, Mni], view: SliceView, pixels: Grid[ScannerRas]
) -> CarriedTemplate:
    """The template on a patient's slice; ``pixels`` are the view's own at some size."""
    coarse_points, shape = view.raster(MAP_STEP_MM)
    coarse = scanner_to_mni.apply(coarse_points).array.reshape(*shape, 3)
    rows, columns, _ = pixels.shape
    pixel_mm = pixels.spacing_mm[1]
    down, across = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    position = (np.stack([down.ravel(), across.ravel()]) + 0.5) * pixel_mm / MAP_STEP_MM
    places = np.stack(
        [ndimage.map_coordinates(coarse[..., axis], position, order=1, mode="nearest") for axis in range(3)], axis=1
    )
    indices = np.ascontiguousarray(template.grid.indices(Points(template.frame, places)).T)
    brain = ndimage.map_coordinates(template.brain_mask.astype(np.float32), indices, order=1, mode="constant")
    intensities = _sample(template.data, indices, "linear")
    return CarriedTemplate(intensities.reshape(rows, columns), brain.reshape(rows, columns), pixel_mm)


def carried_window(carried: CarriedTemplate) -> IntensityWindow:
    """A window for the template's brain on one slice."""
    inside = carried.intensities[carried.brain > 0.5]
    if inside.size == 0:
        return IntensityWindow(0.0, 1.0)
    low, high = np.percentile(inside, [LOW_PERCENT, HIGH_PERCENT])
    return IntensityWindow(float(low), float(low + HEADROOM * (high - low)) if high > low else float(low) + 1.0)


def checkerboard(first: GreyPicture, second: GreyPicture, pixel_mm: float, tile_mm: float = TILE_MM) -> GreyPicture:
    """Two pictures of one shape in turns; the field around the middle of the picture belongs to ``first``."""
    numbers = []
    for count in first.shape:
        from_middle_mm = (np.arange(count) + 0.5 - count / 2) * pixel_mm
        numbers.append(np.floor(from_middle_mm / tile_mm + 0.5).astype(int))
    from_first = (numbers[0][:, None] + numbers[1][None, :]) % 2 == 0
    return np.where(from_first, first, second)
