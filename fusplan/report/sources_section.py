"""What the plan rests on: the evidence for the operation, the sources of the figures, versions and provenance."""

from __future__ import annotations

from collections.abc import Sequence

import fusplan
from fusplan.atlas.nuclei_atlas import NucleiAtlas
from fusplan.atlas.presets import REMEMBERED_CAVEAT, REMEMBERED_WORDS
from fusplan.display.second_image_words import provenance_words
from fusplan.planning.number_words import TIMES
from fusplan.planning.plan import Plan
from fusplan.planning.review import Check, PlanReview
from fusplan.report.markup import badge, confidence_mark, section, text

CONFIDENCE_MEANINGS = (
    ("V", "read in the source that is named"),
    ("C", "computed from published data"),
    ("M", "from memory of the literature, unverified: check before relying on it"),
    ("derived", "worked out for this program; not a published clinical coordinate"),
)

EVIDENCE = (
    (
        "The evidence for central lateral thalamotomy is mixed. The one sham-controlled, randomised trial of bilateral "
        "focused ultrasound medial thalamotomy aimed at CL (10 people with trigeminal neuropathic pain) found no "
        "significant improvement of pain intensity after three months, and no serious complications "
        "(Ishaque et al., J Neurosurg, doi 10.3171/2023.10.JNS23661, NCT03309813).",
        "V",
    ),
    (
        "Open-label series report mean pain relief of about 42 to 57 %: Jeanmonod et al. 2012 49 % after three months "
        "(n = 9) and 57 % after a year (n = 8); Gallay et al. 2023 42 ± 32, 43 ± 36 and 42 ± 37 % at three follow-ups "
        "(63 interventions in 55 people, one serious adverse event); an eight-patient trigeminal sub-series of Gallay "
        "et al. 2020 51 to 78 %; a phase I study of nine ablated patients a fall of pain from 7.2 to 4.0 of 10 "
        "(Neurosurgery 94:690, 2024). Without a control group these cannot part the operation's effect from other "
        "causes.",
        "V",
    ),
    (
        "Atlases differ on what they call CL. The maximum-probability CL label derived from FreeSurfer, as in HCPex, "
        "holds 15 to 19 mm³ of dorsal rostral CL and is not CLp; CL of the Morel atlas holds 823 to 847 mm³. This "
        "report therefore never takes CLp from the former.",
        "C",
    ),
)

FIGURE_SOURCES = (
    ("Target nucleus: the posterior part of CL", "Jeanmonod 2012, Neurosurg Focus 32(1):E1; Gallay 2020, 2023", "V"),
    ("CLp as the part of CL at most 4 mm in front of PC; its size and neighbours", "Morel atlas label map", "C"),
    (f"CLp as remembered: {REMEMBERED_WORDS}", f"Solothurn group. {REMEMBERED_CAVEAT}", "M"),
    ("Mean lesion volume 68.5 ± 39.7 mm³ of 30 targets, 18 of them CL", "Moser 2013, J Ther Ultrasound 1:3", "V"),
    ("Targeting error of the device 0.99 ± 0.39 mm in three dimensions", "Moser 2013", "V"),
    ("Marking AC and PC: median error 0.38 and 0.37 mm", "AFIDs raters, Taha 2023", "V"),
    ("AC and PC of the template", "AFIDs consensus", "V"),
)  # fmt: skip


def checks_section(review: PlanReview) -> str:
    """Every plausibility check with its verdict."""
    if not review.checks:
        return ""
    return section("checks", "Checks", f'<ul class="verdict-list">{"".join(map(_check, review.checks))}</ul>')


def _check(check: Check) -> str:
    return f"<li>{badge(check.verdict)}<span><b>{text(check.name)}.</b> {text(check.sentence)}</span></li>"


def evidence_section() -> str:
    """What is known about the operation, the sham-controlled trial and the open series alike."""
    paragraphs = "".join(f"<p>{text(sentence)} {confidence_mark(mark)}</p>" for sentence, mark in EVIDENCE)
    return section("evidence", "Evidence", f'<div class="panel">{paragraphs}</div>')


def sources_section(plan: Plan, atlases: Sequence[NucleiAtlas]) -> str:
    """Where every figure comes from, and what the confidence marks mean."""
    meanings = "".join(f"<li>{confidence_mark(mark)} {text(meaning)}</li>" for mark, meaning in CONFIDENCE_MEANINGS)
    rows = [(what, text(source), confidence_mark(mark)) for what, source, mark in _proposal_sources(plan)]
    rows += [(text(what), text(source), confidence_mark(mark)) for what, source, mark in FIGURE_SOURCES]
    shown = "".join(
        f'<tr><th scope="row">{what}</th><td>{source}</td><td>{mark}</td></tr>' for what, source, mark in rows
    )
    return section(
        "sources",
        "Sources",
        f'<table><thead><tr><th scope="col">What</th><th scope="col">Source</th><th scope="col">Mark</th></tr></thead>'
        f"<tbody>{shown}</tbody></table>"
        f'<h3>What the marks mean</h3><ul class="plain">{meanings}</ul>{"".join(map(_atlas, atlases))}',
    )


def _proposal_sources(plan: Plan) -> list[tuple[str, str, str]]:
    """One row a method, though it proposes a position on each side."""
    seen: dict[str, tuple[str, str, str]] = {}
    for proposal in plan.proposals:
        source, name = proposal.provenance, f"Proposal: {text(proposal.name)}"
        seen.setdefault(source.method, (name, source.citation or source.sentence, source.confidence))
    return list(seen.values())


def _atlas(atlas: NucleiAtlas) -> str:
    notes = " ".join((atlas.what, f"Source: {atlas.source}.", f"Licence: {atlas.licence}.", *atlas.part_notes.values()))
    licence = f"<details><summary>Its licence</summary><pre>{text(atlas.licence_text)}</pre></details>"
    whole = licence if atlas.licence_text else ""
    return f"<h3>{text(atlas.title)}</h3><p class='small'>{text(notes)}</p>{whole}"


def provenance_section(plan: Plan) -> str:
    """Everything needed to make the same plan again."""
    record = plan.registration
    # Of a DICOM series its title: a folder may be named after the patient.
    image = plan.image.name if plan.image.path is None or plan.image.series_uid is not None else plan.image.path
    total_s = sum(seconds for _, seconds in record.seconds)
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in record.seconds)
    versions = [("fusplan", fusplan.__version__)]
    versions += [pair for pair in record.versions if pair[0] != "fusplan"]
    rows = [
        ("Image", text(image)),
        ("Image sha256", f'<span class="hash">{text(plan.image.sha256)}</span>'),
        ("Image size", TIMES.join(str(count) for count in plan.image.shape) + " voxels"),
        ("Template", text(record.template)),
        ("Registration", f"{text(record.engine_words)}; {total_s:.1f} s" + (f" ({text(stages)})" if stages else "")),
        ("Random seed", str(plan.seed)),
        ("Versions", text(", ".join(f"{name} {version}" for name, version in versions))),
    ]
    second = plan.image_of("second")
    if second is not None:
        rows.insert(3, ("Second image", text(provenance_words(second))))
    shown = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in rows)
    return section("provenance", "Versions and provenance", f'<table class="provenance"><tbody>{shown}</tbody></table>')
