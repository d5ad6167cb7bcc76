"""Whether to trust the plan: proposals and their agreement, registration, landmarks and checks."""

from __future__ import annotations

from fusplan.display import colours
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.planning.number_words import number
from fusplan.planning.plan import Landmarks, Plan
from fusplan.planning.review import PlanReview
from fusplan.planning.sorted_checks import sorted_checks
from fusplan.registration.request import Verdict
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
from fusplan.report.printed.words import NOTHING, short
from fusplan.report.registration_figures import midplane_figure, registration_figures
from fusplan.report.summary_section import side_agreement
from fusplan.spatial import AcPcGeometry, Side, read_acpc
from fusplan.spatial.acpc import PATIENTS_ACPC_MM

SIDES: tuple[Side, Side] = ("left", "right")
MOST_FAILED_CHECKS = 5
MOST_MEASURES = 4
MOST_MEASUREMENTS = 6


def verdicts_section(plan: Plan, review: PlanReview) -> Section:
    """The verdicts that all else stands on, gravest first."""
    quality = plan.registration.quality
    found = sorted_checks(review.checks)
    failed = [check for check in found.to_look_at if check.image_note is None]  # those stand under the title
    lines = [_verdict("Registration. ", quality.sentence, quality.verdict)]
    lines += [_verdict(f"{short(one.name)}. ", one.sentence, one.verdict) for one in failed[:MOST_FAILED_CHECKS]]
    if review.checks:
        more = len(failed) - MOST_FAILED_CHECKS
        further = f" {more} more to look at are in report.html." if more > 0 else ""
        words = f"Of {len(review.checks)} checks {found.words}{further}"
        lines.append(_verdict("Checks. ", words, found.verdict))
    return Section("verdicts", tuple(lines))


def _verdict(name: str, sentence: str, verdict: Verdict) -> Paragraph:
    return Paragraph((Run(name, bold=True), Run(sentence)), "body", verdict)


def proposals_section(plan: Plan, review: PlanReview, geometry: AcPcGeometry) -> Section | None:
    """The proposed positions of both sides beside each other."""
    columns = tuple(column for side in SIDES if (column := _proposals(side, plan, review, geometry)))
    if not columns:
        return None
    return Section("proposed positions", (Columns(columns, (1.0,) * len(columns)), Gap(1.2)), 3)


def _proposals(side: Side, plan: Plan, review: PlanReview, geometry: AcPcGeometry) -> tuple[Block, ...]:
    proposals = [one for one in plan.proposals if one.side == side]
    if not proposals:
        return ()
    target = next((one for one in plan.targets if one.side == side), None)
    rows: list[tuple[Content, ...]] = []
    for one in proposals:
        reading = read_acpc(one.point, geometry)
        stated = one.provenance.uncertainty_mm
        rows.append(
            (
                (Run(short(one.name, 40)), Run(f" [{one.provenance.confidence}]", soft=True)),
                number(reading.lateral_mm),
                number(reading.anterior_of_pc_mm),
                number(reading.above_plane_mm),
                NOTHING if stated is None else f"±{number(stated)}",
                NOTHING if target is None else number(one.point.distance_to(target.point)),
            )
        )
    to_target = "to target" if target is None else f"to {short(target.name, 16)}"
    head = ("AC-PC frame, mm", "lateral", "before PC", "above plane", "stated", to_target)
    blocks: list[Block] = [
        Paragraph(f"Proposed positions, {side}", "subheading"),
        Table(head, tuple(rows), (2.3, 0.8, 0.9, 0.9, 0.8, 0.95), (False, True, True, True, True, True)),
    ]
    agreement = side_agreement(review, side)
    if agreement is not None:
        blocks.append(Paragraph(agreement.sentence, "small", agreement.verdict))
    return tuple(blocks)


def registration_section(
    plan: Plan, volume: Volume, template: TemplateImage | None, geometry: AcPcGeometry, window: IntensityWindow
) -> Section:
    """Pictures to judge the registration by, landmarks, and the measures that say most."""
    pictures = [Picture(for_paper(midplane_figure(volume, geometry, window)), "Midplane", "AC, PC")]
    blocks: list[Block] = [
        Paragraph(
            (Run("Registration and landmarks", bold=True),),
            "heading",
            aside=f"Template {plan.registration.template}; judge it by eye before the numbers",
        )
    ]
    if template is not None:
        figures = registration_figures(plan, volume, template, geometry, window)
        pictures = [
            Picture(for_paper(one.edges), one.kind.capitalize(), "template edges") for one in figures
        ] + pictures
    blocks.append(PictureRow(tuple(pictures), 24.0, 46.0))
    if template is not None:
        entries = (
            LegendEntry(colours.TEMPLATE_EDGE, "ventricles and cisterns of the template (inside)", "thick"),
            LegendEntry(
                colours.TEMPLATE_BORDER,
                "border of its brain (outside): both should run along the same borders here",
                "thick",
            ),
        )
        blocks.append(Legend(entries))
    blocks.append(Columns((_landmarks(plan.landmarks, geometry), _measures(plan)), (1.0, 1.0)))
    return Section("registration and landmarks", tuple(blocks), 2)


def _landmarks(landmarks: Landmarks, geometry: AcPcGeometry) -> tuple[Block, ...]:
    named = [("AC", landmarks.ac), ("PC", landmarks.pc)]
    named += [(f"Midline {index}", one) for index, one in enumerate(landmarks.midline[:3], start=1)]
    rows = tuple((name, one.source, *(number(value) for value in one.point.coordinates)) for name, one in named)
    mean, deviation = PATIENTS_ACPC_MM
    walls = ", ".join(f"{wall.side} {number(wall.lateral_mm)} mm" for wall in landmarks.ventricle_walls)
    words = (
        f"AC-PC distance {number(geometry.length_mm)} mm (patients {mean:g} ± {deviation:g} mm). Midline points within "
        f"{number(geometry.midplane.largest_residual_mm)} mm of the midplane."
        + (f" Third-ventricle wall: {walls} from the midplane." if walls else "")
    )
    frame = landmarks.ac.point.frame.label
    return (
        Table(
            (f"Landmark, {frame}", "source", "right", "anterior", "superior"),
            rows,
            (2.0, 1.0, 0.8, 0.9, 0.9),
            (False, False, True, True, True),
        ),
        Paragraph(words, "small"),
    )


def _measures(plan: Plan) -> tuple[Block, ...]:
    quality = plan.registration.quality
    ordered = sorted(quality.measures, key=lambda one: one.verdict == "ok")
    rows = tuple(
        (one.name_and_unit, f"{one.value:.3g}", _limit(one.warning_limit), _limit(one.error_limit))
        for one in ordered[:MOST_MEASURES]
    )
    if not rows:
        return (Paragraph(quality.sentence, "small", quality.verdict),)
    head = ("Measure", "value", "look twice beyond", "do not trust beyond")
    words = quality.sentence
    if len(ordered) > MOST_MEASURES:
        words += f" {len(ordered) - MOST_MEASURES} further measures are in report.html."
    return (
        Table(head, rows, (3.5, 0.7, 1.15, 1.25), (False, True, True, True)),
        Paragraph(words, "small", quality.verdict),
    )


def _limit(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3g}"


def measurements_section(plan: Plan) -> Section | None:
    """Distances and angles that a person measured."""
    if not plan.measurements:
        return None
    frame = plan.image.frame.label
    rows: list[tuple[Content, ...]] = []
    for one in plan.measurements[:MOST_MEASUREMENTS]:
        points = "; ".join(", ".join(number(value) for value in point.coordinates) for point in one.points)
        rows.append((short(one.name, 50), one.words, points))
    left = len(plan.measurements) - len(rows)
    heading = "Measurements" + (f" ({left} more in report.html)" if left > 0 else "")
    table = Table(("Name", "Value", f"Points, {frame}"), tuple(rows), (1.4, 0.7, 3.4), (False, True, False))
    return Section("measurements", (Paragraph(heading, "subheading"), table), 5)
