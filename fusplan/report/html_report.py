"""``report.html``: one self-contained page about a plan, without scripts or anything fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.display.grey_levels import deep_brain_window
from fusplan.display.patient_nuclei import PatientNuclei
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.readings import PointReading
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.planning.review import PlanReview
from fusplan.report.markup import text
from fusplan.report.measurements_section import measurements_section
from fusplan.report.registration_section import landmarks_section, registration_section
from fusplan.report.side_section import target_section
from fusplan.report.sources_section import checks_section, evidence_section, provenance_section, sources_section
from fusplan.report.style import STYLE
from fusplan.report.summary_section import page_header, plan_title, summary

if TYPE_CHECKING:
    from fusplan.planning.simulated_treatment import SimulatedTreatment


def report_html(
    plan: Plan,
    volume: Volume,
    review: PlanReview,
    readings: Mapping[str, PointReading],
    atlases: Sequence[HeadAtlas],
    template: TemplateImage | None = None,
    written: str = "",
    simulated: SimulatedTreatment | None = None,
) -> str:
    """The whole page.

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
    nuclei = PatientNuclei(atlases[0])
    parts = [page_header(plan, review, volume, geometry, written), summary(plan, review, geometry)]
    for target in plan.targets:
        parts.append(
            target_section(
                plan, target, review, volume, geometry, window, nuclei, atlases[0].atlas.title, readings[target.id]
            )
        )
    if simulated is not None:
        from fusplan.report.treatment_section import treatment_section  # noqa: PLC0415 - loads the simulation

        parts.append(treatment_section(plan, simulated, volume, geometry, window))
    parts += [
        landmarks_section(plan.landmarks, volume, geometry, window),
        registration_section(plan, volume, template, geometry, window),
        measurements_section(plan),
        checks_section(review),
        evidence_section(),
        sources_section(plan, [one.atlas for one in atlases]),
        provenance_section(plan),
    ]
    notice = text(RESEARCH_ONLY)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(volume.name)}: {text(plan_title(review))}</title><style>{STYLE}</style></head><body>"
        f'<div class="notice" role="note">{notice}</div><main>{"".join(parts)}</main>'
        f'<footer class="notice">{notice}</footer></body></html>\n'
    )
