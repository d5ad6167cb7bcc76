"""One step from an older plan file to the next version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Upgrade: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes the content of a plan file of one version and returns that of the next, without changing what it was given.

What it does not understand it leaves alone: the models refuse it by its name.
"""


def changed(content: dict[str, Any], key: str, change: Upgrade) -> dict[str, Any]:
    """An object with the object under ``key`` changed, where there is one."""
    inner = content.get(key)
    return {**content, key: change(inner)} if isinstance(inner, dict) else content


def changed_each(content: dict[str, Any], key: str, change: Upgrade) -> dict[str, Any]:
    """An object with every object in the list under ``key`` changed, where there is one."""
    listed = content.get(key)
    if not isinstance(listed, list):
        return content
    return {**content, key: [change(item) if isinstance(item, dict) else item for item in listed]}
