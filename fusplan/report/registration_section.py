"""Whether to trust the registration and the landmarks: pictures to judge by first, numbers second."""

from __future__ import annotations

from fusplan.display import colours
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.planning.landmark_doubt import found_words
from fusplan.planning.number_words import number
from fusplan.planning.plan import Landmark, Landmarks, Plan
from fusplan.report import svg
from fusplan.report.markup import badge, section, table, text
from fusplan.report.registration_figures import midplane_figure, registration_figures
from fusplan.spatial import AcPcGeometry
from fusplan.spatial.acpc import PATIENTS_ACPC_MM


def registration_section(
    plan: Plan, volume: Volume, template: TemplateImage | None, geometry: AcPcGeometry, window: IntensityWindow
) -> str:
    """Registration quality with pictures; without the template only its numbers."""
    record = plan.registration
    pictures = _pictures(plan, volume, template, geometry, window) if template is not None else ""
    rows = [
        (
            text(measure.name_and_unit),
            f"{measure.value:.3g}",
            _limit(measure.warning_limit),
            _limit(measure.error_limit),
            badge(measure.verdict),
            f'<span class="small">{text(measure.sentence)}</span>',
        )
        for measure in record.quality.measures
    ]
    head = ("Measure", "#value", "#look twice beyond", "#do not trust beyond", "Verdict", "What it means")
    notes = "".join(f"<li>{text(note)}</li>" for note in record.remarks)
    body = (
        f"<p>{badge(record.quality.verdict)} {text(record.quality.sentence)}</p>{_landmark_doubt(plan)}{pictures}"
        f"{table(head, rows, 'quality')}" + (f'<ul class="plain small">{notes}</ul>' if notes else "")
    )
    lead = (
        f"The atlas reaches this head through the template {text(record.template)}. Judge it by eye before the numbers."
    )
    return section("registration", "Registration", body, lead)


def _landmark_doubt(plan: Plan) -> str:
    """How far AC and PC may be off, unless a person has marked both."""
    if plan.landmarks.ac.source == plan.landmarks.pc.source == "user":
        return ""
    return f"<p>{text(found_words(plan.registration.quality.verdict))}</p>"


def _limit(value: float | None) -> str:
    return "&ndash;" if value is None else f"{value:.3g}"


def _pictures(
    plan: Plan, volume: Volume, template: TemplateImage, geometry: AcPcGeometry, window: IntensityWindow
) -> str:
    """Template edges over the patient and a checkerboard of both, in three planes through the mid-commissural point."""
    figures = registration_figures(plan, volume, template, geometry, window)
    edges = [
        f'<figure><div class="over">{one.kind.capitalize()}</div>{svg.drawn(one.edges)}</figure>' for one in figures
    ]
    boards = [f"<figure>{svg.drawn(one.board)}</figure>" for one in figures]
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
    drawn = svg.drawn(midplane_figure(volume, geometry, window))
    return f'<figure><div class="over">Midplane<span>AC-PC line level</span></div>{drawn}</figure>'
