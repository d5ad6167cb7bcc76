"""Older plan files as newer ones: step by step, each kept for ever beside one golden file per version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fusplan.planning.plan_format import from_prose, images, targets, treatment, whole_plan
from fusplan.planning.plan_format.upgrade_step import Upgrade

STEPS: Final[Sequence[Mapping[int, Upgrade]]] = (
    from_prose.UPGRADES,
    images.UPGRADES,
    targets.UPGRADES,
    whole_plan.UPGRADES,
    treatment.UPGRADES,
)
"""What each part of the format changes from one version to the next, by the older version. In this order."""

CURRENT_VERSION: Final = 1 + max(max(step) for step in STEPS)
"""``schema_version`` of the plan files this program writes."""


def upgrade(
    content: dict[str, Any],
    version: int,
    steps: Sequence[Mapping[int, Upgrade]] = STEPS,
    current: int = CURRENT_VERSION,
) -> dict[str, Any]:
    """The content of a plan file of ``version`` (1 to ``current``) as one of version ``current``."""
    for older in range(version, current):
        for step in steps:
            if older in step:
                content = step[older](content)
        content = {**content, "schema_version": older + 1}
    return content
