"""The head's own surface: skin and bone as closed meshes for the eye, and the skin's points for the helmet's fit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from skimage import measure

from fusplan.errors import FusplanError
from fusplan.imaging.volume import Volume
from fusplan.simulation.skull import BONE_FROM_HU, SKIN_FROM_HU, Skull
from fusplan.spatial import Field, Points, ScannerRas
from fusplan.spatial.grid import shape_of
from fusplan.spatial.triangles import Surface

MASK_SPACING_MM = 2.5
SKIN_SPACING_MM = 3.0
BONE_SPACING_MM = 2.0
"""Of the lattices that masks and meshes follow: fine enough for the eye, and for a helmet that keeps its distance."""

HEAD_FROM_SHARE = 0.12
"""Of the brightest intensities: what is brighter than this much above the background belongs to the head (as in
registration)."""

LEAST_HEAD_SHARE = 0.02

_LARGEST_PART_OF_BONE = 0.02
"""Of all bone: smaller loose parts (calcifications, specks) are left out of the surface."""


class NoHeadSurfaceError(FusplanError):
    """An image shows no head that stands out from its background."""


def head_mask(volume: Volume, spacing_mm: float = MASK_SPACING_MM) -> Field[ScannerRas]:
    """What of an MR image is head, 0 to 1 on a grid of about ``spacing_mm``, holes filled; 0 outside.

    Raises:
        NoHeadSurfaceError: nothing stands out.
    """
    coarse = coarsened(Field(volume.grid, volume.data, "1", outside=0.0), spacing_mm)
    values = coarse.values
    low, high = np.percentile(values, 1), np.percentile(values, 99.7)
    head = values - low > HEAD_FROM_SHARE * (high - low)
    head = largest_part(ndimage.binary_opening(head))
    if head.mean() < LEAST_HEAD_SHARE:
        raise NoHeadSurfaceError(f"{volume.name} shows no head: hardly any voxel stands out.", "Open a head MRI.")
    head = ndimage.binary_closing(np.pad(head, 3), iterations=3)[3:-3, 3:-3, 3:-3]
    return coarse.with_values(ndimage.binary_fill_holes(head).astype(np.float32), "1", 0.0)


def skin_surface(volume: Volume) -> Surface[ScannerRas]:
    """The skin of the head on an MR image. Raises NoHeadSurfaceError."""
    mask = head_mask(volume, SKIN_SPACING_MM)
    return isosurface(mask.with_values(ndimage.gaussian_filter(mask.values, 0.8)), 0.5)


def skin_of_skull(skull: Skull) -> Surface[ScannerRas]:
    """The skin of the head that a skull was taken from, by its CT numbers."""
    coarse = coarsened(skull.hounsfield, SKIN_SPACING_MM)
    head = ndimage.binary_fill_holes(largest_part(coarse.values > SKIN_FROM_HU)).astype(np.float32)
    return isosurface(coarse.with_values(ndimage.gaussian_filter(head, 0.8), "1", 0.0), 0.5)


def bone_surface(skull: Skull) -> Surface[ScannerRas]:
    """The bone of a skull, both tables, without loose specks."""
    coarse = coarsened(skull.hounsfield, BONE_SPACING_MM)
    bone = coarse.values > BONE_FROM_HU
    labels, count = ndimage.label(bone, structure=np.ones((3, 3, 3)))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    kept = sizes > _LARGEST_PART_OF_BONE * max(int(bone.sum()), 1)
    specks = bone & ~kept[labels]
    return isosurface(coarse.with_values(np.where(specks, np.float32(0), coarse.values)), BONE_FROM_HU)


def coarsened(field: Field[ScannerRas], spacing_mm: float) -> Field[ScannerRas]:
    """A field on every so many-th voxel of its own, each the mean of those it stands for."""
    factors = [max(1, round(spacing_mm / step)) for step in field.grid.spacing_mm]
    values, steps = np.asarray(field.values, dtype=np.float32), np.eye(4)
    for axis, factor in enumerate(factors):
        count = values.shape[axis] // factor
        if factor == 1 or count == 0:
            continue
        along = np.moveaxis(values, axis, 0)[: count * factor]  # views: the order of axes in memory stays
        total = along[::factor] + along[1::factor]
        for start in range(2, factor):
            total += along[start::factor]
        total *= np.float32(1 / factor)
        values = np.moveaxis(total, 0, axis)
        steps[axis, axis], steps[axis, 3] = factor, (factor - 1) / 2
    grid = field.grid.derived(shape_of(values), steps, "coarse")
    return Field(grid, values.astype(np.float32, copy=False), field.unit, field.outside)


def largest_part(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The largest of the parts of a mask that hang together by their faces; nothing of an empty one."""
    labels, count = ndimage.label(mask)
    if count == 0:
        return np.zeros_like(mask)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.asarray(labels == int(np.argmax(sizes)))


def isosurface(field: Field[ScannerRas], level: float) -> Surface[ScannerRas]:
    """The closed surface where a field is ``level``; empty where it is nowhere above. Closed at the grid's border."""
    least = min(float(field.values.min()), level - 1e-3 - abs(level))
    values = np.pad(np.asarray(field.values, dtype=np.float32), 1, constant_values=least)
    if not values.max() > level:
        return Surface(Points(field.grid.frame, np.empty((0, 3))), np.empty((0, 3), dtype=np.int32))
    vertices, faces, _, _ = measure.marching_cubes(values, level, gradient_direction="ascent")
    if np.linalg.det(field.grid.matrix[:3, :3]) < 0:
        faces = faces[:, ::-1]
    triangles = np.ascontiguousarray(faces, dtype=np.int32)
    triangles.flags.writeable = False
    return Surface(field.grid.places(vertices.astype(np.float64) - 1), triangles)
