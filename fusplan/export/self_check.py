"""An export read back by other readers than the writers, and how far what they find is from the plan.

A point may come back 0.01 mm from where it is planned. A lesion may come back with 3 per cent more or less volume (on
a grid so coarse that half a voxel is more, with half a voxel), and its centre half a voxel away: what would tell a
mirrored or shifted file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from fusplan.export.check_rows import CheckRow
from fusplan.export.formats import TREATMENT, ExportMaterial, NotSimulatedError
from fusplan.export.read_back_dicom import check_rtstruct, check_seg
from fusplan.export.read_back_pdf import check_pdf
from fusplan.export.read_back_points import (
    check_brainsight,
    check_csv,
    check_fcsv,
    check_frames,
    check_json,
    check_localite,
    check_markups,
    check_report,
)
from fusplan.export.read_back_transforms import check_transforms
from fusplan.export.read_back_volumes import check_bids, check_label_maps, check_masks, check_surfaces

Check: TypeAlias = Callable[[ExportMaterial, Path], list[CheckRow]]


def _check_treatment(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    if material.simulated is None:
        raise NotSimulatedError
    from fusplan.export.read_back_treatment import check_treatment_files  # noqa: PLC0415 - loads the simulation

    return check_treatment_files(material.simulated, material.plan, folder)


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "csv": check_csv,
        "mrk.json": check_markups,
        "nifti": check_label_maps,
        "json": check_json,
        "fcsv": check_fcsv,
        "brainsight": check_brainsight,
        "localite": check_localite,
        "bids": check_bids,
        "itk": check_transforms,
        "masks": check_masks,
        "surfaces": check_surfaces,
        "frames": check_frames,
        TREATMENT: _check_treatment,
        "dicom-seg": check_seg,
        "rtstruct": check_rtstruct,
        "report": check_report,
        "pdf": check_pdf,
    }
)
"""How each format is read back."""

_READERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"surfaces": ("trimesh",), "dicom-seg": ("pydicom",), "rtstruct": ("pydicom",), "pdf": ("pypdf",)}
)
"""Packages beyond those that fusplan always has; they come with its extra ``exchange``."""


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """What reading back an export found.

    Attributes:
        rows: one for every point and every lesion in every file.
        not_read: a sentence for every format that was not read back.
        nothing_in: the formats that were read back without anything in them that could be compared.
    """

    rows: tuple[CheckRow, ...]
    not_read: tuple[str, ...]
    nothing_in: tuple[str, ...] = ()

    @property
    def is_verified(self) -> bool:
        """Whether something was compared, and all of it agrees with the plan."""
        return bool(self.rows) and not self.failed

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for whatever was not read back or not compared."""
        nothing = f"Nothing to compare in {', '.join(self.nothing_in)}: the plan has nothing that is written there."
        return (*self.not_read, *((nothing,) if self.nothing_in else ()))

    @property
    def failed(self) -> tuple[CheckRow, ...]:
        """The rows that are beyond what is allowed."""
        return tuple(row for row in self.rows if not row.passed)

    @property
    def verdict(self) -> str:
        """The whole in a sentence."""
        if not self.rows:
            return "Nothing was compared with the plan: this export is not verified."
        if not self.failed:
            return f"Read back and compared: all {len(self.rows)} values agree with the plan."
        worst = self.failed[0]
        return (
            f"Do not use this export: {len(self.failed)} of {len(self.rows)} values read back differ from the plan, "
            f"first {worst.subject_words} in {worst.file} by {worst.error_words} (allowed {worst.limit_words})."
        )


def self_check(material: ExportMaterial, names: tuple[str, ...], folder: Path) -> SelfCheck:
    """Read back the named formats from a folder.

    Whatever a reader stumbles over counts as a file that cannot be read, and so as beyond what is allowed.
    """
    rows: list[CheckRow] = []
    not_read: list[str] = []
    nothing_in: list[str] = []
    for name in names:
        missing = [package for package in _READERS.get(name, ()) if find_spec(package) is None]
        if name not in CHECKS:
            not_read.append(f"{name}: not read back, there is no reader for it.")
        elif missing:
            not_read.append(f"{name}: not read back, {missing[0]} is missing (pip install 'fusplan[exchange]').")
        else:
            found = _rows(name, CHECKS[name], material, folder)
            rows += found
            nothing_in += [] if found else [name]
    return SelfCheck(tuple(rows), tuple(not_read), tuple(nothing_in))


def _rows(name: str, check: Check, material: ExportMaterial, folder: Path) -> list[CheckRow]:
    try:
        return check(material, folder)
    except Exception as error:  # any reader may stumble in its own way over a broken file
        return [CheckRow.unreadable(name, f"{type(error).__name__}: {error}")]
