"""AC and PC looked for in the image itself, front to back and up and down: the middle of the bright spot that a
commissure makes in the midplane.

In the midsagittal plane a commissure is a spot of white matter at the edge of the dark third ventricle. Its middle is
taken at the scale of a commissure: where the image, smoothed by a Gaussian of 1 mm, is curved most like a dome (the
largest determinant of its second derivatives; a uniform slope, such as that from the ventricle to the septum, does not
move it). That is the radius of the spot divided by the square root of two, the scale at which a disc answers most (T.
Lindeberg, International Journal of Computer Vision 30:79, 1998).

The spot has errors of its own. The landmark that the map carried is moved towards it the further the sharper it is,
and not at all where there is none within a millimetre. Where the ventricle is the brighter one (T2), AC is the middle
of a dark spot in the same way, and PC is left alone: the darkest place near it is the flow void of the aqueduct.
``fusplan/decisions/0003-midplane.md`` has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.imaging.volume import Volume
from fusplan.spatial import AcPcGeometry, Point, Points, ScannerRas
from fusplan.spatial.points import FloatArray

SPOT_SCALE_MM = 1.0
"""Of the Gaussian: a commissure's radius in the midplane, about 1.4 mm, over the square root of two (C)."""

LARGEST_SPOT_DISTANCE_MM = 1.0
"""A spot further away is another one (0.2 to 0.9 mm on six T1 heads)."""

EQUAL_SHARPNESS = 0.2
"""At this sharpness, that of the template's own AC, the map and the spot count alike (C: five T1 heads, sharpness 0.24
on average, have errors of 0.24 mm an axis by the map and 0.16 mm by the spot. From 0.1 to 0.35 the median error is 0.20
to 0.25 mm and the largest 0.31 to 0.40; chosen on four heads, the fifth's are 0.22 and 0.35 mm)."""

COARSEST_MM = 1.6
"""Along a direction in which voxels lie further apart the middle of a spot is not seen: nothing is moved along it (with
2.5 mm axial slices it would be the middle of the nearest slice, and AC and PC worse by 0.05 mm on average)."""

_STEP_MM = 0.25
_HALF_MM = 5.5
_BESIDE_MM = np.arange(-1.0, 1.1, 0.5)
_VENTRICLE_MM = (3.0, 5.0)
_VENTRICLE_HALF_HEIGHT_MM = 1.0


@dataclass(frozen=True, slots=True)
class Spot:
    """The middle of a bright spot near a commissure.

    Attributes:
        anterior_mm, up_mm: from where the commissure was expected.
        sharpness: how curved the spot is, over its height above the third ventricle; without unit. 0.1 to 0.4 on six
            T1 heads.
    """

    anterior_mm: float
    up_mm: float
    sharpness: float

    @property
    def trust(self) -> float:
        """How far to go from the expected place to this one, 0 to 1: two normal errors, the spot's falling with its
        sharpness."""
        return self.sharpness**2 / (self.sharpness**2 + EQUAL_SHARPNESS**2)


def moved_to_spot(point: Point[ScannerRas], volume: Volume, geometry: AcPcGeometry) -> Point[ScannerRas] | None:
    """A commissure moved within its sagittal plane towards the middle of its bright spot.

    Args:
        point: AC or PC as expected, in the midplane.
        volume: the head.
        geometry: the AC-PC frame, which tells the directions and on which side the third ventricle is.

    Returns:
        None when the image does not show a spot there. Along a direction of thick slices it stays where it is.
    """
    right, anterior, up = geometry.scanner_to_acpc("pc").apply(point).coordinates
    image = _sagittal(volume, geometry, (right, anterior, up))
    is_posterior = anterior < geometry.length_mm / 2
    if not is_posterior and _middle(image) < _ventricle(image, in_front=False):
        image = -image
    spot = find_spot(image, ventricle_in_front=is_posterior)
    if spot is None:
        return None
    forward_mm, up_mm = np.array([spot.anterior_mm, spot.up_mm]) * spot.trust * _is_resolved(volume, geometry)
    moved = Point(geometry.frame("pc"), right, anterior + float(forward_mm), up + float(up_mm))
    return geometry.acpc_to_scanner("pc").apply(moved)


def find_spot(image: FloatArray, ventricle_in_front: bool) -> Spot | None:
    """The bright spot nearest to the middle of a sagittal image.

    Args:
        image: rows going up, columns going forward, 0.25 mm apart, 45 of each; NaN where nothing is known.
        ventricle_in_front: on which side of the commissure the third ventricle is.

    Returns:
        None when there is none, or one that is too far away or no brighter than the ventricle.
    """
    if not np.isfinite(image).all():
        return None
    smooth, dome = _smooth_and_dome(image)
    middle = image.shape[0] // 2
    row, column = (int(index) for index in np.unravel_index(np.argmax(_within_reach(dome)), dome.shape))
    height = float(smooth[row, column]) - _ventricle(image, ventricle_in_front)
    about = dome[row - 1 : row + 2, column - 1 : column + 2]
    if dome[middle, middle] <= 0 or about.max() > about[1, 1] or height <= 0:
        return None
    up, anterior = (np.array([row, column]) - middle + _top(about)) * _STEP_MM
    return Spot(float(anterior), float(up), float(np.sqrt(about[1, 1])) / height)


def _is_resolved(volume: Volume, geometry: AcPcGeometry) -> npt.NDArray[np.bool_]:
    """Whether voxels are near enough to each other to the front and up."""
    apart_mm = np.linalg.norm(geometry.axes[:, 1:].T @ volume.affine[:3, :3], axis=1)
    return np.asarray(apart_mm <= COARSEST_MM)


def _sagittal(volume: Volume, geometry: AcPcGeometry, centre: tuple[float, float, float]) -> FloatArray:
    """The mean of five sagittal images within 1 mm of a place of the AC-PC frame from the PC; NaN outside the head."""
    from scipy import ndimage  # noqa: PLC0415 - takes long to import, which the window's first screen need not pay

    along = np.arange(-_HALF_MM, _HALF_MM + _STEP_MM / 2, _STEP_MM)
    up, right, anterior = np.meshgrid(along, _BESIDE_MM, along, indexing="ij")
    places = np.stack([right, anterior, up], axis=-1).reshape(-1, 3) + centre
    scanner = geometry.acpc_to_scanner("pc").apply(Points(geometry.frame("pc"), places))
    voxels = volume.scanner_to_voxel.apply(scanner).array
    values = ndimage.map_coordinates(volume.data, voxels.T, output=np.float64, order=1, mode="constant", cval=np.nan)
    return np.asarray(values.reshape(up.shape).mean(axis=1))


def _smooth_and_dome(image: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The image at the scale of a commissure, and how much it is curved like a dome there: the determinant of its
    second derivatives, times the scale to the fourth; 0 where it is no dome."""
    from scipy import ndimage  # noqa: PLC0415 - as above

    def derivative(up: int, anterior: int) -> FloatArray:
        scale = SPOT_SCALE_MM / _STEP_MM
        smooth = ndimage.gaussian_filter(image, scale, order=(up, anterior))
        return np.asarray(smooth * scale ** (up + anterior))

    down, back, across = derivative(2, 0), derivative(0, 2), derivative(1, 1)
    determinant = down * back - across**2
    return derivative(0, 0), np.where(down + back < 0, np.maximum(determinant, 0.0), 0.0)


def _within_reach(dome: FloatArray) -> FloatArray:
    """Zero beyond the largest distance from the middle."""
    middle = dome.shape[0] // 2
    off_mm = (np.arange(dome.shape[0]) - middle) * _STEP_MM
    return np.where(np.hypot(off_mm[:, None], off_mm) <= LARGEST_SPOT_DISTANCE_MM, dome, 0.0)


def _ventricle(image: FloatArray, in_front: bool) -> float:
    """Mean intensity 3 to 5 mm from the commissure towards the other one."""
    middle = image.shape[0] // 2
    off_mm = (np.arange(image.shape[0]) - middle) * _STEP_MM
    near, far = _VENTRICLE_MM
    towards = off_mm if in_front else -off_mm
    rows, columns = np.abs(off_mm) <= _VENTRICLE_HALF_HEIGHT_MM, (towards >= near) & (towards <= far)
    return float(image[np.ix_(rows, columns)].mean())


def _middle(image: FloatArray) -> float:
    """Mean intensity within half a millimetre of the middle."""
    middle, reach = image.shape[0] // 2, round(0.5 / _STEP_MM)
    near = slice(middle - reach, middle + reach + 1)
    return float(image[near, near].mean())


def _top(about: FloatArray) -> FloatArray:
    """Where the paraboloid through nine samples has its top, in samples up and forward from the middle one."""
    slope = np.array([about[2, 1] - about[0, 1], about[1, 2] - about[1, 0]]) / 2
    across = (about[2, 2] - about[2, 0] - about[0, 2] + about[0, 0]) / 4
    up, forward = (about[2, 1] + about[0, 1], about[1, 2] + about[1, 0])
    curvature = np.array([[up - 2 * about[1, 1], across], [across, forward - 2 * about[1, 1]]])
    if curvature[0, 0] >= 0 or np.linalg.det(curvature) <= 0:
        return np.zeros(2)
    return np.asarray(np.clip(-np.linalg.solve(curvature, slope), -1.0, 1.0))
