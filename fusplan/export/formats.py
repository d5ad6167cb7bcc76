"""The table of formats that a plan can be written in: ``fusplan export PLAN --format NAME``.

A new format is one entry here (or, from a package above this one, one entry more in a copy of the table), plus its
file names in ``bundle.OUTPUT_NAMES``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.errors import FusplanError
from fusplan.export.csv_tables import write_lesions_csv, write_targets_csv
from fusplan.export.label_maps import write_lesion_maps, write_nuclei_map
from fusplan.export.slicer_markups import write_slicer_markups
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.planning.review import PlanReview


class UnknownFormatError(FusplanError):
    """A format was asked for that there is no writer for."""


@dataclass(frozen=True, slots=True, eq=False)
class ExportMaterial:
    """All that the writers need.

    Attributes:
        plan: the plan.
        review: what was computed from it.
        volume: its image.
        atlases: the atlases in this head, the plan's first one first.
    """

    plan: Plan
    review: PlanReview
    volume: Volume
    atlases: tuple[PatientAtlas, ...]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format.

    Attributes:
        title: what it is, for a person.
        file_names: the files that ``write`` makes.
        write: writes them into a folder that exists; may raise FileNotWritableError.
    """

    title: str
    file_names: tuple[str, ...]
    write: Callable[[ExportMaterial, Path], None]


def _write_csv(material: ExportMaterial, folder: Path) -> None:
    write_targets_csv(material.plan, folder / "targets.csv")
    write_lesions_csv(material.plan, material.review, folder / "lesions.csv")


def _write_markups(material: ExportMaterial, folder: Path) -> None:
    write_slicer_markups(material.plan, folder / "targets.mrk.json")


def _write_nifti(material: ExportMaterial, folder: Path) -> None:
    write_lesion_maps(material.plan, material.volume, folder)
    write_nuclei_map(material.atlases[0], material.volume, folder)


FORMATS: Mapping[str, ExportFormat] = MappingProxyType(
    {
        "csv": ExportFormat("tables of targets and lesions", ("targets.csv", "lesions.csv"), _write_csv),
        "mrk.json": ExportFormat("points for 3D Slicer", ("targets.mrk.json",), _write_markups),
        "nifti": ExportFormat(
            "label maps of lesions and nuclei",
            (
                "lesions.nii.gz",
                "lesions.tsv",
                "lesions.json",
                "lesions_supersampled.nii.gz",
                "nuclei.nii.gz",
                "nuclei.tsv",
                "nuclei.json",
            ),
            _write_nifti,
        ),
    }
)


def find_format(name: str, formats: Mapping[str, ExportFormat] = FORMATS) -> ExportFormat:
    """The format of that name. Raises UnknownFormatError, which lists those there are."""
    try:
        return formats[name]
    except KeyError:
        raise UnknownFormatError(
            f"There is no export format {name!r}.", f"Choose one of: {', '.join(formats)}."
        ) from None


def export_files(
    material: ExportMaterial, names: tuple[str, ...], folder: Path, formats: Mapping[str, ExportFormat] = FORMATS
) -> tuple[Path, ...]:
    """Write the named formats into a folder that exists; returns the files written.

    Raises:
        UnknownFormatError: before anything is written; FileNotWritableError.
    """
    chosen = [find_format(name, formats) for name in names]
    for one in chosen:
        one.write(material, folder)
    return tuple(folder / name for one in chosen for name in one.file_names)
