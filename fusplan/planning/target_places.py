"""The nucleus that a target lies in, by one atlas, and whether it is what the target aims at.

Checks, the list of targets and the marks in the views ask here, so that they cannot say different things.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from fusplan.atlas.labelling import Labelling
from fusplan.atlas.nuclei_atlas import AtlasStructure, HeadAtlas, NucleiAtlas
from fusplan.atlas.structure_ref import clp
from fusplan.planning.coverage import outside_words
from fusplan.planning.plan import Plan, Target
from fusplan.registration.request import Verdict
from fusplan.spatial import Points


@dataclass(frozen=True, slots=True)
class TargetPlace:
    """Where a target lies by one atlas.

    Attributes:
        atlas: its title in tables.
        where: the nucleus, short; ``outside`` outside all.
        aim: what it should lie in, short; None for a target that aims at nothing, or at what the atlas does not have.
        verdict: ok in its aim, or where the atlas cannot tell.
        sentence: the same for a person.
    """

    atlas: str
    where: str
    aim: str | None
    verdict: Verdict
    sentence: str


def target_place(target: Target, atlas: HeadAtlas) -> TargetPlace:
    """Where a target lies by an atlas: a millisecond, so that it follows a drag."""
    about, aim = atlas.atlas, target.aim
    found = atlas.labelling(Points.gather([target.point]))
    label = int(found.labels[0])
    part = about.part(aim.key) if aim is not None else None
    whole = aim.key if aim is not None and part is None else part.of if part is not None else None
    known = whole if aim is not None and about.describes(aim) else None
    by = f"By {about.called} {target.name} lies"
    if label < 0:
        verdict: Verdict = "warning" if aim is None else "error"
        # An atlas without what is aimed at, or of a part of the thalamus, cannot say that a target is wrong.
        certain = about.describes(clp(target.side) if aim is None else aim) and about.describes_thalamus
        sentence = f"{by} {outside_words(atlas)}."
        return TargetPlace(about.short_title, "outside", known, verdict if certain else "ok", sentence)
    structure = about.structures[label]
    where = f"{by} in {_named_for(target, structure, about, found)}"
    short = _short_name(target, structure, about, found)
    if aim is None or known is None or about.whole(aim).index == label:
        return TargetPlace(about.short_title, short, known, "ok", f"{where}.")
    return TargetPlace(about.short_title, short, known, "warning", f"{where}, not in {known}.")


@lru_cache(maxsize=8)
def target_places(target: Target, atlases: tuple[HeadAtlas, ...]) -> tuple[TargetPlace, ...]:
    """Where a target lies by every atlas; kept, since panel and views both ask at each step of a drag."""
    return tuple(target_place(target, atlas) for atlas in atlases)


def astray_words(places: tuple[TargetPlace, ...]) -> str:
    """``not in CL by Julich (MD)``: by which atlases a target lies elsewhere than it aims at; "" where it does not."""
    astray = [place for place in places if place.verdict != "ok"]
    if not astray:
        return ""
    told = " and ".join(f"{place.atlas} ({place.where})" for place in astray)
    return f"not in {astray[0].aim or 'the thalamus'} by {told}"


def astray_targets(plan: Plan, atlases: tuple[HeadAtlas, ...]) -> tuple[tuple[str, str], ...]:
    """Id and :func:`astray_words` of every target that lies elsewhere than it aims at by some atlas."""
    told = ((target.id, astray_words(target_places(target, atlases))) for target in plan.targets)
    return tuple((target_id, words) for target_id, words in told if words)


def _named_for(target: Target, structure: AtlasStructure, about: NucleiAtlas, found: Labelling) -> str:
    """The structure that a target lies in; on its own side, whether in a part of it or in front of that."""
    part = next((part for part in about.parts if part.structure == structure.abbreviation), None)
    if part is None or structure.side != target.side:
        return f"{structure.name} ({structure.side})"
    return part.key if found.parts[part.key][0] else f"{structure.abbreviation}, in front of {part.key}"


def _short_name(target: Target, structure: AtlasStructure, about: NucleiAtlas, found: Labelling) -> str:
    part = next((part for part in about.parts if part.structure == structure.abbreviation), None)
    own = structure.side == target.side
    if part is not None and own and found.parts[part.key][0]:
        return part.key
    return structure.abbreviation if own else f"{structure.abbreviation} {structure.side}"
