"""Label maps (NIfTI) of lesions and nuclei on the patient's own grid, each with a BIDS look-up table.

* ``lesions.nii.gz``: label 1 is the plan's first lesion, and so on; its voxels are chosen as ``occupancy`` says.
* ``lesions_supersampled.nii.gz``: the same labels on a box about all lesions, every voxel of the image divided into
  parts of at most 0.25 mm, so that a 4 mm lesion keeps its volume within 3 % and its form.
* ``nuclei.nii.gz``: the atlas at voxel centres; label = index in the atlas + 1. CLp has a label of its own, so the
  label of CL means the rest of CL.

Where lesions overlap a voxel goes to the one that fills more of it. The TSV tables have BIDS's columns only; the
JSON file beside each holds the research-only line and how the map was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fusplan.atlas.colours import LESION, distinct_colours, nucleus_colour
from fusplan.atlas.labelling import OUTSIDE, Flags, Labelling
from fusplan.atlas.nuclei_atlas import HeadAtlas, NucleiAtlas
from fusplan.atlas.structure_ref import StructureRef, clp
from fusplan.errors import FusplanError
from fusplan.export.aimed_structures import AimedStructure
from fusplan.export.nifti_files import INTENT_LABEL, write_nifti
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.occupancy import occupancy, voxel_box
from fusplan.imaging.volume import Volume
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.plan import Lesion, Plan
from fusplan.spatial import Grid, ScannerRas, Side

SUPERSAMPLED_SPACING_MM = 0.25

PART_LABELS: dict[StructureRef, int] = {clp("left"): 1001, clp("right"): 1002}
"""Labels of parts of nuclei in ``nuclei.nii.gz``, the same whatever the atlas."""

_LIGHTER_STEP = 0.25
"""Lesions after the first of a side are drawn lighter by this share of the way to white, down to four steps."""

LESION_MAP_WORDS = (
    "Planned lesions, one label each. Voxels are taken in the order in which the ellipsoid fills them until their "
    "volume is the ellipsoid's."
)

MOST_FINE_VOXELS = 200_000_000
"""1.2 GB while it is filled. Both lesions of a head need about one million."""

LabelArray = npt.NDArray[np.int16]


class LesionsTooFarApartError(FusplanError):
    """One fine map cannot hold lesions of which at least one lies far outside the head."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One line of a look-up table."""

    index: int
    name: str
    abbreviation: str
    colour: str


def write_lesion_maps(plan: Plan, volume: Volume, folder: Path) -> None:
    """``lesions.nii.gz``, its table, and ``lesions_supersampled.nii.gz``. Raises FileNotWritableError."""
    write_map(lesion_labels(plan.lesions, volume.grid), volume.grid, folder / "lesions.nii.gz")
    write_table(lesion_rows(plan), folder / "lesions.tsv")
    write_note(
        f"{LESION_MAP_WORDS} lesions_supersampled.nii.gz has the same labels on a finer grid.",
        folder / "lesions.json",
        image_notes_field(volume),
    )
    write_map(*supersampled_lesion_labels(plan.lesions, volume.grid), folder / "lesions_supersampled.nii.gz")


def write_nuclei_map(atlas: HeadAtlas, volume: Volume, folder: Path, labels: LabelArray | None = None) -> None:
    """``nuclei.nii.gz`` and its table; ``labels`` when they are there already. Raises FileNotWritableError."""
    found = nuclei_labels(atlas, volume) if labels is None else labels
    write_map(found, volume.grid, folder / "nuclei.nii.gz")
    write_table(nucleus_rows(atlas.atlas), folder / "nuclei.tsv")
    about = licence_fields(atlas.atlas) | image_notes_field(volume)
    write_note(nuclei_map_words(atlas.atlas), folder / "nuclei.json", about)


def nuclei_map_words(atlas: NucleiAtlas) -> str:
    """What a map of an atlas's nuclei shows, with source and licence."""
    sentences = [f"{part.sentence}." for part in atlas.parts]
    sentences += [f"It describes no {key}. {note}" for key, note in atlas.part_notes.items() if atlas.part(key) is None]
    about_parts = " ".join(sentences)
    return (
        f"Nuclei by the atlas {atlas.title}, carried to this head by registration. {atlas.what} {about_parts} "
        f"Source: {atlas.source}. Licence: {atlas.licence}."
    )


def image_notes_field(volume: Volume) -> dict[str, object]:
    """What the reader of the planning image noticed, for a JSON file; nothing where there is nothing."""
    return {"ImageNotes": [note.sentence for note in volume.notes]} if volume.notes else {}


def licence_fields(atlas: NucleiAtlas) -> dict[str, object]:
    """The atlas's licence for a JSON file: what it is, and its whole text where the user gave one."""
    given = {"AtlasLicenceText": atlas.licence_text} if atlas.licence_text else {}
    return {"AtlasLicence": atlas.licence, **given}


def licence_words(atlas: NucleiAtlas) -> str:
    """The same for the note of a folder."""
    text = f"\n\n{atlas.licence_text.strip()}" if atlas.licence_text else ""
    return f"\nNuclei by {atlas.title}. Source: {atlas.source}. Licence: {atlas.licence}.{text}\n"


def licences_words(structures: Iterable[AimedStructure]) -> str:
    """The same of every atlas that structures are drawn by."""
    return "".join(dict.fromkeys(licence_words(aimed.atlas.atlas) for aimed in structures))


def lesion_labels(lesions: tuple[Lesion, ...], grid: Grid[ScannerRas]) -> LabelArray:
    """Label map of lesions on a grid: the number of the lesion, counted from 1, or 0."""
    shape = grid.shape
    # In the order of the file: turning 0.5 mm heads round costs half a second each.
    labels = np.zeros(shape, dtype=np.int16, order="F")
    fullest = np.zeros(shape, dtype=np.float32, order="F")
    for number, lesion in enumerate(lesions, start=1):
        filled = occupancy(lesion.ellipsoid, grid)
        begin = np.clip(filled.first, 0, shape)
        end = np.clip(filled.first + filled.shares.shape, 0, shape)
        if np.any(end <= begin):  # outside the image
            continue
        met = tuple(slice(int(a), int(b)) for a, b in zip(begin, end, strict=True))
        offset = begin - filled.first
        size = end - begin
        block = tuple(slice(int(o), int(o + s)) for o, s in zip(offset, size, strict=True))
        shares, chosen = filled.shares[block], filled.chosen[block]
        wins = chosen & (shares > fullest[met])
        labels[met][wins] = number
        fullest[met][wins] = shares[wins]
    return labels


def supersampled_lesion_labels(
    lesions: tuple[Lesion, ...], grid: Grid[ScannerRas]
) -> tuple[LabelArray, Grid[ScannerRas]]:
    """Label map of lesions on a fine grid that divides the image's voxels, and that grid.

    Raises:
        LesionsTooFarApartError: the grid about all of them would be enormous.
    """
    boxes = [voxel_box(lesion.ellipsoid, grid) for lesion in lesions]
    first = np.min([box[0] for box in boxes], axis=0) if boxes else np.zeros(3, dtype=int)
    stop = np.max([box[1] for box in boxes], axis=0) if boxes else np.ones(3, dtype=int)
    spacing_mm = np.array(grid.spacing_mm)
    parts = np.maximum(1, np.ceil(spacing_mm / SUPERSAMPLED_SPACING_MM - 1e-6)).astype(int)
    to_voxel = np.eye(4)
    to_voxel[:3, :3] = np.diag(1 / parts)
    # The corner of the first voxel is shared; centres of the parts lie half a part inside it.
    to_voxel[:3, 3] = first - 0.5 + 0.5 / parts
    ni, nj, nk = (int(size) for size in (stop - first) * parts)
    if ni * nj * nk > MOST_FINE_VOXELS:
        extent_mm = " x ".join(f"{size:.0f}" for size in (stop - first) * spacing_mm)
        raise LesionsTooFarApartError(
            f"The lesions lie {extent_mm} mm apart: too far for one fine map of them.",
            "Move or remove the lesion that lies outside the head, or choose formats other than nifti.",
        )
    fine = grid.derived((ni, nj, nk), to_voxel, "fine")
    return lesion_labels(lesions, fine), fine


def lesion_rows(plan: Plan) -> tuple[LabelRow, ...]:
    """The look-up table of the lesion maps."""
    rows = []
    seen: dict[Side, int] = {"left": 0, "right": 0}
    for number, lesion in enumerate(plan.lesions, start=1):
        colour = _lighter(LESION, _LIGHTER_STEP * min(seen[lesion.side], 3))
        seen[lesion.side] += 1
        abbreviation = f"lesion{number}_{_letter(lesion.side)}"
        rows.append(LabelRow(number, f"{lesion.name} ({lesion.size_words})", abbreviation, colour))
    return tuple(rows)


def nuclei_labels(atlas: HeadAtlas, volume: Volume) -> LabelArray:
    """Label map of an atlas at the voxel centres of an image; see ``PART_LABELS`` for parts of nuclei."""
    grid = atlas.rasterise_on(volume.grid)
    labels: LabelArray = np.zeros(volume.shape, dtype=np.int16, order="F")
    box = _box_of(grid.labels != OUTSIDE)
    found = Labelling(grid.labels[box], {key: flags[box] for key, flags in grid.parts.items()})
    within = labels[box]
    within[...] = np.where(found.labels == OUTSIDE, 0, found.labels + 1)
    for structure, label in part_labels(atlas.atlas).items():
        within[atlas.atlas.members(structure, found)] = label
    return labels


def part_labels(atlas: NucleiAtlas) -> dict[StructureRef, int]:
    """The labels of those parts that an atlas offers."""
    return {
        structure: label
        for structure, label in PART_LABELS.items()
        if atlas.part(structure.key) is not None and atlas.describes(structure)
    }


def in_label_map(labels: LabelArray, atlas: NucleiAtlas, structure: StructureRef) -> Flags:
    """Where a structure or part lies in a map of :func:`nuclei_labels`; a nucleus with all its parts."""
    own = part_labels(atlas)
    if structure in own:
        return np.asarray(labels == own[structure])
    whole = atlas.whole(structure)
    inside = np.asarray(labels == whole.index + 1)
    for part, label in own.items():
        if atlas.whole(part).index == whole.index:
            inside |= labels == label
    return inside


def _box_of(chosen: npt.NDArray[np.bool_]) -> tuple[slice, ...]:
    """The smallest box that holds all that is chosen."""
    box = []
    for axis in range(3):
        occupied = np.flatnonzero(chosen.any(axis=tuple(other for other in range(3) if other != axis)))
        box.append(slice(int(occupied[0]), int(occupied[-1]) + 1) if occupied.size else slice(0, 0))
    return tuple(box)


def nucleus_rows(atlas: NucleiAtlas) -> tuple[LabelRow, ...]:
    """The look-up table of the nuclei map."""
    colours = distinct_colours(structure.abbreviation for structure in atlas.structures)
    in_front = {part.structure: f", in front of {part.key}" for part in atlas.parts}
    rows = [
        LabelRow(
            index=structure.index + 1,
            name=f"{structure.name}, {structure.side}{in_front.get(structure.abbreviation, '')}",
            abbreviation=f"{structure.abbreviation}_{_letter(structure.side)}",
            colour=colours[structure.abbreviation],
        )
        for structure in atlas.structures
    ]
    for structure, label in part_labels(atlas).items():
        abbreviation, colour = f"{structure.key}_{_letter(structure.side)}", nucleus_colour(structure.key)
        rows.append(LabelRow(label, f"{atlas.name_of(structure)}, {structure.side}", abbreviation, colour))
    return tuple(rows)


def _letter(side: Side) -> str:
    return "L" if side == "left" else "R"


def _lighter(colour: str, fraction: float) -> str:
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * fraction):02x}" for part in parts)


def write_map(labels: LabelArray, grid: Grid[ScannerRas], path: Path) -> None:
    """A label map on a grid as ``.nii.gz``. Raises FileNotWritableError."""
    write_nifti(labels, grid, path, INTENT_LABEL)


def write_table(rows: tuple[LabelRow, ...], path: Path) -> None:
    """A look-up table with BIDS's columns. Raises FileNotWritableError."""
    lines = ["index\tname\tabbreviation\tcolor"]
    lines += [f"{row.index}\t{_plain(row.name)}\t{row.abbreviation}\t{row.colour}" for row in rows]
    write_atomically(path, ("\n".join(lines) + "\n").encode("utf-8"))


def _plain(text: str) -> str:
    """Without tabs and line breaks, which a table cannot hold."""
    return " ".join(text.split())


def write_note(description: str, path: Path, more: Mapping[str, object] | None = None) -> None:
    """A JSON file with a description, the research-only line and ``more`` fields. Raises FileNotWritableError."""
    content = {"Description": description, **(more or {}), "Notice": RESEARCH_ONLY}
    text = json.dumps(content, indent=2, ensure_ascii=False)
    write_atomically(path, (text + "\n").encode("utf-8"))
