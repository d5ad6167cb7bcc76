"""Landmarks as a person reads them: where each is, where it came from, and what moving one has done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.spatial.transform import Rotation

from fusplan.display.named_landmarks import LandmarkName
from fusplan.planning.history import History
from fusplan.planning.plan import Landmark, Landmarks, LandmarkSource, Plan
from fusplan.spatial import AcPcGeometry, Point, ScannerRas, Side

LandmarkFrame: TypeAlias = Literal["scanner", "acpc"]

SOURCE_WORDS: dict[LandmarkSource, str] = {
    "template": "from the template",
    "refined": "refined in the image",
    "user": "placed by hand",
}


@dataclass(frozen=True, slots=True)
class LandmarkRow:
    """One landmark.

    Attributes:
        name: as edits know it.
        title: ``AC``, ``PC``, ``Midline 1``.
        point: where it is.
        coordinates: in the chosen frame, mm, with one decimal.
        details: source, and of a midline point its distance from the midplane.
    """

    name: LandmarkName
    title: str
    point: Point[ScannerRas]
    coordinates: tuple[str, str, str]
    details: str


def frame_words(geometry: AcPcGeometry, frame: LandmarkFrame) -> str:
    """The name of a frame, unit and axes for the heading of a list."""
    label = geometry.ac.frame.label if frame == "scanner" else geometry.frame("mcp").label
    return f"{label}: right, anterior, superior"


def landmark_rows(landmarks: Landmarks, geometry: AcPcGeometry, frame: LandmarkFrame) -> tuple[LandmarkRow, ...]:
    """AC, PC and the midline points in their order."""
    rows = [_row("ac", "AC", landmarks.ac, geometry, frame), _row("pc", "PC", landmarks.pc, geometry, frame)]
    for number, (mark, off_mm) in enumerate(zip(landmarks.midline, geometry.midplane.residuals_mm, strict=True)):
        side = "right" if off_mm >= 0 else "left"
        by_hand = ", by hand" if mark.source == "user" else ""
        details = f"{abs(off_mm):.1f} mm {side} of midplane{by_hand}"
        rows.append(_row(number, f"Midline {number + 1}", mark, geometry, frame, details))
    return tuple(rows)


def _row(
    name: LandmarkName,
    title: str,
    mark: Landmark,
    geometry: AcPcGeometry,
    frame: LandmarkFrame,
    details: str = "",
) -> LandmarkRow:
    point = mark.point
    values = point.coordinates if frame == "scanner" else geometry.scanner_to_acpc("mcp").apply(point).coordinates
    # Adding 0.0 turns -0.0 into 0.0.
    x, y, z = (f"{round(value, 1) + 0.0:.1f}" for value in values)
    return LandmarkRow(name, title, point, (x, y, z), details or SOURCE_WORDS[mark.source].capitalize())


@dataclass(frozen=True, slots=True)
class MovedProposal:
    """How far a proposal has followed the landmarks; None while that is still to be computed."""

    name: str
    side: Side
    moved_mm: float | None


@dataclass(frozen=True, slots=True)
class LandmarkEffect:
    """What the last change of the landmarks or the registration has done.

    Attributes:
        label: the change, as the history names it.
        length_before_mm, length_mm: distance from AC to PC.
        origin_moved_mm: how far the mid-commissural point has moved.
        turned_deg: how far the AC-PC axes have turned.
        proposals: those that are in both plans.
    """

    label: str
    length_before_mm: float
    length_mm: float
    origin_moved_mm: float
    turned_deg: float
    proposals: tuple[MovedProposal, ...]

    @property
    def frame_words(self) -> str:
        """What has become of the frame, in a sentence."""
        length = f"AC to PC {self.length_before_mm:.1f} → {self.length_mm:.1f} mm"
        return f"{length}; the origin moved {self.origin_moved_mm:.1f} mm, the axes turned {self.turned_deg:.1f}°."


def last_effect(history: History) -> LandmarkEffect | None:
    """What the last step that changed landmarks or registration has done; None when no step has."""
    plan = history.plan
    for position in range(history.position, 0, -1):
        before = history.steps[position - 1].plan
        if before.basis != plan.basis:
            return effect(before, plan, history.steps[position].label)
    return None


def effect(before: Plan, after: Plan, label: str = "") -> LandmarkEffect:
    """What leads from one plan to another, as far as AC-PC frame and proposals go."""
    old, new = before.landmarks.geometry(), after.landmarks.geometry()
    turn = Rotation.from_matrix(np.asarray(new.axes @ old.axes.T))
    earlier = {(one.name, one.side): one for one in before.proposals}
    # Of proposals that do not fit yet, one that has not changed is still to be computed anew.
    waits = after.proposals_fit is False
    moved = [
        MovedProposal(one.name, one.side, None if waits and one == known else one.point.distance_to(known.point))
        for one in after.proposals
        if (known := earlier.get((one.name, one.side))) is not None
    ]
    return LandmarkEffect(
        label=label,
        length_before_mm=old.length_mm,
        length_mm=new.length_mm,
        origin_moved_mm=old.mcp.distance_to(new.mcp),
        turned_deg=float(np.degrees(turn.magnitude())),
        proposals=tuple(moved),
    )


def by_name(proposals: Sequence[MovedProposal]) -> tuple[tuple[str, str], ...]:
    """Name of each proposal and how far it moved on the left and on the right, in words."""
    names = dict.fromkeys(one.name for one in proposals)
    return tuple((name, ", ".join(_words(one) for one in proposals if one.name == name) + " mm") for name in names)


def _words(moved: MovedProposal) -> str:
    if moved.moved_mm is None:
        return f"{moved.side} …"
    return f"{moved.side} {moved.moved_mm:.1f}"
