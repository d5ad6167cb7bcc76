"""Which of a header's transforms places the image, and whether a head with a thalamus can lie in it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from nibabel.affines import apply_affine, voxel_sizes

from fusplan.errors import FusplanError
from fusplan.imaging.byte_stream import shown
from fusplan.imaging.header import ImageHeader, Transform
from fusplan.imaging.notes import ImageNote, Notes
from fusplan.spatial.points import FloatArray

LARGEST_VOXEL_MM = 3.0
"""A lesion is 4 mm wide; larger voxels cannot show where AC and PC are."""

SMALLEST_EXTENT_MM = 60.0
"""Both thalami with AC, PC and the third ventricle, and enough around them to align a template to."""

FARTHEST_CORNER_MM = 10_000.0
"""Scanner coordinates are within a metre or two of the isocentre."""

DISAGREEMENT_MM = 0.1
"""From this distance inside the image on, two transforms of one header are said to disagree."""

SHEAR_NOTE_DEG = 1.0
SHEAR_LIMIT_DEG = 45.0
SPACING_NOTE_FRACTION = 0.01


class NoSpatialTransformError(FusplanError):
    """Nothing in the file says how the image lies in space."""


class BadSpatialTransformError(FusplanError):
    """The transform is not finite, cannot be inverted or leads to an impossible place."""


class VoxelsTooLargeError(FusplanError):
    """The image is too coarse to plan on."""


class FieldOfViewTooSmallError(FusplanError):
    """The image cannot hold the thalamus and its surroundings."""


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """The transform that places an image, checked.

    Attributes:
        source: ``sform``, ``qform``, ``MGH header`` or ``assumed``.
        meaning: what the header says it leads to.
        affine: 4 x 4, voxel indices to scanner RAS mm.
        notes: what a person should know about it.
    """

    source: str
    meaning: str
    affine: FloatArray
    notes: Notes

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        i, j, k = voxel_sizes(self.affine)
        return (float(i), float(j), float(k))


def corners(shape: tuple[int, int, int]) -> FloatArray:
    """Shape (8, 3): the voxel indices of the eight corner voxels."""
    return np.array(list(itertools.product(*((0.0, size - 1.0) for size in shape))))


def shear_deg(affine: FloatArray) -> float:
    """By how much the voxel axes miss right angles, the worst pair, in degrees."""
    axes = affine[:3, :3] / voxel_sizes(affine)
    cosines = np.abs((axes.T @ axes)[np.triu_indices(3, 1)])
    return float(np.degrees(np.arcsin(min(1.0, float(cosines.max())))))


def is_usable(matrix: FloatArray, shape: tuple[int, int, int]) -> bool:
    """Whether a 4 x 4 matrix from voxel indices to mm is finite, can be inverted and stays within ten metres."""
    if not np.all(np.isfinite(matrix)):
        return False
    spacing = voxel_sizes(matrix)
    if not np.all((spacing > 1e-4) & (spacing < FARTHEST_CORNER_MM)):
        return False
    if shear_deg(matrix) > SHEAR_LIMIT_DEG or abs(np.linalg.det(matrix[:3, :3] / spacing)) < 0.2:
        return False
    return bool(np.max(np.abs(apply_affine(matrix, corners(shape)))) < FARTHEST_CORNER_MM)


def _disagreement(header: ImageHeader, used: Transform, other: Transform) -> list[ImageNote]:
    """A note when another valid transform of the header puts the image elsewhere."""
    if not np.all(np.isfinite(other.matrix)) or not np.any(other.matrix[:3, :3]):
        sentence = f"The header's {other.name} is not a usable transform; the {used.name} was used."
        return [ImageNote("unusable transform", sentence)]
    places = corners(header.shape)
    apart = np.linalg.norm(apply_affine(used.matrix, places) - apply_affine(other.matrix, places), axis=1)
    if float(apart.max()) <= DISAGREEMENT_MM:
        return []
    by = f"by up to {apart.max():.3g} mm inside the image{_way_apart(used.matrix, other.matrix)}"
    choice = f"the {used.name} ({used.meaning}) was used, not the {other.name} ({other.meaning})"
    if np.linalg.det(used.matrix[:3, :3]) * np.linalg.det(other.matrix[:3, :3]) < 0:
        sentence = (
            f"The header's two transforms disagree in handedness, so one of them exchanges left and right, and {by}; "
            f"{choice}. Left and right may be exchanged: check them."
        )
        return [ImageNote("handedness", sentence)]
    return [ImageNote("transforms disagree", f"The header's two transforms disagree {by}; {choice}.")]


def _way_apart(used: FloatArray, other: FloatArray) -> str:
    """How two matrices differ, where that has a name: by a turn, by the offset alone."""
    step = other[:3, :3] @ np.linalg.pinv(used[:3, :3])
    if np.allclose(step, np.eye(3), atol=1e-4):
        return " (they differ in their offset alone: one of the two was not changed with the image)"
    if not np.allclose(step @ step.T, np.eye(3), atol=1e-2) or np.linalg.det(step) < 0:
        return ""
    turn_deg = float(np.degrees(np.arccos(np.clip((np.trace(step) - 1) / 2, -1.0, 1.0))))
    return f" (turned by {turn_deg:.3g} degrees against each other)"


def _spacing_notes(header: ImageHeader, used: Transform) -> list[ImageNote]:
    stated = np.array(header.spacing_mm)
    found = voxel_sizes(used.matrix)
    if not np.all(np.isfinite(stated)) or np.any(stated <= 0):
        return []
    if np.all(np.abs(stated - found) <= SPACING_NOTE_FRACTION * found):
        return []
    sentence = (
        f"The header states voxels of {_sizes(stated)} mm, but its {used.name} makes them {_sizes(found)} mm; the "
        f"{used.name} was used."
    )
    return [ImageNote("voxel size", sentence)]


def _sizes(lengths: FloatArray | tuple[float, ...]) -> str:
    return " x ".join(f"{length:.3g}" for length in lengths)


def _notes(header: ImageHeader, used: Transform) -> Notes:
    found = [note for other in header.transforms if other is not used for note in _disagreement(header, used, other)]
    if used.name == "assumed":
        sentence = (
            f"The file does not say how the image lies in space; as you asked, this was assumed: {used.meaning}. "
            "Left and right may be exchanged: check them."
        )
        found.append(ImageNote("no transform", sentence))
    else:
        found += _spacing_notes(header, used)
    shear = shear_deg(used.matrix)
    if shear > SHEAR_NOTE_DEG:
        sentence = f"The image is sheared: its axes miss right angles by {shear:.1f} degrees (gantry tilt?)."
        found.append(ImageNote("shear", sentence))
    return tuple(found)


@np.errstate(all="ignore")
def choose_placement(header: ImageHeader, assume_scanner_ras: bool) -> Placement:
    """The header's first transform that is not all zeros, or, when it has none and the user allows it, the assumed one.

    Raises:
        NoSpatialTransformError: it has none and nothing may be assumed.
        BadSpatialTransformError: the one to use is nonsense.
    """
    filled_in = tuple(transform for transform in header.transforms if np.any(transform.matrix[:3, :3]))
    if filled_in:
        used = filled_in[0]
    elif header.transforms and not assume_scanner_ras:
        used = header.transforms[0]
    elif assume_scanner_ras:
        used = header.assumed
    else:
        raise NoSpatialTransformError(
            f"{shown(header.path)} does not say how it lies in space (no sform, no qform), so left and right are "
            "unknown.",
            "Convert it again from DICOM. If you are sure how it was stored, --assume-scanner-ras assumes the axes "
            f"({header.assumed.meaning}).",
        )
    if not is_usable(used.matrix, header.shape):
        raise BadSpatialTransformError(
            f"The {used.name} of {shown(header.path)} cannot place an image: it is not finite, flattens the image or "
            "puts it metres away.",
            "The header is damaged: copy the file again, or convert it again from DICOM.",
        )
    return Placement(used.name, used.meaning, used.matrix, _notes(header, used))


def require_head_sized(name: str, shape: tuple[int, int, int], spacing_mm: tuple[float, float, float]) -> None:
    """Refuse voxels and extents on which nothing can be planned.

    Args:
        name: what the image is called in a refusal.
        shape: voxels along the three axes.
        spacing_mm: distance between voxel centres along each axis.

    Raises:
        VoxelsTooLargeError: any edge above LARGEST_VOXEL_MM.
        FieldOfViewTooSmallError: any extent below SMALLEST_EXTENT_MM.
    """
    spacing = np.array(spacing_mm)
    # A header in float32 may say 3.0000002.
    if float(spacing.max()) > LARGEST_VOXEL_MM * (1 + 1e-4):
        raise VoxelsTooLargeError(
            f"The voxels of {name} are {_sizes(spacing)} mm; at most {LARGEST_VOXEL_MM:g} mm can be planned on.",
            "Use a three-dimensional T1 with voxels of about 1 mm.",
        )
    extent = spacing * shape
    if float(extent.min()) < SMALLEST_EXTENT_MM:
        raise FieldOfViewTooSmallError(
            f"{name} covers {_sizes(np.round(extent))} mm; at least {SMALLEST_EXTENT_MM:g} mm in every "
            "direction are needed to hold both thalami and their surroundings.",
            "Use an image of the whole head.",
        )
