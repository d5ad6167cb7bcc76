"""What comes of a treatment as planned: computed values, of one plan by a key, never stored in the plan.

Window, command line, reports and exports all have them from :mod:`fusplan.workflows.simulate`; their numbers are worded
once, in :mod:`fusplan.planning.treatment_summary`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fusplan.planning.plan import Lesion, Plan, Target
from fusplan.planning.proposed_sonications import SonicationWish
from fusplan.planning.review import Check, Coverage
from fusplan.planning.treatment_edits import treatment_of
from fusplan.simulation.element_report import ElementReport
from fusplan.simulation.helmet_fit import HelmetFit
from fusplan.simulation.helmet_pose import HelmetPose
from fusplan.simulation.predicted_lesion import PredictedLesion
from fusplan.simulation.skull import Skull
from fusplan.simulation.skull_load import SkullLoad
from fusplan.simulation.sonication import Sonication
from fusplan.simulation.temperature_history import PressureField, TemperatureHistory
from fusplan.simulation.transducer import Transducer
from fusplan.spatial import ScannerRas, Side
from fusplan.spatial.content_digest import content_digest
from fusplan.spatial.triangles import Surface


@dataclass(frozen=True, slots=True)
class PartKeys:
    """Of what parts of a simulated target are: elements and focus; heat and lesion, on top of those."""

    elements: str
    heat: str


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedTarget:
    """What comes of the treatment of one target.

    Attributes:
        target_id, name, side: which target.
        keys: of what its parts are.
        pose: of the helmet.
        fit: how far the helmet stays from the skin.
        elements: what the skull does to every element.
        load: how the sound's load is spread over the skull.
        focus: the focus at the target, phases corrected; ideal where the skull's losses are not known.
        uncorrected: the same without correction; None where it cannot be known.
        sonications: what was simulated, in the order of time.
        proposed: whether they are the program's own pattern, since the plan has none.
        history: their heat; None without sonications.
        tests: the heat of the tests alone; None without any.
        lesion: the lesion to expect of the ablations; None without any.
        shares: where the 51 degree region of the middle case lies, by every atlas.
        checks: what is to be said of it.
    """

    target_id: str
    name: str
    side: Side
    keys: PartKeys
    pose: HelmetPose
    fit: HelmetFit
    elements: ElementReport
    load: SkullLoad
    focus: PressureField
    uncorrected: PressureField | None
    sonications: tuple[Sonication, ...]
    proposed: bool
    history: TemperatureHistory | None
    tests: TemperatureHistory | None
    lesion: PredictedLesion | None
    shares: tuple[Coverage, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedTreatment:
    """What comes of the treatment of a plan.

    Attributes:
        key: of what it was computed from: :func:`simulation_key`.
        skull, skull_key: the skull it went through, and the key of that.
        skin: of the head.
        transducer: the helmet.
        targets: in the order of the plan.
    """

    key: str
    skull: Skull
    skull_key: str
    skin: Surface[ScannerRas]
    transducer: Transducer
    targets: tuple[SimulatedTarget, ...]

    def target(self, target_id: str) -> SimulatedTarget | None:
        """That of a target, if it was simulated."""
        return next((target for target in self.targets if target.target_id == target_id), None)


def skull_key(plan: Plan) -> str:
    """Key of everything in a plan that its skull is made from."""
    ct = plan.image_of("ct")
    return content_digest(
        (plan.image.sha256, plan.image.volume_index, plan.registration.mni_to_scanner.digest),
        None if ct is None else (ct.image.sha256, ct.image.volume_index, ct.to_reference.matrix.tolist()),
        None if plan.treatment is None else plan.treatment.skull,
    )


def elements_key(plan: Plan, target: Target, skull: str) -> str:
    """Key of what elements and focus of a target are computed from; ``skull`` is the key of the skull."""
    treatment = treatment_of(plan)
    tilt = treatment.at(target.id).tilt
    return content_digest(
        (skull, target.point.coordinates, plan.landmarks.marks_digest),
        (tilt.anterior_deg, tilt.right_deg, tilt.roll_deg),
        (treatment.acoustics, treatment.frequency_hz, treatment.incidence_limit_deg),
    )


def heat_key(plan: Plan, target: Target, wish: SonicationWish | None = None) -> str:
    """Key of what heat and lesion of a target are computed from, beside its elements."""
    alone = replace(treatment_of(plan), targets=(treatment_of(plan).at(target.id),))
    lesions = [_lesion_content(lesion) for lesion in plan.lesions_of(target.id)]
    asked = None if wish is None else (wish.shown_celsius, wish.energy_j, wish.duration_s, wish.interval_s)
    return content_digest(alone.digest, lesions, plan.seed, asked)


def simulation_key(plan: Plan, wish: SonicationWish | None = None) -> str:
    """Key of everything that a simulation reads in a plan and a wish: equal keys mean the same simulation."""
    skull = skull_key(plan)
    parts = [(t.id, t.name, t.side, elements_key(plan, t, skull), heat_key(plan, t, wish)) for t in plan.targets]
    aims = [None if target.aim is None else (target.aim.key, target.aim.side) for target in plan.targets]
    return content_digest(parts, aims)


def _lesion_content(lesion: Lesion) -> tuple[object, ...]:
    body = lesion.ellipsoid
    return (lesion.target_id, body.centre.coordinates, body.semi_axes_mm, body.rotation.tolist())
