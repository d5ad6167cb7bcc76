"""A folder of masks, one a structure, as a :class:`RawAtlas`: Lead-DBS, THOMAS, or any with the side in the names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from fusplan.atlas.imported.label_image import (
    EmptyAtlasError,
    LabelImage,
    SourceRas,
    marked_box,
    read_label_image,
)
from fusplan.atlas.imported.raw_atlas import LARGEST_STRUCTURE_MM3, Maker, RawAtlas, RawStructure, listed
from fusplan.atlas.imported.shipped_tables import THOMAS, shipped_table
from fusplan.atlas.imported.structure_names import abbreviation_of, sided_names
from fusplan.errors import FusplanError
from fusplan.harmless import harmless
from fusplan.spatial import Grid, Side

LEAST_PROBABILITY = 0.5
"""From this probability on a voxel belongs to a structure (a mask of ones and zeros has all or nothing)."""

MOST_VOXELS = 60_000_000
FINEST_MM = 0.25
"""Where masks lie on grids of their own they are drawn on one common grid, no finer than this."""

MOST_MASKS = 400

_SIDE_FOLDERS: dict[str, Side | None] = {
    "lh": "left", "rh": "right", "left": "left", "right": "right", "midline": None, "mixed": None,
}  # fmt: skip
_THOMAS_NUMBERED = re.compile(r"^(\d+)-([A-Za-z][\w-]*)$")
_THOMAS_CL = re.compile(r"^CL_[LR]$", re.IGNORECASE)
_THOMAS_SUMS = frozenset({"4567-vl", "33-gp"})
"""VL is VA, VLa, VLP and VPL together, GP is GPe and GPi together: the parts are taken."""

_MASK_ENDING = re.compile(r"\.(nii(\.gz)?|mgz|mgh)$", re.IGNORECASE)


class NoMasksError(FusplanError):
    """A folder holds no masks of structures."""


@dataclass(frozen=True, slots=True)
class MaskFile:
    """One mask: where, what, and on which side (None where neither folder nor name says)."""

    path: Path
    label: int
    abbreviation: str
    name: str
    side: Side | None


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """The probability (0 to 1) of one structure on its own grid."""

    file: MaskFile
    image: LabelImage
    share: npt.NDArray[np.float32]


def read_mask_folder(folder: Path) -> RawAtlas:
    """All masks of a folder on one grid.

    Where structures overlap, a voxel goes to the most probable one, and among equals to the smallest, so that a
    nucleus drawn inside another is not lost.

    Raises:
        FusplanError: an unreadable or empty mask, or no masks at all.
    """
    maker, files, notes = _find_masks(folder)
    masks = [_read_mask(file) for file in files]
    too_large = [mask for mask in masks if _volume_mm3(mask) > LARGEST_STRUCTURE_MM3]
    kept = [mask for mask in masks if mask not in too_large]
    if not kept:
        raise NoMasksError(
            f"Every mask in {folder.name} is larger than {LARGEST_STRUCTURE_MM3 / 1000:g} ml, so no nucleus.",
            "Check the units of the images, or choose a folder of deep nuclei.",
        )
    if too_large:
        names = listed([mask.file.path.name for mask in too_large])
        notes = (*notes, f"Left out because larger than {LARGEST_STRUCTURE_MM3 / 1000:g} ml, so no nuclei: {names}.")
    return _joined(kept, maker, notes)


def _find_masks(folder: Path) -> tuple[Maker, list[MaskFile], tuple[str, ...]]:
    sub_folders = {
        child.name.lower(): child
        for child in sorted(folder.iterdir())
        if child.is_dir() and child.name.lower() in _SIDE_FOLDERS
    }
    if not sub_folders:
        return "other", _flat(folder), ()
    named = {name: _images(child) for name, child in sub_folders.items()}
    is_thomas = any(_THOMAS_NUMBERED.match(_stem(path)) for paths in named.values() for path in paths)
    maker: Maker = "THOMAS" if is_thomas else "Lead-DBS"
    notes: tuple[str, ...] = ()
    files: list[MaskFile] = []
    for name, paths in named.items():
        side = _SIDE_FOLDERS[name]
        files += _thomas(paths, side) if is_thomas else [_plain(path, side) for path in paths]
    if is_thomas:
        notes = (
            "THOMAS: the sums 4567-VL and 33-GP are left out, since their parts are there. CL is made in another way "
            "than its other nuclei and overlaps them: its authors ask to use it with judgement and caution.",
        )
    return maker, _required(files, folder), notes


def _images(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and _MASK_ENDING.search(path.name))


def _stem(path: Path) -> str:
    return harmless(_MASK_ENDING.sub("", path.name))


def _plain(path: Path, side: Side | None) -> MaskFile:
    stem = _stem(path)
    return MaskFile(path, 0, abbreviation_of(stem), stem.replace("_", " "), side)


def _flat(folder: Path) -> list[MaskFile]:
    paths = _images(folder)
    named = sided_names([_stem(path) for path in paths])
    files = [
        MaskFile(path, 0, abbreviation_of(one.base), one.base.replace("_", " "), one.side)
        for path, one in zip(paths, named, strict=True)
    ]
    return _required(files, folder)


def _thomas(paths: list[Path], side: Side | None) -> list[MaskFile]:
    """The masks named ``2-AV`` and ``CL_L`` of one side; crops, sums and label maps beside them are none."""
    names = {row.label: row.name for row in shipped_table(THOMAS).rows}
    found = []
    for path in paths:
        stem = _stem(path)
        numbered = _THOMAS_NUMBERED.match(stem)
        if numbered and stem.lower() not in _THOMAS_SUMS:
            label = int(numbered[1])
            found.append(MaskFile(path, label, abbreviation_of(stem), names.get(label, numbered[2]), side))
        elif _THOMAS_CL.match(stem):
            found.append(MaskFile(path, 17, "CL", names[17], side))
    return found


def _required(files: list[MaskFile], folder: Path) -> list[MaskFile]:
    if not 1 <= len(files) <= MOST_MASKS:
        raise NoMasksError(
            f"{folder} holds {len(files)} masks; 1 to {MOST_MASKS} were expected.",
            "Choose the folder that holds lh and rh (Lead-DBS), left and right (THOMAS), or the masks themselves with "
            "the side in each name.",
        )
    return files


def _read_mask(file: MaskFile) -> Mask:
    """A mask as probabilities. Percentages and masks of one other number (such as 255) are scaled."""
    image = read_label_image(file.path)
    values = image.values
    highest = float(values.max())
    if values.min() < 0 or highest > 255:
        raise EmptyAtlasError(
            f"{image.name} is no mask: its values go from {float(values.min()):.3g} to {highest:.3g}.",
            "A mask holds 0 and 1, or probabilities from 0 to 1 or 0 to 100.",
        )
    nonzero = np.unique(values[values > 0])
    whole = highest if len(nonzero) == 1 else 1.0 if highest <= 1 else 100.0 if highest <= 100 else 255.0
    share = values / np.float32(whole)
    if not np.any(share >= LEAST_PROBABILITY):
        raise EmptyAtlasError(
            f"{image.name} is empty: no voxel is {LEAST_PROBABILITY:.0%} probable or more (the highest is "
            f"{float(share.max()):.0%}).",
            "Remove the file from the folder, or give a mask.",
        )
    return Mask(file, image, share)


def _volume_mm3(mask: Mask) -> float:
    return float(np.count_nonzero(mask.share >= LEAST_PROBABILITY)) * mask.image.grid.cell_mm3


def _joined(masks: Sequence[Mask], maker: Maker, notes: tuple[str, ...]) -> RawAtlas:
    grid, resampled = _common_grid(masks)
    best = np.zeros(grid.shape, dtype=np.float32)
    values = np.zeros(grid.shape, dtype=np.int16)
    overlapped = 0
    structures = []
    # The smallest come last and win among equals.
    order = sorted(range(len(masks)), key=lambda index: -_volume_mm3(masks[index]))
    for value, index in enumerate(order, 1):
        mask = masks[index]
        block, share = _on_grid(mask, grid, resampled)
        wins = (share >= LEAST_PROBABILITY) & (share >= best[block])
        overlapped += int(np.count_nonzero((share >= LEAST_PROBABILITY) & (values[block] > 0)))
        values[block][wins] = value
        best[block][wins] = share[wins]
        file = mask.file
        structures.append(RawStructure(value, file.label, file.abbreviation, file.name, file.side, _volume_mm3(mask)))
    if overlapped:
        notes = (
            *notes,
            f"Masks overlap in {overlapped * grid.cell_mm3:.0f} mm3; there the most probable structure is taken, and "
            "among equals the smallest.",
        )
    if resampled:
        notes = (
            *notes,
            f"The masks lie on different grids and were drawn on a common one of {grid.cell_mm3 ** (1 / 3):.2g} mm.",
        )
    present, counts = np.unique(values[values > 0], return_counts=True)
    seen = dict(zip(present.tolist(), (counts * grid.cell_mm3).tolist(), strict=True))
    lost = [one.abbreviation for one in structures if one.value not in seen]
    if lost:
        notes = (*notes, f"Wholly covered by smaller structures, so not shown: {listed(lost)}.")
    first = masks[0].image
    return RawAtlas(
        values,
        grid,
        tuple(replace(one, volume_mm3=seen[one.value]) for one in structures if one.value in seen),
        maker,
        first.whole_grid,
        tuple(mask.image.name for mask in masks),
        hashlib.sha256("".join(mask.image.sha256 for mask in masks).encode()).hexdigest(),
        tuple(dict.fromkeys((*notes, *(note for mask in masks for note in mask.image.notes)))),
    )


def _common_grid(masks: Sequence[Mask]) -> tuple[Grid[SourceRas], bool]:
    """A grid that holds all masks, and whether they must be resampled to it."""
    reference = masks[0].image.grid
    offsets = np.array([(reference.from_frame.matrix @ mask.image.grid.matrix)[:3, 3] for mask in masks])
    axes = [mask.image.grid.matrix[:3, :3] for mask in masks]
    alike = all(np.allclose(own, axes[0], atol=1e-4) for own in axes)
    resampled = not (alike and np.allclose(offsets, np.rint(offsets), atol=0.01))
    if resampled:
        return _lattice(masks), True
    first = np.rint(offsets).astype(int)
    stop = first + np.array([mask.share.shape for mask in masks])
    low = first.min(axis=0)
    return reference.block(low, _shape_within_memory(stop.max(axis=0) - low)), False


def _lattice(masks: Sequence[Mask]) -> Grid[SourceRas]:
    """A grid along the axes with the finest spacing of the masks."""
    places = np.concatenate([mask.image.grid.corners().array for mask in masks])
    spacing = max(min(mask.image.grid.cell_mm3 ** (1 / 3) for mask in masks), FINEST_MM)
    affine = np.diag([spacing, spacing, spacing, 1.0])
    affine[:3, 3] = places.min(axis=0) + spacing / 2
    shape = _shape_within_memory(np.ceil(np.ptp(places, axis=0) / spacing).astype(int))
    return Grid.of(shape, affine, SourceRas(), "masks")


def _shape_within_memory(sizes: npt.NDArray[np.int_]) -> tuple[int, int, int]:
    ni, nj, nk = (int(size) for size in sizes)
    if ni * nj * nk > MOST_VOXELS:
        raise NoMasksError(
            f"The masks lie so far apart that one grid for all has {ni} x {nj} x {nk} voxels.",
            "Leave out the masks that do not belong together, or resample them to 0.5 mm.",
        )
    return (ni, nj, nk)


def _on_grid(
    mask: Mask, grid: Grid[SourceRas], resampled: bool
) -> tuple[tuple[slice, slice, slice], npt.NDArray[np.float32]]:
    """The block of the grid that a mask touches, and its probabilities there."""
    to_grid = grid.from_frame.matrix @ mask.image.grid.matrix
    if not resampled:
        first = np.rint(to_grid[:3, 3]).astype(int)
        i, j, k = (slice(int(a), int(a) + size) for a, size in zip(first, mask.share.shape, strict=True))
        return (i, j, k), mask.share
    to_mask = np.linalg.inv(to_grid)
    # All or nothing stays so, and keeps its volume; probabilities are linear between voxel centres.
    order = 0 if np.all((mask.share == 0) | (mask.share == 1)) else 1
    share = ndimage.affine_transform(
        mask.share, to_mask[:3, :3], to_mask[:3, 3], output_shape=grid.shape, order=order, mode="grid-constant"
    )
    box = marked_box(share > 0) or (slice(0, 1), slice(0, 1), slice(0, 1))
    return box, share[box]
