"""One side of the plan: pictures first, then coordinates, proposals, coverage and uncertainty."""

from __future__ import annotations

import math

from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.display import colours
from fusplan.display.colours import nucleus_colour
from fusplan.display.contours import NucleiFields
from fusplan.display.views import CONVENTION_WORDS
from fusplan.export.readings import PointReading
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.planning.lesion_summary import LesionSummary, lesion_summary
from fusplan.planning.number_words import number
from fusplan.planning.plan import Lesion, Plan, Target
from fusplan.planning.review import PlanReview
from fusplan.report import svg
from fusplan.report.coordinates_section import coordinates_table
from fusplan.report.coverage_section import coverage_columns, distances, uncertainty
from fusplan.report.markup import confidence_mark, text
from fusplan.report.proposals_section import proposals_block
from fusplan.report.slice_figures import Figure, target_figures
from fusplan.report.summary_section import side_agreement, size_words
from fusplan.spatial import AcPcGeometry


def target_section(
    plan: Plan,
    target: Target,
    review: PlanReview,
    volume: Volume,
    geometry: AcPcGeometry,
    window: IntensityWindow,
    atlas: NucleiFields,
    atlas_title: str,
    reading: PointReading,
) -> str:
    """Everything about one target and its lesions."""
    lesions = tuple((lesion, review.lesion(lesion.id)) for lesion in plan.lesions_of(target.id))
    figures = "".join(_shown(figure) for figure in target_figures(volume, geometry, atlas, target, lesions, window))
    facts = "".join(_lesion_facts(lesion, lesion_summary(found), geometry) for lesion, found in lesions)
    parts = [
        f'<div class="triple">{figures}</div>{_legend(atlas_title)}',
        f'<div class="columns wide-left"><div>{_coordinates(target, reading)}</div><div>{facts}</div></div>',
        proposals_block(plan, target, side_agreement(review, target.side), geometry),
    ]
    for lesion, found in lesions:
        parts.append(_lesion_heading(lesion, len(lesions)))
        summary = lesion_summary(found)
        parts += [coverage_columns(found, summary), uncertainty(found, summary)]
    sizes = "".join(f" &middot; {size_words(lesion)}" for lesion, _ in lesions)
    return (
        f'<section class="side-section" id="target-{text(target.id)}"><h2>{text(target.name)}'
        f"{sizes}</h2>{''.join(parts)}</section>"
    )


def _shown(figure: Figure) -> str:
    return (
        f'<figure><div class="over">{text(figure.title)}<span>{text(figure.caption)}</span></div>'
        f"{svg.drawn(figure.drawing)}</figure>"
    )


def _legend(atlas_title: str) -> str:
    entries = (
        (f"background:{nucleus_colour(CLP_KEY)}", CLP_KEY),
        (f"background:{colours.LESION}", "planned lesion"),
        ("border:1.5px dashed #5a6876", "95 % region of the target"),
        ("background:#9aa9bd", "neighbouring nuclei, named on this side"),
    )
    shown = "".join(f'<span><i style="{style}"></i>{text(words)}</span>' for style, words in entries)
    return (
        f'<p class="legend">{shown}</p><p class="small">Slices along the AC-PC axes through the lesion&rsquo;s centre. '
        f"{text(CONVENTION_WORDS['radiological'])} Sagittal: in front is on the left. Nuclei: {text(atlas_title)}.</p>"
    )


def _coordinates(target: Target, reading: PointReading) -> str:
    provenance = target.provenance
    return (
        f"<h3>Target in every frame</h3>{coordinates_table(reading)}"
        f'<p class="small">Where it comes from: {text(provenance.sentence)} '
        f"{confidence_mark(provenance.confidence)}</p>"
    )


def _lesion_facts(lesion: Lesion, summary: LesionSummary, geometry: AcPcGeometry) -> str:
    axis = geometry.axes.T @ lesion.long_axis.array
    axis = axis if axis[2] >= 0 else -axis
    tilt = tilt_words(float(axis[0]), float(axis[1]), float(axis[2]))
    own = [(text(row.title), text(row.words)) for row in summary.of("aim", "lesion")]
    rows = (("Size", size_words(lesion)), *own, ("Long axis", tilt))
    shown = "".join(f'<tr><th scope="row">{name}</th><td class="number">{value}</td></tr>' for name, value in rows)
    return f"<h3>{text(lesion.name)}</h3><table><tbody>{shown}</tbody></table>{distances(summary)}"


def tilt_words(right: float, anterior: float, superior: float) -> str:
    """The long axis against the dorsoventral axis, in words."""
    sideways = math.degrees(math.atan2(right, superior))
    forwards = math.degrees(math.atan2(anterior, superior))
    if abs(sideways) < 0.5 and abs(forwards) < 0.5:
        return "dorsoventral"
    parts = []
    if abs(forwards) >= 0.5:
        parts.append(f"{number(abs(forwards), 0)}&deg; {'forwards' if forwards > 0 else 'backwards'}")
    if abs(sideways) >= 0.5:
        parts.append(f"{number(abs(sideways), 0)}&deg; to the {'right' if sideways > 0 else 'left'}")
    return "top tilted " + ", ".join(parts)


def _lesion_heading(lesion: Lesion, count: int) -> str:
    """Names the lesion only where there are several."""
    return f"<h3>{text(lesion.name)}</h3>" if count > 1 else ""
