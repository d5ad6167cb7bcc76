"""Ways to change what a plan stands on: landmarks, registration, proposals. Pure verbs, as in ``edits``."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from fusplan.errors import FusplanError
from fusplan.planning.edits import PlanItemMissingError, with_true_lesion_sides
from fusplan.planning.landmarks import replace_landmarks
from fusplan.planning.plan import Landmark, Landmarks, Plan, Proposal, RegistrationRecord
from fusplan.spatial import Point, ScannerRas
from fusplan.spatial.frames import require_same_frame

CommissureName: TypeAlias = Literal["ac", "pc"]


class LastMidlinePointError(FusplanError):
    """The only midline point was to be removed."""


def move_landmark(plan: Plan, name: CommissureName, point: Point[ScannerRas]) -> Plan:
    """Put AC or PC elsewhere, as the user's. Raises DegenerateLandmarksError; ventricle walls stay as measured."""
    require_same_frame(plan.image.frame, point.frame)
    moved = replace_landmarks(plan.landmarks, ac=point) if name == "ac" else replace_landmarks(plan.landmarks, pc=point)
    return with_true_lesion_sides(plan.standing_on(moved, plan.registration))


def _with_midline(plan: Plan, midline: tuple[Landmark, ...]) -> Plan:
    landmarks: Landmarks = replace(plan.landmarks, midline=midline)
    landmarks.geometry()
    return with_true_lesion_sides(plan.standing_on(landmarks, plan.registration))


def _require_midline_point(plan: Plan, index: int) -> None:
    count = len(plan.landmarks.midline)
    if not 0 <= index < count:
        raise PlanItemMissingError("midline point", index, (str(number) for number in range(count)))


def move_midline_point(plan: Plan, index: int, point: Point[ScannerRas]) -> Plan:
    """Put one midline point elsewhere, as the user's. Raises DegenerateLandmarksError, PlanItemMissingError."""
    _require_midline_point(plan, index)
    require_same_frame(plan.image.frame, point.frame)
    midline = list(plan.landmarks.midline)
    midline[index] = Landmark(point, "user")
    return _with_midline(plan, tuple(midline))


def add_midline_point(plan: Plan, point: Point[ScannerRas]) -> Plan:
    """One more midline point, as the user's. Raises DegenerateLandmarksError."""
    require_same_frame(plan.image.frame, point.frame)
    return _with_midline(plan, (*plan.landmarks.midline, Landmark(point, "user")))


def remove_midline_point(plan: Plan, index: int) -> Plan:
    """Take one midline point out. Raises LastMidlinePointError, DegenerateLandmarksError, PlanItemMissingError."""
    _require_midline_point(plan, index)
    rest = tuple(one for position, one in enumerate(plan.landmarks.midline) if position != index)
    if not rest:
        raise LastMidlinePointError("The last midline point cannot be removed.", "Add another midline point first.")
    return _with_midline(plan, rest)


def set_landmarks(plan: Plan, landmarks: Landmarks) -> Plan:
    """Put all landmarks in place of the old ones. Raises DegenerateLandmarksError."""
    landmarks.geometry()
    return with_true_lesion_sides(plan.standing_on(landmarks, plan.registration))


def set_registration(plan: Plan, registration: RegistrationRecord) -> Plan:
    """Stand the plan on another registration; positions stay where they are in the patient."""
    require_same_frame(plan.image.frame, registration.mni_to_scanner.target)
    return plan.standing_on(plan.landmarks, registration)


def set_proposals(plan: Plan, proposals: tuple[Proposal, ...]) -> Plan:
    """Put new proposals, computed on what the plan stands on, in place of the old ones; targets stay where they are."""
    return replace(plan, proposals=proposals, proposals_basis=plan.basis)
