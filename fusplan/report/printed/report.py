"""The printed report: which sections stand on which of its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import fusplan
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.display.grey_levels import deep_brain_window
from fusplan.display.patient_nuclei import PatientNuclei
from fusplan.export.readings import PointReading
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.notice import RESEARCH_ONLY
from fusplan.planning.checks import check_image_notes
from fusplan.planning.number_words import TIMES, number
from fusplan.planning.plan import Plan
from fusplan.planning.review import PlanReview
from fusplan.report.printed.lesions import lesion_sections
from fusplan.report.printed.page import Gap, Paragraph, PrintedReport, Rule, Run, Section
from fusplan.report.printed.sources import evidence_section, figures_section, provenance_section
from fusplan.report.printed.targets import LARGE_UP_TO, Head, target_sections
from fusplan.report.printed.trust import (
    measurements_section,
    proposals_section,
    registration_section,
    verdicts_section,
)
from fusplan.report.printed.words import short
from fusplan.report.summary_section import plan_title, spacing_mm
from fusplan.spatial import AcPcGeometry

if TYPE_CHECKING:
    from fusplan.planning.simulated_treatment import SimulatedTreatment


def printed_report(
    plan: Plan,
    volume: Volume,
    review: PlanReview,
    readings: Mapping[str, PointReading],
    atlases: Sequence[HeadAtlas],
    template: TemplateImage | None = None,
    written: str = "",
    simulated: SimulatedTreatment | None = None,
) -> PrintedReport:
    """The report on two pages, and a page a target of a treatment that was simulated.

    Args:
        plan: what is planned.
        volume: the image the plan belongs to.
        review: everything computed about the plan.
        readings: for every target's id, its point in every frame.
        atlases: in the patient; the first is drawn.
        template: for the pictures that the registration is judged by; None leaves them out.
        written: the day of writing in words; empty leaves it out.
        simulated: what the plan's treatment does, where it is known.
    """
    geometry = plan.landmarks.geometry()
    window = deep_brain_window(volume, geometry)
    head = Head(volume, geometry, window, PatientNuclei(atlases[0]), atlases[0].atlas.title)
    first = [
        _header(plan, plan_title(review), volume, geometry, written),
        verdicts_section(plan, review),
        Section("rule", (Gap(1.0), Rule(), Gap(1.2))),
        *target_sections(plan, review, head, readings),
    ]
    lesions = lesion_sections(plan, review)
    evidence = evidence_section()
    second: list[Section | None] = [
        proposals_section(plan, review, geometry),
        registration_section(plan, volume, template, geometry, window),
        measurements_section(plan),
        provenance_section(plan, [one.atlas for one in atlases]),
        figures_section(),
    ]
    # One target leaves room for its figures below its pictures.
    if len(plan.targets) <= 1 and len(plan.lesions) == 1:
        first += lesions
    else:
        second = [*lesions, *second]
    if len(plan.targets) <= LARGE_UP_TO:
        first.append(evidence)
    else:
        second.insert(-2, evidence)
    return PrintedReport(
        title=f"{short(volume.name)}: {plan_title(review)}",
        notice=RESEARCH_ONLY,
        foot=f"fusplan {fusplan.__version__}  ·  {short(volume.name, 70)}  ·  sha256 {plan.image.sha256[:12]}",
        pages=(tuple(first), tuple(section for section in second if section is not None)),
        treatment=() if simulated is None else _treatment(plan, simulated, head),
    )


def _treatment(plan: Plan, simulated: SimulatedTreatment, head: Head) -> tuple[tuple[Section, ...], ...]:
    from fusplan.report.printed.treatment import treatment_pages  # noqa: PLC0415 - loads the simulation

    return treatment_pages(plan, simulated, head)


def _header(plan: Plan, title: str, volume: Volume, geometry: AcPcGeometry, written: str) -> Section:
    """The title, and of which head the plan is."""
    spacing = TIMES.join(f"{value:.2g}" for value in spacing_mm(plan))
    facts = [
        ("Image", short(volume.name)),
        ("voxels", f"{spacing} mm"),
        ("AC-PC distance", f"{number(geometry.length_mm)} mm"),
        ("template", plan.registration.template),
    ]
    runs: list[Run] = []
    for label, value in facts:
        runs += [Run(f"{label} ", soft=True), Run(f"{value}     ", bold=True)]
    noted = [
        Paragraph((Run("Image. ", bold=True), Run(check.sentence)), "body", check.verdict)
        for check in check_image_notes(volume.notes)
    ]
    aside = ", ".join(words for words in ("fusplan report", written) if words)
    return Section("title", (Paragraph(title, "title", aside=aside), Paragraph(tuple(runs)), *noted, Gap(1.4)))
