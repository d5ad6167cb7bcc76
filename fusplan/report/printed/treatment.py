"""The pages of a treatment as simulated: a target each, with pictures, numbers, tables and what they rest on."""

from __future__ import annotations

from fusplan.display.heat_looks import HEAT_LOOKS, PLANNED_LOOK
from fusplan.planning.plan import Lesion, Plan
from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
from fusplan.planning.sorted_checks import sorted_checks
from fusplan.planning.treatment_edits import treatment_of
from fusplan.planning.treatment_summary import TreatmentSummary, treatment_summary
from fusplan.report.dose_figures import DRAWN, dose_figures
from fusplan.report.helmet_figure import helmet_figure
from fusplan.report.printed.page import (
    Block,
    Columns,
    Content,
    Gap,
    Legend,
    LegendEntry,
    Paragraph,
    Picture,
    PictureRow,
    Run,
    Section,
    Table,
)
from fusplan.report.printed.pictures import for_paper
from fusplan.report.printed.targets import Head
from fusplan.report.printed.words import short
from fusplan.report.slice_figures import Figure
from fusplan.report.treatment_charts import TRUE_COLOUR, sdr_figure, temperature_figure
from fusplan.report.treatment_tables import (
    WordTable,
    element_table,
    helmet_words,
    lesion_table,
    sonication_table,
)
from fusplan.report.treatment_words import (
    about_focus,
    assumptions,
    element_words,
    kept_together,
    of_skull,
    what_it_is,
)
from fusplan.simulation.not_simulated import NOT_SIMULATED
from fusplan.simulation.predicted_lesion import CONTOUR_WORDS

MOST_TARGETS = 2
"""Further ones are on the page report.html alone."""

TRUE_WORDS = "highest true temperature; dots are what thermometry shows, bands are while the sound is on"
LONGEST_NAME = 40


def treatment_pages(plan: Plan, simulated: SimulatedTreatment, head: Head) -> tuple[tuple[Section, ...], ...]:
    """The sections of a page a target."""
    shown, others = simulated.targets[:MOST_TARGETS], simulated.targets[MOST_TARGETS:]
    pages = [_page(plan, target, simulated, head) for target in shown]
    if others:
        names = short(", ".join(target.name for target in others), 200)
        words = f"Left out for lack of room: the treatment of {names}. The page report.html holds it."
        pages[-1] = (*pages[-1], Section("other targets", (Paragraph(words, "body", "warning"),)))
    return tuple(pages)


def _page(plan: Plan, target: SimulatedTarget, simulated: SimulatedTreatment, head: Head) -> tuple[Section, ...]:
    summary = treatment_summary(target)
    planned = next(iter(plan.lesions_of(target.target_id)), None)
    sections = [
        _title(plan, target, simulated),
        Section("pictures of the treatment", _pictures(target, planned, simulated, head)),
        Section("skull, focus and heat", (Columns((_numbers(summary), _elements(target)), (0.78, 1.0)),), 1),
    ]
    lesions, done = lesion_table(summary), sonication_table(target, head.geometry)
    if lesions is not None:
        in_aim = summary.named("in_aim")
        told = "" if in_aim is None else f"{in_aim.title}: {in_aim.words}. "
        note = Paragraph(f"{told}p10 to p90: where eight of ten cases lie.", "small")
        table = _table(lesions, (0.8, 1.15, 1.1, 1.9))
        sections.append(Section("lesion to expect", (Gap(0.8), _subheading("Lesion to expect"), table, note)))
    if done is not None:
        rows = (Gap(0.8), _subheading("Sonications"), _table(done, (1.0, 2.6, *(0.65,) * 6)))
        sections.append(Section("sonications", rows, 2))
    return (*sections, _rests_on(plan, simulated))


def _title(plan: Plan, target: SimulatedTarget, simulated: SimulatedTreatment) -> Section:
    tilt = treatment_of(plan).at(target.target_id).tilt
    name = short(target.name, LONGEST_NAME)
    checks = sorted_checks(tuple(check for check in target.checks if not of_skull(check)))
    runs = (Run(f"Treatment (simulated): {name}", bold=True),)
    blocks: list[Block] = [
        Paragraph(runs, "heading", aside=helmet_words(tilt)),
        Paragraph(what_it_is(simulated), "body"),
        *(Paragraph(warning.sentence, "body", "warning") for warning in simulated.skull.warnings),
        *(Paragraph(check.sentence, "body", check.verdict) for check in checks.to_look_at),
        *(Paragraph(sentence, "body") for sentence in about_focus(target, treatment_summary(target))),
        Gap(0.8),
    ]
    return Section("treatment", tuple(blocks))


def _subheading(words: str) -> Paragraph:
    return Paragraph(words, "subheading")


def _pictures(
    target: SimulatedTarget, planned: Lesion | None, simulated: SimulatedTreatment, head: Head
) -> tuple[Block, ...]:
    heat, helmet = temperature_figure(target), helmet_figure(target, simulated.transducer, head.geometry)
    first = (helmet,) if heat is None else (helmet, heat)
    blocks: list[Block] = [PictureRow(tuple(map(_picture, first)), 36.0, 56.0)]
    if heat is not None:
        blocks.append(Legend((LegendEntry(TRUE_COLOUR, TRUE_WORDS, "thick"),)))
    slices = dose_figures(target, planned, head.volume, head.geometry, head.window)
    if slices:
        shown = tuple(Picture(for_paper(one.drawing), one.title, one.caption) for one in slices)
        blocks += [PictureRow(shown, 34.0, 58.0), _contour_legend(planned)]
    return tuple(blocks)


def _picture(figure: Figure) -> Picture:
    return Picture(figure.drawing, figure.title, figure.caption)


def _contour_legend(planned: Lesion | None) -> Legend:
    entries = [
        LegendEntry(look.colour, CONTOUR_WORDS[kind], "dashed" if look.dashes else "thick")
        for kind, look in ((kind, HEAT_LOOKS[kind]) for kind in DRAWN)
    ]
    if planned is not None:
        entries.append(LegendEntry(PLANNED_LOOK.colour, "planned lesion; contours are of the middle case"))
    return Legend(tuple(entries))


def _numbers(summary: TreatmentSummary) -> tuple[Block, ...]:
    rows: list[tuple[Content, ...]] = [
        (row.title, (Run(kept_together(row.words), bold=True),))
        for row in summary.of("skull", "focus", "sonications", "heat")
    ]
    return (Table(("Skull, focus, heat", ""), tuple(rows), (1.0, 1.15), (False, True)),)


def _elements(target: SimulatedTarget) -> tuple[Block, ...]:
    histogram = sdr_figure(target)
    pictures = () if histogram is None else (PictureRow((_picture(histogram),), 20.0, 30.0),)
    return (_table(element_table(target)), Paragraph(element_words(target), "small"), Gap(0.8), *pictures)


def _table(words: WordTable, widths: tuple[float, ...] = ()) -> Table:
    rows = tuple(tuple(kept_together(cell) for cell in row) for row in words.rows)
    return Table(words.head, rows, widths or (1.6, *(1.0,) * (len(words.head) - 1)), words.numeric)


def _rests_on(plan: Plan, simulated: SimulatedTreatment) -> Section:
    assumed = Paragraph((Run("Assumed. ", bold=True), Run(" ".join(assumptions(plan, simulated)))), "small")
    return Section("what is assumed", (Gap(0.8), assumed, Paragraph(" ".join(NOT_SIMULATED), "small")))
