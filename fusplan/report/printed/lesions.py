"""What the lesions cover and spill into, how near they come to what lies around, and how sure that is."""

from __future__ import annotations

from fusplan.display.colours import nucleus_colour
from fusplan.planning.lesion_summary import LesionSummary, lesion_summary
from fusplan.planning.number_words import number, percent
from fusplan.planning.plan import Lesion, Plan
from fusplan.planning.review import Coverage, LesionReview, PlanReview, StructureShare, describing
from fusplan.report.coverage_section import SMALLEST_SPILL
from fusplan.report.printed.page import BarRow, Bars, Block, Columns, Content, Gap, Paragraph, Run, Section, Table
from fusplan.report.printed.words import NOTHING, short, size

IN_FULL_UP_TO = 2
"""So many lesions are shown with bars side by side; more as the rows of a table."""

LONGEST_IN_TABLE = 32
MOST_ROWS = 8
"""Lesions in the table."""

MOST_SPILLS = 4
MOST_TOUCHES = 4
MOST_DISTANCES = 5
OUTSIDE_WORDS = "outside the thalamus"
SPILL_COLOUR = "#8fa0b3"
CHANCE_COLOUR = "#0d6b78"
ERROR_COLOUR = "#8796a6"


def lesion_sections(plan: Plan, review: PlanReview) -> tuple[Section, ...]:
    """Bars for one or two lesions, a table for more; nothing without lesions."""
    found = tuple((lesion, review.lesion(lesion.id)) for lesion in plan.lesions)
    if not found:
        return ()
    if len(found) > IN_FULL_UP_TO:
        return _as_table(found)
    if len(found) == 1:
        columns: tuple[tuple[Block, ...], ...] = (_covers(*found[0]), _how_sure(found[0][1]))
    else:
        columns = tuple((*_covers(*one), Gap(1.6), *_how_sure(one[1])) for one in found)
    return (Section("coverage and uncertainty", (Gap(0.8), Columns(columns, (1.0,) * len(columns)), Gap(1.2))),)


def _covers(lesion: Lesion, found: LesionReview) -> tuple[Block, ...]:
    heading = (Run(short(lesion.name, 50), bold=True), Run(f"  ·  {size(lesion)}", soft=True))
    blocks: list[Block] = [Paragraph(heading, "heading")]
    if found.coverage:
        blocks.append(_coverage_bars(describing(found.coverage)))
    near = _near(lesion_summary(found), MOST_DISTANCES)
    if near:
        blocks.append(Paragraph((Run("From its surface: ", bold=True), Run(f"{near}.")), "small"))
    return tuple(blocks)


def _coverage_bars(coverage: tuple[Coverage, ...]) -> Bars:
    key, whole_key = coverage[0].structure.key, coverage[0].whole_key
    colour, whole_colour = nucleus_colour(key), nucleus_colour(whole_key)
    rows = [BarRow("Share of the nucleus inside the lesion")]
    rows.append(_row(key, [one.known_target.share_of_structure for one in coverage], colour))
    if coverage[0].is_of_part:
        wholes = [one.known_whole.share_of_structure for one in coverage]
        rows.append(_row(f"{whole_key}, all of it", wholes, whole_colour))
    rows.append(BarRow("What the lesion is made of"))
    rows.append(_row(key, [one.known_target.share_of_lesion for one in coverage], colour))
    front = [one.share_in_rest for one in coverage]
    if max(front) >= SMALLEST_SPILL:
        rows.append(_row(f"{whole_key} in front of {key}", front, whole_colour))
    spilled = _spills(coverage)
    rows += [_row(label, shares, SPILL_COLOUR) for label, shares in spilled[:MOST_SPILLS]]
    if len(spilled) > MOST_SPILLS:
        rest = [sum(shares[index] for _, shares in spilled[MOST_SPILLS:]) for index in range(len(coverage))]
        rows.append(_row(f"{len(spilled) - MOST_SPILLS} others", rest, SPILL_COLOUR))
    return Bars(tuple(rows), ("", *(f"by {one.atlas.capitalize()}" for one in coverage)), 0.36)


def _row(label: str, shares: list[float], colour: str) -> BarRow:
    return BarRow(label, tuple(shares), tuple(percent(share) for share in shares), colour)


def _spills(coverage: tuple[Coverage, ...]) -> list[tuple[str, list[float]]]:
    """Every structure that holds at least a hundredth of the lesion by some atlas, and what each atlas says."""
    found: dict[str, list[float]] = {}
    for index, one in enumerate(coverage):
        for share in one.spill:
            # The rest of the nucleus that a part is cut from is told above.
            if share.kind != "rest":
                found.setdefault(_spill_name(share), [0.0] * len(coverage))[index] = share.share_of_lesion
    named = [(label, shares) for label, shares in found.items() if max(shares) >= SMALLEST_SPILL]
    return sorted(named, key=lambda one: -max(one[1]))


def _spill_name(share: StructureShare) -> str:
    return OUTSIDE_WORDS if share.kind == "outside" else share.abbreviation


def _near(summary: LesionSummary, most: int) -> str:
    return "; ".join(f"{row.title} {row.words}" for row in summary.nearest(most, with_key=True))


def _how_sure(review: LesionReview) -> tuple[Block, ...]:
    found, summary = review.uncertainty, lesion_summary(review)
    blocks: list[Block] = [Paragraph(" ".join(row.in_text for row in summary.of("position")), "small")]
    if found.budget:
        largest = max(share.rms_mm for share in found.budget) or 1.0
        sources = tuple(
            BarRow(share.name, (share.rms_mm / largest,), (f"{number(share.rms_mm)} mm",), ERROR_COLOUR)
            for share in found.budget
        )
        blocks.append(Bars((BarRow("Sources of error, 3-D root mean square"), *sources), (), 0.66))
    chances = [BarRow("Probability that more than 1 % of the lesion lies in")]
    chances += [
        BarRow(row.title, (row.share or 0.0,), (row.words,), CHANCE_COLOUR)
        for row in summary.of("touch")[:MOST_TOUCHES]
    ]
    if len(chances) > 1:
        blocks.append(Bars(tuple(chances), (), 0.36))
    blocks.append(Paragraph(" ".join(row.in_text for row in summary.of("effect")), "small"))
    return tuple(blocks)


def _as_table(found: tuple[tuple[Lesion, LesionReview], ...]) -> tuple[Section, ...]:
    shown = found[:MOST_ROWS]
    described = [one for _, review in shown for one in describing(review.coverage)]
    atlases = list(dict.fromkeys(one.short_title for one in described))
    keys = list(dict.fromkeys(review.structure.key for _, review in shown))
    aim = keys[0] if len(keys) == 1 else "Aim"
    head = ("Lesion", "Size", "Volume", *(f"{aim} covered, {one}" for one in atlases), "9 of 10 draws", "Spill", "95 %")
    rows = tuple(_table_row(lesion, review, atlases) for lesion, review in shown)
    widths = (2.1, 1.1, 1.0, *(1.0 for _ in atlases), 1.0, 2.6, 1.8)
    numeric = (False, False, True, *(True for _ in atlases), True, False, False)
    blocks: list[Block] = [
        Paragraph("What the lesions cover and spill into, and how sure that is", "heading"),
        Table(head, rows, widths, numeric),
    ]
    if len(found) > len(shown):
        names = short(", ".join(lesion.name for lesion, _ in found[len(shown) :]), 200)
        blocks.append(
            Paragraph(f"Left out for lack of room: {names}. The page report.html holds them.", "body", "warning")
        )
    blocks.append(
        Paragraph(
            f"Spill: the largest shares of the lesion outside {' or '.join(keys)} by the first atlas. 95 %: half "
            "extents of the ellipsoid that holds the target's true position with 95 % probability.",
            "small",
        )
    )
    nearest = tuple(
        Paragraph(
            (Run(f"{short(lesion.name, LONGEST_IN_TABLE)}, from its surface: ", bold=True), Run(f"{near}.")), "small"
        )
        for lesion, review in shown
        if (near := _near(lesion_summary(review), 3))
    )
    sections = [Section("coverage and uncertainty", tuple(blocks))]
    if nearest:
        sections.append(Section("distances of the lesions", nearest, 6))
    return tuple(sections)


def _table_row(lesion: Lesion, review: LesionReview, atlases: list[str]) -> tuple[Content, ...]:
    summary = lesion_summary(review)
    covered = {row.by: row.words for row in summary.named("covered")}
    spilled = [
        f"{_spill_name(one)} {percent(one.share_of_lesion)}"
        for one in (review.coverage[0].spill if review.coverage else ())
        if one.share_of_lesion >= SMALLEST_SPILL
    ]
    volume, expected, region = (summary.named(key)[0].words for key in ("volume", "covered_range", "region_95"))
    return (
        (Run(short(lesion.name, LONGEST_IN_TABLE), bold=True),),
        size(lesion),
        volume,
        *(covered.get(atlas, NOTHING) for atlas in atlases),
        expected,
        ", ".join(spilled[:3]) or "below 1 %",
        region,
    )
