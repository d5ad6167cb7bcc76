"""The look-up tables that come with the program: FreeSurfer's segmentations, and THOMAS, which ships none."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from fusplan.atlas.imported.look_up_table import LookUpTable, read_look_up_table
from fusplan.errors import FusplanError
from fusplan.paths import built_in_atlases_folder

THOMAS = "thomas"
FREESURFER_ASEG = "freesurfer-aseg"
FREESURFER_NUCLEI = "freesurfer-thalamic-nuclei"

_NUCLEI_LABELS = (8100, 8300)
_THOMAS_MAP = re.compile(r"^(s?thomas(?:full)?)_([LR])\.nii(\.gz)?$", re.IGNORECASE)
_THOMAS_BOTH = re.compile(r"^sthomas_LR_labels\.nii(\.gz)?$", re.IGNORECASE)

NOT_PUBLISHED_REMEDY = (
    "sthomas_LR_labels has a numbering of its own, of which THOMAS publishes no table. Give a table with --table, or "
    "add the folder with THOMAS's left and right results instead."
)


class TableMissingError(FusplanError):
    """A label map came without a table that names its labels, and none of the known ones fits."""


@lru_cache(maxsize=8)
def shipped_table(name: str) -> LookUpTable:
    """One of the tables that come with the program."""
    read = read_look_up_table(built_in_atlases_folder() / "look-up-tables" / f"{name}.tsv")
    return replace(read, form="built-in", source=f"fusplan's table {name}")


def thomas_side(path: Path) -> str | None:
    """``left`` or ``right`` for a label map that is named as THOMAS names those of one side."""
    found = _THOMAS_MAP.match(path.name)
    return {"L": "left", "R": "right"}[found[2].upper()] if found else None


def fitting_table(path: Path, labels: np.ndarray[tuple[int, ...], np.dtype[np.int32]]) -> LookUpTable:
    """The table for a label map that came without one: beside it, or one of the shipped ones.

    Args:
        path: the label map.
        labels: the labels it holds.

    Raises:
        TableMissingError: none fits.
    """
    beside = _table_beside(path)
    if beside is not None:
        return read_look_up_table(beside)
    if _THOMAS_BOTH.match(path.name):
        raise TableMissingError(f"There is no table that names the labels of {path.name}.", NOT_PUBLISHED_REMEDY)
    if thomas_side(path) is not None:
        return shipped_table(THOMAS)
    low, high = _NUCLEI_LABELS
    if np.all((labels >= low) & (labels < high)):
        return shipped_table(FREESURFER_NUCLEI)
    if "aseg" in path.name.lower():
        return shipped_table(FREESURFER_ASEG)
    listed = ", ".join(str(label) for label in labels[:8]) + (" ..." if len(labels) > 8 else "")
    raise TableMissingError(
        f"Nothing names the labels of {path.name} ({listed}).",
        "Give its look-up table with --table (FreeSurfer, ITK-SNAP, FSL, BIDS dseg.tsv, or lines of number and name).",
    )


def _table_beside(path: Path) -> Path | None:
    """A table of the same name with another ending, beside the map."""
    stem = re.sub(r"\.(nii(\.gz)?|mgz|mgh)$", "", path.name, flags=re.IGNORECASE)
    for ending in (".tsv", ".txt", ".lut", ".xml", ".label", ".csv"):
        candidate = path.with_name(stem + ending)
        if candidate.is_file():
            return candidate
    return None
