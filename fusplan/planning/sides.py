"""Both sides, in the order they are listed everywhere, and what lies on the other one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fusplan.spatial import AcPcGeometry, Side, read_acpc

if TYPE_CHECKING:
    from fusplan.planning.plan import Lesion, Target

SIDES: Final[tuple[Side, Side]] = ("left", "right")


def other_side_sentence(lesion: Lesion, target: Target, geometry: AcPcGeometry) -> str | None:
    """That a lesion's centre lies across the midplane from the target it belongs to, or None when it does not."""
    reading = read_acpc(lesion.centre, geometry)
    if reading.side == target.side:
        return None
    called = lesion.name if "lesion" in lesion.name.lower() else f"lesion {lesion.name}"
    return (
        f"The centre of {called} lies {reading.lateral_mm:.1f} mm to the {reading.side} of the midplane, but its "
        f"target {target.name} is called {target.side}."
    )
