"""The head of the report: whose image, what is planned, and whether to trust it, before anything else."""

from __future__ import annotations

from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.imaging.notes import Notes
from fusplan.imaging.volume import Volume
from fusplan.planning.checks import check_image_notes
from fusplan.planning.lesion_summary import LesionSummary, lesion_summary
from fusplan.planning.number_words import TIMES, number
from fusplan.planning.plan import Lesion, Plan
from fusplan.planning.review import Agreement, LesionReview, PlanReview
from fusplan.planning.sorted_checks import sorted_checks
from fusplan.registration.request import Verdict
from fusplan.report.markup import badge, text
from fusplan.spatial import AcPcGeometry, Side, read_acpc


def page_header(plan: Plan, review: PlanReview, volume: Volume, geometry: AcPcGeometry, written: str) -> str:
    """The title block, with what the reader of the image noticed; ``written`` is the day in words, or empty."""
    spacing = TIMES.join(f"{value:.2g}" for value in spacing_mm(plan))
    facts = [
        ("Image", text(volume.name)),
        ("Voxels", f"{spacing} mm"),
        ("AC-PC distance", f"{number(geometry.length_mm)} mm"),
        ("Template", text(plan.registration.template)),
    ]
    if written:
        facts.append(("Written", text(written)))
    shown = "".join(f"<span>{label} <b>{value}</b></span>" for label, value in facts)
    return (
        '<header class="page"><div class="eyebrow">fusplan report</div>'
        f"<h1>{text(plan_title(review))}</h1>"
        f'<p class="lead">{text(_lead(review))}, what the planned lesions would cover, and how sure that is.</p>'
        f'<div class="facts">{shown}</div>{_image_notes(volume.notes)}</header>'
    )


def _image_notes(notes: Notes) -> str:
    lines = [_verdict_line(note.verdict, "Image", note.sentence) for note in check_image_notes(notes)]
    return f'<ul class="verdict-list" id="image-notes">{"".join(lines)}</ul>' if lines else ""


def plan_title(review: PlanReview) -> str:
    """``CLp thalamotomy plan``; another aim is named."""
    if set(review.covered_keys) <= {CLP_KEY}:
        return f"{CLP_KEY} thalamotomy plan"
    return f"{' and '.join(review.covered_keys)} lesion plan"


def _lead(review: PlanReview) -> str:
    if set(review.covered_keys) <= {CLP_KEY}:
        return (
            "Central lateral thalamotomy with focused ultrasound: where the posterior part of the central lateral "
            "nucleus lies in this head"
        )
    verb = "lies" if len(review.covered_keys) == 1 else "lie"
    return f"Lesions with focused ultrasound: where {' and '.join(review.covered_keys)} {verb} in this head"


def spacing_mm(plan: Plan) -> list[float]:
    """The size of a voxel along the image's own three axes."""
    matrix = plan.image.affine[:3, :3]
    return [float((matrix[:, axis] ** 2).sum() ** 0.5) for axis in range(3)]


def summary(plan: Plan, review: PlanReview, geometry: AcPcGeometry) -> str:
    """A card for every lesion, then the verdicts on what all of them stand on."""
    cards = [_lesion_card(lesion, review.lesion(lesion.id), review, geometry) for lesion in plan.lesions]
    quality = plan.registration.quality
    lines = [_verdict_line(quality.verdict, "Registration", quality.sentence)]
    found = sorted_checks(review.checks)
    failed = [check for check in found.to_look_at if check.image_note is None]  # those stand in the head
    lines += [_verdict_line(check.verdict, check.name, check.sentence) for check in failed]
    if review.checks:
        lines.append(_verdict_line(found.verdict, "Checks", f"Of {len(review.checks)} checks {found.words}"))
    return (
        f'<section id="summary"><div class="cards">{"".join(cards)}</div>'
        f'<ul class="verdict-list">{"".join(lines)}</ul></section>'
    )


def _verdict_line(verdict: Verdict, name: str, sentence: str) -> str:
    return f"<li>{badge(verdict)}<span><b>{text(name)}.</b> {text(sentence)}</span></li>"


def side_agreement(review: PlanReview, side: Side) -> Agreement | None:
    """The agreement of the proposals of one side."""
    return next((agreement for agreement in review.agreements if agreement.side == side), None)


def _lesion_card(lesion: Lesion, found: LesionReview, review: PlanReview, geometry: AcPcGeometry) -> str:
    position = read_acpc(lesion.centre, geometry).words
    agreement = side_agreement(review, lesion.side)
    agreement_line = (
        f'<div class="verdict-line">{agreement_badge(agreement)}<span>{text(agreement.sentence)}</span></div>'
        if agreement
        else ""
    )
    summary = lesion_summary(found)
    leads = "".join(f'<p class="leads">{text(row.in_text)}</p>' for row in summary.of("aim"))
    return (
        f'<article class="card"><div class="side"><h3>{text(lesion.side.capitalize())} &middot; '
        f'{size_words(lesion)}</h3><a href="#target-{text(lesion.target_id)}">to the pictures</a></div>'
        f'<p class="where">{text(position[0].upper() + position[1:])}.</p>{leads}'
        f'<dl class="figures">{_key_numbers(summary)}</dl>{agreement_line}</article>'
    )


def size_words(lesion: Lesion) -> str:
    """The size of a lesion with real multiplication signs."""
    return text(lesion.size_words).replace(" x ", TIMES)


def agreement_badge(agreement: Agreement) -> str:
    """How the proposals stand to each other; without a colour where that is as usual, or where nothing tells."""
    words = f"proposals {agreement.standing}"
    if agreement.verdict == "ok":
        return f'<span class="badge neutral">{words}</span>'
    return badge(agreement.verdict, words)


def _key_numbers(summary: LesionSummary) -> str:
    """The most important numbers below that which leads; where several atlases tell, by each of them, worst first."""
    shown = []
    for rows in summary.key_numbers:
        if rows[0].group == "aim":
            continue
        by_atlas = "<br>".join(
            text(row.words) + (f" <small>by {text(row.by)}</small>" if row.by else "") for row in rows
        )
        shown.append(f"<div><dt>{text(rows[0].title)}</dt><dd>{by_atlas}</dd></div>")
    return "".join(shown)
