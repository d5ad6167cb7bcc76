"""What the review of a lesion says, number by number, in the words that stand wherever it is shown.

The window, both reports, the command line, ``lesions.csv`` and ``targets.json`` place these rows and word nothing
themselves: a number added here is in all of them. What is drawn (bars of coverage, the error budget) is drawn from the
review itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.planning.coverage import OUTSIDE
from fusplan.planning.number_words import along_the_head, how_near, number, percent, percent_range
from fusplan.planning.review import Coverage, Distance, LesionReview, Uncertainty, describing

NumberGroup: TypeAlias = Literal["aim", "lesion", "coverage", "position", "effect", "touch", "distance"]
"""How much of it lies in its aim by every atlas; of the lesion alone; by one atlas; how far off it may be; what that
does to it; what it may touch; how near it is."""

Raw: TypeAlias = float | str
Columns: TypeAlias = tuple[tuple[str, Raw], ...]


@dataclass(frozen=True, slots=True)
class ReviewedNumber:
    """One row of a summary.

    Attributes:
        key: what it is, for programs; with ``by`` unique within its group, distances and touches aside.
        group: what it belongs to.
        title: its name in a list.
        words: its value with its unit.
        note: what it means, for a hint.
        sentence: name and value in running text; empty where a list or a bar says it.
        columns: raw values for tables, under names that say their unit; shares are per cent.
        by: the atlas, as it is called in tables; empty for numbers that are by the first atlas, or by none.
        is_key: whether it stands where only the most important do, and distances that stand however large they are.
        heading: of its narrow column on the command line; empty where it has none.
        share: 0 to 1, where it can be drawn as a bar.
        more_is_worse: of a share that several atlases tell differently, such as of spill.
        distance_mm: of a distance; negative inside.
    """

    key: str
    group: NumberGroup
    title: str
    words: str
    note: str = ""
    sentence: str = ""
    columns: Columns = ()
    by: str = ""
    is_key: bool = False
    heading: str = ""
    share: float | None = None
    more_is_worse: bool = False
    distance_mm: float = 0.0

    @property
    def in_text(self) -> str:
        """Name and value as a sentence."""
        return self.sentence or f"{self.title}: {self.words}."

    @property
    def title_by(self) -> str:
        """The title with the atlas that the number is by."""
        return f"{self.title}, by {self.by}" if self.by else self.title


@dataclass(frozen=True, slots=True)
class LesionSummary:
    """All rows of one lesion, in the order of the tables."""

    numbers: tuple[ReviewedNumber, ...]

    def of(self, *groups: NumberGroup) -> tuple[ReviewedNumber, ...]:
        """The rows of some groups."""
        return tuple(row for row in self.numbers if row.group in groups)

    def named(self, key: str) -> tuple[ReviewedNumber, ...]:
        """The rows of one key: one for each atlas, where it is by atlases."""
        return tuple(row for row in self.numbers if row.key == key)

    @property
    def key_numbers(self) -> tuple[tuple[ReviewedNumber, ...], ...]:
        """The most important rows, distances aside; what several atlases say of the same stands together, worst first.

        That what a lesion does in an aim by every atlas is the first of them.
        """
        keys = dict.fromkeys(row.key for row in self.numbers if row.is_key and row.group != "distance")
        return tuple(tuple(sorted(self.named(key), key=_badness)) for key in keys)

    def nearest(self, most: int, with_key: bool = False) -> tuple[ReviewedNumber, ...]:
        """The smallest distances; ``with_key`` adds those that stand however large they are."""
        ordered = sorted(self.of("distance"), key=lambda row: row.distance_mm)
        return (*ordered[:most], *(row for row in ordered[most:] if with_key and row.is_key))

    @property
    def columns(self) -> dict[str, Raw]:
        """All raw values under the names of their columns."""
        return {name: value for row in self.numbers for name, value in row.columns}


def lesion_summary(review: LesionReview) -> LesionSummary:
    """The rows of a reviewed lesion."""
    return LesionSummary(tuple(_rows(review)))


def share_in_aim_words(coverages: tuple[Coverage, ...]) -> str:
    """``67 % by Julich, 81 % by Morel``: the share of a lesion in its aim, by every atlas, worst first."""
    return ", ".join(
        f"{percent(found.known_target.share_of_lesion)} by {found.short_title}" for found in worst_first(coverages)
    )


def share_in_aim_sentence(coverages: tuple[Coverage, ...]) -> str:
    """``Of the planned lesion 67 % lies in CLp by Julich, 81 % by Morel.``; "" where no atlas describes the aim."""
    told = worst_first(coverages)
    if not told:
        return ""
    first, *others = (f"{percent(found.known_target.share_of_lesion)}" for found in told)
    further = "".join(f", {words} by {found.short_title}" for words, found in zip(others, told[1:], strict=True))
    return f"Of the planned lesion {first} lies in {told[0].structure.key} by {told[0].short_title}{further}."


def worst_first(coverages: tuple[Coverage, ...]) -> tuple[Coverage, ...]:
    """Those by atlases that describe the aim, that with the smallest share of the lesion in it first."""
    return tuple(sorted(describing(coverages), key=lambda found: found.known_target.share_of_lesion))


def _badness(row: ReviewedNumber) -> float:
    return 0.0 if row.share is None else -row.share if row.more_is_worse else row.share


def column_name(key: str) -> str:
    """What a structure is called within names of columns: ``clp``."""
    return _slug(key).lower()


def _rows(review: LesionReview) -> Iterator[ReviewedNumber]:
    yield from _aim_rows(review)
    yield ReviewedNumber(
        key="volume",
        group="lesion",
        title="Volume",
        words=f"{number(review.volume_mm3)} mm³",
        columns=(("volume_mm3", review.volume_mm3),),
        is_key=True,
    )
    for place, coverage in enumerate(review.coverage):
        yield from _coverage_rows(coverage, is_first=place == 0)
    yield from _position_rows(review.uncertainty)
    yield from _effect_rows(review)
    yield from _touch_rows(review.uncertainty)
    yield from _distance_rows(review.distances)


def _aim_rows(review: LesionReview) -> Iterator[ReviewedNumber]:
    """What matters most: the share of the lesion in its aim, first by the atlas that sees least of it there."""
    told = worst_first(review.coverage)
    if not told:
        return
    key, least = review.structure.key, told[0]
    share = least.known_target.share_of_lesion
    yield ReviewedNumber(
        key="in_aim",
        group="aim",
        title=f"Of the lesion in {key}",
        words=share_in_aim_words(review.coverage),
        note=f"Share of the planned lesion that lies in {key}, by every atlas that describes it, the smallest first.",
        sentence=share_in_aim_sentence(review.coverage),
        columns=(("in_aim_by_worst_atlas_percent_of_lesion", 100 * share), ("worst_atlas", least.atlas)),
        is_key=True,
        share=share,
    )


def _coverage_rows(coverage: Coverage, is_first: bool) -> Iterator[ReviewedNumber]:
    atlas, key, by = _slug(coverage.atlas), coverage.structure.key, coverage.short_title
    name, target = column_name(key), coverage.target
    if target is not None:
        yield ReviewedNumber(
            key="covered",
            group="coverage",
            title=f"{key} covered as planned",
            words=percent(target.share_of_structure),
            columns=(
                (f"{atlas}_{name}_covered_mm3", target.volume_mm3),
                (f"{atlas}_{name}_covered_percent_of_{name}", 100 * target.share_of_structure),
            ),
            by=by,
            is_key=True,
            heading=f"of {key}" if is_first else "",
            share=target.share_of_structure,
        )
        yield ReviewedNumber(
            key="inside",
            group="coverage",
            title=f"Lesion inside {key}",
            words=percent(target.share_of_lesion),
            columns=(
                (f"{atlas}_{name}_percent_of_lesion", 100 * target.share_of_lesion),
                (f"{atlas}_{name}_whole_mm3", target.structure_mm3),
            ),
            by=by,
            heading=f"inside {key}" if is_first else "",
            share=target.share_of_lesion,
        )
    yield from _whole_rows(coverage, atlas, by)
    yield from _spill_rows(coverage, atlas, by)
    error = coverage.sampling_error
    words = "below 0.1\N{NO-BREAK SPACE}%" if error < 0.001 else f"{100 * error:.1f}\N{NO-BREAK SPACE}%"
    yield ReviewedNumber(
        key="sampling_error",
        group="coverage",
        title="Sampling error of the largest share",
        words=words,
        columns=((f"{atlas}_sampling_error_percent", 100 * error),),
        by=by,
    )


def _whole_rows(coverage: Coverage, atlas: str, by: str) -> Iterator[ReviewedNumber]:
    """All of the nucleus that what is to be covered is cut from."""
    whole, key, name = coverage.whole, coverage.whole_key, column_name(coverage.whole_key)
    if whole is None or not coverage.is_of_part:
        return
    yield ReviewedNumber(
        key="whole_covered",
        group="coverage",
        title=f"{key} covered, all of it",
        words=percent(whole.share_of_structure),
        columns=(
            (f"{atlas}_{name}_covered_mm3", whole.volume_mm3),
            (f"{atlas}_{name}_covered_percent_of_{name}", 100 * whole.share_of_structure),
            (f"{atlas}_{name}_percent_of_lesion", 100 * whole.share_of_lesion),
            (f"{atlas}_{name}_whole_mm3", whole.structure_mm3),
        ),
        by=by,
        share=whole.share_of_structure,
    )


def _spill_rows(coverage: Coverage, atlas: str, by: str) -> Iterator[ReviewedNumber]:
    biggest = max(coverage.spill, key=lambda share: share.volume_mm3, default=None)
    if coverage.target is not None and biggest is not None and biggest.volume_mm3 > 0:
        into = biggest.name if biggest.kind == "outside" else biggest.abbreviation
        yield ReviewedNumber(
            key="largest_spill",
            group="coverage",
            title="Largest spill",
            words=f"{into} {percent(biggest.share_of_lesion)}",
            by=by,
            is_key=True,
            share=biggest.share_of_lesion,
            more_is_worse=True,
        )
    # The rest of CL is spill for CLp, but not another nucleus; it shows in the columns of CL.
    nuclei = [share for share in coverage.spill if share.kind == "structure"]
    largest = max(nuclei, key=lambda share: share.volume_mm3, default=None)
    yield ReviewedNumber(
        key="largest_spill_nucleus",
        group="coverage",
        title="Largest spill into a nucleus",
        words=f"{largest.abbreviation} {percent(largest.share_of_lesion)}" if largest else "none",
        columns=(
            (f"{atlas}_largest_spill_structure", largest.abbreviation if largest else ""),
            (f"{atlas}_largest_spill_mm3", largest.volume_mm3 if largest else 0.0),
        ),
        by=by,
    )
    outside = next((share for share in coverage.spill if share.kind == "outside"), None)
    yield ReviewedNumber(
        key="outside",
        group="coverage",
        title="Outside the thalamus" if outside is None else outside.name.capitalize(),
        words=percent(outside.share_of_lesion if outside else 0.0),
        columns=((f"{atlas}_outside_thalamus_mm3", outside.volume_mm3 if outside else 0.0),),
        by=by,
    )


def _position_rows(found: Uncertainty) -> Iterator[ReviewedNumber]:
    region, right_anterior_superior = found.region_95, found.standard_deviation_mm
    axes = sorted(region.semi_axes_mm, reverse=True)
    columns: list[tuple[str, Raw]] = [
        (f"region_95_percent_semi_axis_{place}_mm", axis) for place, axis in enumerate(axes, start=1)
    ]
    for axis, half in zip("xyz", region.half_extent_mm, strict=True):
        columns.append((f"region_95_percent_half_extent_scanner_ras_{axis}_mm", float(half)))
    size = along_the_head(found.region_95_half_mm)
    columns += [
        (f"region_95_percent_half_extent_acpc_{axis}_mm", half)
        for axis, half in zip(("right", "anterior", "superior"), found.region_95_half_mm, strict=True)
    ]
    yield ReviewedNumber(
        key="region_95",
        group="position",
        title="95 % region",
        words=f"± {size}",
        note="Half extents, along the AC-PC axes, of the ellipsoid that holds the true position with 95 % probability; "
        "dashed in the pictures.",
        sentence=f"95 % region of the target: ± {size} along the AC-PC axes (half extents of an ellipsoid, dashed in "
        "the pictures).",
        columns=tuple(columns),
    )
    budget = "\n".join(f"{share.words}: {number(share.rms_mm)} mm" for share in found.budget)
    yield ReviewedNumber(
        key="standard_deviation",
        group="position",
        title="Error, 1 sigma",
        words=along_the_head(right_anterior_superior),
        note=f"Lesion against anatomy, along the AC-PC axes.\n{budget}",
        sentence=f"Standard deviation {along_the_head(right_anterior_superior)} along the AC-PC axes.",
        columns=tuple(
            (f"standard_deviation_acpc_{axis}_mm", size_mm)
            for axis, size_mm in zip(("right", "anterior", "superior"), right_anterior_superior, strict=True)
        ),
    )


def _effect_rows(review: LesionReview) -> Iterator[ReviewedNumber]:
    found, key = review.uncertainty, review.structure.key
    name, half = column_name(key), found.half_cover_probability
    out_of_reach = found.largest_share < 0.5
    yield ReviewedNumber(
        key="half_covered",
        group="effect",
        title=f"Half of {key} covered",
        words=f"cannot: at most {percent(found.largest_share)}" if out_of_reach else percent(half),
        note=f"Probability that the lesion covers at least half of {key}.",
        sentence=_out_of_reach(review) if out_of_reach else f"Covers at least half of {key}: {percent(half)}.",
        columns=(
            (f"most_of_{name}_coverable_by_this_volume_percent", 100 * found.largest_share),
            (f"probability_of_half_{name}_percent", 100 * half),
        ),
        share=None if out_of_reach else half,
    )
    mean, low, high = found.expected_share
    by = f"by {review.coverage[0].by_words}, " if review.coverage else ""
    draws = f"{by}{found.draws:,} draws of all errors together, seed {found.seed}"
    yield ReviewedNumber(
        key="expected_covered",
        group="effect",
        title=f"{key} covered on average",
        words=percent(mean),
        note=f"Mean, {draws}.",
        columns=((f"expected_{name}_covered_mean_percent", 100 * mean),),
        share=mean,
    )
    yield ReviewedNumber(
        key="covered_range",
        group="effect",
        title=f"{key} covered, 9 of 10 draws",
        words=percent_range(low, high),
        note=f"5th to 95th percentile, {draws}.",
        sentence=f"{key} covered in nine of ten draws: {percent_range(low, high)} ({draws}).",
        columns=(
            (f"expected_{name}_covered_5th_percentile_percent", 100 * low),
            (f"expected_{name}_covered_95th_percentile_percent", 100 * high),
        ),
        is_key=True,
    )


def _out_of_reach(review: LesionReview) -> str:
    """Says so where half of the structure is out of reach whatever the aim."""
    target = review.coverage[0].target if review.coverage else None
    most = percent(review.uncertainty.largest_share)
    if target is None:
        return f"Wherever it lies, it covers at most {most} of {review.structure.key}."
    whole = f"a {review.structure.key} of {number(target.structure_mm3, 0)} mm³"
    return f"Wherever it lies, {number(review.volume_mm3)} mm³ is at most {most} of {whole}."


def _touch_rows(found: Uncertainty) -> Iterator[ReviewedNumber]:
    for touch in found.touches:
        yield ReviewedNumber(
            key="touch",
            group="touch",
            title=touch.name if touch.abbreviation == OUTSIDE else touch.abbreviation,
            words=percent(touch.probability),
            note=touch.name,
            share=touch.probability,
        )


def _distance_rows(distances: tuple[Distance, ...]) -> Iterator[ReviewedNumber]:
    # Nuclei last, because each lesion has neighbours of its own: one that is far from it leaves its cell empty.
    for distance in sorted(distances, key=lambda found: found.kind == "structure"):
        yield ReviewedNumber(
            key="distance",
            group="distance",
            title=distance.to,
            words=how_near(distance.distance_mm),
            columns=((f"distance_to_{_slug(distance.to)}_mm", distance.distance_mm),),
            is_key=distance.kind != "structure",
            distance_mm=distance.distance_mm,
        )


def _slug(name: str) -> str:
    """``third_ventricle_wall`` for ``third-ventricle wall``: letters, digits and underscores."""
    return re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_")
