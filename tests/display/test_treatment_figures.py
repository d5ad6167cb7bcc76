"""Figures of a treatment as values: axes, temperature curve, elements in colours, tilt map, SDR histogram."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.display.colour_maps import COLOUR_MAPS
from fusplan.display.element_colours import OFF_COLOUR, element_colours, element_map, known_quantities
from fusplan.display.figure_axis import FigureAxis, round_step
from fusplan.display.temperature_curve import temperature_curve
from fusplan.display.treatment_figures import sdr_histogram, tilt_picture
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.tilt_search import TiltMap
from fusplan.simulation.transducer import golden_angle_helmet
from tests.fixtures.simulated_plans import ABLATIONS, TEST, few_elements, history, simulated_plan
from tests.fixtures.small_heads import small_plan

SIMULATED = simulated_plan(small_plan())
TARGET = SIMULATED.targets[0]


def test_axes_are_marked_at_round_numbers_within_their_ends() -> None:
    axis = FigureAxis.of("Temperature", 35.0, 62.0)
    assert [tick.words for tick in axis.ticks] == ["40", "50", "60"]
    assert axis.place(48.5) == pytest.approx(0.5)
    assert [round_step(least) for least in (0.11, 1.0, 2.1, 6.0)] == pytest.approx([0.2, 1.0, 5.0, 10.0])
    with pytest.raises(ValueError, match="nothing"):
        FigureAxis.of("Nothing", 1.0, 1.0)


def test_the_curve_of_all_sonications_is_in_minutes_with_a_band_for_each_and_dots_at_the_frames() -> None:
    done = (TEST, *ABLATIONS)
    curve = temperature_curve(history(small_plan().targets[0].point, done), done)
    assert curve.time.title == "Time, min"
    assert [(band.number, band.kind) for band in curve.bands] == [(1, "test"), (2, "ablation"), (3, "ablation")]
    assert curve.bands[1].begin == pytest.approx(2.0) and curve.bands[1].end == pytest.approx(133 / 60)
    assert curve.true_points[:, 1].max() == pytest.approx(37 + 3 * 8.2, abs=0.5)
    assert len(curve.shown_points) == 24
    assert curve.shown_points[0, 0] == pytest.approx(1.75 / 60)
    assert curve.celsius.high > curve.true_points[:, 1].max()


def test_the_curve_of_one_sonication_begins_at_its_own_zero_and_ends_before_the_next() -> None:
    done = (replace(TEST, start_s=20.0), *ABLATIONS)
    curve = temperature_curve(history(small_plan().targets[0].point, done), done, only=1)
    assert curve.time.title == "Time, s"
    assert curve.time.low == pytest.approx(-3.0)
    (band,) = curve.bands
    assert (band.number, band.begin, band.end) == (2, pytest.approx(0.0), pytest.approx(13.0))
    top = curve.true_points[curve.true_points[:, 1].argmax()]
    assert top == pytest.approx([13.0, 37 + 3 * 7.4], abs=0.6)


def test_elements_are_coloured_by_their_number_and_grey_when_off() -> None:
    colours = element_colours(TARGET, "incidence")
    off = ~TARGET.elements.active
    assert off.any() and np.array_equal(colours.is_on, ~off)
    assert {tuple(rgb) for rgb in colours.rgb[off].tolist()} == {
        tuple(int(OFF_COLOUR[at : at + 2], 16) for at in (1, 3, 5))
    }
    table = COLOUR_MAPS["dose"].table
    assert colours.rgb[0].tolist() == table[0].tolist()
    assert colours.rgb[np.flatnonzero(~off)[-1]].tolist() == table[255].tolist()
    assert colours.bar.heading == "Incidence, °"
    assert colours.bar.window.low == pytest.approx(4.0, abs=0.5)


def test_what_a_t1_does_not_tell_is_not_offered() -> None:
    assert known_quantities(TARGET) == ("incidence", "thickness", "sdr", "load")
    of_t1 = simulated_plan(small_plan(), "t1").targets[0]
    assert known_quantities(of_t1) == ("incidence", "thickness", "load")
    colours = element_colours(of_t1, "sdr")
    assert colours.bar is None and not colours.is_on.any()


def test_an_even_skull_is_shown_as_even() -> None:
    even = replace(TARGET.elements, thickness_mm=np.full(64, 7.0))
    colours = element_colours(replace(TARGET, elements=even), "thickness")
    assert colours.bar.window.width >= 1.0
    assert len(np.unique(colours.rgb[colours.is_on], axis=0)) == 1


def test_the_flat_map_keeps_distances_from_the_apex_and_lays_the_right_as_slices_do() -> None:
    helmet = few_elements()
    flat = element_map(helmet, element_colours(TARGET, "incidence"))
    polar = np.degrees(np.arccos(helmet.element_positions_mm[:, 2] / helmet.radius_mm))
    assert np.linalg.norm(flat.places, axis=1) == pytest.approx(polar / polar.max())
    right_most = helmet.element_positions_mm[:, 0].argmax()
    foremost = helmet.element_positions_mm[:, 1].argmax()
    assert flat.places[right_most, 0] < 0 < flat.places[foremost, 1]
    assert flat.left == "R"
    assert element_map(helmet, flat.colours, "neurological").places[right_most, 0] > 0


def test_dots_of_the_whole_helmet_do_not_touch() -> None:
    helmet = golden_angle_helmet()
    flat = element_map(helmet, element_colours(TARGET, "incidence"))
    apart = np.linalg.norm(flat.places[:, None] - flat.places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 2 * flat.radius


def tilts() -> TiltMap:
    leanings = np.array([-10.0, 0.0, 10.0])
    count = np.arange(9).reshape(3, 3) * 100
    fits = np.ones((3, 3), dtype=bool)
    fits[2] = False
    return TiltMap(leanings, leanings, count, count / 40.0, count / 1000.0, fits)


def test_the_tilt_map_has_forward_up_and_the_right_as_in_slices_and_marks_the_tilt_of_now() -> None:
    picture = tilt_picture(tilts(), "active", HelmetTilt(5.0, 10.0))
    forward_right = next(cell for cell in picture.cells if cell.tilt == HelmetTilt(10.0, 10.0))
    assert (forward_right.across, forward_right.up) == (pytest.approx(1 / 6), pytest.approx(5 / 6))
    assert forward_right.value == 800.0 and forward_right.fits is False
    assert picture.now == (pytest.approx(1 / 6), pytest.approx(20 / 30))
    assert picture.cell_at(0.5, 0.5).tilt == HelmetTilt(0.0, 0.0)
    assert picture.bar.window.high == 800.0
    assert [tick.words for tick in picture.across.ticks] == ["10", "0", "10"]
    assert tilt_picture(tilts(), "efficiency", HelmetTilt(40.0, 0.0)).now is None
    unknown = tilt_picture(replace(tilts(), efficiency=None), "efficiency")
    assert unknown.bar is None and all(np.isnan(cell.value) for cell in unknown.cells)


def test_the_histogram_counts_every_element_whose_ratio_is_known() -> None:
    found = sdr_histogram(TARGET.elements)
    assert found.active.sum() == TARGET.elements.active_count
    assert found.off.sum() == 64 - TARGET.elements.active_count
    assert found.active[:6].sum() == 0 and found.active[7] > 0
    assert found.mean == pytest.approx(TARGET.elements.sdr[TARGET.elements.active].mean())
    assert sdr_histogram(simulated_plan(small_plan(), "t1").targets[0].elements) is None
