"""Where a target lies, live: the nucleus by each atlas with its share, and how far from the third ventricle."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.planning.lesion_summary import worst_first
from fusplan.planning.number_words import number, percent
from fusplan.planning.plan import Landmarks, Target
from fusplan.planning.review import Coverage, StructureShare
from fusplan.planning.target_places import TargetPlace, astray_words, target_places
from fusplan.registration.request import Verdict
from fusplan.spatial import AcPcGeometry, read_acpc


@dataclass(frozen=True, slots=True)
class TargetStanding:
    """What stands under a target in the list.

    Attributes:
        words: nuclei by every atlas and the distance to the wall of the third ventricle.
        astray: that it lies elsewhere than it aims at, and by which atlases; "" where it does not.
        verdict: on that.
    """

    words: str = ""
    astray: str = ""
    verdict: Verdict = "ok"


NOT_KNOWN = TargetStanding()


def target_standing(
    target: Target,
    landmarks: Landmarks,
    geometry: AcPcGeometry,
    atlases: tuple[HeadAtlas, ...],
    coverage: tuple[Coverage, ...] | None = None,
) -> TargetStanding:
    """Some milliseconds, so that it follows a drag.

    Args:
        target: which.
        landmarks, geometry: of its plan.
        atlases: those in the head.
        coverage: of its lesion where it is now, by the atlases that know it; None without a lesion, or not yet known.
    """
    places = target_places(target, atlases)
    nuclei = _shares(coverage) if coverage else _places(places)
    words = "; ".join(part for part in (nuclei, _from_wall(target, landmarks, geometry)) if part)
    astray = astray_words(places)
    gravest: Verdict = "error" if astray and all(place.verdict != "ok" for place in places) else "warning"
    return TargetStanding(
        f"{words}." if words else "", f"{astray[:1].upper()}{astray[1:]}", gravest if astray else "ok"
    )


def _shares(coverage: tuple[Coverage, ...]) -> str:
    """``Lesion in MD 70 % and CLp 13 % by Julich, in CLp 81 % by Morel``: its most, and its aim."""
    others = tuple(found for found in coverage if found.target is None)
    told = [f"{' and '.join(_most(found))} by {found.short_title}" for found in (*worst_first(coverage), *others)]
    return f"Lesion in {', in '.join(told)}"


def _most(found: Coverage) -> list[str]:
    aim = found.target
    largest = max(found.spill, key=lambda share: share.share_of_lesion, default=None)
    shown = [share for share in (aim,) if share is not None]
    if largest is not None and (aim is None or largest.share_of_lesion > aim.share_of_lesion):
        shown.insert(0, largest)
    return [f"{_name(share, found)} {percent(share.share_of_lesion)}" for share in shown]


def _name(share: StructureShare, found: Coverage) -> str:
    if share.kind == "rest":
        return f"{found.whole_key} in front of {found.structure.key}"
    return "no nucleus" if share.kind == "outside" else share.abbreviation


def _places(places: tuple[TargetPlace, ...]) -> str:
    told = [f"{'no nucleus' if place.where == 'outside' else place.where} by {place.atlas}" for place in places]
    return f"In {', in '.join(told)}" if told else ""


def _from_wall(target: Target, landmarks: Landmarks, geometry: AcPcGeometry) -> str:
    """How far lateral of the wall of the third ventricle, as the clinical rule has it; "" where no wall was found."""
    reading = read_acpc(target.point, geometry)
    wall = landmarks.ventricle_wall(reading.side)
    if wall is None or not wall.plausible:
        return ""
    away_mm = reading.lateral_mm - wall.lateral_mm
    direction = "lateral" if away_mm >= 0 else "medial"
    return f"{number(abs(away_mm))}\N{NO-BREAK SPACE}mm {direction} of the ventricle wall"
