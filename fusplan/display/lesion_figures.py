"""The review of a lesion as bars and lines of words."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.atlas.colours import nucleus_colour
from fusplan.planning.coverage import share_coverable
from fusplan.planning.review import Coverage, Distance, StructureShare, Uncertainty

MOST_SPILL_ROWS = 4
MOST_DISTANCES = 6
MOST_TOUCHES = 4
LEAST_SHOWN_SHARE = 0.005
"""Spill of less than half a percent of the lesion is not given a bar."""

OUTSIDE_COLOUR = "#8a929c"


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


def percent(share: float) -> str:
    """``97 %``, ``9.4 %``, ``0.3 %``: a decimal below ten; the sign stays on the number's line."""
    value = share * 100
    return f"{value:.0f}\u00a0%" if value >= 9.95 or value == 0 else f"{value:.1f}\u00a0%"


def _bar(share: StructureShare, coverage: Coverage) -> ShareBar:
    if share.kind == "outside":
        return ShareBar("outside", share.name, share.share_of_lesion, OUTSIDE_COLOUR)
    if share.kind == "rest":
        whole = coverage.whole_key
        label = f"{whole}, not {coverage.structure.key.removeprefix(whole)}"
        return ShareBar(label, share.name, share.share_of_lesion, nucleus_colour(whole))
    colour = nucleus_colour(share.abbreviation)
    return ShareBar(share.abbreviation, share.name, share.share_of_lesion, colour)


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A name and its value in words, for a list; ``note`` explains it."""

    name: str
    value: str
    note: str = ""


def distance_lines(distances: tuple[Distance, ...]) -> tuple[FigureLine, ...]:
    """The nearest six, nearest first."""
    nearest = sorted(distances, key=lambda one: one.distance_mm)[:MOST_DISTANCES]
    return tuple(FigureLine(one.to, distance_words(one.distance_mm)) for one in nearest)


def distance_words(distance_mm: float) -> str:
    """``1.2 mm away`` or ``0.7 mm inside``."""
    return f"{distance_mm:.1f} mm away" if distance_mm >= 0 else f"{-distance_mm:.1f} mm inside"


def uncertainty_lines(uncertainty: Uncertainty) -> tuple[FigureLine, ...]:
    """What the errors do to the lesion, in a few lines."""
    right, anterior, superior = uncertainty.standard_deviation_mm
    key = uncertainty.structure.key
    mean, low, high = uncertainty.expected_share
    region = sorted(uncertainty.region_95.semi_axes_mm)
    half = (
        f"cannot: at most {percent(uncertainty.largest_share)}"
        if uncertainty.largest_share < 0.5
        else percent(uncertainty.half_cover_probability)
    )
    touched = ", ".join(
        f"{one.abbreviation}\u00a0{percent(one.probability)}" for one in uncertainty.touches[:MOST_TOUCHES]
    )
    budget = "\n".join(f"{share.words}: {share.rms_mm:.1f} mm" for share in uncertainty.budget)
    return (
        FigureLine(
            "Error, 1 sigma",
            f"{right:.1f} x {anterior:.1f} x {superior:.1f} mm",
            f"Lesion against anatomy: lateral x anterior x superior along the AC-PC axes.\n{budget}",
        ),
        FigureLine(
            "95 % region",
            "± " + " x ".join(f"{axis:.1f}" for axis in region) + " mm",
            "Semi-axes of the ellipsoid that holds the true position with 95 % probability.",
        ),
        FigureLine(
            f"{key} covered",
            f"{percent(mean)} ({percent(low)} to {percent(high)})",
            f"Mean, 5th and 95th percentile of {uncertainty.draws} draws.",
        ),
        FigureLine(f"Half of {key}", half, f"Probability that the lesion covers at least half of {key}."),
        FigureLine("Touches", touched or "nothing else", "Probability that more than 1 % of the lesion lies in it."),
    )
