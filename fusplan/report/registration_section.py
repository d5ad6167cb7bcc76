"""Whether to trust the registration and the landmarks: pictures to judge by first, numbers second."""

from __future__ import annotations

import numpy as np

from fusplan.display import colours
from fusplan.display.grey_levels import GreyPicture, to_grey
from fusplan.display.pictures import (
    CarriedTemplate,
    carried_template,
    carried_window,
    checkerboard,
    slice_intensities,
)
from fusplan.display.template_edges import fluid_level, template_edges
from fusplan.display.views import (
    VIEW_KINDS,
    SliceView,
    ViewAxes,
    ViewKind,
    border_letters,
    scale_bar_length_mm,
    slice_view,
)
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Landmark, Landmarks, Plan
from fusplan.report import svg
from fusplan.report.markup import badge, number, section, table, text
from fusplan.spatial import AcPcGeometry, Point, Points, ScannerRas

HEAD_FIELD_MM = (176.0, 200.0)
MIDPLANE_FIELD_MM = (96.0, 72.0)
HEAD_PIXEL_MM = 0.6
MIDPLANE_PIXEL_MM = 0.25

PATIENTS_ACPC_MM = (26.4, 1.4)
"""AC-PC length of patients, mean and standard deviation (as the registration's own check has it)."""


def registration_section(
    plan: Plan, volume: Volume, template: TemplateImage | None, geometry: AcPcGeometry, window: IntensityWindow
) -> str:
    """Registration quality with pictures; without the template only its numbers."""
    record = plan.registration
    pictures = _pictures(plan, volume, template, geometry, window) if template is not None else ""
    rows = [
        (
            text(measure.name),
            f"{measure.value:.3g}",
            _limit(measure.warning_limit),
            _limit(measure.error_limit),
            badge(measure.verdict),
            f'<span class="small">{text(measure.sentence)}</span>',
        )
        for measure in record.quality.measures
    ]
    head = ("Measure", "#value", "#look twice beyond", "#do not trust beyond", "Verdict", "What it means")
    notes = "".join(f"<li>{text(note)}</li>" for note in record.notes)
    body = (
        f"<p>{badge(record.quality.verdict)} {text(record.quality.sentence)}</p>{pictures}"
        f"{table(head, rows, 'quality')}" + (f'<ul class="plain small">{notes}</ul>' if notes else "")
    )
    lead = (
        f"The atlas reaches this head through the template {text(record.template)}. Judge it by eye before the numbers."
    )
    return section("registration", "Registration", body, lead)


def _limit(value: float | None) -> str:
    return "&ndash;" if value is None else f"{value:.3g}"


def _pictures(
    plan: Plan, volume: Volume, template: TemplateImage, geometry: AcPcGeometry, window: IntensityWindow
) -> str:
    """Template edges over the patient and a checkerboard of both, in three planes through the mid-commissural point."""
    level = fluid_level(template)
    to_mni = plan.registration.mni_to_scanner.inverse()
    edges, boards = [], []
    for kind in VIEW_KINDS:
        view = slice_view(kind, _picture_centre(kind, geometry), HEAD_FIELD_MM, ViewAxes.acpc(geometry))
        plane = view.plane(HEAD_PIXEL_MM)
        patient = to_grey(slice_intensities(volume, plane, "linear"), window)
        carried = carried_template(template, to_mni, view, plane)
        edges.append(_edges_figure(kind, view, patient, carried, level))
        boards.append(_board_figure(kind, view, patient, carried))
    return (
        "<h3>Template edges on this head</h3>"
        f'<div class="triple">{"".join(edges)}</div>'
        f'<p class="legend"><span><i style="background:{colours.TEMPLATE_EDGE}"></i>ventricles and cisterns of the '
        f'template</span><span><i style="background:{colours.TEMPLATE_BORDER}"></i>border of its brain</span>'
        "<span>They should run along the same borders of this head, above all around the third ventricle and "
        "the thalamus.</span></p>"
        f'<h3>Head and template in turns</h3><div class="triple">{"".join(boards)}</div>'
        '<p class="legend">Fields of 20 mm; the field in the middle shows the patient. Ventricles and the '
        "surface of the brain should continue from field to field.</p>"
    )


def _picture_centre(kind: ViewKind, geometry: AcPcGeometry) -> Point[ScannerRas]:
    """The middle of the brain in each plane through the mid-commissural point (AC-PC mm from it)."""
    offset = {"axial": (0.0, -6.0, 0.0), "coronal": (0.0, 0.0, 18.0), "sagittal": (0.0, -6.0, 18.0)}[kind]
    return Point.of(geometry.mcp.frame, geometry.mcp.array + geometry.axes @ np.array(offset))


def _letters_and_scale(view: SliceView, size_mm: float) -> list[str]:
    letters = border_letters(view)
    width, height, inset = view.width_mm, view.height_mm, size_mm * 0.9
    bar = scale_bar_length_mm(width)
    bar_y = height - size_mm
    return [
        svg.words((inset, height / 2), letters.left, size_mm, weight=700),
        svg.words((width - inset, height / 2), letters.right, size_mm, weight=700),
        svg.words((width / 2, inset), letters.top, size_mm, weight=700),
        svg.words((width / 2, height - inset), letters.bottom, size_mm, weight=700),
        svg.line((size_mm, bar_y), (size_mm + bar, bar_y), colours.PICTURE_TEXT, size_mm * 0.14),
        svg.words((size_mm + bar / 2, bar_y - size_mm * 0.7), f"{bar:g} mm", size_mm * 0.75),
    ]


def _edges_figure(
    kind: ViewKind,
    view: SliceView,
    patient: GreyPicture,
    carried: CarriedTemplate,
    level: float,
) -> str:
    found = template_edges(carried, level)
    parts = [
        svg.embedded_picture(patient, view.width_mm, view.height_mm),
        svg.outline(found.brain, colours.TEMPLATE_BORDER, 0.7, opacity=0.9, title="border of the template's brain"),
        svg.open_lines(found.fluid, colours.TEMPLATE_EDGE, 0.7, title="fluid spaces of the template"),
        *_letters_and_scale(view, 8.0),
    ]
    drawn = svg.drawing(view.width_mm, view.height_mm, f"{kind.capitalize()}: template edges on this head", parts)
    return f'<figure><div class="over">{kind.capitalize()}</div>{drawn}</figure>'


def _board_figure(
    kind: ViewKind,
    view: SliceView,
    patient: GreyPicture,
    carried: CarriedTemplate,
) -> str:
    board = checkerboard(patient, to_grey(carried.intensities, carried_window(carried)), carried.pixel_mm)
    parts = [svg.embedded_picture(board, view.width_mm, view.height_mm), *_letters_and_scale(view, 8.0)]
    drawn = svg.drawing(view.width_mm, view.height_mm, f"{kind.capitalize()}: head and template in turns", parts)
    return f"<figure>{drawn}</figure>"


def landmarks_section(landmarks: Landmarks, volume: Volume, geometry: AcPcGeometry, window: IntensityWindow) -> str:
    """The midsagittal picture with AC and PC, their coordinates, and how well the midline points agree."""
    mean, deviation = PATIENTS_ACPC_MM
    fit = geometry.midplane
    walls = "".join(
        f"<li>Third-ventricle wall {text(wall.side)}: <b>{number(wall.lateral_mm)} mm</b> from the midplane. "
        f'<span class="small">{text(wall.sentence)}</span></li>'
        for wall in landmarks.ventricle_walls
    )
    rows = [
        (text(name), text(landmark.source), *(number(value) for value in landmark.point.coordinates))
        for name, landmark in _named(landmarks)
    ]
    frame = text(landmarks.ac.point.frame.label)
    head = ("Landmark", "Source", f"#{frame}:<br>right", "#<br>anterior", "#<br>superior")
    body = (
        f'<div class="columns wide-left"><div>{_midplane_figure(volume, geometry, window)}</div><div>'
        f"<p>AC-PC distance <b>{number(geometry.length_mm)} mm</b> (patients {mean:g} &plusmn; {deviation:g} mm).</p>"
        f"<p>Midline points lie within {number(fit.largest_residual_mm)} mm of the fitted midplane. The head is rolled "
        f"{_turn(fit.roll_deg, 'right', 'left')} and turned {_turn(fit.yaw_deg, 'left', 'right')} in the scanner.</p>"
        f'<ul class="plain">{walls}</ul></div></div>{table(head, rows)}'
    )
    return section("landmarks", "Landmarks", body)


def _turn(angle_deg: float, positive: str, negative: str) -> str:
    return f"{number(abs(angle_deg))}&deg; to the {positive if angle_deg >= 0 else negative}"


def _named(landmarks: Landmarks) -> list[tuple[str, Landmark]]:
    named = [("AC", landmarks.ac), ("PC", landmarks.pc)]
    return named + [(f"Midline {index}", one) for index, one in enumerate(landmarks.midline, start=1)]


def _midplane_figure(volume: Volume, geometry: AcPcGeometry, window: IntensityWindow) -> str:
    view = slice_view("sagittal", geometry.mcp, MIDPLANE_FIELD_MM, ViewAxes.acpc(geometry))
    grey = to_grey(slice_intensities(volume, view.plane(MIDPLANE_PIXEL_MM)), window)
    places = view.to_picture(Points.gather([geometry.ac, geometry.pc]))
    (ax, ay), (px, py) = ((float(x), float(y)) for x, y in places)
    parts = [
        svg.embedded_picture(grey, view.width_mm, view.height_mm),
        svg.line((ax - 8, ay), (px + 8, py), colours.LANDMARK, 0.22, ' stroke-dasharray="10 6" stroke-opacity=".8"'),
        svg.line((ax, ay), (px, py), colours.LANDMARK, 0.3),
        *(_ring(place) for place in ((ax, ay), (px, py))),
        svg.words((ax - 4.2, ay - 4.2), "AC", 3.6, colours.LANDMARK, weight=700),
        svg.words((px + 4.2, py - 4.2), "PC", 3.6, colours.LANDMARK, weight=700),
        svg.words(((ax + px) / 2, ay + 4.2), f"{geometry.length_mm:.1f} mm", 3.2, colours.LANDMARK),
        *_letters_and_scale(view, 3.6),
    ]
    drawn = svg.drawing(view.width_mm, view.height_mm, "Midplane with AC, PC and the line through them", parts)
    return f'<figure><div class="over">Midplane<span>AC-PC line level</span></div>{drawn}</figure>'


def _ring(place: tuple[float, float]) -> str:
    x, y = svg.units(place[0]), svg.units(place[1])
    return (
        f'<circle cx="{x}" cy="{y}" r="16" fill="none" stroke="{colours.LANDMARK}" stroke-width="3.4"/>'
        f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colours.LANDMARK}"/>'
    )
