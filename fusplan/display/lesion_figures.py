"""The figures of a lesion: those computed at leisure, and the coverage that follows the mouse meanwhile.

Everything that takes long is kept in :class:`LesionFigures`: volumes of the nuclei, their labels on a grid about the
lesion, and the review of the lesion as it was then. Coverage of the lesion as it is now is read from the grid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from fusplan.atlas.colours import nucleus_colour
from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.planning.coverage import CL_IN_FRONT, OUTSIDE, PatientVolumes, cover_on_grid
from fusplan.planning.plan import Landmarks, Lesion, Plan, RegistrationRecord
from fusplan.planning.review import Coverage, Distance, LesionReview, StructureShare, Uncertainty
from fusplan.spatial import Ellipsoid, ScannerRas
from fusplan.spatial.points import FloatArray

MOST_SPILL_ROWS = 4
MOST_DISTANCES = 6
MOST_TOUCHES = 4
LEAST_SHOWN_SHARE = 0.005
"""Spill of less than half a percent of the lesion is not given a bar."""

OUTSIDE_COLOUR = "#8a929c"


@dataclass(frozen=True, slots=True, eq=False)
class FiguredAtlas:
    """An atlas in the patient with the volumes of its nuclei."""

    title: str
    patient_atlas: HeadAtlas
    volumes: PatientVolumes


@dataclass(frozen=True, slots=True, eq=False)
class LesionFigures:
    """What was computed for one lesion.

    Attributes:
        lesion, landmarks, registration: what it was computed for.
        atlases: by which; coverage and grids are in the same order.
        grids: the labels about the lesion.
        review: coverage, distances and uncertainty of ``lesion``.
    """

    lesion: Lesion
    landmarks: Landmarks
    registration: RegistrationRecord
    atlases: tuple[FiguredAtlas, ...]
    grids: tuple[LabelGrid, ...]
    review: LesionReview

    def stand_on(self, plan: Plan) -> bool:
        """Whether the plan still has the registration that the grids were made with."""
        return self.registration.mni_to_scanner is plan.registration.mni_to_scanner

    def are_of(self, lesion: Lesion, plan: Plan) -> bool:
        """Whether the review is of the lesion as it is in the plan."""
        return (
            self.stand_on(plan)
            and _form(self.lesion) == _form(lesion)
            and self.landmarks == plan.landmarks
            and self.registration.quality.verdict == plan.registration.quality.verdict
        )


def _form(lesion: Lesion) -> Lesion:
    """A lesion without its name, which changes no figure."""
    return replace(lesion, name="")


def grid_holds(grid: LabelGrid, ellipsoid: Ellipsoid[ScannerRas], margin_mm: float = 0.0) -> bool:
    """Whether a grid along the scanner axes reaches at least ``margin_mm`` beyond an ellipsoid everywhere."""
    matrix = grid.grid_to_scanner.matrix
    spacing: FloatArray = np.diag(matrix)[:3]
    low = matrix[:3, 3] - spacing / 2
    high = low + spacing * np.array(grid.labels.shape)
    reach = ellipsoid.half_extent_mm + margin_mm
    centre = ellipsoid.centre.array
    return bool(np.all(centre - reach >= low) and np.all(centre + reach <= high))


def live_coverage(lesion: Lesion, plan: Plan, figures: LesionFigures | None) -> tuple[Coverage, ...] | None:
    """What a lesion covers now, by every atlas, in milliseconds; None until there is a grid that holds it."""
    if figures is None or not figures.stand_on(plan):
        return None
    if figures.are_of(lesion, plan):
        return figures.review.coverage
    ellipsoid = lesion.ellipsoid
    if not all(grid_holds(grid, ellipsoid) for grid in figures.grids):
        return None
    return tuple(
        cover_on_grid(ellipsoid, grid, atlas.patient_atlas, lesion.side, atlas.volumes)
        for grid, atlas in zip(figures.grids, figures.atlases, strict=True)
    )


def regions_95(plan: Plan, figures: Mapping[str, LesionFigures]) -> tuple[Ellipsoid[ScannerRas], ...]:
    """The 95 % regions to draw: as computed last, about the centres as they are now."""
    return tuple(
        figures[lesion.id].review.uncertainty.region_95.moved_to(lesion.centre)
        for lesion in plan.lesions
        if lesion.id in figures and figures[lesion.id].stand_on(plan)
    )


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
        sentence: how much of CLp is covered, and how much a lesion of this volume could cover at most.
        bars: CLp first (where the atlas describes it), then what the lesion spills into, largest first.
    """

    title: str
    sentence: str
    bars: tuple[ShareBar, ...]


def coverage_bars(coverage: Coverage) -> CoverageBars:
    """The coverage of a lesion by one atlas, to be drawn."""
    spill = [one for one in coverage.spill if one.share_of_lesion >= LEAST_SHOWN_SHARE]
    shown, rest = spill[:MOST_SPILL_ROWS], spill[MOST_SPILL_ROWS:]
    bars = [_bar(one) for one in (coverage.clp, *shown) if one is not None]
    if rest:
        names = ", ".join(one.abbreviation for one in rest)
        bars.append(ShareBar(f"{len(rest)} more", names, sum(one.share_of_lesion for one in rest), OUTSIDE_COLOUR))
    return CoverageBars(coverage.short_title, _clp_words(coverage), tuple(bars))


def _clp_words(coverage: Coverage) -> str:
    if coverage.clp is None:
        return "describes no CLp"
    most = min(1.0, coverage.lesion_volume_mm3 / coverage.clp_volume_mm3) if coverage.clp_volume_mm3 > 0 else 0.0
    return f"covers {percent(coverage.clp.share_of_structure)} of CLp (possible: {percent(most)})"


def percent(share: float) -> str:
    """``97 %``, ``9.4 %``, ``0.3 %``: a decimal below ten; the sign stays on the number's line."""
    value = share * 100
    return f"{value:.0f}\u00a0%" if value >= 9.95 or value == 0 else f"{value:.1f}\u00a0%"


def _bar(share: StructureShare) -> ShareBar:
    if share.abbreviation == OUTSIDE:
        return ShareBar("outside", share.name, share.share_of_lesion, OUTSIDE_COLOUR)
    if share.abbreviation == CL_IN_FRONT:
        return ShareBar("CL, not p", share.name, share.share_of_lesion, nucleus_colour("CL"))
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
    mean, low, high = uncertainty.expected_clp_share
    region = sorted(uncertainty.region_95.semi_axes_mm)
    half = (
        f"cannot: at most {percent(uncertainty.largest_clp_share)}"
        if uncertainty.largest_clp_share < 0.5
        else percent(uncertainty.half_clp_probability)
    )
    touched = ", ".join(
        f"{one.abbreviation}\u00a0{percent(one.probability)}" for one in uncertainty.touches[:MOST_TOUCHES]
    )
    budget = "\n".join(f"{sentence}: {size:.1f} mm" for sentence, size in uncertainty.budget)
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
            "CLp covered",
            f"{percent(mean)} ({percent(low)} to {percent(high)})",
            f"Mean, 5th and 95th percentile of {uncertainty.draws} draws.",
        ),
        FigureLine("Half of CLp", half, "Probability that the lesion covers at least half of CLp."),
        FigureLine("Touches", touched or "nothing else", "Probability that more than 1 % of the lesion lies in it."),
    )
