"""A lesion as the numbers a person types: diameters, tilts, and how far its centre lies from its target."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from fusplan.export.readings import read_tilt
from fusplan.planning.edits import find_lesion, find_target, move_lesion, resize_lesion, tilt_lesion
from fusplan.planning.lesion_size import LesionSize
from fusplan.planning.plan import Lesion, Plan
from fusplan.planning.sides import other_side_sentence
from fusplan.spatial import AcPcGeometry, Point, Side
from fusplan.spatial.points import FloatArray

LARGEST_OFFSET_MM = 20.0

_SAME = 0.005
"""Numbers are shown and typed with two decimals at most; what differs by less was not changed."""


@dataclass(frozen=True, slots=True)
class LesionNumbers:
    """One lesion in numbers.

    Attributes:
        width_mm, depth_mm: full diameters across the first (right) and second (anterior) transverse axis.
        length_mm: full diameter along the long axis.
        tilt_anterior_deg, tilt_lateral_deg: how far the upper end leans forward, and away from the midline, on the
            side where the lesion's centre lies.
        lateral_mm, anterior_mm, superior_mm: the centre from its target along the AC-PC axes; lateral is away from
            the midline on the target's side.
    """

    width_mm: float
    depth_mm: float
    length_mm: float
    tilt_anterior_deg: float
    tilt_lateral_deg: float
    lateral_mm: float
    anterior_mm: float
    superior_mm: float


def lesion_numbers(lesion: Lesion, plan: Plan) -> LesionNumbers:
    """The numbers of a lesion of a plan."""
    geometry = plan.landmarks.geometry()
    target = find_target(plan, lesion.target_id)
    anterior_deg, lateral_deg = read_tilt(lesion, geometry)
    offset = _axes(geometry, target.side).T @ (lesion.centre.array - target.point.array)
    numbers = (*lesion.width_mm, lesion.length_mm, anterior_deg, lateral_deg, *offset)
    # Adding 0.0 turns -0.0, which is shown with a sign, into 0.0.
    return LesionNumbers(*(round(float(number), 4) + 0.0 for number in numbers))


def with_numbers(plan: Plan, lesion_id: str, numbers: LesionNumbers) -> Plan:
    """The plan with a lesion of these numbers; what is as before is not touched.

    Raises:
        PlanItemMissingError; LesionSizeError: a diameter or a tilt out of range.
    """
    lesion = find_lesion(plan, lesion_id)
    before = lesion_numbers(lesion, plan)
    if _differ(before, numbers, "width_mm", "depth_mm", "length_mm"):
        plan = resize_lesion(plan, lesion_id, LesionSize((numbers.width_mm, numbers.depth_mm), numbers.length_mm))
    # Moved before it is tilted: outward is read on the side where the centre comes to lie.
    if _differ(before, numbers, "lateral_mm", "anterior_mm", "superior_mm"):
        target = find_target(plan, lesion.target_id)
        offset = np.array([numbers.lateral_mm, numbers.anterior_mm, numbers.superior_mm])
        place = target.point.array + _axes(plan.landmarks.geometry(), target.side) @ offset
        plan = move_lesion(plan, lesion_id, Point.of(target.point.frame, place))
    if _differ(before, numbers, "tilt_anterior_deg", "tilt_lateral_deg"):
        plan = tilt_lesion(plan, lesion_id, numbers.tilt_anterior_deg, numbers.tilt_lateral_deg)
    return plan


def side_warning(lesion: Lesion, plan: Plan) -> str:
    """What a person must know when the lesion lies across the midplane from its target, or ""."""
    target = find_target(plan, lesion.target_id)
    sentence = other_side_sentence(lesion, target, plan.landmarks.geometry())
    if sentence is None:
        return ""
    turned = f"Here the tilt outward is towards the {lesion.side}; Lateral still counts towards the {target.side}."
    return f"{sentence} {turned}"


def changed_words(before: LesionNumbers, after: LesionNumbers) -> str:
    """What was changed, as a verb for the history: ``Resize``, ``Tilt``, ``Move`` or ``Change``."""
    groups = {
        "Resize": ("width_mm", "depth_mm", "length_mm"),
        "Tilt": ("tilt_anterior_deg", "tilt_lateral_deg"),
        "Move": ("lateral_mm", "anterior_mm", "superior_mm"),
    }
    verbs = [verb for verb, names in groups.items() if _differ(before, after, *names)]
    return verbs[0] if len(verbs) == 1 else "Change"


def lesion_words(lesion: Lesion) -> str:
    """A lesion's name, with the word where the name does not say that it is one: it may be that of its target."""
    return lesion.name if "lesion" in lesion.name.lower() else f"lesion {lesion.name}"


def are_alike(first: LesionNumbers, second: LesionNumbers) -> bool:
    """Whether two lesions would be shown with the same numbers."""
    return not _differ(first, second, *(field.name for field in fields(LesionNumbers)))


def _differ(first: LesionNumbers, second: LesionNumbers, *names: str) -> bool:
    return any(abs(getattr(first, name) - getattr(second, name)) > _SAME for name in names)


def _axes(geometry: AcPcGeometry, side: Side) -> FloatArray:
    """Columns: away from the midline, anterior, superior, in scanner RAS."""
    axes = geometry.axes.copy()
    axes[:, 0] *= 1.0 if side == "right" else -1.0
    return axes
