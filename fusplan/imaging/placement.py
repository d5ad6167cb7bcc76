"""Which of a header's transforms places the image, and whether a head with a thalamus can lie in it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from nibabel.affines import apply_affine, voxel_sizes

from fusplan.errors import FusplanError
from fusplan.imaging.byte_stream import shown
from fusplan.imaging.header import ImageHeader, Transform
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
    notes: tuple[str, ...]

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


def _disagreement(header: ImageHeader, used: Transform, other: Transform) -> str:
    """A sentence when another valid transform of the header puts the image elsewhere, else nothing."""
    if not np.all(np.isfinite(other.matrix)):
        return f"The header's {other.name} is not a usable transform; the {used.name} was used."
    places = corners(header.shape)
    apart = np.linalg.norm(apply_affine(used.matrix, places) - apply_affine(other.matrix, places), axis=1)
    if float(apart.max()) <= DISAGREEMENT_MM:
        return ""
    return (
        f"The header's two transforms disagree by up to {apart.max():.3g} mm inside the image; the {used.name} "
        f"({used.meaning}) was used, not the {other.name} ({other.meaning})."
    )


def _spacing_note(header: ImageHeader, used: Transform) -> str:
    stated = np.array(header.spacing_mm)
    found = voxel_sizes(used.matrix)
    if not np.all(np.isfinite(stated)) or np.any(stated <= 0):
        return ""
    if np.all(np.abs(stated - found) <= SPACING_NOTE_FRACTION * found):
        return ""
    return (
        f"The header states voxels of {_sizes(stated)} mm, but its {used.name} makes them {_sizes(found)} mm; the "
        f"{used.name} was used."
    )


def _sizes(lengths: FloatArray | tuple[float, ...]) -> str:
    return " x ".join(f"{length:.3g}" for length in lengths)


def _notes(header: ImageHeader, used: Transform) -> tuple[str, ...]:
    found = [_disagreement(header, used, other) for other in header.transforms[1:]]
    if used.name == "assumed":
        found.append(
            f"The file does not say how the image lies in space; as you asked, this was assumed: {used.meaning}. "
            "Left and right may be exchanged: check them."
        )
    else:
        found.append(_spacing_note(header, used))
    shear = shear_deg(used.matrix)
    if shear > SHEAR_NOTE_DEG:
        found.append(f"The image is sheared: its axes miss right angles by {shear:.1f} degrees (gantry tilt?).")
    return tuple(note for note in found if note)


@np.errstate(all="ignore")
def choose_placement(header: ImageHeader, assume_scanner_ras: bool) -> Placement:
    """The header's first transform, or, when it has none and the user allows it, the assumed one.

    Raises:
        NoSpatialTransformError: it has none and nothing may be assumed.
        BadSpatialTransformError: the one to use is nonsense.
    """
    if header.transforms:
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
