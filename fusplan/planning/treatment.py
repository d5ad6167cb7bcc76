"""What is planned to be done at the targets: the helmet's pose and the sonications, as values of the plan.

What comes of it is computed (:mod:`fusplan.planning.simulated_treatment`) and never stored in the plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from fusplan.simulation.element_report import INCIDENCE_LIMIT_DEG
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.skull import SkullKind
from fusplan.simulation.sonication import HeatingCalibration, Sonication, SonicationKind
from fusplan.simulation.thermometry_settings import ThermometrySettings
from fusplan.simulation.transducer import FREQUENCY_HZ
from fusplan.spatial.content_digest import content_digest


@dataclass(frozen=True, slots=True)
class TargetTreatment:
    """What is done at one target.

    Attributes:
        target_id: whose natural focus the helmet has.
        tilt: how the helmet leans.
        sonications: in the order of time; their spots are offsets from the target.
    """

    target_id: str
    tilt: HelmetTilt = field(default_factory=HelmetTilt)
    sonications: tuple[Sonication, ...] = ()

    def of_kind(self, kind: SonicationKind) -> tuple[Sonication, ...]:
        """The tests, or the ablations."""
        return tuple(sonication for sonication in self.sonications if sonication.kind == kind)


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is done at all targets, and what is assumed.

    Attributes:
        skull: which skull is used; None: the best at hand.
        acoustics: name of the mapping from CT numbers to sound, of ``simulation.acoustic_map``; "" for the usual one.
        frequency_hz: of the ultrasound.
        incidence_limit_deg: elements that meet the skull at a larger angle are off.
        calibration: what an energy is taken to heat.
        thermometry: how the scanner looks at it.
        targets: at most one entry a target.
    """

    skull: SkullKind | None = None
    acoustics: str = ""
    frequency_hz: float = FREQUENCY_HZ
    incidence_limit_deg: float = INCIDENCE_LIMIT_DEG
    calibration: HeatingCalibration = field(default_factory=HeatingCalibration)
    thermometry: ThermometrySettings = field(default_factory=ThermometrySettings)
    targets: tuple[TargetTreatment, ...] = ()

    def at(self, target_id: str) -> TargetTreatment:
        """What is done at a target; an upright helmet and nothing else where the plan says nothing."""
        found = (treated for treated in self.targets if treated.target_id == target_id)
        return next(found, TargetTreatment(target_id))

    def without(self, target_id: str) -> Treatment:
        """All but what is done at a target."""
        return replace(self, targets=tuple(treated for treated in self.targets if treated.target_id != target_id))

    @property
    def digest(self) -> str:
        """Key of everything in it."""
        return content_digest(
            (self.skull, self.acoustics, self.frequency_hz, self.incidence_limit_deg),
            _fields(self.calibration),
            _fields(self.thermometry),
            [(t.target_id, _fields(t.tilt), [_fields(s) for s in t.sonications]) for t in self.targets],
        )


def _fields(value: HelmetTilt | Sonication | HeatingCalibration | ThermometrySettings) -> list[object]:
    return [getattr(value, name) for name in value.__dataclass_fields__]
