"""AC, PC and midline, centred in the image itself by the mirror symmetry of what lies to their right and left.

The midline. The template's own midline landmarks lie within 20 mm of the AC-PC line and hardly tell how the head is
rolled about it. Higher up, the interhemispheric fissure can be followed: at many places 35 to 65 mm above the AC-PC
plane the image to the right of a sagittal line is compared with that to the left, and the line moved to where they
mirror each other best. Only 15 mm on each side count, so that what matters is the fissure and the gyri along it, not
the shape of the skull or the unequal size of the hemispheres.

The commissures cross the midline by definition: AC and PC are moved sideways, and only sideways, to where the 12 mm on
each side mirror each other best.

No contrast is assumed. ``fusplan/decisions/0003-midplane.md`` has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.imaging.volume import Volume
from fusplan.spatial import AcPcGeometry, Point, Points, ScannerRas
from fusplan.spatial.points import FloatArray

LEAST_FISSURE_CORRELATION = 0.5
"""A place of the fissure whose two sides mirror each other less than this does not count."""

LEAST_PLACES = 20
"""With fewer places of the fissure that count, of 144, none is believed."""

LARGEST_SPREAD_MM = 3.0
"""Robust standard deviation of the places about their plane above which they do not speak of one plane (0.5 to 1.3 on
five T1 heads)."""

LEAST_COMMISSURE_CORRELATION = 0.7
LARGEST_COMMISSURE_SHIFT_MM = 1.0
"""Less alike, or further to go, and a commissure stays where it is (0.76 and more, at most 0.4 mm on five T1 heads)."""

_ANTERIOR_OF_PC_MM = np.arange(-20.0, 51.0, 4.0)
_ABOVE_PLANE_MM = np.arange(35.0, 66.0, 4.0)
_LEAST_SPREAD_MM = 0.5
_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class _Mirror:
    """How the two sides of a place are compared.

    Attributes:
        width_mm: how far each side reaches.
        reach_mm: how far to the right and left of the expected line the best one is looked for.
        step_mm: between samples, and between lines that are tried.
        patch_mm: profiles run through the place and this far before, behind, above and below it.
    """

    width_mm: float
    reach_mm: float
    step_mm: float
    patch_mm: float


_FISSURE = _Mirror(width_mm=15.0, reach_mm=8.0, step_mm=0.5, patch_mm=4.0)
_COMMISSURE = _Mirror(width_mm=12.0, reach_mm=3.0, step_mm=0.25, patch_mm=3.0)


@dataclass(frozen=True, slots=True)
class _Places:
    """Places in the AC-PC frame from the PC, each with where its best mirror line lies and how well it mirrors."""

    right_mm: FloatArray
    anterior_mm: FloatArray
    up_mm: FloatArray
    correlation: FloatArray

    def where(self, chosen: npt.NDArray[np.bool_]) -> _Places:
        return _Places(self.right_mm[chosen], self.anterior_mm[chosen], self.up_mm[chosen], self.correlation[chosen])


def find_fissure(volume: Volume, geometry: AcPcGeometry) -> tuple[Point[ScannerRas], ...]:
    """Three points of the interhemispheric fissure about 50 mm above the AC-PC plane, from back to front.

    Args:
        volume: the head.
        geometry: the AC-PC frame, its midplane within about 7 degrees of the true one.

    Returns:
        The points; none when the image does not show the fissure clearly enough.
    """
    anterior, up = (axis.ravel() for axis in np.meshgrid(_ANTERIOR_OF_PC_MM, _ABOVE_PLANE_MM, indexing="ij"))
    places = _mirror_lines(volume, geometry, anterior, up, _FISSURE)
    places = places.where(places.correlation > LEAST_FISSURE_CORRELATION)
    if len(places.right_mm) < LEAST_PLACES:
        return ()
    weights, spread_mm = _robust_weights(places)
    if spread_mm > LARGEST_SPREAD_MM:
        return ()
    thirds = np.digitize(places.anterior_mm, np.quantile(places.anterior_mm, (1 / 3, 2 / 3)))
    found = []
    for third in range(3):
        share = weights * (thirds == third)
        if share.sum() > 0:
            found.append([np.average(c, weights=share) for c in (places.right_mm, places.anterior_mm, places.up_mm)])
    points = geometry.acpc_to_scanner("pc").apply(Points(geometry.frame("pc"), np.array(found)))
    return tuple(points[index] for index in range(len(points)))


def centred(point: Point[ScannerRas], volume: Volume, geometry: AcPcGeometry) -> Point[ScannerRas] | None:
    """A commissure moved at a right angle to the midplane to where its two sides mirror each other best.

    Returns:
        None when the image does not say, or says something too far away to be believed.
    """
    _, anterior, up = geometry.scanner_to_acpc("pc").apply(point).coordinates
    place = _mirror_lines(volume, geometry, np.array([anterior]), np.array([up]), _COMMISSURE)
    right = float(place.right_mm[0])
    moved = geometry.acpc_to_scanner("pc").apply(Point(geometry.frame("pc"), right, anterior, up))
    alike = place.correlation[0] >= LEAST_COMMISSURE_CORRELATION
    return moved if alike and moved.distance_to(point) <= LARGEST_COMMISSURE_SHIFT_MM else None


def _mirror_lines(
    volume: Volume, geometry: AcPcGeometry, anterior_mm: FloatArray, up_mm: FloatArray, mirror: _Mirror
) -> _Places:
    """The best mirror line of every place; correlation -1 where there is none or the image does not reach."""
    patches = _patches(volume, geometry, anterior_mm, up_mm, mirror)
    width, reach = round(mirror.width_mm / mirror.step_mm), round(mirror.reach_mm / mirror.step_mm)
    middle = patches.shape[2] // 2
    shifts = np.arange(-reach, reach + 1)
    scores = np.stack([_mirror_correlation(patches, middle + shift, width) for shift in shifts], axis=1)
    rows, best = np.arange(len(scores)), np.clip(scores.argmax(axis=1), 1, len(shifts) - 2)
    before, peak, after = (scores[rows, best + step] for step in (-1, 0, 1))
    curvature = before - 2 * peak + after
    is_peak = (peak >= before) & (peak >= after) & (curvature < 0)
    # The top of the parabola through the best line and its neighbours.
    right_mm = (shifts[best] + 0.5 * (before - after) / np.where(is_peak, curvature, -1.0)) * mirror.step_mm
    return _Places(right_mm, anterior_mm, up_mm, np.where(is_peak, peak, -1.0))


def _patches(
    volume: Volume, geometry: AcPcGeometry, anterior_mm: FloatArray, up_mm: FloatArray, mirror: _Mirror
) -> FloatArray:
    """Profiles across the midplane about every place, shape (places, 9, points); NaN outside the image."""
    from scipy import ndimage  # noqa: PLC0415 - takes long to import, which the window's first screen need not pay

    half = mirror.width_mm + mirror.reach_mm
    across = np.arange(-half, half + mirror.step_mm / 2, mirror.step_mm)
    beside = np.array([-mirror.patch_mm, 0.0, mirror.patch_mm])
    forward, upward = (axis.ravel() for axis in np.meshgrid(beside, beside, indexing="ij"))
    grid = np.empty((len(anterior_mm), len(forward), len(across), 3))
    grid[..., 0] = across
    grid[..., 1] = (anterior_mm[:, None] + forward)[..., None]
    grid[..., 2] = (up_mm[:, None] + upward)[..., None]
    places = geometry.acpc_to_scanner("pc").apply(Points(geometry.frame("pc"), grid.reshape(-1, 3)))
    voxels = volume.scanner_to_voxel.apply(places).array
    values = ndimage.map_coordinates(volume.data, voxels.T, output=np.float64, order=1, mode="constant", cval=np.nan)
    return np.asarray(values.reshape(grid.shape[:3]))


def _mirror_correlation(patches: FloatArray, at: int, width: int) -> FloatArray:
    """Correlation of what lies right of a sample with the mirror image of what lies left of it; -1 where unknown."""
    right = patches[:, :, at + 1 : at + 1 + width].reshape(len(patches), -1)
    left = patches[:, :, at - width : at][:, :, ::-1].reshape(len(patches), -1)
    mean = (right.mean(axis=1) + left.mean(axis=1))[:, None] / 2
    right, left = right - mean, left - mean
    power = np.sqrt((right * right).sum(axis=1) * (left * left).sum(axis=1))
    known = power > 0
    return np.asarray(np.where(known, (right * left).sum(axis=1) / np.where(known, power, 1.0), -1.0))


def _robust_weights(places: _Places) -> tuple[FloatArray, float]:
    """Weights of the places in the plane through the AC-PC line that most of them agree on, and their spread in mm.

    Tukey's biweight on the lateral distances, beginning at the median slope.
    """
    slope = float(np.median(places.right_mm / places.up_mm))
    weights, spread_mm = places.correlation, 0.0
    for _ in range(_ROUNDS):
        off_mm = places.right_mm - slope * places.up_mm
        spread_mm = max(_LEAST_SPREAD_MM, 1.4826 * float(np.median(np.abs(off_mm))))
        weights = places.correlation * np.clip(1 - (off_mm / (3 * spread_mm)) ** 2, 0, None) ** 2
        slope = float((weights * places.right_mm * places.up_mm).sum() / (weights * places.up_mm**2).sum())
    return np.asarray(weights), spread_mm
