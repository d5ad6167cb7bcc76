"""Label maps and masks as arrays: read exactly as any image is, without asking that a head fits in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fusplan.errors import FusplanError
from fusplan.imaging.byte_stream import fingerprint_of, shown
from fusplan.imaging.placement import choose_placement
from fusplan.imaging.read import read_header
from fusplan.imaging.voxels import ConstantImageError, choose_volume, read_voxels
from fusplan.spatial import Frame, Grid

IMAGE_ENDINGS = (".nii", ".nii.gz", ".mgz", ".mgh")

SPACING_POSSIBLE_MM = (0.05, 5.0)
"""Voxels of atlases of the thalamus have 0.1 to 2 mm; outside these bounds the unit is wrong (own judgement)."""


LARGEST_ROUNDING = 1e-3
"""Labels that were scaled or stored as fractions come back as 3.0000002; no program makes 2.999 of a label by that."""


class AtlasUnitsError(FusplanError):
    """The voxels of a label map are of an impossible size: its affine or unit is wrong."""


class NotLabelsError(FusplanError):
    """An image holds intensities or probabilities where whole label numbers were expected."""


class EmptyAtlasError(FusplanError):
    """A label map or mask marks no voxel."""


@dataclass(frozen=True, slots=True)
class SourceRas(Frame):
    """Millimetres (RAS) as the files of an atlas state them; which space that is, is declared apart."""

    @property
    def label(self) -> str:
        return "RAS mm of the atlas's files"


@dataclass(frozen=True, slots=True, eq=False)
class LabelImage:
    """Numbers on a grid, cut to the box that holds all that are not zero.

    Attributes:
        values: shape of the grid, float32.
        grid: where they lie.
        whole_grid: of the file.
        path, sha256: the file and the hash of its bytes.
        notes: sentences of the reader.
    """

    values: npt.NDArray[np.float32]
    grid: Grid[SourceRas]
    whole_grid: Grid[SourceRas]
    path: Path
    sha256: str
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        return shown(self.path)


def read_label_image(path: Path) -> LabelImage:
    """A label map or mask.

    Raises:
        FusplanError: as for any image (missing, damaged, no place in space).
        AtlasUnitsError: impossible voxel sizes. EmptyAtlasError: nothing is marked.
    """
    header = read_header(path)
    if header.volume_count > 1:
        raise NotLabelsError(
            f"{shown(path)} holds {header.volume_count} volumes; a label map or mask is one.",
            "Save the volume that is meant as a file of its own, or each structure as a mask in a folder.",
        )
    volume = choose_volume(header, None)
    placement = choose_placement(header, assume_scanner_ras=False)
    low, high = SPACING_POSSIBLE_MM
    if not all(low <= spacing <= high for spacing in placement.spacing_mm):
        size = " x ".join(f"{spacing:.3g}" for spacing in placement.spacing_mm)
        raise AtlasUnitsError(
            f"The voxels of {shown(path)} are {size} mm by its header; atlases have {low:g} to {high:g} mm.",
            "The unit (millimetres were expected) or the matrix of the header is wrong: write the image anew.",
        )
    try:
        stored = read_voxels(header, volume)
    except ConstantImageError as error:
        raise _empty(path) from error
    values = np.nan_to_num(stored.data, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    cut = marked_box(values != 0)
    if cut is None:
        raise _empty(path)
    whole_grid = Grid.of(header.shape, placement.affine, SourceRas(), shown(path))
    return LabelImage(
        np.ascontiguousarray(values[cut]),
        block_of(whole_grid, cut),
        whole_grid,
        path,
        fingerprint_of(*header.paths),
        tuple(note.sentence for note in (*header.notes, *placement.notes, *stored.notes)),
    )


def _empty(path: Path) -> EmptyAtlasError:
    return EmptyAtlasError(f"{shown(path)} marks nothing: every voxel has the same value.", "Choose another file.")


def whole_numbers(image: LabelImage) -> npt.NDArray[np.int32]:
    """The values of a label map, whole but for rounding. Raises NotLabelsError when they are not whole or negative."""
    rounded = np.rint(image.values)
    odd = image.values[(np.abs(rounded - image.values) > LARGEST_ROUNDING) | (rounded < 0)]
    if odd.size:
        raise NotLabelsError(
            f"{image.name} is not a label map: it holds {float(odd[0]):.3g}.",
            "A label map holds whole numbers from 0. Probabilities are added as a folder with one mask a structure.",
        )
    return np.asarray(rounded, dtype=np.int32)


def marked_box(marked: npt.NDArray[np.bool_]) -> tuple[slice, slice, slice] | None:
    """The smallest block that holds all marked voxels; None when none is marked."""
    slices = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        present = np.flatnonzero(marked.any(axis=others))
        if len(present) == 0:
            return None
        slices.append(slice(int(present[0]), int(present[-1]) + 1))
    return (slices[0], slices[1], slices[2])


def block_of(grid: Grid[SourceRas], cut: tuple[slice, slice, slice]) -> Grid[SourceRas]:
    """The grid of the block that :func:`marked_box` found."""
    ni, nj, nk = (part.stop - part.start for part in cut)
    return grid.block(np.array([part.start for part in cut]), (ni, nj, nk))
