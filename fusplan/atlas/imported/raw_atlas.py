"""What a user's atlas holds before anything is checked: named structures on one grid, and what was noticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.atlas.imported.label_image import SourceRas
from fusplan.errors import FusplanError
from fusplan.spatial import Grid, Side

Maker: TypeAlias = Literal["FreeSurfer thalamic nuclei", "FreeSurfer", "THOMAS", "Lead-DBS", "other"]
"""Whose form an atlas has, as far as it can be told: each has its own traps."""

LARGEST_STRUCTURE_MM3 = 40_000.0
"""Larger structures (cortex, white matter) are no nuclei and are left out: the caudate and the putamen, the largest
deep nuclei, have 4000 to 7000 mm3, the whole thalamus up to 9000 (own judgement, wide)."""


class TableMismatchError(FusplanError):
    """A label map and its table do not belong together."""


@dataclass(frozen=True, slots=True)
class RawStructure:
    """One structure as its source names it.

    Attributes:
        value: its number in the grid of the :class:`RawAtlas`, from 1.
        label: its number in the source, or 0 for a mask.
        abbreviation, name: from the table or the file's name.
        side: as the names say, None where they do not.
        volume_mm3: by voxels, in the space of the source.
    """

    value: int
    label: int
    abbreviation: str
    name: str
    side: Side | None
    volume_mm3: float


@dataclass(frozen=True, slots=True, eq=False)
class RawAtlas:
    """Structures on one grid.

    Attributes:
        values: shape of the grid, 0 or the ``value`` of a structure.
        grid: where they lie, in the space it is declared in.
        structures: all with at least one voxel.
        maker: whose form it has.
        whole_grid: of the source before it was cut (of the first file).
        file_names: read.
        sha256: of the bytes of all files read.
        notes: what a person should know about how it was read.
    """

    values: npt.NDArray[np.int16]
    grid: Grid[SourceRas]
    structures: tuple[RawStructure, ...]
    maker: Maker
    whole_grid: Grid[SourceRas]
    file_names: tuple[str, ...]
    sha256: str
    notes: tuple[str, ...]


def listed(names: list[str], most: int = 8) -> str:
    """``a, b, c and 5 more``."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
