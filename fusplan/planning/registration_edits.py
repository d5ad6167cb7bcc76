"""What a person does to a registration after it was computed: judge it, and nudge the atlas by hand.

Both are fields of the record, and both decide the verdict that everything else (checks, uncertainty, report, window)
goes by. Pure verbs, as in ``planning.edits``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusplan.errors import FusplanError
from fusplan.planning.plan import Plan, RegistrationRecord
from fusplan.planning.registration_judgement import NOT_NUDGED, HandNudge, Judgement
from fusplan.registration.request import RegistrationQuality
from fusplan.spatial import AcPcGeometry, Affine, ScannerRas, Warp

FURTHEST_NUDGE_MM = 30.0
FURTHEST_TURN_DEG = 45.0
"""A registration that is further off than this is to be made anew (derived)."""


class NudgeTooFarError(FusplanError):
    """An atlas was to be moved further by hand than makes sense."""


def is_distrusted(record: RegistrationRecord) -> bool:
    """Whether nobody should believe the nuclei: by the measures or by a person's word."""
    return record.quality.verdict == "error"


def nudge_registration(
    plan: Plan, translation_mm: tuple[float, float, float], rotation_deg: tuple[float, float, float]
) -> Plan:
    """The plan with its atlas moved as a rigid body in the patient; landmarks, targets and lesions stay.

    The atlas is first turned about the mid-commissural point and then moved. A judgement made before is void.

    Args:
        plan: the plan.
        translation_mm: to the right, anterior and superior of the AC-PC frame.
        rotation_deg: about the same axes, right-handed; see :class:`HandNudge`.

    Raises:
        NudgeTooFarError: further than 30 mm or 45 degrees in all.
    """
    total = plan.registration.nudge.plus(HandNudge(translation_mm, rotation_deg))
    # Written so that not-a-number is too far.
    near = all(abs(value) <= FURTHEST_NUDGE_MM for value in total.translation_mm)
    if not (near and all(abs(value) <= FURTHEST_TURN_DEG for value in total.rotation_deg)):
        raise NudgeTooFarError(
            f"The atlas cannot be moved further than {FURTHEST_NUDGE_MM:g} mm or turned more than "
            f"{FURTHEST_TURN_DEG:g} degrees by hand.",
            "Make the plan anew, or mark AC, PC and the midline first.",
        )
    old = plan.registration.mni_to_scanner
    moved = nudge_map(plan.landmarks.geometry(), translation_mm, rotation_deg)
    record = replace(
        plan.registration,
        mni_to_scanner=Warp(old.displacements, old.affine.then(moved)),
        nudge=NOT_NUDGED if total.is_none else total,
        judgement="none",
    )
    return plan.standing_on(plan.landmarks, _judged(record))


def nudge_map(
    geometry: AcPcGeometry, translation_mm: tuple[float, float, float], rotation_deg: tuple[float, float, float]
) -> Affine[ScannerRas, ScannerRas]:
    """The rigid motion of a nudge, scanner RAS to scanner RAS."""
    from scipy.spatial.transform import Rotation  # noqa: PLC0415 - takes long to import

    motion = np.eye(4)
    motion[:3, :3] = Rotation.from_euler("xyz", rotation_deg, degrees=True).as_matrix()
    motion[:3, 3] = translation_mm
    to_acpc, back = geometry.scanner_to_acpc("mcp"), geometry.acpc_to_scanner("mcp")
    return Affine(to_acpc.source, back.target, back.matrix @ motion @ to_acpc.matrix)


def judge_registration(plan: Plan, judgement: Judgement) -> Plan:
    """The plan whose registration a person has accepted or distrusted; ``none`` takes that back."""
    if judgement == plan.registration.judgement:
        return plan
    return replace(plan, registration=_judged(replace(plan.registration, judgement=judgement)))


def _judged(record: RegistrationRecord) -> RegistrationRecord:
    """The record with the verdict of its measures, unless a person has said or done something since."""
    from fusplan.registration.quality import quality_of  # noqa: PLC0415 - loads the registration engine's image library

    return replace(record, quality=_with_a_persons_word(quality_of(record.quality.measures), record))


def _with_a_persons_word(measured: RegistrationQuality, record: RegistrationRecord) -> RegistrationQuality:
    if record.judgement == "distrusted":
        sentence = "Do not trust this registration: a person who looked at the pictures said so."
        return replace(measured, verdict="error", sentence=sentence)
    if record.judgement == "accepted":
        if measured.verdict == "ok":
            return replace(measured, sentence="A person looked at the pictures and accepted this registration.")
        sentence = "A person looked at the pictures and accepted this registration, although its measures are unusual."
        return replace(measured, verdict="warning", sentence=sentence)
    if not record.nudge.is_none and measured.verdict != "error":
        sentence = "The atlas was nudged by hand after it was measured: judge it by the pictures."
        return replace(measured, verdict="warning", sentence=sentence)
    return measured
