"""A label map with its look-up table, as a :class:`RawAtlas`."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fusplan.atlas.imported.label_image import (
    EmptyAtlasError,
    LabelImage,
    block_of,
    marked_box,
    read_label_image,
    whole_numbers,
)
from fusplan.atlas.imported.look_up_table import LookUpTable, read_look_up_table
from fusplan.atlas.imported.raw_atlas import (
    LARGEST_STRUCTURE_MM3,
    Maker,
    RawAtlas,
    RawStructure,
    TableMismatchError,
    listed,
)
from fusplan.atlas.imported.shipped_tables import FREESURFER_NUCLEI, fitting_table, shipped_table, thomas_side
from fusplan.atlas.imported.structure_names import SidedName, abbreviation_of, sided_names
from fusplan.atlas.imported.table_forms import TableRow
from fusplan.spatial import Side

LEAST_SHARE_PRESENT = 0.5
"""Of the rows of a map's own table at least so many must be in the map, or it is another map's (own judgement)."""

MOST_STRUCTURES = 500


def read_label_map(path: Path, table_path: Path | None = None) -> RawAtlas:
    """A label map with the names of its labels.

    Args:
        path: NIfTI or MGH.
        table_path: its table; without it the one of the same name beside the map, or a shipped one.

    Raises:
        FusplanError: an unreadable file, no labels, no table, or a table that does not fit.
    """
    image = read_label_image(path)
    numbers = whole_numbers(image)
    present = np.unique(numbers[numbers > 0])
    table = read_look_up_table(table_path) if table_path is not None else fitting_table(path, present)
    maker = _maker(path, table, present)
    rows, notes = _rows_of(path, table, present)
    sides = _sides(path, rows)
    return _assembled(image, numbers, rows, sides, maker, notes)


def _maker(path: Path, table: LookUpTable, present: npt.NDArray[np.int32]) -> Maker:
    if thomas_side(path) is not None:
        return "THOMAS"
    nuclei = {row.label for row in shipped_table(FREESURFER_NUCLEI).rows}
    if "thalamicnuclei" in path.name.lower() or len(nuclei & set(present.tolist())) > len(present) / 2:
        return "FreeSurfer thalamic nuclei"
    return "FreeSurfer" if table.form == "FreeSurfer" or "aseg" in path.name.lower() else "other"


def _rows_of(
    path: Path, table: LookUpTable, present: npt.NDArray[np.int32]
) -> tuple[tuple[TableRow, ...], tuple[str, ...]]:
    """The rows of the labels in the map, and notes. Raises TableMismatchError."""
    by_label = {row.label: row for row in table.rows}
    unnamed = [int(label) for label in present if int(label) not in by_label]
    if unnamed:
        raise TableMismatchError(
            f"{path.name} holds labels that {table.source} does not name: {listed([str(one) for one in unnamed])}.",
            "Give the table that belongs to this map with --table, or add the missing rows to it.",
        )
    absent = [row for row in table.rows if row.label not in set(present.tolist())]
    names = listed([f"{row.label} {row.name}" for row in absent])
    if table.is_general or not absent:
        notes: tuple[str, ...] = ()
    elif len(absent) > LEAST_SHARE_PRESENT * len(table.rows):
        raise TableMismatchError(
            f"Of the {len(table.rows)} labels that {table.source} names, {path.name} lacks {len(absent)}: {names}.",
            "The table belongs to another map: give the right one with --table.",
        )
    else:
        notes = (f"In {table.source} but without a voxel in the map: {names}.",)
    return tuple(by_label[int(label)] for label in present), (f"Table: {table.source} ({table.form}).", *notes)


def _sides(path: Path, rows: tuple[TableRow, ...]) -> tuple[SidedName, ...]:
    """Base name and side of each row: by its name, by its abbreviation, or by the file's name."""
    by_name = sided_names([row.name for row in rows])
    by_abbreviation = sided_names([row.abbreviation or row.name for row in rows])
    of_file = thomas_side(path)
    file_side: Side | None = "left" if of_file == "left" else "right" if of_file == "right" else None
    return tuple(
        SidedName(named.base, file_side or named.side or short.side)
        for named, short in zip(by_name, by_abbreviation, strict=True)
    )


def _assembled(
    image: LabelImage,
    numbers: npt.NDArray[np.int32],
    rows: tuple[TableRow, ...],
    sides: tuple[SidedName, ...],
    maker: Maker,
    notes: tuple[str, ...],
) -> RawAtlas:
    """The structures renumbered from 1, without those that are too large to be nuclei."""
    shorts = sided_names([row.abbreviation for row in rows])
    labels, counts = np.unique(numbers[numbers > 0], return_counts=True)
    volumes = dict(zip(labels.tolist(), (counts * image.grid.cell_mm3).tolist(), strict=True))
    large = [row for row in rows if volumes[row.label] > LARGEST_STRUCTURE_MM3]
    kept = [index for index, row in enumerate(rows) if row not in large]
    if not kept or len(kept) > MOST_STRUCTURES:
        raise EmptyAtlasError(
            f"{image.name} has {len(kept)} structures of at most {LARGEST_STRUCTURE_MM3 / 1000:g} ml, as nuclei are; "
            f"1 to {MOST_STRUCTURES} were expected.",
            "Check the unit of its header, or choose a map of deep nuclei.",
        )
    lookup = np.zeros(int(labels.max()) + 1, dtype=np.int16)
    structures = []
    for value, index in enumerate(kept, 1):
        row, named = rows[index], sides[index]
        lookup[row.label] = value
        short = abbreviation_of(shorts[index].base if row.abbreviation else named.base)
        structures.append(RawStructure(value, row.label, short, named.base, named.side, volumes[row.label]))
    values = lookup[numbers]
    cut = marked_box(values > 0)
    assert cut is not None  # at least one structure was kept
    if large:
        names = listed([row.name for row in large])
        notes = (*notes, f"Left out because larger than {LARGEST_STRUCTURE_MM3 / 1000:g} ml, so no nuclei: {names}.")
    return RawAtlas(
        np.ascontiguousarray(values[cut]),
        block_of(image.grid, cut),
        tuple(structures),
        maker,
        image.whole_grid,
        (image.name,),
        hashlib.sha256(image.sha256.encode()).hexdigest(),
        (*notes, *image.notes),
    )
