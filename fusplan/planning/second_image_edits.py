"""The second image of a plan: kept, found at another place, forgotten. Pure verbs, as in ``edits``."""

from __future__ import annotations

from dataclasses import replace

from fusplan.planning.plan import Plan, SecondImageRecord
from fusplan.spatial.frames import require_same_frame


def set_second_image(plan: Plan, record: SecondImageRecord | None) -> Plan:
    """Keep another second image with the plan, or none.

    Raises:
        FrameMismatchError: it was laid over another image than the plan's.
    """
    if record is None:
        return plan if plan.second_image is None else replace(plan, second_image=None)
    require_same_frame(plan.image.frame, record.to_reference.target)
    return replace(plan, second_image=record)


def point_to_second_image(plan: Plan, path: str | None) -> Plan:
    """Keep another place for the file of the second image, whose content and position stay."""
    record = plan.second_image
    if record is None or record.image.path == path:
        return plan
    return replace(plan, second_image=replace(record, image=replace(record.image, path=path)))
