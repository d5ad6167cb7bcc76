"""What the header of an image file says, the same value for every format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fusplan.errors import FileUnreadableError, FusplanError
from fusplan.imaging.notes import Notes
from fusplan.spatial.points import FloatArray

MOST_VOXELS = 600_000_000
"""Largest image read: 2.4 GB as float32. A whole head at 0.25 mm has about 500 million voxels."""


FOOTER_START_BYTES = 32
"""What is looked at to tell a footer from more numbers."""


class NotAnImageError(FileUnreadableError):
    """The file is not of a format that can be read."""


class DamagedHeaderError(FileUnreadableError):
    """The header contradicts itself, its format or the size of the file."""


class TruncatedImageError(FileUnreadableError):
    """The file ends before the image that its header describes."""


class NotThreeDimensionalError(FusplanError):
    """A single slice, a surface, or several values in every voxel."""


class VoxelTypeError(FusplanError):
    """Complex numbers, colours or another kind of voxel that is not one intensity."""


class ImageTooLargeError(FusplanError):
    """More voxels than can be handled."""


@dataclass(frozen=True, slots=True, eq=False)
class Transform:
    """One of the transforms a header holds.

    Attributes:
        name: ``sform``, ``qform``, ``MGH header`` or ``assumed``.
        meaning: what the header's code says it leads to, such as ``scanner``.
        matrix: 4 x 4, voxel indices to RAS mm; may hold nonsense until it is checked.
    """

    name: str
    meaning: str
    matrix: FloatArray


def _never(start: bytes, length: int) -> bool:
    del start, length
    return False


@dataclass(frozen=True, slots=True, eq=False)
class ImageHeader:
    """Where the numbers of an image are, what they mean and where they lie.

    Attributes:
        path: the file named by the user; for a pair, the header.
        data_path: the file that holds the numbers (the same but for a pair).
        format_name: such as ``NIfTI-1``.
        shape: voxels along the three axes.
        volume_count: volumes along the fourth axis.
        dtype: of the stored numbers, with their byte order.
        data_offset: first byte of the numbers in ``data_path``, after unpacking.
        footer_limit: how many bytes may follow the numbers, whatever they are.
        slope, inter: stored numbers times ``slope`` plus ``inter`` are intensities.
        spacing_mm: voxel size as the header states it apart from its transforms.
        transforms: those that the header declares valid, the one to use first.
        assumed: what to use when there is none and the user says so.
        notes: oddities that did not prevent reading.
        is_long_footer: given the first FOOTER_START_BYTES after the numbers and the number of bytes there, whether it
            is a footer all the same when it is longer than ``footer_limit``.
    """

    path: Path
    data_path: Path
    format_name: str
    shape: tuple[int, int, int]
    volume_count: int
    dtype: np.dtype[np.generic]
    data_offset: int
    footer_limit: int
    slope: float
    inter: float
    spacing_mm: tuple[float, float, float]
    transforms: tuple[Transform, ...]
    assumed: Transform
    notes: Notes
    is_long_footer: Callable[[bytes, int], bool] = _never

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file the image consists of."""
        return (self.path,) if self.path == self.data_path else (self.path, self.data_path)

    @property
    def voxel_count(self) -> int:
        """Voxels of one volume."""
        ni, nj, nk = self.shape
        return ni * nj * nk

    @property
    def volume_bytes(self) -> int:
        """Bytes of one volume."""
        return self.voxel_count * self.dtype.itemsize


def require_three_dimensions(name: str, sizes: tuple[int, ...]) -> tuple[tuple[int, int, int], int]:
    """The three axes and the number of volumes of an image whose header gives these sizes.

    Trailing axes of one are dropped.

    Raises:
        DamagedHeaderError: a size below one.
        NotThreeDimensionalError: a slice, a line or several values in every voxel.
        ImageTooLargeError: more than MOST_VOXELS.
    """
    text = " x ".join(str(size) for size in sizes)
    if any(size < 1 for size in sizes):
        raise DamagedHeaderError(
            f"The header of {name} gives the image size {text}; every number should be at least 1.",
            "The header is damaged: copy the file again or write it anew from its source.",
        )
    padded = (*sizes, 1, 1, 1, 1)
    ni, nj, nk, volumes, *beyond = padded
    if min(ni, nj, nk) < 2:
        raise NotThreeDimensionalError(
            f"{name} has the size {text}: a single slice, a line or a surface, not a three-dimensional image.",
            "Choose a three-dimensional head image.",
        )
    if any(size > 1 for size in beyond):
        raise NotThreeDimensionalError(
            f"{name} has the size {text}: several values in every voxel, like a displacement field.",
            "Choose an image with one intensity in every voxel, such as a T1.",
        )
    if ni * nj * nk > MOST_VOXELS:
        raise ImageTooLargeError(
            f"{name} has the size {text}, {ni * nj * nk / 1e6:.0f} million voxels; at most {MOST_VOXELS / 1e6:.0f} "
            "million can be handled.",
            "If that is its true size, resample it to 0.5 mm or 1 mm first; otherwise its header is damaged.",
        )
    return (ni, nj, nk), volumes
