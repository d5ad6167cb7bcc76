"""Ways to change targets and lesions: pure verbs that take a plan and return another; the given plan stays as it is.

A locked target cannot be moved or removed; its lesions can still be shaped. Ids are never used twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from fusplan.atlas.structure_ref import StructureRef
from fusplan.errors import FusplanError
from fusplan.planning.lesion_size import LesionSize, lesion_axes, plan_lesion
from fusplan.planning.plan import (
    Lesion,
    Plan,
    Proposal,
    Target,
)
from fusplan.planning.provenance import Provenance
from fusplan.spatial import Direction, Point, ScannerRas, Side, read_acpc
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray

LONGEST_NAME = 80
"""Characters of a name that tables and pictures can hold."""


class TargetLockedError(FusplanError):
    """A locked target was to be moved or removed."""

    def __init__(self, target: Target) -> None:
        super().__init__(f"The target {target.name} is locked.", "Unlock it first, then change it.")


class PlanItemMissingError(FusplanError):
    """A target, lesion or landmark of that id is not in the plan."""

    def __init__(self, kind: str, item_id: object, present: Iterable[str]) -> None:
        listed = ", ".join(present) or "none"
        super().__init__(f"The plan has no {kind} {item_id!r}.", f"Choose one of: {listed}.")


class PlanNameError(FusplanError):
    """A name is empty or too long."""


class TargetColourError(FusplanError):
    """A colour is not written as ``#rrggbb``."""


def find_target(plan: Plan, target_id: str) -> Target:
    """The target of that id. Raises PlanItemMissingError."""
    for target in plan.targets:
        if target.id == target_id:
            return target
    raise PlanItemMissingError("target", target_id, (target.id for target in plan.targets))


def find_lesion(plan: Plan, lesion_id: str) -> Lesion:
    """The lesion of that id. Raises PlanItemMissingError."""
    for lesion in plan.lesions:
        if lesion.id == lesion_id:
            return lesion
    raise PlanItemMissingError("lesion", lesion_id, (lesion.id for lesion in plan.lesions))


def _unlocked(plan: Plan, target_id: str) -> Target:
    target = find_target(plan, target_id)
    if target.locked:
        raise TargetLockedError(target)
    return target


def valid_name(name: str) -> str:
    """The name without outer blanks. Raises PlanNameError when nothing is left or it is too long."""
    stripped = name.strip()
    if not stripped or len(stripped) > LONGEST_NAME:
        raise PlanNameError(f"A name needs 1 to {LONGEST_NAME} characters.", "Give a short name, such as CLp left.")
    return stripped


def valid_colour(colour: str) -> str:
    """The colour in small letters, without outer blanks. Raises TargetColourError."""
    written = colour.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{6}", written) is None:
        raise TargetColourError(f"{colour!r} is not a colour.", "Write it as #rrggbb, such as #ff9d7a.")
    return written


def _unused_id(wanted: str, used: Iterable[str]) -> str:
    """``wanted`` as lower-case words joined by hyphens, with a number behind it when it is taken."""
    base = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-") or "item"
    taken = set(used)
    if base not in taken:
        return base
    return next(f"{base}-{number}" for number in range(2, len(taken) + 3) if f"{base}-{number}" not in taken)


def _with_target(plan: Plan, changed: Target) -> Plan:
    return replace(plan, targets=tuple(changed if one.id == changed.id else one for one in plan.targets))


def _with_lesion(plan: Plan, changed: Lesion) -> Plan:
    return replace(plan, lesions=tuple(changed if one.id == changed.id else one for one in plan.lesions))


def _side_of(plan: Plan, point: Point[ScannerRas]) -> Side:
    require_same_frame(plan.image.frame, point.frame)
    return read_acpc(point, plan.landmarks.geometry()).side


# Targets


def move_target(plan: Plan, target_id: str, point: Point[ScannerRas], provenance: Provenance | None = None) -> Plan:
    """Put a target at ``point``; its lesions move by the same offset; all sides, its aim's too, follow the midplane.

    Args:
        plan: the plan to change.
        target_id: which target.
        point: where to, scanner RAS.
        provenance: where the new position came from; by default moved by hand.

    Raises:
        PlanItemMissingError, TargetLockedError.
    """
    target = _unlocked(plan, target_id)
    side = _side_of(plan, point)
    offset = point.array - target.point.array
    source = provenance or target.provenance.moved_by_hand()
    aim = replace(target.aim, side=side) if target.aim is not None else None
    moved = replace(target, point=point, side=side, provenance=source, aim=aim)
    lesions = tuple(
        replace(lesion, centre=Point.of(lesion.centre.frame, lesion.centre.array + offset))
        if lesion.target_id == target_id
        else lesion
        for lesion in plan.lesions
    )
    return with_true_lesion_sides(replace(_with_target(plan, moved), lesions=lesions))


def nudge_target(plan: Plan, target_id: str, direction: Direction[ScannerRas], distance_mm: float) -> Plan:
    """Move a target a little along a direction. Raises as :func:`move_target`."""
    return move_target(plan, target_id, find_target(plan, target_id).point.moved(direction, distance_mm))


def accept_proposal(plan: Plan, target_id: str, proposal: Proposal) -> Plan:
    """Put a target at a proposal, with the proposal's provenance and aim. Raises as :func:`move_target`."""
    moved = move_target(plan, target_id, proposal.point, proposal.provenance)
    return aim_target(moved, target_id, proposal.aim.key)


def add_target(
    plan: Plan,
    name: str,
    point: Point[ScannerRas],
    provenance: Provenance,
    locked: bool = False,
    aim_key: str | None = None,
) -> Plan:
    """A new target, last in the list, without a lesion; its id is made of its name. Raises PlanNameError.

    Args:
        plan, name, point, provenance, locked: the plan to change, and of the new target.
        aim_key: abbreviation of the structure that it aims at on its side; None aims at none in particular.
    """
    valid = valid_name(name)
    target_id = _unused_id(valid, (target.id for target in plan.targets))
    side = _side_of(plan, point)
    target = Target(target_id, valid, side, point, provenance, locked, aim=_aim(aim_key, side))
    return replace(plan, targets=(*plan.targets, target))


def aim_target(plan: Plan, target_id: str, aim_key: str | None) -> Plan:
    """Say which structure a target aims at on its side, by its abbreviation, or with None that it aims at none.

    The position stays, and may so be told from now on to lie elsewhere. Raises PlanItemMissingError.
    """
    target = find_target(plan, target_id)
    aim = _aim(aim_key, target.side)
    return plan if aim == target.aim else _with_target(plan, replace(target, aim=aim))


def _aim(key: str | None, side: Side) -> StructureRef | None:
    return None if key is None else StructureRef(key, side)


def remove_target(plan: Plan, target_id: str) -> Plan:
    """Take a target, its lesions and what is done at it out. Raises PlanItemMissingError, TargetLockedError."""
    _unlocked(plan, target_id)
    return replace(
        plan,
        treatment=None if plan.treatment is None else plan.treatment.without(target_id),
        targets=tuple(target for target in plan.targets if target.id != target_id),
        lesions=tuple(lesion for lesion in plan.lesions if lesion.target_id != target_id),
    )


def rename_target(plan: Plan, target_id: str, name: str) -> Plan:
    """Give a target another name; its lesions that are named after it follow. Its id stays."""
    target, valid = find_target(plan, target_id), valid_name(name)
    lesions = tuple(
        replace(lesion, name=valid + lesion.name.removeprefix(target.name))
        if lesion.target_id == target_id and lesion.name.startswith(target.name)
        else lesion
        for lesion in plan.lesions
    )
    return replace(_with_target(plan, replace(target, name=valid)), lesions=lesions)


def set_target_locked(plan: Plan, target_id: str, locked: bool) -> Plan:
    """Lock a target against moving and removing, or unlock it."""
    return _with_target(plan, replace(find_target(plan, target_id), locked=locked))


def set_target_colour(plan: Plan, target_id: str, colour: str | None) -> Plan:
    """Give a target a colour of its own (``#rrggbb``), or with None the one that the program chooses.

    Raises:
        PlanItemMissingError; TargetColourError: it is not written as a colour.
    """
    target = find_target(plan, target_id)
    wanted = valid_colour(colour) if colour is not None else None
    return plan if wanted == target.colour else _with_target(plan, replace(target, colour=wanted))


# Lesions


def with_true_lesion_sides(plan: Plan) -> Plan:
    """The plan with every lesion called after the side that its centre lies on; "outward" is read from that.

    A lesion may so have another side than its target, to which it still belongs; the checks say that.
    """
    sides = [_side_of(plan, lesion.centre) for lesion in plan.lesions]
    if all(side == lesion.side for side, lesion in zip(sides, plan.lesions, strict=True)):
        return plan
    lesions = (
        lesion if lesion.side == side else replace(lesion, side=side)
        for side, lesion in zip(sides, plan.lesions, strict=True)
    )
    return replace(plan, lesions=tuple(lesions))


def add_lesion(plan: Plan, target_id: str, size: LesionSize) -> Plan:
    """A new lesion of that size about a target, its long axis along the dorsoventral axis."""
    target = find_target(plan, target_id)
    lesion_id = _unused_id(f"lesion-{target_id}", (lesion.id for lesion in plan.lesions))
    lesion = plan_lesion(target, size, plan.landmarks.geometry(), lesion_id=lesion_id)
    count = len(plan.lesions_of(target_id))
    named = lesion if count == 0 else replace(lesion, name=f"{lesion.name} {count + 1}")
    return replace(plan, lesions=(*plan.lesions, named))


def remove_lesion(plan: Plan, lesion_id: str) -> Plan:
    """Take a lesion out; its target stays."""
    find_lesion(plan, lesion_id)
    return replace(plan, lesions=tuple(lesion for lesion in plan.lesions if lesion.id != lesion_id))


def rename_lesion(plan: Plan, lesion_id: str, name: str) -> Plan:
    """Give a lesion another name. Its id stays."""
    return _with_lesion(plan, replace(find_lesion(plan, lesion_id), name=valid_name(name)))


def resize_lesion(plan: Plan, lesion_id: str, size: LesionSize) -> Plan:
    """Give a lesion other diameters about the same centre and axes."""
    lesion = find_lesion(plan, lesion_id)
    return _with_lesion(plan, replace(lesion, width_mm=size.across_mm, length_mm=size.along_mm))


def move_lesion(plan: Plan, lesion_id: str, centre: Point[ScannerRas]) -> Plan:
    """Put a lesion's centre elsewhere, its side follows; its target stays where it is."""
    side = _side_of(plan, centre)
    return _with_lesion(plan, replace(find_lesion(plan, lesion_id), centre=centre, side=side))


def tilt_lesion(plan: Plan, lesion_id: str, anterior_deg: float, lateral_deg: float) -> Plan:
    """Tilt the upper end of the long axis forward and away from the midline, from the dorsoventral axis.

    Raises:
        PlanItemMissingError; LesionSizeError: a tilt out of range.
    """
    lesion = find_lesion(plan, lesion_id)
    long_axis, transverse = lesion_axes(plan.landmarks.geometry(), lesion.side, anterior_deg, lateral_deg)
    return _with_lesion(plan, replace(lesion, long_axis=long_axis, transverse_axis=transverse))


def point_lesion_along(plan: Plan, lesion_id: str, long_axis: Direction[ScannerRas]) -> Plan:
    """Turn a lesion by the smallest rotation that brings its long axis into a direction (a dragged end)."""
    lesion = find_lesion(plan, lesion_id)
    turned = _smallest_rotation(lesion.long_axis.array, long_axis.array) @ lesion.transverse_axis.array
    transverse = Direction.of(long_axis.frame, turned)
    return _with_lesion(plan, replace(lesion, long_axis=long_axis, transverse_axis=transverse))


def _smallest_rotation(start: FloatArray, end: FloatArray) -> FloatArray:
    """3 x 3 rotation that carries one unit vector into another within their common plane (Rodrigues)."""
    axis, cosine = np.cross(start, end), float(start @ end)
    if cosine < -1 + 1e-12:  # opposite: half a turn about any direction across
        across = np.cross(start, np.eye(3)[int(np.argmin(np.abs(start)))])
        across /= np.linalg.norm(across)
        return np.asarray(2 * np.outer(across, across) - np.eye(3))
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.asarray(np.eye(3) + cross + cross @ cross / (1 + cosine))


def mirror_lesion(plan: Plan, lesion_id: str) -> Plan:
    """Give the other side's lesion the size of a lesion and the mirror image of its tilt; add one where there is none.

    The other side's target is that with the same aim which lies nearest to the mirror image, else the nearest, else a
    new one at the mirror image of the lesion's own target. Of several lesions of a target the first goes with the first
    of the other, and so on. A lesion that is there stays where it is; a new one lies from its target as the mirrored
    one does from its own.
    """
    lesion = find_lesion(plan, lesion_id)
    own = find_target(plan, lesion.target_id)
    reflection = _Midplane(plan)
    plan, target = _target_across(plan, lesion, own, reflection)
    place = [one.id for one in plan.lesions_of(own.id)].index(lesion_id)
    shape = replace(
        lesion,
        side=target.side,
        long_axis=reflection.direction(lesion.long_axis),
        transverse_axis=reflection.direction(lesion.transverse_axis),
    )
    across = plan.lesions_of(target.id)
    if place < len(across):
        present = across[place]
        return _with_lesion(
            plan, replace(shape, id=present.id, name=present.name, target_id=target.id, centre=present.centre)
        )
    offset = reflection.point(lesion.centre).array - reflection.point(own.point).array
    name = _mirrored_name(lesion.name, lesion.side)
    lesion_id = _unused_id(f"lesion-{target.id}", (one.id for one in plan.lesions))
    centre = Point.of(lesion.centre.frame, target.point.array + offset)
    added = replace(shape, id=lesion_id, name=name, target_id=target.id, centre=centre)
    return with_true_lesion_sides(replace(plan, lesions=(*plan.lesions, added)))


class _Midplane:
    """Reflection through the midplane of a plan's landmarks."""

    def __init__(self, plan: Plan) -> None:
        geometry = plan.landmarks.geometry()
        self._right: FloatArray = geometry.axes[:, 0]
        self._pc = geometry.pc.array

    def point(self, point: Point[ScannerRas]) -> Point[ScannerRas]:
        lateral_mm = float((point.array - self._pc) @ self._right)
        return Point.of(point.frame, point.array - 2 * lateral_mm * self._right)

    def direction(self, direction: Direction[ScannerRas]) -> Direction[ScannerRas]:
        vector = direction.array
        return Direction.of(direction.frame, vector - 2 * float(vector @ self._right) * self._right)


def _other(side: Side) -> Side:
    return "right" if side == "left" else "left"


def _mirrored_name(name: str, side: Side) -> str:
    other = _other(side)
    return name.replace(side, other) if side in name else f"{name} ({other})"


def _target_across(plan: Plan, lesion: Lesion, own: Target, reflection: _Midplane) -> tuple[Plan, Target]:
    """The target that a lesion's mirror image belongs to, and the plan it is in: with one added when there is none."""
    side, near = _other(lesion.side), reflection.point(lesion.centre)
    aim_key = None if own.aim is None else own.aim.key
    present = [target for target in plan.targets if target.side == side]
    alike = [target for target in present if (None if target.aim is None else target.aim.key) == aim_key]
    if present:
        return plan, min(alike or present, key=lambda target: target.point.distance_to(near))
    provenance = Provenance("mirrored", f"Mirror image of {own.name} through the midplane.", "derived")
    name, point = _mirrored_name(own.name, own.side), reflection.point(own.point)
    changed = add_target(plan, name, point, provenance, aim_key=aim_key)
    return changed, changed.targets[-1]
