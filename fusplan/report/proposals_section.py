"""The proposed positions of one side: where each comes from, how far apart they are, and a small map of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fusplan.atlas.presets import REMEMBERED_CAVEAT, REMEMBERED_WORDS
from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.display import colours
from fusplan.display.contours import ellipsoid_outline
from fusplan.display.views import SliceView, ViewAxes, ViewKind, border_letters, slice_view
from fusplan.planning.number_words import number
from fusplan.planning.plan import Plan, Proposal, Target
from fusplan.planning.review import Agreement, ProposalDistance
from fusplan.registration.request import Verdict
from fusplan.report import svg
from fusplan.report.markup import confidence_mark, table, text
from fusplan.report.summary_section import agreement_badge
from fusplan.spatial import AcPcGeometry, Ellipsoid, Points, ScannerRas, read_acpc

SMALLEST_MAP_MM = 14.0
MAP_MARGIN_MM = 3.0

_HOW_FAR: dict[Verdict, str] = {"ok": "near", "warning": "far", "error": "furthest"}


def proposals_block(plan: Plan, target: Target, agreement: Agreement | None, geometry: AcPcGeometry) -> str:
    """Table, distances and map of the proposals of the target's side; empty without proposals."""
    proposals = tuple(proposal for proposal in plan.proposals if proposal.side == target.side)
    if not proposals:
        return ""
    verdict = f"<p>{agreement_badge(agreement)} {text(agreement.sentence)}</p>" if agreement is not None else ""
    lesions = [lesion.ellipsoid for lesion in plan.lesions_of(target.id)]
    maps = "".join(_map_figure(kind, proposals, target, lesions, geometry) for kind in ("axial", "coronal"))
    return (
        f"<h3>Proposed positions</h3>{_proposal_table(proposals, target, geometry)}{_remembered(proposals)}"
        '<div class="columns"><div><h3>Do they agree?</h3>'
        f"{verdict}{_matrix(proposals, agreement)}</div>"
        f'<div><h3>Where they lie</h3><div class="maps">{maps}</div></div></div>'
    )


def _proposal_table(proposals: tuple[Proposal, ...], target: Target, geometry: AcPcGeometry) -> str:
    rows = []
    for index, proposal in enumerate(proposals, start=1):
        reading = read_acpc(proposal.point, geometry)
        stated = proposal.provenance.uncertainty_mm
        plus_minus = f"&plusmn;{number(stated)}" if stated is not None else "&ndash;"
        rows.append(
            (
                f'<span class="chip">{index}</span>{text(proposal.name)}',
                f'<span class="small">{text(proposal.provenance.sentence)}</span> '
                f"{confidence_mark(proposal.provenance.confidence)}",
                number(reading.lateral_mm),
                number(reading.anterior_of_pc_mm),
                number(reading.above_plane_mm),
                plus_minus,
                number(proposal.point.distance_to(target.point)),
            )
        )
    head = (
        "Proposal", "Where it comes from", "#AC-PC frame:<br>lateral mm", "#in front<br>of PC mm",
        "#above<br>plane mm", "#stated<br>mm", "#to the<br>target mm",
    )  # fmt: skip
    return table(head, rows, "proposals")


def _remembered(proposals: tuple[Proposal, ...]) -> str:
    """The figures that are only remembered, under proposals for the structure that they are of."""
    if not any(proposal.aim.key == CLP_KEY for proposal in proposals):
        return ""
    words = f"{CLP_KEY} as remembered: {REMEMBERED_WORDS}. {REMEMBERED_CAVEAT}"
    return f'<p class="small">{text(words)} {confidence_mark("M")}</p>'


def _matrix(proposals: tuple[Proposal, ...], agreement: Agreement | None) -> str:
    """Distances between every two proposals, mm; coloured where they are further apart than in most heads."""
    if agreement is None or not agreement.distances:
        return ""
    methods = [proposal.provenance.method for proposal in proposals]
    head = "".join(f'<th scope="col"><span class="chip">{index}</span></th>' for index in range(1, len(methods) + 1))
    rows = []
    for row, first in enumerate(methods):
        cells = []
        for column, second in enumerate(methods):
            found = agreement.between(first, second)
            if column >= row or found is None:
                cells.append('<td class="none"></td>')
            else:
                cells.append(f'<td class="{_HOW_FAR[found.verdict]}">{number(found.distance_mm)}{_usual(found)}</td>')
        rows.append(f'<tr><th scope="row"><span class="chip">{row + 1}</span></th>{"".join(cells)}</tr>')
    return (
        f'<table class="matrix"><thead><tr><th></th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        '<p class="small">Distances between proposals, mm; smaller: mean and standard deviation in the reference '
        "heads, where those had such proposals. Shaded: further apart than in most heads; deeper: unusually far.</p>"
    )


def _usual(distance: ProposalDistance) -> str:
    if distance.usual_mm is None or distance.usual_deviation_mm is None:
        return ""
    return f"<br><small>{number(distance.usual_mm)}&nbsp;&plusmn;&nbsp;{number(distance.usual_deviation_mm)}</small>"


def _map_view(kind: ViewKind, shown: Sequence[Points[ScannerRas]], geometry: AcPcGeometry) -> SliceView:
    """A square view along the AC-PC axes that holds all that is shown."""
    axes = ViewAxes.acpc(geometry)
    along = np.concatenate([points.array for points in shown]) @ axes.matrix
    low, high = along.min(axis=0), along.max(axis=0)
    size_mm = max(SMALLEST_MAP_MM, float(np.max(high - low)) + 2 * MAP_MARGIN_MM)
    middle = Points(axes.frame, ((low + high) / 2)[None] @ axes.matrix.T)[0]
    return slice_view(kind, middle, (size_mm, size_mm), axes)


def _map_figure(
    kind: ViewKind,
    proposals: tuple[Proposal, ...],
    target: Target,
    lesions: list[Ellipsoid[ScannerRas]],
    geometry: AcPcGeometry,
) -> str:
    points = Points.gather([target.point, *(proposal.point for proposal in proposals)])
    view = _map_view(kind, [points, *(lesion.surface(64) for lesion in lesions)], geometry)
    places = view.to_picture(points)
    size = view.width_mm
    scale = size / 20.0
    parts = [_millimetre_grid(size, scale)]
    for lesion in lesions:
        # The plane through the lesion's own centre shows its true size on the map.
        own = SliceView(view.kind, lesion.centre, view.right, view.up, size, size, view.axes, view.convention)
        ring = ellipsoid_outline(own, lesion)
        if ring is not None:
            shift = view.to_picture(Points.gather([lesion.centre]))[0] - size / 2
            parts.append(svg.outline([ring + shift], colours.LESION, 0.22 * scale, 0.25, title="planned lesion"))
    x, y = places[0]
    parts += [svg.line((x - scale, y), (x + scale, y), "#ffffff", 0.12 * scale)]
    parts += [svg.line((x, y - scale), (x, y + scale), "#ffffff", 0.12 * scale)]
    parts += [_numbered_dot(index, place, scale) for index, place in _apart(places[1:], 1.5 * scale)]
    letters = border_letters(view)
    inset = 0.9 * scale
    for letter, place in (
        (letters.left, (inset, size / 2)), (letters.right, (size - inset, size / 2)),
        (letters.top, (size / 2, inset)), (letters.bottom, (size / 2, size - inset)),
    ):  # fmt: skip
        parts.append(svg.words(place, letter, 1.1 * scale, weight=700))
    seen = {"axial": "From below", "coronal": "From the front"}[kind]
    picture = svg.drawing(size, size, f"{seen}: proposals of the {target.side} side", parts)
    return f'<figure><div class="over">{seen}<span>1 mm grid</span></div>{picture}</figure>'


def _millimetre_grid(size_mm: float, scale: float) -> str:
    count = int(size_mm)
    start = (size_mm - count) / 2
    pieces = []
    for index in range(count + 1):
        at = svg.units(start + index)
        pieces.append(f"M{at} 0V{svg.units(size_mm)}M0 {at}H{svg.units(size_mm)}")
    width = svg.units(0.04 * scale)
    return f'<path d="{"".join(pieces)}" stroke="#5d6b7a" stroke-opacity=".45" stroke-width="{width}" fill="none"/>'


def _apart(
    places: np.ndarray[tuple[int, ...], np.dtype[np.float64]], gap: float
) -> list[tuple[int, tuple[tuple[float, float], tuple[float, float]]]]:
    """Each place with where its number is drawn: pushed off numbers that would cover each other."""
    drawn = places.copy()
    for _ in range(60):
        moved = False
        for i in range(len(drawn)):
            for j in range(i + 1, len(drawn)):
                offset = drawn[j] - drawn[i]
                distance = float(np.hypot(*offset))
                if distance < gap - 1e-6:
                    away = offset / distance if distance > 1e-9 else np.array([1.0, 0.0])
                    push = away * (gap - distance) / 2
                    drawn[i] -= push
                    drawn[j] += push
                    moved = True
        if not moved:
            break
    return [
        (index + 1, ((float(place[0]), float(place[1])), (float(number_at[0]), float(number_at[1]))))
        for index, (place, number_at) in enumerate(zip(places, drawn, strict=True))
    ]


def _numbered_dot(index: int, places: tuple[tuple[float, float], tuple[float, float]], scale: float) -> str:
    """A number in a disc, tied by a line to the true place when it had to be pushed aside."""
    place, shown_at = places
    tie = svg.line(place, shown_at, colours.AMBER, 0.1 * scale) if place != shown_at else ""
    dot = (
        f'<circle cx="{svg.units(place[0])}" cy="{svg.units(place[1])}" r="{svg.units(0.2 * scale)}" '
        f'fill="{colours.AMBER}"/>'
    )
    disc = (
        f'<circle cx="{svg.units(shown_at[0])}" cy="{svg.units(shown_at[1])}" r="{svg.units(0.66 * scale)}" '
        f'fill="{colours.AMBER}" fill-opacity=".92"/>'
    )
    figure = (
        f'<text x="{svg.units(shown_at[0])}" y="{svg.units(shown_at[1])}" dy=".35em" text-anchor="middle" '
        f'font-weight="700" font-size="{svg.units(0.95 * scale)}" fill="#1b2530">{index}</text>'
    )
    return tie + dot + disc + figure
