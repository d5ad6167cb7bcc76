"""A user's atlas from its files to what is kept of it: read, sided, checked. Nothing is written here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fusplan
from fusplan.atlas.imported.alignment import (
    AlignmentFinding,
    check_alignment,
    check_volumes,
    require_left_of_right,
)
from fusplan.atlas.imported.central_lateral import central_lateral_of
from fusplan.atlas.imported.head_reference import thalamus_in_template
from fusplan.atlas.imported.label_atlas import LabelAtlas
from fusplan.atlas.imported.label_map_source import read_label_map
from fusplan.atlas.imported.licences import find_licence
from fusplan.atlas.imported.manifest import (
    LABELS_FILE,
    LICENCE_FILE,
    NOT_STATED,
    AlignmentModel,
    ClpModel,
    FindingModel,
    ImageModel,
    LabelAtlasManifest,
    StructureModel,
)
from fusplan.atlas.imported.mask_folder_source import read_mask_folder
from fusplan.atlas.imported.raw_atlas import RawAtlas
from fusplan.atlas.imported.side_structures import with_sides
from fusplan.atlas.imported.space_hints import space_notes
from fusplan.atlas.imported.stored_atlas import head_grid, label_atlas, label_map_bytes, template_grid
from fusplan.atlas.imported.structure_names import is_thalamic, is_whole_thalamus
from fusplan.atlas.imported.template_maps import PATIENT_SPACE, declared_space
from fusplan.atlas.mixture_atlas import MixtureAtlas
from fusplan.errors import FileMissingError, FusplanError
from fusplan.spatial import ScannerRas

DEFERRED = (
    "Its place is checked against the thalamus of this head when it is first used with a plan on its image; only its "
    "sides and volumes were checked now."
)

_CONSTANT: dict[str, Any] = {
    "format": "fusplan-atlas",
    "schema_version": 1,
    "kind": "labels",
    "labels_file": LABELS_FILE,
    "program_version": fusplan.__version__,
}

HeadCheck = Callable[[LabelAtlas[ScannerRas]], tuple[AlignmentFinding, ...]]
"""The alignment check against a plan's thalamus; raises AtlasAlignmentError."""


class AtlasNameError(FusplanError):
    """The name an atlas shall have cannot be a name."""


class ImageNotStatedError(FusplanError):
    """An atlas in a patient's own space was given without the image it belongs to."""


@dataclass(frozen=True, slots=True)
class AtlasSource:
    """What a person says of an atlas.

    Attributes:
        path: a label map, or a folder of masks.
        template: the space it lies in, as declared.
        table: look-up table of a label map; None looks for one.
        name, title: what it shall be called; None makes them of the file's name.
        licence: file with its licence; None looks for one beside it.
        citation: where it comes from, in words.
    """

    path: Path
    template: str | None
    table: Path | None = None
    name: str | None = None
    title: str | None = None
    licence: Path | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PreparedAtlas:
    """An atlas that has passed the check, ready to be kept.

    Attributes:
        manifest: its description.
        labels: bytes of ``labels.nii.gz``.
        licence_text: of ``LICENSE.txt``; None when there is none.
    """

    manifest: LabelAtlasManifest
    labels: bytes
    licence_text: str | None


def prepare_atlas(
    source: AtlasSource,
    built_in: tuple[MixtureAtlas, ...],
    image_sha256: str | None = None,
    head_check: HeadCheck | None = None,
) -> PreparedAtlas:
    """Read an atlas and check it.

    Args:
        source: what and where.
        built_in: the atlases whose thalamus it is compared with.
        image_sha256: of the image, for an atlas in a patient's own space.
        head_check: compares such an atlas with a plan's thalamus; None defers that.

    Raises:
        FusplanError: of a subclass that names the cause: unreadable, no table, wrong table, empty, wrong units, sides
            swapped, not on the thalamus, another template by its own name.
    """
    space = declared_space(source.template)
    if space == PATIENT_SPACE and image_sha256 is None:
        raise ImageNotStatedError(
            "An atlas in the patient's own space belongs to one image, and none was given.",
            "Name a plan made on it with --plan, or the image itself with --image.",
        )
    name = atlas_name(source)
    read = _read(source)
    hints = space_notes(source.path, read, space)
    raw = with_sides(replace(read, notes=(*read.notes, *hints)), in_template=space != PATIENT_SPACE)
    licence, licence_text = find_licence(source.licence, source.path)
    labels = label_map_bytes(raw.values, raw.grid.matrix)
    image = ImageModel(sha256=image_sha256) if space == PATIENT_SPACE and image_sha256 is not None else None
    clp = central_lateral_of(raw)
    draft = LabelAtlasManifest(
        **_CONSTANT,
        name=name,
        title=source.title or _title_of(source.path),
        template=space,
        image=image,
        maker=raw.maker,
        source=source.citation or NOT_STATED,
        licence=licence,
        licence_file=None if licence_text is None else LICENCE_FILE,
        notes=tuple(dict.fromkeys(raw.notes)),
        warnings=clp.warnings,
        made_from=raw.file_names,
        made_from_sha256=raw.sha256,
        added=datetime.now(UTC).isoformat(timespec="seconds"),
        labels_sha256=hashlib.sha256(labels).hexdigest(),
        structures=_structures(raw),
        clp=ClpModel(structure=clp.abbreviation, note=clp.note),
        alignment=AlignmentModel(state="deferred", findings=()),
    )
    alignment = _alignment(draft, raw, built_in, head_check)
    return PreparedAtlas(draft.model_copy(update={"alignment": alignment}), labels, licence_text)


def atlas_name(source: AtlasSource) -> str:
    """The name to find it by: as given, or made of the title or the file's name. Raises AtlasNameError."""
    stem = source.title or re.sub(r"\.(nii(\.gz)?|mgz|mgh)$", "", source.path.name, flags=re.IGNORECASE)
    made = re.sub(r"[^a-z0-9_-]+", "-", stem.lower()).strip("-_")[:40] or "atlas"
    name = made if source.name is None else source.name
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name):
        raise AtlasNameError(
            f"{name!r} cannot be the name of an atlas.",
            "Use up to 40 small letters, digits, - and _, beginning with a letter or digit.",
        )
    return name


def _title_of(path: Path) -> str:
    stem = re.sub(r"\.(nii(\.gz)?|mgz|mgh)$", "", path.name, flags=re.IGNORECASE)
    return stem.replace("_", " ").strip() or "Atlas"


def _read(source: AtlasSource) -> RawAtlas:
    if source.path.is_dir():
        return read_mask_folder(source.path)
    if not source.path.exists():
        raise FileMissingError(source.path, "atlas")
    return read_label_map(source.path, source.table)


def _structures(raw: RawAtlas) -> tuple[StructureModel, ...]:
    models = []
    seen: set[tuple[str, str]] = set()
    for one in raw.structures:
        assert one.side is not None  # settled by with_sides
        abbreviation, number = one.abbreviation, 2
        while (abbreviation, one.side) in seen:
            abbreviation, number = f"{one.abbreviation}_{number}", number + 1
        seen.add((abbreviation, one.side))
        thalamic = is_thalamic(one.abbreviation, one.name) or is_whole_thalamus(one.abbreviation, one.name)
        models.append(
            StructureModel(
                value=one.value,
                label=one.label,
                abbreviation=abbreviation,
                name=one.name,
                side=one.side,
                thalamic=thalamic,
            )
        )
    return tuple(models)


def _alignment(
    draft: LabelAtlasManifest,
    raw: RawAtlas,
    built_in: tuple[MixtureAtlas, ...],
    head_check: HeadCheck | None,
) -> AlignmentModel:
    if draft.template != PATIENT_SPACE:
        atlas = label_atlas(draft, raw.values, template_grid(draft.template, raw.values, raw.grid.matrix))
        return _model("checked", check_alignment(atlas, thalamus_in_template(built_in)))
    assert draft.image is not None  # asked for at the beginning
    in_head = label_atlas(draft, raw.values, head_grid(draft.image, raw.values, raw.grid.matrix))
    if head_check is not None:
        return _model("checked", head_check(in_head))
    findings = (*check_volumes(in_head), require_left_of_right(in_head))
    return _model("deferred", (*findings, AlignmentFinding("overlap", "warning", DEFERRED)))


def _model(state: str, findings: tuple[AlignmentFinding, ...]) -> AlignmentModel:
    return AlignmentModel.model_validate(
        {
            "state": state,
            "findings": [
                FindingModel.model_validate({"name": one.name, "verdict": one.verdict, "sentence": one.sentence})
                for one in findings
            ],
        }
    )
