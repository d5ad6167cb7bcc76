"""Patterns of spots: the trial's recipes and what they make, other ellipsoids, the order; sketches of dragged spots."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fusplan.simulation.dragged_spots import DraggedSpots
from fusplan.simulation.focus_copies import FocusCopies, moved_focus
from fusplan.simulation.heat_sonications import degrees_per_s, heat_sonications
from fusplan.simulation.heated_region import heat_sources
from fusplan.simulation.lesion_contours import ContourShape, contour_shapes, share_inside
from fusplan.simulation.predicted_lesion import ContourKind
from fusplan.simulation.shown_and_true import SourceStrength
from fusplan.simulation.sonication import HeatingCalibration
from fusplan.simulation.spot_pattern import (
    ENOUGH_COVERED,
    SpotPattern,
    TooLargeForPatternError,
    energy_for_shown_j,
    in_spreading_order,
    pattern_sonications,
    propose_pattern,
)
from fusplan.simulation.temperature_history import ShownRise
from fusplan.spatial import Ellipsoid, Point, ScannerRas
from tests.fixtures.ideal_focus import SCANNER, ideal_focus

STEADY = HeatingCalibration(loss_per_repeat=0.0)
TURN = np.linalg.qr(np.array([[1.0, 0.3, -0.2], [-0.3, 1.0, 0.4], [0.2, -0.4, 1.0]]))[0]
CENTRE = (4.0, -3.0, 2.0)


def lesion(*diameters_mm: float, turn: np.ndarray | None = None) -> Ellipsoid[ScannerRas]:
    a, b, c = (diameter / 2 for diameter in diameters_mm)
    return Ellipsoid(Point.of(SCANNER, CENTRE), (a, b, c), np.eye(3) if turn is None else turn)


@lru_cache(maxsize=8)
def pattern(*diameters_mm: float) -> SpotPattern:
    return propose_pattern(lesion(*diameters_mm), ideal_focus(CENTRE))


def heated(offsets: tuple[tuple[float, float, float], ...]) -> dict[ContourKind, ContourShape]:
    """At a shown 54 degrees a spot, each heated by a focus of its own."""
    sonications = pattern_sonications(offsets, energy_for_shown_j(ShownRise(17.0), STEADY))
    history = heat_sonications([ideal_focus(offset) for offset in offsets], sonications, STEADY)
    return contour_shapes(history.peak_map, history.dose, np.eye(3))


@pytest.mark.parametrize(
    ("diameters", "spots", "volume_mm3", "cem100_mm3", "extents_mm"),
    [
        ((4, 4, 5), 6, 49, 26, (4.3, 4.3, 5.3)),
        ((4, 4, 7), 9, 75, 42, (4.3, 4.3, 7.5)),
        ((2.5, 2.5, 3), 1, 15, 4, (2.8, 2.8, 3.3)),
    ],
)
def test_recipes_make_the_lesions_of_the_trial(
    diameters: tuple[float, ...], spots: int, volume_mm3: float, cem100_mm3: float, extents_mm: tuple[float, ...]
) -> None:
    proposed = pattern(*diameters)
    assert len(proposed.offsets_mm) == spots and proposed.is_enough
    shapes = heated(tuple(proposed.offsets_mm))
    assert shapes["51_celsius"].volume_mm3 == pytest.approx(volume_mm3, rel=0.1)
    assert shapes["100_cem43"].volume_mm3 == pytest.approx(cem100_mm3, rel=0.15, abs=1.5)
    assert_allclose(shapes["51_celsius"].extents_mm, extents_mm, atol=0.25)


@pytest.mark.parametrize(("diameters", "recipe"), [((4, 4, 5), "4x5"), ((4, 4, 7), "4x7"), ((4, 4, 6), None)])
def test_recipes_are_those_of_their_sizes(diameters: tuple[float, ...], recipe: str | None) -> None:
    assert pattern(*diameters).recipe == recipe


def test_a_tilted_lesion_is_covered_along_its_own_axes() -> None:
    planned = lesion(3, 5, 6, turn=TURN)
    proposed = propose_pattern(planned, ideal_focus(CENTRE))
    assert proposed.is_enough and 4 <= len(proposed.offsets_mm) <= 8
    own = np.array(proposed.offsets_mm) @ TURN
    assert np.ptp(own[:, 0]) < np.ptp(own[:, 1]) < np.ptp(own[:, 2])
    foci = [ideal_focus(tuple(np.array(CENTRE) + offset)) for offset in proposed.offsets_mm]
    sonications = pattern_sonications(proposed.offsets_mm, energy_for_shown_j(ShownRise(17.0), STEADY))
    peak = heat_sonications(foci, sonications, STEADY).peak_map
    assert share_inside(peak.grid, peak.values, 51.0, planned.sample(2048)) > ENOUGH_COVERED - 0.02


def test_a_longer_lesion_takes_more_spots_in_a_line() -> None:
    counts = [len(pattern(2.6, 2.6, length).offsets_mm) for length in (3.0, 5.0, 8.0)]
    assert counts[0] == 1 and counts == sorted(counts) and counts[2] <= 4
    assert_allclose(np.array(pattern(2.6, 2.6, 8.0).offsets_mm)[:, :2], 0, atol=0.01)


def test_one_spot_after_the_other_lies_apart() -> None:
    line = [(0.0, 0.0, float(z)) for z in range(6)]
    order = in_spreading_order(line)
    assert sorted(order) == line
    gaps = [abs(first[2] - second[2]) for first, second in pairwise(order)]
    assert gaps[0] == 5 and np.mean(gaps) > 2
    alternating = [offset[2] > 0 for offset in pattern(4, 4, 5).offsets_mm]
    assert all(first != second for first, second in pairwise(alternating))


def test_energies_make_up_for_what_every_repeat_loses() -> None:
    tired = HeatingCalibration(loss_per_repeat=0.1)
    sonications = pattern_sonications(pattern(4, 4, 5).offsets_mm, 7000.0, tired.loss_per_repeat)
    heats = degrees_per_s(sonications, tired, SourceStrength(0.01))
    assert_allclose(heats, heats[0])
    assert sonications[1].energy_j == pytest.approx(7000 / 0.9)
    assert [sonication.start_s for sonication in sonications] == [0, 120, 240, 360, 480, 600]


def test_a_lesion_beyond_all_patterns_is_refused() -> None:
    with pytest.raises(TooLargeForPatternError, match="more than the 40 spots"):
        propose_pattern(lesion(20, 20, 20), ideal_focus(CENTRE))


def test_a_moved_copy_is_the_source_of_a_moved_field() -> None:
    focus = ideal_focus(CENTRE)
    copies = FocusCopies.of(focus, focus.spot, np.full(3, 2.0))
    offset = (0.7, -1.3, 0.4)
    there = copies.sources([offset])
    found = copies.region.box.viewer(there.spot_places(0)).values(there.modes[0])
    own = heat_sources([moved_focus(focus, there.spots[0])])
    wanted = own.region.box.viewer(own.spot_places(0)).values(own.modes[0])
    assert found.item() == pytest.approx(wanted.item(), rel=4e-3)


def test_numbers_of_a_drag_are_those_of_careful_heat() -> None:
    planned = lesion(4, 4, 5)
    offsets = list(pattern(4, 4, 5).offsets_mm)
    offsets[2] = (offsets[2][0] + 0.6, offsets[2][1], offsets[2][2] + 0.35)
    sonications = pattern_sonications(offsets, 6000.0)
    drag = DraggedSpots.begun(ideal_focus(CENTRE), sonications, STEADY, planned)
    quick, history = drag.numbers(sonications), drag.history(sonications)
    careful = contour_shapes(history.peak_map, history.dose, np.eye(3))
    for kind, shape in careful.items():
        assert quick.volumes_mm3[kind] == pytest.approx(shape.volume_mm3, rel=0.04, abs=1.0)
    assert quick.peak_celsius == pytest.approx(history.peak_celsius.max(), abs=0.1)
    covered = share_inside(history.peak_map.grid, history.peak_map.values, 51.0, planned.sample(4096))
    assert quick.coverage["51_celsius"].covered == pytest.approx(covered, abs=0.015)
