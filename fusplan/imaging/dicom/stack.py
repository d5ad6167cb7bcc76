"""Planes in space to one grid of voxels: exact, or refused with what does not fit.

A grid needs parallel planes whose first voxels lie on a straight line at equal steps. The line need not be at a right
angle to the planes: that is a gantry tilt, and the grid is then sheared, which a matrix says exactly. Unequal steps no
matrix can say; they are refused, never evened out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fusplan.errors import FusplanError
from fusplan.imaging.dicom.evenness import MOST_UNEVEN_MM, SAME_DIRECTION, SAME_PLACE_MM
from fusplan.imaging.dicom.instance import Instance, Plane
from fusplan.imaging.dicom.telling import differing
from fusplan.imaging.header import MOST_VOXELS, ImageTooLargeError, NotThreeDimensionalError
from fusplan.imaging.placement import (
    SHEAR_LIMIT_DEG,
    BadSpatialTransformError,
    NoSpatialTransformError,
    is_usable,
)
from fusplan.imaging.reorient import NEGLIGIBLE_SHEAR_DEG
from fusplan.spatial import Grid, ScannerRas
from fusplan.spatial.lps import flip_rows
from fusplan.spatial.points import FloatArray

SAME_SPACING = 1e-4
"""Pixel spacings that differ by less than this share are the same: 0.03 mm over a 250 mm slice."""

UNIT_TOLERANCE = 1e-3

MOST_WITHOUT_FRAME = 0.1
"""The share of a series that may leave its frame of reference to the others."""

_EXPORT_AGAIN = "Export the whole series again from the scanner or the archive."


class MixedSlicesError(FusplanError):
    """Images of different size, spacing or frame of reference under one series."""


class MixedOrientationsError(MixedSlicesError):
    """Images of several directions under one series: a localizer, or several blocks."""


class DuplicateSlicesError(FusplanError):
    """Several images lie in one place: echoes, time points, or copies."""


class MissingSlicesError(FusplanError):
    """There are gaps as wide as one or more slices."""


class UnequalSpacingError(FusplanError):
    """The slices are not evenly spaced, or not along a straight line."""


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Planes in the order of the third voxel axis, and the grid they make.

    Attributes:
        planes: in order along the normal of their first row and column directions (right-handed in LPS).
        grid: columns, rows and planes in the frame of reference that the planes name.
        tilt_deg: angle between the line of the slices and the normal of the planes.
        unevenness_mm: how far the worst slice is from its even place.
    """

    planes: tuple[Plane, ...]
    grid: Grid[ScannerRas]
    tilt_deg: float
    unevenness_mm: float

    @property
    def is_tilted(self) -> bool:
        """Whether the gantry tilt is more than rounding."""
        return self.tilt_deg > NEGLIGIBLE_SHEAR_DEG


def stack_planes(instances: Sequence[Instance], title: str) -> Stack:
    """The grid of a series.

    Args:
        instances: files of one series, each once.
        title: what the series is called in a refusal.

    Raises:
        NoSpatialTransformError, BadSpatialTransformError: no place in space, or an impossible one.
        MixedSlicesError, MixedOrientationsError, DuplicateSlicesError, MissingSlicesError, UnequalSpacingError.
        NotThreeDimensionalError, ImageTooLargeError: too few or too many voxels.
    """
    planes = [plane for instance in instances for plane in instance.planes]
    if not all(instance.planes for instance in instances):
        raise NoSpatialTransformError(
            f"Images of {title} do not say where they lie in space: position, orientation or spacing is missing.",
            "Choose the original series; exports as pictures lose this.",
        )
    _require_one_kind(instances, planes, title)
    if len(planes) < 2:
        raise NotThreeDimensionalError(
            f"{title} is a single slice.", f"Choose a three-dimensional scan, or: {_EXPORT_AGAIN}"
        )
    shape = (instances[0].columns, instances[0].rows, len(planes))
    if shape[0] * shape[1] * shape[2] > MOST_VOXELS:
        raise ImageTooLargeError(
            f"{title} has {shape[0] * shape[1] * shape[2] / 1e6:.0f} million voxels; at most {MOST_VOXELS / 1e6:.0f} "
            "million can be handled.",
            "Choose a series with larger voxels.",
        )
    stated = (instance.frame_of_reference for instance in instances if instance.frame_of_reference)
    return _stacked(planes, instances[0], next(stated, ""), title)


def _require_one_kind(instances: Sequence[Instance], planes: Sequence[Plane], title: str) -> None:
    """Refuse what cannot be one block: sizes, spacings, frames of reference and orientations that differ."""
    sizes = {(instance.columns, instance.rows) for instance in instances}
    if len(sizes) > 1:
        words = ", ".join(f"{columns} x {rows}" for columns, rows in sorted(sizes))
        raise MixedSlicesError(f"The images of {title} have different sizes ({words}).", _EXPORT_AGAIN)
    _require_one_frame(instances, title)
    orientations = np.array([plane.orientation for plane in planes])
    _require_directions(orientations[0], title)
    if float(np.abs(orientations - orientations[0]).max()) > SAME_DIRECTION:
        count = len(np.unique(np.round(orientations, 3), axis=0))
        raise MixedOrientationsError(
            f"The images of {title} have {max(count, 2)} different orientations: a localizer, or several blocks in one "
            "series. They make no single volume.",
            "Choose a series of one direction, such as the three-dimensional T1.",
        )
    spacings = np.array([plane.spacing_mm for plane in planes])
    if float(spacings.min()) <= 0:
        raise BadSpatialTransformError(f"The pixel spacing of {title} is zero or negative.", _EXPORT_AGAIN)
    if float(np.ptp(spacings, axis=0).max()) > SAME_SPACING * float(spacings.max()):
        raise MixedSlicesError(f"The images of {title} have different pixel spacings.", _EXPORT_AGAIN)


def _require_one_frame(instances: Sequence[Instance], title: str) -> None:
    """Refuse several frames of reference, and many images that state none while others do."""
    frames = [instance.frame_of_reference for instance in instances]
    if len(set(frames) - {""}) > 1:
        raise MixedSlicesError(
            f"The images of {title} were taken in different frames of reference: their positions cannot be compared.",
            "Choose one examination; do not put several into one series.",
        )
    unstated = frames.count("")
    if max(1.0, MOST_WITHOUT_FRAME * len(frames)) < unstated < len(frames):
        raise MixedSlicesError(
            f"{unstated} of {len(frames)} images of {title} do not state their frame of reference, the others do: "
            "their positions cannot be compared.",
            _EXPORT_AGAIN,
        )


def _require_directions(orientation: FloatArray, title: str) -> None:
    row, column = orientation[:3], orientation[3:]
    lengths = np.array([np.linalg.norm(row), np.linalg.norm(column)])
    if float(np.abs(lengths - 1).max()) > UNIT_TOLERANCE or abs(float(row @ column)) > UNIT_TOLERANCE:
        raise BadSpatialTransformError(
            f"The orientation of the images of {title} is impossible: rows and columns are not unit vectors at a right "
            "angle.",
            _EXPORT_AGAIN,
        )


def _stacked(planes: Sequence[Plane], of: Instance, frame_of_reference: str, title: str) -> Stack:
    orientation = np.array(planes[0].orientation)
    row, column = (axis / np.linalg.norm(axis) for axis in (orientation[:3], orientation[3:]))
    normal = np.cross(row, column)
    ordered = sorted(planes, key=lambda plane: float(normal @ np.array(plane.position_mm)))
    positions = np.array([plane.position_mm for plane in ordered])
    heights = positions @ normal
    _require_each_place_once(ordered, heights, title)
    step = (positions[-1] - positions[0]) / (len(ordered) - 1)
    tilt_deg = float(np.degrees(np.arccos(np.clip(step @ normal / np.linalg.norm(step), -1, 1))))
    even = positions[0] + np.arange(len(ordered))[:, None] * step
    unevenness_mm = float(np.linalg.norm(positions - even, axis=1).max())
    if unevenness_mm > MOST_UNEVEN_MM:
        raise _uneven(positions, np.diff(heights), normal, title)
    affine = np.eye(4)
    # PixelSpacing is (between rows, between columns); the row direction leads from column to column.
    affine[:3, 0], affine[:3, 1] = row * planes[0].spacing_mm[1], column * planes[0].spacing_mm[0]
    affine[:3, 2], affine[:3, 3] = step, positions[0]
    shape = (of.columns, of.rows, len(ordered))
    if tilt_deg > SHEAR_LIMIT_DEG or not is_usable(affine, shape):
        raise BadSpatialTransformError(f"The positions of the images of {title} are impossible.", _EXPORT_AGAIN)
    grid = Grid.of(shape, flip_rows(affine), ScannerRas(frame_of_reference), of.series_uid)
    return Stack(tuple(ordered), grid, tilt_deg, unevenness_mm)


def _require_each_place_once(ordered: Sequence[Plane], heights: FloatArray, title: str) -> None:
    places = 1 + int(np.count_nonzero(np.diff(heights) >= SAME_PLACE_MM))
    if places == len(ordered):
        return
    kinds = [trait.name for trait in differing([plane.telling for plane in ordered])]
    why = f"they differ in {' and '.join(kinds)}" if kinds else "nothing in them says how they differ: copies?"
    raise DuplicateSlicesError(
        f"{title} holds {len(ordered)} images in {places} places: {why}.",
        "Export one volume as a series of its own (one echo, one time point, magnitude only; no image twice), or "
        "convert the series to NIfTI with dcm2niix and choose one volume.",
    )


def _uneven(positions: FloatArray, gaps_mm: FloatArray, normal: FloatArray, title: str) -> FusplanError:
    """Why the planes are not even: slices are missing, or the spacing changes, or they leave the line."""
    usual_mm = float(np.median(gaps_mm))
    steps = np.round(gaps_mm / usual_mm)
    on_grid = bool(np.all(np.abs(gaps_mm - steps * usual_mm) <= MOST_UNEVEN_MM)) and float(steps.min()) >= 1
    missing = int(steps.sum()) - len(gaps_mm)
    if on_grid and missing:
        first = int(np.argmax(steps > 1)) + 1
        return MissingSlicesError(
            f"{missing} slice{'s are' if missing > 1 else ' is'} missing from {title}: after slice {first} of "
            f"{len(positions)} the next one is {gaps_mm[first - 1]:.2f} mm on instead of {usual_mm:.2f} mm.",
            _EXPORT_AGAIN,
        )
    tilt = _tilt_words(positions, normal)
    if float(np.ptp(gaps_mm)) <= MOST_UNEVEN_MM:
        return UnequalSpacingError(
            f"The slices of {title} are shifted against each other within their planes, off a straight line{tilt}.",
            "Choose another series: this one is no even block of voxels.",
        )
    return UnequalSpacingError(
        f"The slices of {title} are {gaps_mm.min():.2f} to {gaps_mm.max():.2f} mm apart{tilt}. Stacking them evenly "
        "would put them in wrong places.",
        "Choose a series with even spacing, best a three-dimensional scan of about 1 mm.",
    )


def _tilt_words(positions: FloatArray, normal: FloatArray) -> str:
    line = positions[-1] - positions[0]
    tilt_deg = float(np.degrees(np.arccos(np.clip(line @ normal / np.linalg.norm(line), -1, 1))))
    return f" and tilted by {tilt_deg:.1f} degrees (gantry tilt)" if tilt_deg > NEGLIGIBLE_SHEAR_DEG else ""
