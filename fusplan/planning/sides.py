"""Both sides, in the order they are listed everywhere."""

from __future__ import annotations

from typing import Final

from fusplan.spatial import Side

SIDES: Final[tuple[Side, Side]] = ("left", "right")
