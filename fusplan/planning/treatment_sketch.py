"""What a tilt does to the elements, at once and roughly, by one ray each: shown until it has been simulated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.planning.plan import Plan, Target
from fusplan.planning.simulated_treatment import SimulatedTreatment, elements_key
from fusplan.planning.treatment_edits import treatment_of
from fusplan.simulation.acoustic_map import ACOUSTIC_MAPS, DEFAULT_ACOUSTIC_MAP
from fusplan.simulation.element_report import ElementReport
from fusplan.simulation.element_transmission import Acoustics, report_elements
from fusplan.simulation.helmet_pose import HelmetPose, tilted_helmet


@dataclass(frozen=True, slots=True, eq=False)
class TreatmentSketch:
    """A rough answer for one target.

    Attributes:
        target_id: which.
        key: of what it is, as ``elements_key`` gives it.
        pose: of the helmet.
        elements: by one ray each.
        passed: pressure at the target over that in water, of those; None where the skull does not tell.
    """

    target_id: str
    key: str
    pose: HelmetPose
    elements: ElementReport
    passed: float | None


def sketch_target(plan: Plan, target: Target, simulated: SimulatedTreatment) -> TreatmentSketch:
    """What the elements do at a target now, through the skull that was simulated with."""
    treatment = treatment_of(plan)
    mapping = next(name for name in ACOUSTIC_MAPS if name == (treatment.acoustics or DEFAULT_ACOUSTIC_MAP))
    pose = tilted_helmet(target.point, plan.landmarks.geometry(), treatment.at(target.id).tilt)
    choices = Acoustics(mapping, treatment.incidence_limit_deg, 1)
    elements = report_elements(simulated.skull, simulated.transducer, pose, choices)
    return TreatmentSketch(
        target.id, elements_key(plan, target, simulated.skull_key), pose, elements, _passed(elements)
    )


def _passed(elements: ElementReport) -> float | None:
    """With corrected phases all amplitudes add up."""
    if elements.transmission is None:
        return None
    return float(np.abs(elements.transmission[elements.active]).sum()) / len(elements.active)
