"""The other images of a plan: kept, found at another place, forgotten. Pure verbs, as in ``edits``."""

from __future__ import annotations

from dataclasses import replace

from fusplan.planning.plan import Plan
from fusplan.planning.plan_images import ImageRole, PlacedImage
from fusplan.spatial.frames import require_same_frame


def set_image(plan: Plan, role: ImageRole, placed: PlacedImage | None) -> Plan:
    """Keep another image in a role of the plan, or none.

    Args:
        plan: the plan.
        role: which role.
        placed: the image that has it from now on; it is given that role whatever it had before.

    Raises:
        FrameMismatchError: it was laid over another image than the plan's.
    """
    if placed is None and plan.image_of(role) is None:
        return plan
    others = tuple(image for image in plan.images if image.role != role)
    if placed is None:
        return replace(plan, images=others)
    require_same_frame(plan.image.frame, placed.to_reference.target)
    kept = placed if placed.role == role else replace(placed, role=role)
    return replace(plan, images=(*others, kept))


def point_to_image(plan: Plan, role: ImageRole, path: str | None) -> Plan:
    """Keep another place for the file of the image of that role, whose content and position stay."""
    placed = plan.image_of(role)
    if placed is None or placed.image.path == path:
        return plan
    moved = replace(placed, image=replace(placed.image, path=path))
    return replace(plan, images=tuple(moved if image is placed else image for image in plan.images))
