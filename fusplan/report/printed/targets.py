"""The targets on the first page: pictures, the point in every frame, and the figures of its lesions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.display.colours import nucleus_colour
from fusplan.display.contours import NucleiFields
from fusplan.display.views import CONVENTION_WORDS
from fusplan.export.readings import PointReading
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.planning.lesion_summary import lesion_summary
from fusplan.planning.number_words import number
from fusplan.planning.plan import Lesion, Plan, Target
from fusplan.planning.review import LesionReview, PlanReview
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
from fusplan.report.printed.pictures import LESION_COLOUR, for_paper
from fusplan.report.printed.words import LONGEST_NAME, plain, short, size, source, upper_first
from fusplan.report.side_section import tilt_words
from fusplan.report.slice_figures import FIELD_MM, target_figures
from fusplan.spatial import AcPcGeometry

LARGE_UP_TO = 2
"""So many targets are shown with large pictures; more with small ones beside their coordinates."""

SMALL_FIELD_MM = 38.0
"""What a small picture shows: less of the head, so that its words can be read."""

MOST_TARGETS = 6
LONGEST_SMALL_NAME = 40
"""So that the name of a small one stays on its line."""

MOST_LESIONS = 3
"""Lesions of one target whose figures stand beside its coordinates."""

RAS = "right, anterior, superior"


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What the pictures are cut from."""

    volume: Volume
    geometry: AcPcGeometry
    window: IntensityWindow
    nuclei: NucleiFields
    nuclei_title: str


def target_sections(
    plan: Plan, review: PlanReview, head: Head, readings: Mapping[str, PointReading]
) -> tuple[Section, ...]:
    """A section for each target, the legend below the last, and a sentence about those there is no room for."""
    if not plan.targets:
        return (Section("targets", (Paragraph("No target is planned."),)),)
    shown, others = plan.targets[:MOST_TARGETS], plan.targets[MOST_TARGETS:]
    make = _large if len(shown) <= LARGE_UP_TO else _small
    sections = [Section(short(target.name), make(plan, target, review, head, readings[target.id])) for target in shown]
    sections.append(Section("legend", _legend(head.nuclei_title)))
    if others:
        names = short(", ".join(target.name for target in others), 150)
        sections.append(Section("more targets", (Paragraph(_not_shown(len(others), names), "body", "warning"),)))
    return tuple(sections)


def _not_shown(count: int, names: str) -> str:
    what = "1 more target is" if count == 1 else f"{count} more targets are"
    return f"{what} left out for lack of room: {names}. The page report.html and targets.csv hold them."


def _lesions(plan: Plan, target: Target, review: PlanReview) -> tuple[tuple[Lesion, LesionReview], ...]:
    return tuple((lesion, review.lesion(lesion.id)) for lesion in plan.lesions_of(target.id))


def _pictures(
    plan: Plan, target: Target, review: PlanReview, head: Head, field_mm: float = FIELD_MM
) -> tuple[Picture, ...]:
    lesions = _lesions(plan, target, review)
    figures = target_figures(head.volume, head.geometry, head.nuclei, target, lesions, head.window, field_mm)
    return tuple(Picture(for_paper(figure.drawing), figure.title, figure.caption) for figure in figures)


def _heading(plan: Plan, target: Target, longest: int = LONGEST_NAME) -> Content:
    sizes = "".join(f"  ·  {size(lesion)}" for lesion in plan.lesions_of(target.id)[:MOST_LESIONS])
    return (Run(short(target.name, longest), bold=True), Run(sizes, soft=True))


def _large(plan: Plan, target: Target, review: PlanReview, head: Head, reading: PointReading) -> tuple[Block, ...]:
    facts: list[Block] = []
    for lesion, found in _lesions(plan, target, review)[:MOST_LESIONS]:
        facts.append(_figures(lesion, found, head.geometry))
    facts.append(Paragraph(f"Source: {source(target.provenance)}", "small"))
    return (
        Paragraph(_heading(plan, target), "heading", aside=upper_first(reading.words.words)),
        PictureRow(_pictures(plan, target, review, head), 30.0, 60.0),
        Gap(1.2),
        Columns(((_coordinates(reading, True),), tuple(facts)), (1.85, 1.0)),
        Gap(2.4),
    )


def _small(plan: Plan, target: Target, review: PlanReview, head: Head, reading: PointReading) -> tuple[Block, ...]:
    pictures = tuple(Picture(one.drawing, one.title) for one in _pictures(plan, target, review, head, SMALL_FIELD_MM))
    return (
        Paragraph(_heading(plan, target, LONGEST_SMALL_NAME), "subheading", aside=upper_first(reading.words.words)),
        Columns(((PictureRow(pictures, 22.0, 31.0),), (_coordinates(reading, False),)), (1.0, 0.94)),
        Gap(1.0),
    )


def _coordinates(reading: PointReading, with_directions: bool) -> Table:
    """The point in every frame: which frame, which unit, which way its numbers count."""
    rows = (
        (reading.scanner.frame.label, RAS, reading.scanner.coordinates),
        ("LPS mm (DICOM, ITK)", "left, posterior, superior", reading.lps_mm),
        (reading.acpc_from_mcp.frame.label, RAS, reading.acpc_from_mcp.coordinates),
        (reading.acpc_from_pc.frame.label, RAS, reading.acpc_from_pc.coordinates),
        (reading.acpc_from_ac.frame.label, RAS, reading.acpc_from_ac.coordinates),
        (reading.mni.frame.label, RAS, reading.mni.coordinates),
        (reading.voxel.frame.label, "along the file's own axes", reading.voxel.coordinates),
    )
    shown: list[tuple[Content, ...]] = []
    for label, towards, values in rows:
        numbers = tuple(number(value, 2) for value in values)
        directions = ((Run(towards, soft=True),),) if with_directions else ()
        shown.append(((Run(label, bold=True),), *directions, *numbers))
    if with_directions:
        head = ("Frame and unit", "Counted towards", "first", "second", "third")
        return Table(head, tuple(shown), (3.8, 2.75, 1, 1, 1), (False, False, True, True, True))
    return Table((), tuple(shown), (3.3, 1, 1, 1), (False, True, True, True))


def _figures(lesion: Lesion, found: LesionReview, geometry: AcPcGeometry) -> Table:
    axis = geometry.axes.T @ lesion.long_axis.array
    axis = axis if axis[2] >= 0 else -axis
    tilt = plain(tilt_words(float(axis[0]), float(axis[1]), float(axis[2])))
    summary = lesion_summary(found)
    shown = [(row.title, row.words) for row in summary.of("aim", "lesion")]
    shown.append(("Long axis", tilt))
    others = [row for rows in summary.key_numbers for row in rows if row.group not in ("aim", "lesion")]
    shown += [(row.title_by, row.words) for row in others]
    rows: list[tuple[Content, ...]] = [(title, (Run(words, bold=True),)) for title, words in shown]
    return Table((short(lesion.name, 50), ""), tuple(rows), (1.9, 1.0), (False, True))


def _legend(nuclei_title: str) -> tuple[Block, ...]:
    entries = (
        LegendEntry(nucleus_colour(CLP_KEY), CLP_KEY, "thick"),
        LegendEntry(LESION_COLOUR, "planned lesion"),
        LegendEntry("#3a4652", "95 % region of the target", "dashed"),
        LegendEntry("#7d8ca0", "neighbouring nuclei, named on this side", "thin"),
    )
    words = (
        f"Slices along the AC-PC axes through the lesion's centre. {CONVENTION_WORDS['radiological']} "
        f"Sagittal: in front is on the left. Nuclei: {nuclei_title}."
    )
    return (Legend(entries), Paragraph(words, "small"))
