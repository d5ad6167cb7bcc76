"""What a person does to a registration after it was computed: judge it, and nudge the atlas by hand.

Both are kept in the record's notes, in words that a person reads in the report, and both decide the verdict that
everything else (checks, uncertainty, report, window) goes by. Pure verbs, as in ``planning.edits``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from fusplan.errors import FusplanError
from fusplan.planning.plan import Plan, RegistrationRecord
from fusplan.registration.request import RegistrationQuality
from fusplan.spatial import AcPcGeometry, Affine, ScannerRas, Warp

Judgement: TypeAlias = Literal["none", "accepted", "distrusted"]
"""What a person said after looking at the pictures."""

JUDGEMENT_NOTES: dict[Judgement, str] = {
    "accepted": "Accepted by a person who looked at the pictures.",
    "distrusted": "Judged by a person who looked at the pictures: do not trust this registration.",
}

NUDGED = "Nudged by hand along the AC-PC axes"
FURTHEST_NUDGE_MM = 30.0
FURTHEST_TURN_DEG = 45.0
"""A registration that is further off than this is to be made anew (derived)."""


class NudgeTooFarError(FusplanError):
    """An atlas was to be moved further by hand than makes sense."""


@dataclass(frozen=True, slots=True)
class HandNudge:
    """How far an atlas was moved by hand, all nudges added up.

    Attributes:
        translation_mm: to the right, anterior and superior of the AC-PC frame.
        rotation_deg: about the right, anterior and superior axes through the mid-commissural point, right-handed:
            pitch (nose up), roll (right side down), yaw (nose to the left).
    """

    translation_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def is_none(self) -> bool:
        return all(abs(value) < 5e-3 for value in (*self.translation_mm, *self.rotation_deg))

    @property
    def note(self) -> str:
        """The sentence in the record."""
        right, anterior, superior = self.translation_mm
        pitch, roll, yaw = self.rotation_deg
        return (
            f"{NUDGED}: right {right:+.2f} mm, anterior {anterior:+.2f} mm, superior {superior:+.2f} mm; "
            f"pitch {pitch:+.2f} deg, roll {roll:+.2f} deg, yaw {yaw:+.2f} deg."
        )

    def plus(self, other: HandNudge) -> HandNudge:
        """Both, added up axis by axis (exact for translations, and for rotations about one axis)."""
        return HandNudge(_sum(self.translation_mm, other.translation_mm), _sum(self.rotation_deg, other.rotation_deg))


def _sum(first: tuple[float, float, float], second: tuple[float, float, float]) -> tuple[float, float, float]:
    return (first[0] + second[0], first[1] + second[1], first[2] + second[2])


def hand_nudge(record: RegistrationRecord) -> HandNudge:
    """How far the atlas was nudged by hand, read from the record's note; nothing when it was not."""
    note = next((one for one in record.notes if one.startswith(NUDGED)), "")
    values = [float(value) for value in re.findall(r"[+-]\d+\.\d+", note)]
    if len(values) != 6:
        return HandNudge()
    return HandNudge((values[0], values[1], values[2]), (values[3], values[4], values[5]))


def judgement_of(record: RegistrationRecord) -> Judgement:
    """What a person said about a registration."""
    return next((key for key, note in JUDGEMENT_NOTES.items() if note in record.notes), "none")


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
    total = hand_nudge(plan.registration).plus(HandNudge(translation_mm, rotation_deg))
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
    record = replace(plan.registration, mni_to_scanner=Warp(old.displacements, old.affine.then(moved)))
    notes = [note for note in record.notes if not note.startswith(NUDGED) and note not in JUDGEMENT_NOTES.values()]
    if not total.is_none:
        notes.append(total.note)
    return replace(plan, registration=_with_notes(record, tuple(notes)))


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
    if judgement == judgement_of(plan.registration):
        return plan
    notes = tuple(note for note in plan.registration.notes if note not in JUDGEMENT_NOTES.values())
    if judgement != "none":
        notes = (*notes, JUDGEMENT_NOTES[judgement])
    return replace(plan, registration=_with_notes(plan.registration, notes))


def _with_notes(record: RegistrationRecord, notes: tuple[str, ...]) -> RegistrationRecord:
    noted = replace(record, notes=notes)
    return replace(noted, quality=_quality(noted))


def _quality(record: RegistrationRecord) -> RegistrationQuality:
    """The verdict of the measures, unless a person has said or done something since."""
    from fusplan.registration.quality import quality_of  # noqa: PLC0415 - loads the registration engine's image library

    measured = quality_of(record.quality.measures)
    judgement, nudged = judgement_of(record), not hand_nudge(record).is_none
    if judgement == "distrusted":
        sentence = "Do not trust this registration: a person who looked at the pictures said so."
        return replace(measured, verdict="error", sentence=sentence)
    if judgement == "accepted":
        if measured.verdict == "ok":
            return replace(measured, sentence="A person looked at the pictures and accepted this registration.")
        sentence = "A person looked at the pictures and accepted this registration, although its measures are unusual."
        return replace(measured, verdict="warning", sentence=sentence)
    if nudged and measured.verdict != "error":
        sentence = "The atlas was nudged by hand after it was measured: judge it by the pictures."
        return replace(measured, verdict="warning", sentence=sentence)
    return measured
