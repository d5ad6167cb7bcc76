"""What is planned to be done at the targets, in a plan file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from fusplan.errors import FusplanError
from fusplan.planning.plan_format.fields import MOST_LESIONS, Coordinates, Model, Text
from fusplan.planning.plan_format.upgrade_step import Upgrade
from fusplan.planning.treatment import TargetTreatment, Treatment
from fusplan.planning.treatment_edits import (
    MOST_SONICATIONS,
    check_calibration,
    check_sonication,
    check_sonications,
    check_sound,
    check_thermometry,
    check_tilt,
)
from fusplan.simulation.acoustic_map import ACOUSTIC_MAPS
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.thermometry_settings import IN_PLANE_OF, ThermometrySettings

ShareOfVoxel = Annotated[float, Field(ge=-0.5, le=0.5)]

LARGEST = 1e9
"""Beyond any number of a treatment in its unit (Hz, J, s, ...): larger ones are a damaged file's."""

Sizable = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False)]


def _refused(check: Callable[[], None]) -> None:
    """What an edit would refuse is refused of a file, too: it would be simulated without end, or not at all."""
    try:
        check()
    except FusplanError as error:
        raise ValueError(error.message) from error


class HelmetTiltModel(Model):
    """How the helmet leans from upright along the AC-PC axes."""

    anterior_deg: Annotated[float, Field(gt=-90, lt=90)]
    right_deg: Annotated[float, Field(gt=-90, lt=90)]
    roll_deg: Sizable

    @model_validator(mode="after")
    def _is_of_a_helmet(self) -> Self:
        _refused(lambda: check_tilt(self.value()))
        return self

    def value(self) -> HelmetTilt:
        return HelmetTilt(**self.model_dump())


class SonicationModel(Model):
    """One sonication; the spot as an offset from the target along the axes of scanner RAS."""

    kind: Literal["test", "ablation"]
    spot_offset_mm: Coordinates
    energy_j: Positive
    duration_s: Positive
    start_s: NotNegative

    @model_validator(mode="after")
    def _is_of_a_device(self) -> Self:
        _refused(lambda: check_sonication(self.value()))
        return self

    @classmethod
    def of(cls, sonication: Sonication) -> SonicationModel:
        return cls(
            kind=sonication.kind,
            spot_offset_mm=sonication.spot_offset_mm,
            energy_j=sonication.energy_j,
            duration_s=sonication.duration_s,
            start_s=sonication.start_s,
        )

    def value(self) -> Sonication:
        return Sonication(**self.model_dump())


class TargetTreatmentModel(Model):
    """What is done at one target."""

    target_id: Text
    tilt: HelmetTiltModel
    sonications: Annotated[tuple[SonicationModel, ...], Field(max_length=MOST_SONICATIONS)]

    @model_validator(mode="after")
    def _one_after_the_other(self) -> Self:
        _refused(lambda: check_sonications([sonication.value() for sonication in self.sonications]))
        return self

    @classmethod
    def of(cls, treated: TargetTreatment) -> TargetTreatmentModel:
        tilt = treated.tilt
        return cls(
            target_id=treated.target_id,
            tilt=HelmetTiltModel(anterior_deg=tilt.anterior_deg, right_deg=tilt.right_deg, roll_deg=tilt.roll_deg),
            sonications=tuple(SonicationModel.of(sonication) for sonication in treated.sonications),
        )

    def value(self) -> TargetTreatment:
        sonications = tuple(sonication.value() for sonication in self.sonications)
        return TargetTreatment(self.target_id, self.tilt.value(), sonications)


class HeatingCalibrationModel(Model):
    """What an energy is taken to heat; ``spread`` and ``calibrated_on`` are null before a test sonication."""

    shown_celsius_per_kj: Positive
    spread: Annotated[float, Field(gt=0, lt=1)] | None
    loss_per_repeat: Annotated[float, Field(ge=0, lt=1)]
    calibrated_on: Text | None

    @model_validator(mode="after")
    def _is_of_a_head(self) -> Self:
        _refused(lambda: check_calibration(self.value()))
        return self

    @classmethod
    def of(cls, calibration: HeatingCalibration) -> HeatingCalibrationModel:
        return cls(
            shown_celsius_per_kj=calibration.shown_celsius_per_kj,
            spread=calibration.spread,
            loss_per_repeat=calibration.loss_per_repeat,
            calibrated_on=calibration.calibrated_on,
        )

    def value(self) -> HeatingCalibration:
        return HeatingCalibration(**self.model_dump())


class ThermometryModel(Model):
    """How the scanner looks at the heat."""

    plane: Literal["axial", "coronal", "sagittal"]
    readout: Literal["right-left", "anterior-posterior", "superior-inferior"]
    voxel_mm: Positive
    slice_mm: Positive
    frame_s: Positive
    snr: Positive
    bandwidth_hz_per_pixel: Positive
    field_t: Positive
    echo_time_s: Positive
    drift_celsius_per_min: Sizable
    off_resonance_hz: Sizable
    in_voxel: tuple[ShareOfVoxel, ShareOfVoxel, ShareOfVoxel]
    frame_phase: Annotated[float, Field(ge=0, le=1)]

    @model_validator(mode="after")
    def _is_of_a_scanner(self) -> Self:
        if self.readout not in IN_PLANE_OF[self.plane]:
            raise ValueError(f"readout {self.readout!r} does not lie in a slice that is {self.plane}")
        _refused(lambda: check_thermometry(self.value()))
        return self

    @classmethod
    def of(cls, settings: ThermometrySettings) -> ThermometryModel:
        return cls(**{name: getattr(settings, name) for name in cls.model_fields})

    def value(self) -> ThermometrySettings:
        return ThermometrySettings(**self.model_dump())


def _is_known(acoustics: str) -> str:
    if acoustics and acoustics not in ACOUSTIC_MAPS:
        raise ValueError(f"{acoustics!r} is none of {', '.join(ACOUSTIC_MAPS)}")
    return acoustics


class TreatmentModel(Model):
    """What is done at all targets, and what is assumed; ``skull`` is null for the best at hand."""

    skull: Literal["ct", "t1", "synthetic"] | None
    acoustics: Annotated[str, AfterValidator(_is_known)]
    frequency_hz: Positive
    incidence_limit_deg: Annotated[float, Field(gt=0, lt=90)]
    calibration: HeatingCalibrationModel
    thermometry: ThermometryModel
    targets: Annotated[tuple[TargetTreatmentModel, ...], Field(max_length=MOST_LESIONS)]

    @model_validator(mode="after")
    def _is_simulated(self) -> Self:
        _refused(lambda: check_sound(self.frequency_hz, self.incidence_limit_deg))
        if len({treated.target_id for treated in self.targets}) < len(self.targets):
            raise ValueError("a target is treated twice")
        return self

    @classmethod
    def of(cls, treatment: Treatment) -> TreatmentModel:
        return cls(
            skull=treatment.skull,
            acoustics=treatment.acoustics,
            frequency_hz=treatment.frequency_hz,
            incidence_limit_deg=treatment.incidence_limit_deg,
            calibration=HeatingCalibrationModel.of(treatment.calibration),
            thermometry=ThermometryModel.of(treatment.thermometry),
            targets=tuple(TargetTreatmentModel.of(treated) for treated in treatment.targets),
        )

    def value(self) -> Treatment:
        return Treatment(
            skull=self.skull,
            acoustics=self.acoustics,
            frequency_hz=self.frequency_hz,
            incidence_limit_deg=self.incidence_limit_deg,
            calibration=self.calibration.value(),
            thermometry=self.thermometry.value(),
            targets=tuple(treated.value() for treated in self.targets),
        )


def _with_treatment(content: dict[str, Any]) -> dict[str, Any]:
    """Version 7 says what is done at the targets. Version 6 did not."""
    return {"treatment": None, **content}


UPGRADES: Final[Mapping[int, Upgrade]] = {6: _with_treatment}
