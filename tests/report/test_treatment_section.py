"""The treatment as simulated, on the page and on paper: the same numbers in the same words, and what they rest on."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from fusplan.display.grey_levels import deep_brain_window
from fusplan.export.readings import read_in_plan
from fusplan.planning.plan import Plan
from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
from fusplan.planning.treatment_edits import set_tilt
from fusplan.planning.treatment_summary import treatment_summary
from fusplan.report.dose_figures import FIELD_MM, dose_figures
from fusplan.report.drawing import Disc, Drawing, Polygons
from fusplan.report.helmet_figure import CENTRE_MM, RIM_MM, helmet_figure
from fusplan.report.html_report import report_html
from fusplan.report.printed.page import Paragraph, PrintedReport, Section, Table
from fusplan.report.treatment_charts import sdr_figure, temperature_figure
from fusplan.report.treatment_section import treatment_section
from fusplan.report.treatment_tables import element_table, helmet_words, sonication_table
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.not_simulated import NOT_SIMULATED
from fusplan.simulation.skull_load import skull_load
from tests.fixtures.example_plan import ExamplePlan
from tests.fixtures.printed_plans import flat, plain, printed, slices_are_made_once
from tests.fixtures.simulated_plans import ABLATIONS, ELEMENTS, TEST, few_elements, simulated_plan
from tests.report.test_html_report import Page

__all__ = ["slices_are_made_once"]


@pytest.fixture(scope="module")
def simulated(example: ExamplePlan) -> SimulatedTreatment:
    return simulated_plan(example.plan)


def section_of(example: ExamplePlan, simulated: SimulatedTreatment, plan: Plan | None = None) -> str:
    window = deep_brain_window(example.volume, example.geometry)
    return treatment_section(plan or example.plan, simulated, example.volume, example.geometry, window)


@pytest.fixture(scope="module")
def html(example: ExamplePlan, simulated: SimulatedTreatment) -> str:
    return section_of(example, simulated)


@pytest.fixture(scope="module")
def on_paper(example: ExamplePlan, simulated: SimulatedTreatment) -> PrintedReport:
    return printed(example, simulated=simulated)


def flowing(words: str) -> str:
    return re.sub(r"\s+", " ", words.replace("\N{NO-BREAK SPACE}", " "))


def words_on(page: tuple[Section, ...]) -> str:
    found: list[str] = []
    for section in page:
        for block in flat(section.blocks):
            if isinstance(block, Paragraph):
                found += [plain(block.content), block.aside]
            elif isinstance(block, Table):
                found += [*block.head, *(plain(cell) for row in block.rows for cell in row)]
    return flowing(" ".join(found))


def test_the_section_is_well_formed_and_says_every_number(html: str, simulated: SimulatedTreatment) -> None:
    page = Page(html)
    shown = flowing(page.text)
    for target in simulated.targets:
        assert target.name in shown
        for row in treatment_summary(target).of("skull", "focus", "heat", "lesion"):
            assert flowing(row.words) in shown, row.key
    identifiers = [value for _, name, value in page.attributes if name == "id"]
    assert len(identifiers) == len(set(identifiers))
    links = {value[1:] for _, name, value in page.attributes if name == "href" and value.startswith("#")}
    assert links <= set(identifiers)


def test_doubts_assumptions_and_what_is_left_out_stand_there(html: str, simulated: SimulatedTreatment) -> None:
    shown = flowing(Page(html).text)
    for sentence in (*NOT_SIMULATED, *(w.sentence for w in simulated.skull.warnings)):
        assert flowing(sentence) in shown
    assert "Few active elements" in shown
    assert "not the vendor's" in shown
    assert "no treatment may be set by them" in shown


def test_a_report_has_the_section_only_where_something_was_simulated(
    example: ExamplePlan, simulated: SimulatedTreatment
) -> None:
    readings = {target.id: read_in_plan(example.plan, target.point) for target in example.plan.targets}
    material = (example.plan, example.volume, example.review, readings, example.atlases)
    assert 'id="treatment"' not in report_html(*material)
    whole = report_html(*material, simulated=simulated)
    assert 'id="treatment"' in whole
    assert len(whole.encode()) < 3_000_000
    assert printed(example).treatment == ()


def test_from_a_t1_nothing_is_said_that_is_not_known(example: ExamplePlan) -> None:
    shown = flowing(Page(section_of(example, simulated_plan(example.plan, "t1"))).text)
    assert "not known from a T1" in shown
    assert "ideal correction" in shown
    assert "elements; grey: off" not in shown
    assert "Passes" not in shown


def test_a_target_without_heat_has_no_curve_and_no_lesion(example: ExamplePlan, simulated: SimulatedTreatment) -> None:
    cold = replace(simulated.targets[0], sonications=(), history=None, tests=None, lesion=None)
    shown = flowing(Page(section_of(example, replace(simulated, targets=(cold,)))).text)
    assert "Lesion to expect" not in shown
    assert "pauses are cut out" not in shown
    assert "Helmet" in shown


def test_names_cannot_become_markup(example: ExamplePlan, simulated: SimulatedTreatment) -> None:
    evil = replace(simulated.targets[0], name="<b>&\"x'")
    shown = section_of(example, replace(simulated, targets=(evil,)))
    assert "<b>&" not in shown
    assert "&lt;b&gt;&amp;&quot;x&#x27;" in shown


def test_paper_says_the_same_a_page_a_target(on_paper: PrintedReport, simulated: SimulatedTreatment) -> None:
    assert len(on_paper.treatment) == len(simulated.targets) == 2
    for page, target in zip(on_paper.treatment, simulated.targets, strict=True):
        shown = words_on(page)
        assert f"Treatment (simulated): {target.name}" in shown
        for row in treatment_summary(target).of("skull", "focus", "heat", "lesion"):
            assert flowing(row.words) in shown, row.key
        for sentence in NOT_SIMULATED:
            assert flowing(sentence) in shown


def test_further_targets_are_named_on_paper(example: ExamplePlan, simulated: SimulatedTreatment) -> None:
    third = replace(simulated.targets[0], name="VIM left")
    report = printed(example, simulated=replace(simulated, targets=(*simulated.targets, third)))
    assert len(report.treatment) == 2
    assert "Left out for lack of room: the treatment of VIM left" in words_on(report.treatment[1])


# Tables


def test_the_helmet_is_told_in_words() -> None:
    assert helmet_words(HelmetTilt()) == "The helmet is upright along the AC-PC axes."
    assert helmet_words(HelmetTilt(5.0, -3.0)) == "Its apex leans 5.0° forward and 3.0° to the left."
    assert helmet_words(HelmetTilt(roll_deg=10.0)).endswith("turned by 10.0° about its own axis.")


def test_every_element_is_counted_once(simulated: SimulatedTreatment) -> None:
    target = simulated.targets[0]
    none_met = target.elements.meets_bone.copy()
    none_met[-2:] = False
    incidence = target.elements.incidence_outer_deg.copy()
    incidence[-2:] = np.nan
    holed = replace(target.elements, meets_bone=none_met, incidence_outer_deg=incidence, incidence_inner_deg=incidence)
    rows = element_table(replace(target, elements=holed)).rows
    assert sum(int(row[1]) for row in rows) == ELEMENTS
    on = sum(int(row[1]) for row in rows if not row[0].startswith("off"))
    assert on == target.elements.active_count
    assert {row[0]: row[1] for row in rows}["off: no bone met"] == "2"


def test_sonications_are_told_as_they_are(example: ExamplePlan, simulated: SimulatedTreatment) -> None:
    found = sonication_table(simulated.targets[0], example.geometry)
    assert found is not None
    assert [row[0] for row in found.rows] == ["1 test", "2 ablation", "3 ablation"]
    assert [row[2] for row in found.rows] == ["0:00", "2:00", "4:00"]
    assert [row[4] for row in found.rows] == [f"{one.energy_j / 1000:.1f} kJ" for one in (TEST, *ABLATIONS)]


# Pictures


def discs(drawing: Drawing, is_ring: bool) -> list[Disc]:
    found = [shape for shape in drawing.shapes if isinstance(shape, Disc) and shape.centre != CENTRE_MM]
    return [disc for disc in found if bool(disc.ring_mm) == is_ring]


def test_the_helmet_shows_every_element_where_it_is(example: ExamplePlan, simulated: SimulatedTreatment) -> None:
    target = simulated.targets[0]
    drawing = helmet_figure(target, few_elements(), example.geometry).drawing
    assert len(discs(drawing, False)) == target.elements.active_count
    assert len(discs(drawing, True)) == ELEMENTS - target.elements.active_count
    away = target.pose.elements(few_elements()).array - target.pose.target.array
    # An upright helmet's elements on the patient's right are on the left of the picture, those in front at its top.
    along = away @ example.geometry.axes
    first = discs(drawing, False)
    for disc, place in zip(first, along, strict=False):
        assert np.sign(CENTRE_MM[0] - disc.centre[0]) == np.sign(place[0])
        assert np.sign(CENTRE_MM[1] - disc.centre[1]) == np.sign(place[1])
        polar_deg = np.degrees(np.arccos(place[2] / np.linalg.norm(place)))
        assert np.hypot(*np.subtract(disc.centre, CENTRE_MM)) == pytest.approx(RIM_MM * polar_deg / 90, abs=1e-6)


def test_a_leaning_helmet_is_drawn_about_its_own_axis(example: ExamplePlan) -> None:
    plan = set_tilt(example.plan, example.plan.targets[0].id, HelmetTilt(20.0, 10.0))
    leaning = simulated_plan(plan).targets[0]
    upright = simulated_plan(example.plan).targets[0]
    for other in (leaning, upright):
        drawing = helmet_figure(other, few_elements(), example.geometry).drawing
        apart = [np.hypot(*np.subtract(disc.centre, CENTRE_MM)) for disc in discs(drawing, False)]
        assert apart == sorted(apart)  # the spiral runs from the apex to the rim


def test_the_curve_is_the_history_and_its_dots_the_frames(simulated: SimulatedTreatment) -> None:
    target = simulated.targets[0]
    figure = temperature_figure(target)
    assert figure is not None
    assert target.history is not None
    (curves,) = [shape for shape in figure.drawing.shapes if isinstance(shape, Polygons) and not shape.closed]
    assert len(curves.polygons) == 3
    frames = target.history.shown
    assert frames is not None
    shown = [shape for shape in figure.drawing.shapes if isinstance(shape, Disc)]
    ends = [one.end_s + 20.0 for one in target.sonications]
    inside = [time_s <= ends[int(place)] for time_s, place in zip(frames.times_s, frames.of_sonication, strict=True)]
    assert len(shown) == sum(inside)
    # Higher is hotter, in one scale for line and dots: 60 degrees lie where the line of 60 is.
    highest = min(float(line[:, 1].min()) for line in curves.polygons)
    dots = min(disc.centre[1] for disc in shown)
    rise, shown_rise = target.history.peak_celsius.max() - 36.0, frames.peak_celsius.max() - 36.0
    low = figure.drawing.height_mm - 9.0
    assert (low - dots) / (low - highest) == pytest.approx(shown_rise / rise, rel=1e-6)


def test_the_histogram_counts_elements(simulated: SimulatedTreatment) -> None:
    target = simulated.targets[0]
    figure = sdr_figure(target)
    assert figure is not None
    active = target.elements.active
    bars = [shape.polygons for shape in figure.drawing.shapes if isinstance(shape, Polygons)]
    on, off = (sum(bar[0, 1] - bar[2, 1] for bar in group) for group in bars)
    assert on / off == pytest.approx(active.sum() / (~active).sum())
    # The made-up ratios run from 0.35 to 0.65, on a scale from 0 to 1.
    left, right = min(bar[:, 0].min() for bar in bars[0]), max(bar[:, 0].max() for bar in bars[1])
    wide = figure.drawing.width_mm
    assert 0.3 * wide < left < 0.38 * wide
    assert 0.6 * wide < right < 0.68 * wide
    assert sdr_figure(simulated_target_of_a_t1(target)) is None


def simulated_target_of_a_t1(target: SimulatedTarget) -> SimulatedTarget:
    return replace(target, elements=replace(target.elements, sdr=None, transmission=None))


def test_contours_have_the_size_of_the_made_up_heat(example: ExamplePlan, simulated: SimulatedTreatment) -> None:
    """The made-up peak map is 37 + r exp(-(d / 2.2)^2) about the target, and 1.5 times as long along the z axis."""
    target = simulated.targets[0]
    assert target.lesion is not None
    planned = replace(example.plan.lesions_of(target.target_id)[0], centre=target.pose.target)
    window = deep_brain_window(example.volume, example.geometry)
    axial, _, _ = dose_figures(target, planned, example.volume, example.geometry, window)
    (drawn,) = [s for s in axial.drawing.shapes if isinstance(s, Polygons) and s.title == "51 °C reached"]
    (outline,) = drawn.polygons
    rise = float(target.lesion.peak_map.values.max()) - 37.0
    radius = 2.2 * np.sqrt(np.log(rise / 14.0))
    apart = np.linalg.norm(outline - FIELD_MM / 2, axis=1)
    # The slice is oblique to the grid by nine degrees.
    assert apart.mean() == pytest.approx(radius, abs=0.12)
    assert dose_figures(replace(target, lesion=None), planned, example.volume, example.geometry, window) == ()


def test_a_helmet_with_no_element_on_is_told_and_drawn(example: ExamplePlan, simulated: SimulatedTreatment) -> None:
    target = simulated.targets[0]
    off = replace(target.elements, active=np.zeros(ELEMENTS, dtype=np.bool_))
    dead = replace(target, elements=off, load=skull_load(off, few_elements()), history=None, tests=None, lesion=None)
    alone = replace(simulated, targets=(replace(dead, sonications=()),))
    shown = flowing(Page(section_of(example, alone)).text)
    assert f"0 of {ELEMENTS} elements active" in shown
    assert "no element is on" in section_of(example, alone)
    assert "nan" not in shown.lower().split()
    assert f"0 of {ELEMENTS}" in words_on(printed(example, simulated=alone).treatment[0])
