"""What the plan rests on: evidence, sources, and everything needed to make it again."""

from __future__ import annotations

from collections.abc import Sequence

import fusplan
from fusplan.atlas.nuclei_atlas import NucleiAtlas
from fusplan.planning.number_words import TIMES
from fusplan.planning.plan import Plan
from fusplan.report.printed.page import Block, Columns, Gap, Paragraph, Run, Section
from fusplan.report.printed.words import short
from fusplan.report.sources_section import CONFIDENCE_MEANINGS, EVIDENCE, FIGURE_SOURCES

EVIDENCE_SHOWN = 2
"""The sham-controlled trial and the open series; the note on other atlases stands in report.html."""


def evidence_section() -> Section:
    """The sham-controlled trial and the open series alike."""
    paragraphs = tuple((Paragraph(f"{words} [{mark}]", "small"),) for words, mark in EVIDENCE[:EVIDENCE_SHOWN])
    return Section("evidence", (Gap(1.0), Paragraph("Evidence", "subheading"), Columns(paragraphs, (1.0, 1.0))), 1)


def provenance_section(plan: Plan, atlases: Sequence[NucleiAtlas]) -> Section:
    """Versions, hashes, sources and what the confidence marks mean."""
    record = plan.registration
    total_s = sum(seconds for _, seconds in record.seconds)
    versions = [("fusplan", fusplan.__version__), *(pair for pair in record.versions if pair[0] != "fusplan")]
    shape = TIMES.join(str(count) for count in plan.image.shape)
    again = (
        f"{short(plan.image.name)}, {shape} voxels, sha256 {plan.image.sha256}. Template {record.template}. "
        f"Registration: {record.engine_words}, {total_s:.0f} s. Seed {plan.seed}. "
        f"{', '.join(f'{name} {version}' for name, version in versions)}."
    )
    second = plan.image_of("second")
    if second is not None:
        again += f" Second image, for the eye alone: {short(second.image.name)}."
    marks = "; ".join(f"[{mark}] {meaning}" for mark, meaning in CONFIDENCE_MEANINGS)
    atlas_words = " ".join(f"{one.title}: {one.source.rstrip('.')}." for one in atlases)
    left: tuple[Block, ...] = (
        _named("To make the plan again", again),
        _named("What the marks mean", f"{marks}."),
    )
    right: tuple[Block, ...] = (_named("Atlases", atlas_words),)
    return Section(
        "sources and provenance",
        (
            Gap(0.8),
            Columns((left, right), (1.0, 1.0)),
        ),
    )


def figures_section() -> Section:
    """Where the figures come from that the plan reckons with."""
    figures = "; ".join(f"{what}: {source} [{mark}]" for what, source, mark in FIGURE_SOURCES)
    return Section("sources of the figures", (_named("Figures", f"{figures}."),), 4)


def _named(name: str, words: str) -> Paragraph:
    return Paragraph((Run(f"{name}. ", bold=True), Run(words)), "small")
