"""The review of a lesion as the window shows it: bars of coverage, and rows of the summary."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fusplan.atlas.colours import nucleus_colour
from fusplan.planning.coverage import share_coverable
from fusplan.planning.lesion_summary import LesionSummary, ReviewedNumber
from fusplan.planning.number_words import percent
from fusplan.planning.review import Coverage, StructureShare

MOST_SPILL_ROWS = 4
MOST_DISTANCES = 6
MOST_TOUCHES = 4
LEAST_SHOWN_SHARE = 0.005
"""Spill of less than half a percent of the lesion is not given a bar."""

OUTSIDE_COLOUR = "#8a929c"

TOUCHES = ReviewedNumber("touches", "touch", "Touches", "", "Probability that more than 1 % of the lesion lies in it.")


@dataclass(frozen=True, slots=True)
class ShareBar:
    """One bar: a name, a share of the lesion (0 to 1), its colour and words."""

    label: str
    name: str
    share: float
    colour: str


@dataclass(frozen=True, slots=True)
class CoverageBars:
    """Coverage by one atlas.

    Attributes:
        title: the atlas.
        sentence: how much of the structure is covered, and how much a lesion of this volume could cover at most.
        bars: the structure first (where the atlas describes it), then what the lesion spills into, largest first.
    """

    title: str
    sentence: str
    bars: tuple[ShareBar, ...]


def coverage_bars(coverage: Coverage) -> CoverageBars:
    """The coverage of a lesion by one atlas, to be drawn."""
    spill = [one for one in coverage.spill if one.share_of_lesion >= LEAST_SHOWN_SHARE]
    shown, rest = spill[:MOST_SPILL_ROWS], spill[MOST_SPILL_ROWS:]
    bars = [_bar(one, coverage) for one in (coverage.target, *shown) if one is not None]
    if rest:
        names = ", ".join(one.abbreviation for one in rest)
        bars.append(ShareBar(f"{len(rest)} more", names, sum(one.share_of_lesion for one in rest), OUTSIDE_COLOUR))
    return CoverageBars(coverage.short_title, _covered_words(coverage), tuple(bars))


def _covered_words(coverage: Coverage) -> str:
    target, key = coverage.target, coverage.structure.key
    if target is None:
        return f"describes no {key}"
    most = share_coverable(coverage.lesion_volume_mm3, target.structure_mm3)
    return f"covers {percent(target.share_of_structure)} of {key} (possible: {percent(most)})"


def _bar(share: StructureShare, coverage: Coverage) -> ShareBar:
    if share.kind == "outside":
        return ShareBar("outside", share.name, share.share_of_lesion, OUTSIDE_COLOUR)
    if share.kind == "rest":
        whole = coverage.whole_key
        label = f"{whole}, not {coverage.structure.key.removeprefix(whole)}"
        return ShareBar(label, share.name, share.share_of_lesion, nucleus_colour(whole))
    colour = nucleus_colour(share.abbreviation)
    return ShareBar(share.abbreviation, share.name, share.share_of_lesion, colour)


def own_rows(summary: LesionSummary) -> tuple[ReviewedNumber, ...]:
    """How much of it lies in its aim, and what is computed of it alone; its volume stands above them already."""
    return tuple(row for row in summary.of("aim", "lesion") if row.key != "volume")


def certainty_rows(summary: LesionSummary) -> tuple[ReviewedNumber, ...]:
    """How far off the lesion may be, what that does to it, and what it may touch, in one row."""
    touched = ", ".join(f"{row.title}\N{NO-BREAK SPACE}{row.words}" for row in summary.of("touch")[:MOST_TOUCHES])
    return (*summary.of("position", "effect"), replace(TOUCHES, words=touched or "nothing else"))
