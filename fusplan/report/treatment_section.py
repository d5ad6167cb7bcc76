"""What the treatment would do, as simulated: numbers first, then pictures and tables, then what all of it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from fusplan.display.colours import PICTURE_BACKGROUND
from fusplan.display.heat_looks import HEAT_LOOKS, PLANNED_LOOK
from fusplan.display.outlines import LineLook
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Lesion, Plan
from fusplan.planning.review import Check
from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
from fusplan.planning.sorted_checks import sorted_checks
from fusplan.planning.treatment_edits import treatment_of
from fusplan.planning.treatment_summary import TreatmentNumber, TreatmentSummary, treatment_summary
from fusplan.report import svg
from fusplan.report.dose_figures import DRAWN, dose_figures
from fusplan.report.helmet_figure import helmet_figure
from fusplan.report.markup import badge, section, table, text
from fusplan.report.slice_figures import Figure
from fusplan.report.treatment_charts import SHOWN_COLOUR, TRUE_COLOUR, sdr_figure, temperature_figure
from fusplan.report.treatment_tables import WordTable, element_table, helmet_words, lesion_table, sonication_table
from fusplan.report.treatment_words import about_focus, assumptions, element_words, kept_together, of_skull, what_it_is
from fusplan.simulation.not_simulated import NOT_SIMULATED
from fusplan.simulation.predicted_lesion import CONTOUR_WORDS
from fusplan.spatial import AcPcGeometry


def treatment_section(
    plan: Plan, simulated: SimulatedTreatment, volume: Volume, geometry: AcPcGeometry, window: IntensityWindow
) -> str:
    """The section of a plan whose treatment was simulated."""
    summaries = [(target, treatment_summary(target)) for target in simulated.targets]
    cards = "".join(_card(target, found) for target, found in summaries)
    parts = [f'<div class="cards">{cards}</div>', _skull_checks(simulated)]
    for target, found in summaries:
        planned = next(iter(plan.lesions_of(target.target_id)), None)
        parts.append(_target(plan, target, found, planned, simulated, volume, geometry, window))
    parts += [
        f"<h3>What is assumed</h3>{_sentences(assumptions(plan, simulated))}",
        f"<h3>What is not simulated</h3>{_sentences(NOT_SIMULATED)}",
    ]
    return section("treatment", "Treatment (simulated)", "".join(parts), text(what_it_is(simulated)))


def _card(target: SimulatedTarget, summary: TreatmentSummary) -> str:
    found = sorted_checks(_own_checks(target))
    lines = [f'<div class="verdict-line">{_badge_line(check)}</div>' for check in found.to_look_at]
    if not lines:
        lines = [f'<div class="verdict-line">{badge("ok")}<span>{text(f"Checks: {found.words}")}</span></div>']
    return (
        f'<article class="card"><div class="side"><h3>{text(target.name)}</h3>'
        f'<a href="#treatment-{text(target.target_id)}">to the pictures</a></div>'
        f"{_numbers(summary.key_numbers)}{''.join(lines)}</article>"
    )


def _numbers(rows: Iterable[TreatmentNumber]) -> str:
    shown = "".join(f"<div><dt>{text(row.title)}</dt><dd>{_words(row.words)}</dd></div>" for row in rows)
    return f'<dl class="treated">{shown}</dl>'


def _words(words: str) -> str:
    return text(kept_together(words))


def _badge_line(check: Check) -> str:
    return f"{badge(check.verdict)}<span>{text(check.sentence)}</span>"


def _own_checks(target: SimulatedTarget) -> tuple[Check, ...]:
    return tuple(check for check in target.checks if not of_skull(check))


def _skull_checks(simulated: SimulatedTreatment) -> str:
    lines = "".join(
        f"<li>{badge('warning')}<span><b>Skull.</b> {text(warning.sentence)}</span></li>"
        for warning in simulated.skull.warnings
    )
    return f'<ul class="verdict-list">{lines}</ul>' if lines else ""


def _target(
    plan: Plan,
    target: SimulatedTarget,
    summary: TreatmentSummary,
    planned: Lesion | None,
    simulated: SimulatedTreatment,
    volume: Volume,
    geometry: AcPcGeometry,
    window: IntensityWindow,
) -> str:
    tilt = treatment_of(plan).at(target.target_id).tilt
    fit = target.fit
    distances = f"Elements stay {fit.element_distance_mm:.0f} mm from the skin, the rim {fit.rim_distance_mm:.0f} mm."
    parts = [
        f'<h3 class="treated-target" id="treatment-{text(target.target_id)}">{text(target.name)}</h3>',
        f"<p>{text(' '.join((helmet_words(tilt), kept_together(distances), *about_focus(target, summary))))}</p>",
        _helmet_and_heat(target, simulated, geometry),
    ]
    slices = dose_figures(target, planned, volume, geometry, window)
    if slices:
        parts.append(f'<div class="triple">{"".join(map(_shown, slices))}</div>{_dose_legend(planned is not None)}')
    if (lesions := lesion_table(summary)) is not None:
        note = "p10 to p90: where eight of ten cases lie. Across, across and along the planned lesion's long axis."
        parts.append(f"<h3>Lesion to expect</h3>{_table(lesions)}{_small(note)}")
    parts.append(_skull_and_focus(target, summary))
    if (done := sonication_table(target, geometry)) is not None:
        own = " The program's own pattern: the plan has none." if target.proposed else ""
        note = f"Shown: by thermometry. True: the highest anywhere in the tissue.{own}"
        parts.append(f"<h3>Sonications</h3>{_table(done)}{_small(note)}")
    return "".join(parts)


def _helmet_and_heat(target: SimulatedTarget, simulated: SimulatedTreatment, geometry: AcPcGeometry) -> str:
    helmet, heat = helmet_figure(target, simulated.transducer, geometry), temperature_figure(target)
    if heat is None:
        return f'<div class="triple">{_shown(helmet)}</div>'
    legend = (
        f'<p class="legend"><span><i style="background:{TRUE_COLOUR}"></i>highest true temperature</span>'
        f'<span><i style="background:{SHOWN_COLOUR};border:1px solid #5a6876;border-radius:50%;width:11px"></i>'
        'shown by thermometry, a dot a frame</span><span><i style="background:#2b5d66"></i>sound is on</span></p>'
    )
    return f'<div class="treated-pictures">{_shown(helmet)}{_shown(heat, "wide")}</div>{legend}'


def _skull_and_focus(target: SimulatedTarget, summary: TreatmentSummary) -> str:
    histogram = sdr_figure(target)
    beside = "" if histogram is None else _shown(histogram)
    elements = f"<h3>Elements</h3>{_table(element_table(target))}{_small(element_words(target))}"
    return (
        f'<div class="columns"><div><h3>Skull, focus, heat</h3>{_numbers(summary.of("skull", "focus", "heat"))}</div>'
        f"<div>{elements}{beside}</div></div>"
    )


def _dose_legend(has_planned: bool) -> str:
    entries = [(HEAT_LOOKS[kind], CONTOUR_WORDS[kind]) for kind in DRAWN]
    if has_planned:
        entries.append((PLANNED_LOOK, "planned lesion"))
    shown = "".join(f"<span>{_line_mark(look)}{text(words)}</span>" for look, words in entries)
    return f'<p class="legend lines">{shown}<span>the middle case, along the AC-PC axes</span></p>'


def _line_mark(look: LineLook) -> str:
    """A piece of the line on the ground of the pictures."""
    dashes = f' stroke-dasharray="{look.dashes[0]:g} {look.dashes[1]:g}"' if look.dashes else ""
    return (
        f'<svg viewBox="0 0 24 11" width="24" height="11" style="background:{PICTURE_BACKGROUND}">'
        f'<line x1="2" y1="5.5" x2="22" y2="5.5" stroke="{look.colour}" stroke-width="{look.width:g}"{dashes}/></svg>'
    )


def _shown(figure: Figure, css_class: str = "") -> str:
    opening = f'<figure class="{css_class}">' if css_class else "<figure>"
    return (
        f'{opening}<div class="over">{text(figure.title)}<span>{text(figure.caption)}</span></div>'
        f'<div class="drawn">{svg.drawn(figure.drawing)}</div></figure>'
    )


def _table(words: WordTable) -> str:
    head = [
        f"#{text(cell)}" if numeric else text(cell) for cell, numeric in zip(words.head, words.numeric, strict=True)
    ]
    return table(head, [[_words(cell) for cell in row] for row in words.rows])


def _small(words: str) -> str:
    return f'<p class="small">{text(words)}</p>'


def _sentences(sentences: Iterable[str]) -> str:
    return f'<ul class="plain">{"".join(f"<li>{text(sentence)}</li>" for sentence in sentences)}</ul>'
