"""``atlas.json`` of an atlas that a user has added: what it is, where it lies, what was checked."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from fusplan.atlas.imported.raw_atlas import Maker
from fusplan.atlas.imported.template_maps import Space
from fusplan.atlas.manifest import SideName

LABELS_FILE: Final = "labels.nii.gz"
LICENCE_FILE: Final = "LICENSE.txt"
NOT_STATED = "not stated"

Text = Annotated[str, Field(min_length=1, max_length=4000)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
AtlasName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StructureModel(_Strict):
    """One structure: ``value`` in the stored label map, ``label`` in the source."""

    value: int = Field(ge=1, le=30_000)
    label: int = Field(ge=0)
    abbreviation: Text
    name: Text
    side: SideName
    thalamic: bool


class ImageModel(_Strict):
    """The image that an atlas in a patient's own space belongs to: never a path, which may name the patient."""

    sha256: Sha256


class FindingModel(_Strict):
    """One part of the alignment check."""

    name: Text
    verdict: Literal["ok", "warning"]
    sentence: Text


class AlignmentModel(_Strict):
    """The alignment check: made, or to be made with the first plan."""

    state: Literal["checked", "deferred"]
    findings: tuple[FindingModel, ...]


class ClpModel(_Strict):
    """The nucleus whose posterior part is CLp, or why there is none."""

    structure: Text | None
    note: Text


class LabelAtlasManifest(_Strict):
    """``atlas.json`` of an atlas in label form. ``template`` is as declared; the map to the built-in one is applied
    when it is loaded."""

    format: Literal["fusplan-atlas"]
    schema_version: Literal[1]
    kind: Literal["labels"]
    name: AtlasName
    title: Text
    template: Space
    image: ImageModel | None
    maker: Maker
    source: Text
    licence: Text
    licence_file: Literal["LICENSE.txt"] | None
    notes: tuple[Text, ...]
    warnings: tuple[Text, ...]
    made_from: tuple[Text, ...]
    made_from_sha256: Sha256
    added: Text
    program_version: Text
    labels_file: Literal["labels.nii.gz"]
    labels_sha256: Sha256
    structures: tuple[StructureModel, ...] = Field(min_length=1)
    clp: ClpModel
    alignment: AlignmentModel
