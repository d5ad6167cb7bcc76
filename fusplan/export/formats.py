"""The table of formats that a plan can be written in: ``fusplan export PLAN --format NAME``.

A new format is one entry here (or, from a package above this one, one entry more in a copy of the table), plus its
file names in ``bundle.OUTPUT_NAMES`` and a check in ``self_check``. No format is one of a treatment device.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.errors import FusplanError
from fusplan.export.aimed_structures import AimedStructure, aimed_structures
from fusplan.export.bids_derivatives import BIDS_FOLDER, write_bids
from fusplan.export.brainsight import write_brainsight
from fusplan.export.csv_tables import write_lesions_csv, write_targets_csv
from fusplan.export.dicom_seg import DICOM_SEG_NAME, write_dicom_seg
from fusplan.export.dicom_series import require_planning_series
from fusplan.export.frames_json import write_frames_json
from fusplan.export.itk_transforms import TRANSFORMS_FOLDER, write_itk_transforms
from fusplan.export.label_maps import (
    LabelArray,
    in_label_map,
    licences_words,
    nuclei_labels,
    write_lesion_maps,
    write_nuclei_map,
)
from fusplan.export.localite import write_localite
from fusplan.export.masks import MASKS_FOLDER, structure_mask_name, write_masks
from fusplan.export.rtstruct import RTSTRUCT_NAME, write_rtstruct
from fusplan.export.slicer_fcsv import write_slicer_fcsv
from fusplan.export.slicer_markups import write_slicer_markups
from fusplan.export.surfaces import SURFACES_FOLDER, write_surfaces
from fusplan.export.targets_json import write_targets_json
from fusplan.imaging.notes import Notes
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.planning.review import PlanReview

if TYPE_CHECKING:
    from fusplan.planning.simulated_treatment import SimulatedTreatment


TREATMENT = "treatment"
"""Name of the format and of its folder."""


class UnknownFormatError(FusplanError):
    """A format was asked for that there is no writer for."""


class NotSimulatedError(FusplanError):
    """A treatment is to be written that was not simulated."""

    def __init__(self) -> None:
        super().__init__("The treatment of this plan was not simulated.", "Simulate it with: fusplan simulate.")


@dataclass(frozen=True, slots=True, eq=False)
class ExportMaterial:
    """All that the writers need.

    Attributes:
        plan: the plan.
        review: what was computed from it.
        volume: its image.
        atlases: the atlases in this head, the plan's first one first.
        dicom_series: folder of the DICOM series that the image was made from, for the formats that refer to it.
        keep_identity: whether DICOM objects carry the patient's identity and the study's date.
        paper: of the printed report; empty for the usual one of the place.
        simulated: what the plan's treatment does, where it is known: a format of its own and a section of the reports.
    """

    plan: Plan
    review: PlanReview
    volume: Volume
    atlases: tuple[HeadAtlas, ...]
    dicom_series: Path | None = None
    keep_identity: bool = False
    paper: str = ""
    simulated: SimulatedTreatment | None = None
    _made: dict[str, LabelArray] = field(default_factory=dict, init=False, repr=False)

    @property
    def notes(self) -> Notes:
        """What the reader of the image noticed."""
        return self.volume.notes

    def nuclei_labels(self, atlas: HeadAtlas | None = None) -> LabelArray:
        """The label map of an atlas, the first unless given, on the image's grid, worked out once: it takes seconds."""
        wanted = self.atlases[0] if atlas is None else atlas
        name = wanted.atlas.name
        if name not in self._made:
            self._made[name] = nuclei_labels(wanted, self.volume)
        return self._made[name]

    def aimed(self) -> tuple[AimedStructure, ...]:
        """The structures that have masks and surfaces of their own."""
        return aimed_structures(self.plan, self.atlases)


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format.

    Attributes:
        title: what it is, for a person.
        file_names: the files that ``write`` makes, or the folders that hold them.
        write: writes them into a folder that exists; may raise FileNotWritableError.
        needs_dicom_series: whether it refers to a DICOM series and so needs ``ExportMaterial.dicom_series``; then
            ``write`` may also raise DicomSeriesNeededError, DicomSeriesMismatchError, ExchangeExtraMissingError.
        needs_simulation: whether it needs ``ExportMaterial.simulated``; then ``write`` may also raise
            NotSimulatedError.
    """

    title: str
    file_names: tuple[str, ...]
    write: Callable[[ExportMaterial, Path], None]
    needs_dicom_series: bool = False
    needs_simulation: bool = False


def _write_csv(material: ExportMaterial, folder: Path) -> None:
    write_targets_csv(material.plan, folder / "targets.csv", material.notes)
    write_lesions_csv(material.plan, material.review, folder / "lesions.csv", material.notes)


def _write_markups(material: ExportMaterial, folder: Path) -> None:
    write_slicer_markups(material.plan, folder / "targets.mrk.json", material.notes)


def _write_nifti(material: ExportMaterial, folder: Path) -> None:
    write_lesion_maps(material.plan, material.volume, folder)
    write_nuclei_map(material.atlases[0], material.volume, folder, material.nuclei_labels())


def _write_bids(material: ExportMaterial, folder: Path) -> None:
    write_bids(material.plan, material.volume, material.atlases[0], material.nuclei_labels(), folder)


def _write_masks(material: ExportMaterial, folder: Path) -> None:
    aimed = material.aimed()
    masks = {
        structure_mask_name(one): in_label_map(material.nuclei_labels(one.atlas), one.atlas.atlas, one.structure)
        for one in aimed
    }
    write_masks(material.plan, material.volume, masks, folder, licences_words(aimed))


def _write_seg(material: ExportMaterial, folder: Path) -> None:
    series = require_planning_series(material.dicom_series, material.volume)
    write_dicom_seg(material.plan, series, material.keep_identity, folder / DICOM_SEG_NAME, material.notes)


def _write_treatment(material: ExportMaterial, folder: Path) -> None:
    if material.simulated is None:
        raise NotSimulatedError
    from fusplan.export.treatment_files import write_treatment  # noqa: PLC0415 - loads the simulation

    write_treatment(material.plan, material.simulated, folder, material.notes)


def _write_rtstruct(material: ExportMaterial, folder: Path) -> None:
    series = require_planning_series(material.dicom_series, material.volume)
    write_rtstruct(material.plan, series, material.keep_identity, folder / RTSTRUCT_NAME, material.notes)


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
        "json": ExportFormat(
            "targets and lesions for programs",
            ("targets.json",),
            lambda material, folder: write_targets_json(
                material.plan, material.review, folder / "targets.json", material.notes
            ),
        ),
        "fcsv": ExportFormat(
            "points for earlier versions of 3D Slicer",
            ("targets.fcsv",),
            lambda material, folder: write_slicer_fcsv(material.plan, folder / "targets.fcsv", material.notes),
        ),
        "brainsight": ExportFormat(
            "targets for Brainsight",
            ("targets_brainsight.txt",),
            lambda material, folder: write_brainsight(
                material.plan, folder / "targets_brainsight.txt", material.notes, material.volume.path
            ),
        ),
        "localite": ExportFormat(
            "targets for Localite's navigator",
            ("targets_localite.xml",),
            lambda material, folder: write_localite(material.plan, folder / "targets_localite.xml", material.notes),
        ),
        "bids": ExportFormat(
            "BIDS derivatives with label maps",
            (BIDS_FOLDER,),
            _write_bids,
        ),
        "itk": ExportFormat(
            "ITK transforms in both directions",
            (TRANSFORMS_FOLDER,),
            lambda material, folder: write_itk_transforms(material.plan, folder, material.notes),
        ),
        "masks": ExportFormat(
            "one mask a structure",
            (MASKS_FOLDER,),
            _write_masks,
        ),
        "surfaces": ExportFormat(
            "surfaces of lesions and CLp",
            (SURFACES_FOLDER,),
            lambda material, folder: write_surfaces(material.plan, material.aimed(), folder, material.notes),
        ),
        "frames": ExportFormat(
            "every frame with its matrices",
            ("frames.json",),
            lambda material, folder: write_frames_json(material.plan, folder / "frames.json", material.notes),
        ),
        TREATMENT: ExportFormat(
            "the treatment as simulated: sonications, elements, fields",
            (TREATMENT,),
            _write_treatment,
            needs_simulation=True,
        ),
        "dicom-seg": ExportFormat("DICOM segmentation of lesions", (DICOM_SEG_NAME,), _write_seg, True),
        "rtstruct": ExportFormat("DICOM structure set", (RTSTRUCT_NAME,), _write_rtstruct, True),
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
    """Write the named formats into a folder that exists; returns the files (or folders of files) written.

    Raises:
        UnknownFormatError: before anything is written; FileNotWritableError.
    """
    chosen = [find_format(name, formats) for name in names]
    for one in chosen:
        one.write(material, folder)
    return tuple(folder / name for one in chosen for name in one.file_names)
