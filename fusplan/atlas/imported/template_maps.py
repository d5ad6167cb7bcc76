"""In which space an atlas was declared to lie, and the stored map from there to the built-in template."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from fusplan.atlas.manifest import AMBIGUOUS_TEMPLATES, read_manifest
from fusplan.errors import FusplanError
from fusplan.paths import built_in_atlases_folder
from fusplan.spatial import Affine, Mni
from fusplan.spatial.points import FloatArray, read_only

Space: TypeAlias = Literal[
    "MNI152NLin2009cAsym", "MNI152NLin2009bAsym", "MNI152NLin6Asym", "MNI152NLin2009aSym", "patient"
]
BUILT_IN_TEMPLATE: Final = "MNI152NLin2009cAsym"
PATIENT_SPACE: Final = "patient"
"""Declares that an atlas lies in the scanner frame of one image."""

TEMPLATES: tuple[Space, ...] = (
    BUILT_IN_TEMPLATE, "MNI152NLin2009bAsym", "MNI152NLin6Asym", "MNI152NLin2009aSym",
)  # fmt: skip
"""The template spaces that an atlas may lie in: those with a map to the built-in template."""

_PATIENT_WORDS = frozenset({"patient", "native", "own", "t1w", "subject"})

Number = Annotated[float, Field(allow_inf_nan=False)]
Row = tuple[Number, Number, Number, Number]


class TemplateNotStatedError(FusplanError):
    """An atlas was given without the template it lies in, or with a name that may mean several."""


class UnknownTemplateError(FusplanError):
    """There is no map from the template an atlas lies in to the built-in one."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MapErrorModel(_Strict):
    """How far landmarks near the thalamus are missed, mm."""

    landmarks_near_the_thalamus: int
    root_mean_square: Number
    median: Number
    largest: Number
    ac: Number
    pc: Number


class TemplateMapModel(_Strict):
    """One stored map."""

    template: str = Field(alias="from")
    to: Literal["MNI152NLin2009cAsym"]
    kind: Literal["identity", "affine"]
    matrix: tuple[Row, Row, Row, Row]
    error_mm: MapErrorModel
    words: str
    error_words: str


class TemplateMapsModel(_Strict):
    """``maps.json``: the maps between templates, with source and licence."""

    format: Literal["fusplan-template-maps"]
    schema_version: Literal[1]
    source: str
    licence: str
    maps: tuple[TemplateMapModel, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TemplateMap:
    """The map of a template's space to the built-in template.

    Attributes:
        template: where it starts.
        matrix: 4 x 4, RAS mm of that template to RAS mm of the built-in one.
        error_rms_mm: its uncertainty: root mean square by which landmarks near the thalamus are missed.
        words: what it is, and its error, for a person.
    """

    template: str
    matrix: FloatArray
    error_rms_mm: float
    words: str

    @property
    def to_built_in(self) -> Affine[Mni, Mni]:
        """The map as one between frames."""
        return Affine(Mni(self.template), Mni(BUILT_IN_TEMPLATE), self.matrix)


def declared_space(text: str | None) -> Space:
    """One of ``TEMPLATES`` or ``PATIENT_SPACE`` from what a person declared, such as ``2009bAsym``.

    Raises:
        TemplateNotStatedError: nothing, or a name such as ``MNI152`` that may mean several.
        UnknownTemplateError: a template without a stored map.
    """
    choices = f"Declare one of {', '.join(TEMPLATES)}, or {PATIENT_SPACE} for the patient's own space."
    plain = "" if text is None else text.lower().replace("-", "").replace("_", "").replace(" ", "")
    if plain in _PATIENT_WORDS:
        return PATIENT_SPACE
    if plain in AMBIGUOUS_TEMPLATES:
        what = "was not given" if not plain else f"was given as {text!r}, which may mean several"
        raise TemplateNotStatedError(
            f"The template that the atlas lies in {what}; they differ by millimetres.", choices
        )
    for template in TEMPLATES:
        full = template.lower()
        if plain in (full, full.removeprefix("mni152"), full.removeprefix("mni152nlin")):
            return template
    raise UnknownTemplateError(f"There is no map from {text!r} to {BUILT_IN_TEMPLATE}.", choices)


@lru_cache(maxsize=1)
def stored_maps() -> TemplateMapsModel:
    """The file of maps. Raises AtlasManifestError when it is missing or broken."""
    return read_manifest(built_in_atlases_folder() / "template-maps" / "maps.json", TemplateMapsModel)


def template_map(template: str) -> TemplateMap:
    """The map from one of ``TEMPLATES``. Raises UnknownTemplateError."""
    if template == BUILT_IN_TEMPLATE:
        identity = read_only([[float(i == j) for j in range(4)] for i in range(4)])
        return TemplateMap(template, identity, 0.0, f"The atlas lies in the built-in template {template} itself.")
    for one in stored_maps().maps:
        if one.template == template:
            error = one.error_mm
            words = (
                f"{one.words} Error: {error.root_mean_square:.1f} mm root mean square, at most {error.largest:.1f} mm, "
                f"at {error.landmarks_near_the_thalamus} landmarks near the thalamus. {one.error_words}"
            )
            return TemplateMap(template, read_only(one.matrix), error.root_mean_square, words)
    raise UnknownTemplateError(
        f"There is no map from {template!r} to {BUILT_IN_TEMPLATE}.", f"Declare one of {', '.join(TEMPLATES)}."
    )
