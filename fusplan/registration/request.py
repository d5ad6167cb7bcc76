"""What a registration is asked and what it answers: frozen values, both directions kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.errors import FusplanError
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.registration.contrast_kind import ImageContrast
from fusplan.registration.head_turning import HeaderTurn
from fusplan.spatial import Mni, ScannerRas, Warp
from fusplan.spatial.warp import InverseWarp

Verdict: TypeAlias = Literal["ok", "warning", "error"]


class NoHeadError(FusplanError):
    """The image shows no head that could be planned on."""


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """Register a template onto a head.

    Attributes:
        patient: the head image.
        template: the template to align to it.
        threads: how many processor threads the engine may use.
        deformable: False stops after the affine stages (quick look).
    """

    patient: Volume
    template: TemplateImage
    threads: int = 2
    deformable: bool = True


@dataclass(frozen=True, slots=True)
class QualityMeasure:
    """One number that tells whether to trust a registration.

    Attributes:
        name: what is measured, in a person's words.
        value: the number.
        warning_limit, error_limit: beyond these the verdict is warning or error (None: no limit).
        verdict: ok, warning or error.
        sentence: what the verdict means here, for a person.
        unit: of the number and the limits; None where it has none.

    A measure without limits is a finding: its sentence says what was found, its verdict what that means.
    """

    name: str
    value: float
    warning_limit: float | None
    error_limit: float | None
    verdict: Verdict
    sentence: str
    unit: str | None = None

    @property
    def is_finding(self) -> bool:
        return self.warning_limit is None and self.error_limit is None

    @property
    def name_and_unit(self) -> str:
        """``AC-PC length, mm``."""
        return self.name if self.unit is None else f"{self.name}, {self.unit}"


@dataclass(frozen=True, slots=True)
class RegistrationQuality:
    """The verdict over all measures: the worst one, and a sentence that says whether to trust it."""

    measures: tuple[QualityMeasure, ...]
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class RegistrationResult:
    """Where the template lies in a head.

    Attributes:
        mni_to_scanner: moves template points into the patient's scanner frame.
        scanner_to_mni: the map back.
        quality: whether to trust it.
        engine: name of the engine, such as ``greedy``.
        versions: package name and version of everything that decided the result.
        seconds: wall time by stage, in order.
        notes: sentences about what was decided on the way ("the head is brain-extracted ...").
        recipe: how the engine was used, with the recipe's number.
        contrast: what kind of image the head is; None where it was not looked at, or where no head was found.
        turn: how the head seems to lie in its header; None where nothing speaks against what that says.
        is_lost: no head was found, however it was looked for: where the template lies says nothing about the image.
    """

    mni_to_scanner: Warp[Mni, ScannerRas]
    scanner_to_mni: InverseWarp[ScannerRas, Mni]
    quality: RegistrationQuality
    engine: str
    versions: tuple[tuple[str, str], ...]
    seconds: tuple[tuple[str, float], ...]
    notes: tuple[str, ...] = ()
    recipe: str = ""
    contrast: ImageContrast | None = None
    turn: HeaderTurn | None = None
    is_lost: bool = False

    @property
    def engine_words(self) -> str:
        """The engine and its recipe."""
        return f"{self.engine}, {self.recipe}" if self.recipe else self.engine
