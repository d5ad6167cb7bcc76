"""What an atlas, a template and the demo head say about themselves in their folder: ``atlas.json``,
``figures.json``, ``template.json`` and ``demo.json``.

These models are for the edge only; inside the program :class:`~fusplan.atlas.mixture_atlas.MixtureAtlas`
and :class:`~fusplan.imaging.template_image.TemplateImage` are used.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from fusplan.errors import FusplanError
from fusplan.harmless import harmless_values

AMBIGUOUS_TEMPLATES = frozenset({"mni", "mni152", "mnispace", "mni305", "icbm152", "mni152space", "unknown", ""})
"""Names that do not say which template is meant: MNI152NLin6Asym and MNI152NLin2009cAsym differ by 1 to 2 mm."""

Millimetres = Annotated[float, Field(allow_inf_nan=False)]
PointMm = tuple[Millimetres, Millimetres, Millimetres]
ComponentFigures = Annotated[list[Millimetres], Field(min_length=10, max_length=10)]
"""Weight, mean x y z (mm), covariance xx xy xz yy yz zz (mm2) of one Gaussian."""

SideName = Literal["left", "right"]


class AtlasManifestError(FusplanError):
    """The description of an atlas or template is missing, incomplete, wrong, or does not fit its files."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LandmarksManifest(_Strict):
    """AC, PC and midline points in template RAS mm, and where they were taken from."""

    ac_mm: PointMm
    pc_mm: PointMm
    midline_mm: dict[str, PointMm] = Field(min_length=1)
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)


class _InTemplateSpace(_Strict):
    template: str = Field(min_length=1)

    @field_validator("template")
    @classmethod
    def _template_is_one_template(cls, name: str) -> str:
        if name.lower().replace("-", "").replace("_", "").replace(" ", "") in AMBIGUOUS_TEMPLATES:
            raise ValueError(f"{name!r} does not say which template is meant; give its full name")
        return name


class PosteriorPartManifest(_Strict):
    """The rule that cuts CLp out of CL: the part at most so far in front of the PC."""

    structure: str = Field(min_length=1)
    most_anterior_of_pc_mm: Millimetres
    note: str = Field(min_length=1)


class CalibrationManifest(_Strict):
    """The stored levels: for each side and group (``thalamus`` or a structure) the level of summed density."""

    spacing_mm: float = Field(gt=0)
    levels: dict[SideName, dict[str, Annotated[float, Field(gt=0)]]]


class AtlasManifest(_InTemplateSpace):
    """``atlas.json`` of an atlas in mixture form."""

    format: Literal["fusplan-atlas"]
    schema_version: Literal[1]
    kind: Literal["mixture"]
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: str = Field(min_length=1)
    what: str = Field(min_length=1)
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    method: str = Field(min_length=1)
    notes: list[str] = []
    landmarks: LandmarksManifest
    clp: PosteriorPartManifest
    figures_file: str = Field(min_length=1)
    figures_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    calibration: CalibrationManifest | None = None


class StructureFigures(_Strict):
    """The figures of one structure on one side."""

    abbreviation: str = Field(min_length=1)
    name: str = Field(min_length=1)
    side: SideName
    thalamic: bool
    volume_mm3: float = Field(gt=0)
    centroid_mm: PointMm
    components: list[ComponentFigures] = Field(min_length=1)

    @field_validator("components")
    @classmethod
    def _weights_sum_to_one(cls, components: list[list[float]]) -> list[list[float]]:
        total = sum(component[0] for component in components)
        if abs(total - 1.0) > 0.01 or any(component[0] <= 0 for component in components):
            raise ValueError(f"the weights of the components must be positive and sum to 1, found {total:.3f}")
        return components


class FiguresFile(_InTemplateSpace):
    """``figures.json``: all structures of an atlas in mixture form."""

    format: Literal["fusplan-atlas-figures"]
    schema_version: Literal[1]
    columns_of_components: str
    structures: list[StructureFigures] = Field(min_length=1)

    @model_validator(mode="after")
    def _no_structure_twice(self) -> FiguresFile:
        seen: set[tuple[str, str]] = set()
        for structure in self.structures:
            key = (structure.abbreviation, structure.side)
            if key in seen:
                raise ValueError(f"{structure.abbreviation} {structure.side} is described twice")
            seen.add(key)
        return self


class FileManifest(_Strict):
    """One file of a template: what it is, its name and content."""

    name: str = Field(min_length=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class TemplateManifest(_InTemplateSpace):
    """``template.json``: the template image, its brain mask and its landmarks."""

    format: Literal["fusplan-template"]
    schema_version: Literal[1]
    title: str = Field(min_length=1)
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    t1: FileManifest
    brain_mask: FileManifest
    coarse: FileManifest
    landmarks: LandmarksManifest


class DemoManifest(_Strict):
    """``demo.json``: the built-in head."""

    format: Literal["fusplan-demo"]
    schema_version: Literal[1]
    title: str = Field(min_length=1)
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    t1: FileManifest


M = TypeVar("M", bound=BaseModel)


def read_manifest(path: Path, model: type[M]) -> M:
    """The description in a JSON file, checked against ``model``.

    Raises:
        AtlasManifestError: the file is missing, is not JSON, lacks something (such as the template's
            name) or has something unknown; the message names each place.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AtlasManifestError(
            f"The description {path} cannot be read ({error}).", "Put the file back or remove the folder."
        ) from error
    try:
        # Strict validation takes lists for tuples only when it reads the JSON itself.
        return model.model_validate_json(json.dumps(harmless_values(json.loads(text))))
    except ValidationError as error:
        reason = "; ".join(_place_and_reason(item) for item in error.errors()[:4])
        cause: Exception = error
    except (ValueError, RecursionError) as error:
        reason, cause = f"it is not JSON ({error})", error
    raise AtlasManifestError(
        f"The description {path} is not valid: {reason}.",
        "Correct the file. An atlas must name the template it is in, such as MNI152NLin2009cAsym.",
    ) from cause


def kind_of_atlas(path: Path) -> str:
    """What an ``atlas.json`` says is its kind; "" when it says nothing that can be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ""
    kind = content.get("kind") if isinstance(content, dict) else None
    return kind if isinstance(kind, str) else ""


def _place_and_reason(item: object) -> str:
    """``template: Field required`` from one of pydantic's error entries."""
    assert isinstance(item, dict)
    place = ".".join(str(part) for part in item["loc"])
    return f"{place or 'the whole file'}: {item['msg']}"


def require_content(path: Path, sha256: str) -> Path:
    """``path`` itself when its bytes have the stated sha256; raises AtlasManifestError otherwise."""
    if not path.is_file():
        raise AtlasManifestError(f"The file {path} is missing.", "Put it back, or install fusplan again.")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise AtlasManifestError(
            f"The file {path} is not the one its description names (sha256 {found[:12]}..., "
            f"expected {sha256[:12]}...).",
            "Install fusplan again, or correct the sha256 in the description of your own atlas.",
        )
    return path
