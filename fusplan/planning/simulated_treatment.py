"""What comes of a treatment as planned: computed values, of one plan by a key, never stored in the plan.

Window, command line, reports and exports all have them from :mod:`fusplan.workflows.simulate`; their numbers are worded
once, in :mod:`fusplan.planning.treatment_summary`.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.planning.plan import Lesion, Plan
from fusplan.planning.review import Check, Coverage
from fusplan.simulation.element_report import ElementReport
from fusplan.simulation.helmet_pose import HelmetPose
from fusplan.simulation.predicted_lesion import PredictedLesion
from fusplan.simulation.skull import SkullKind, SkullWarning
from fusplan.simulation.sonication import Sonication
from fusplan.simulation.temperature_history import PressureField, TemperatureHistory
from fusplan.simulation.transducer import Transducer
from fusplan.spatial import Side
from fusplan.spatial.content_digest import content_digest


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedTarget:
    """What comes of the treatment of one target.

    Attributes:
        target_id, name, side: which target.
        pose: of the helmet.
        elements: what the skull does to every element.
        focus: the focus at the target, phases corrected; ideal where the skull's losses are not known.
        uncorrected: the same without correction; None where it cannot be known.
        sonications: what was simulated, in the order of time.
        proposed: whether they are the program's own pattern, since the plan has none.
        history: their heat; None without sonications.
        lesion: the lesion to expect of the ablations; None without any.
        shares: where the 51 degree region of the middle case lies, by every atlas.
        checks: what is to be said of it.
    """

    target_id: str
    name: str
    side: Side
    pose: HelmetPose
    elements: ElementReport
    focus: PressureField
    uncorrected: PressureField | None
    sonications: tuple[Sonication, ...]
    proposed: bool
    history: TemperatureHistory | None
    lesion: PredictedLesion | None
    shares: tuple[Coverage, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedTreatment:
    """What comes of the treatment of a plan.

    Attributes:
        key: of what it was computed from: :func:`simulation_key`.
        skull: which skull it went through.
        skull_warnings: what is doubtful about that.
        transducer: the helmet.
        targets: in the order of the plan.
    """

    key: str
    skull: SkullKind
    skull_warnings: tuple[SkullWarning, ...]
    transducer: Transducer
    targets: tuple[SimulatedTarget, ...]

    def target(self, target_id: str) -> SimulatedTarget | None:
        """That of a target, if it was simulated."""
        return next((target for target in self.targets if target.target_id == target_id), None)


def simulation_key(plan: Plan) -> str:
    """Key of everything in a plan that a simulation reads: equal keys mean the same simulation."""
    ct = plan.image_of("ct")
    return content_digest(
        (plan.image.sha256, plan.image.volume_index, plan.landmarks.marks_digest),
        plan.registration.mni_to_scanner.digest,
        None if ct is None else (ct.image.sha256, ct.image.volume_index, ct.to_reference.matrix.tolist()),
        [(target.id, target.name, target.side, target.point.coordinates) for target in plan.targets],
        [_lesion_content(lesion) for lesion in plan.lesions],
        None if plan.treatment is None else plan.treatment.digest,
        plan.seed,
    )


def _lesion_content(lesion: Lesion) -> tuple[object, ...]:
    body = lesion.ellipsoid
    return (lesion.target_id, body.centre.coordinates, body.semi_axes_mm, body.rotation.tolist())
