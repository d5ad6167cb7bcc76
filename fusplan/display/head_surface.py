"""The surface of the head for the 3-D scene, from the image itself: coarse, smooth, made on demand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from fusplan.imaging.intensity import foreground_threshold
from fusplan.imaging.volume import Volume
from fusplan.spatial import Points, ScannerRas
from fusplan.spatial.points import FloatArray

SPACING_MM = 2.5
"""Coarse enough for a tenth of a second, fine enough for a nose."""

SMOOTHING = 0.8
"""Standard deviation of the Gaussian, in coarse voxels."""


def head_surface(volume: Volume) -> tuple[Points[ScannerRas], npt.NDArray[np.int32]] | None:
    """Vertices and outward triangles of the boundary between head and background, or None where there is none."""
    from skimage import measure  # noqa: PLC0415 - takes a third of a second to load, and is rarely needed

    steps = [max(1, round(SPACING_MM / spacing)) for spacing in volume.spacing_mm]
    coarse = np.nan_to_num(volume.data[:: steps[0], :: steps[1], :: steps[2]])
    threshold = foreground_threshold(coarse.ravel())
    smooth = ndimage.gaussian_filter((coarse > threshold).astype(np.float32), SMOOTHING)
    body = _largest_filled(smooth > 0.5)
    if body is None:
        return None
    field = np.pad(ndimage.gaussian_filter(body.astype(np.float32), SMOOTHING), 1)
    vertices, triangles, _, _ = measure.marching_cubes(field, 0.5, gradient_direction="descent")
    indices = (vertices.astype(np.float64) - 1) * np.array(steps)
    points = volume.grid.places(indices)
    return points, _outward(points.array, triangles.astype(np.int32))


def _outward(places: FloatArray, triangles: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The triangles turned so that the volume they enclose is positive, whatever the order of the image's axes."""
    a, b, c = ((places - places.mean(axis=0))[triangles[:, corner]] for corner in range(3))
    signed = float(np.einsum("ij,ij->", a, np.cross(b, c)))
    return np.ascontiguousarray(triangles if signed > 0 else triangles[:, ::-1])


def _largest_filled(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_] | None:
    """The largest connected piece without its holes."""
    labels, count = ndimage.label(mask)
    if count == 0:
        return None
    largest = 1 + int(np.argmax(np.bincount(labels.ravel())[1:]))
    return np.asarray(ndimage.binary_fill_holes(labels == largest), dtype=np.bool_)
