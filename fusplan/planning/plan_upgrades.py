"""Older plan files as newer ones: one pure function per step, kept for ever beside one golden file per version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

CURRENT_VERSION: Final = 3
"""``schema_version`` of the plan files this program writes."""

Upgrade: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes the content of a plan file of one version and returns that of the next, without changing what it was given."""


def upgrade_1_to_2(content: dict[str, Any]) -> dict[str, Any]:
    """Version 2 names the atlases a plan was made with. Version 1 knew the built-in ones only, which none means."""
    return {"atlases": [], **content}


def upgrade_2_to_3(content: dict[str, Any]) -> dict[str, Any]:
    """Version 3 knows chosen colours of targets and a second image. Version 2 had neither."""
    targets = content.get("targets")
    if not isinstance(targets, list):  # refused by its name later
        return {"second_image": None, **content}
    coloured = [{"colour": None, **target} if isinstance(target, dict) else target for target in targets]
    return {"second_image": None, **content, "targets": coloured}


UPGRADES: Mapping[int, Upgrade] = {1: upgrade_1_to_2, 2: upgrade_2_to_3}
"""From each older version, the step to the next one; none is older than version 1."""


def upgrade(
    content: dict[str, Any], version: int, upgrades: Mapping[int, Upgrade] = UPGRADES, current: int = CURRENT_VERSION
) -> dict[str, Any]:
    """The content of a plan file of ``version`` (1 to ``current``) as one of version ``current``."""
    for step in range(version, current):
        content = {**upgrades[step](content), "schema_version": step + 1}
    return content
