"""Contours of maps whose volumes, widths and shares are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fusplan.simulation.lesion_contours import (
    LEVELS,
    contour_mask,
    contour_samples,
    contour_shapes,
    coverage,
    shapes_of_scaled,
    share_inside,
)
from fusplan.spatial import Ellipsoid, Field, Grid, Point, ScannerRas
from tests.fixtures.ideal_focus import SCANNER

TURN = np.linalg.qr(np.array([[1.0, 0.3, -0.2], [-0.3, 1.0, 0.4], [0.2, -0.4, 1.0]]))[0]
SEMI_AXES = np.array([1.5, 2.0, 3.0])
CENTRE = np.array([0.1, -0.2, 0.15])


def grid() -> Grid[ScannerRas]:
    matrix = np.diag([0.5, 0.5, 0.5, 1.0])
    matrix[:3, 3] = -10
    return Grid.of((41, 41, 41), matrix, SCANNER, "heat")


def maps(hottest: float = 60.0) -> tuple[Field[ScannerRas], Field[ScannerRas]]:
    """Peak falls to 51 degrees on the ellipsoid; the dose to 100 CEM43 on it."""
    along = (grid().all_places().array - CENTRE) @ TURN / SEMI_AXES
    outwards = (along**2).sum(axis=1).reshape(grid().shape)
    peak = 37 + (hottest - 37) * np.exp(-outwards * np.log((hottest - 37) / 14)) if hottest > 51 else 37 + 0 * outwards
    dose = 100 * np.exp(np.clip(4 * (1 - outwards), -40, 40)) if hottest > 51 else 0 * outwards
    return Field(grid(), peak, "degC"), Field(grid(), dose, "min", outside=0.0)


@pytest.mark.parametrize("kind", ["51_celsius", "100_cem43"])
def test_volume_and_widths_are_those_of_the_ellipsoid(kind: str) -> None:
    shape = contour_shapes(*maps(), TURN)[kind]  # type: ignore[index]
    assert shape.volume_mm3 == pytest.approx(4 / 3 * np.pi * SEMI_AXES.prod(), rel=0.02)
    assert_allclose(shape.extents_mm, 2 * SEMI_AXES, atol=0.05)


def test_a_higher_dose_lies_within_a_lower_one() -> None:
    shapes = contour_shapes(*maps(), TURN)
    volumes = [shapes[kind].volume_mm3 for kind in ("17_cem43", "100_cem43", "200_cem43", "240_cem43")]  # type: ignore[index]
    assert volumes == sorted(volumes, reverse=True)
    scale = 1 + np.log(100 / 240) / 4
    assert volumes[3] == pytest.approx(4 / 3 * np.pi * SEMI_AXES.prod() * scale**1.5, rel=0.03)


def test_factors_on_the_heating_move_the_contour_of_the_peak() -> None:
    peak, dose = maps()
    scales = np.array([0.5, 0.8, 1.0, 1.3])
    found = shapes_of_scaled(grid(), peak.values - 37, np.array([dose.values] * 4), scales, TURN)
    reach = np.log(np.maximum(scales * 23 / 14, 1)) / np.log(23 / 14)
    volumes = [shapes["51_celsius"].volume_mm3 for shapes in found]
    assert_allclose(volumes, 4 / 3 * np.pi * SEMI_AXES.prod() * reach**1.5, rtol=0.03)
    assert_allclose(found[1]["51_celsius"].extents_mm, 2 * SEMI_AXES * np.sqrt(reach[1]), atol=0.05)
    assert {shapes["100_cem43"] for shapes in found} == {contour_shapes(peak, dose, TURN)["100_cem43"]}


def test_where_nothing_is_hot_there_is_no_contour() -> None:
    cold = maps(40.0)
    assert {shape.volume_mm3 for shape in contour_shapes(*cold, TURN).values()} == {0.0}
    assert contour_shapes(*cold, TURN)["51_celsius"].extents_mm == (0, 0, 0)
    assert contour_samples(*cold, "51_celsius") is None


def test_samples_stand_for_the_region() -> None:
    samples = contour_samples(*maps(), "51_celsius")
    assert samples is not None
    assert samples.weights_mm3.sum() == pytest.approx(4 / 3 * np.pi * SEMI_AXES.prod(), rel=0.02)
    assert_allclose(np.average(samples.points.array, axis=0, weights=samples.weights_mm3), CENTRE, atol=0.02)
    above = samples.points.array @ TURN[:, 2] > CENTRE @ TURN[:, 2]
    assert samples.weights_mm3[above].sum() / samples.weights_mm3.sum() == pytest.approx(0.5, abs=0.02)


def test_a_mask_is_the_region_by_voxels() -> None:
    mask = contour_mask(*maps(), "100_cem43")
    assert mask.volume_mm3(0.5) == pytest.approx(4 / 3 * np.pi * SEMI_AXES.prod(), rel=0.05)
    assert mask.outside == 0 and set(np.unique(mask.values)) == {0, 1}


def test_an_ellipsoid_is_covered_as_far_as_they_overlap() -> None:
    peak, _ = maps()
    planned = Ellipsoid(Point.of(SCANNER, CENTRE), (3.0, 4.0, 6.0), TURN)
    covered = share_inside(peak.grid, peak.values, LEVELS["51_celsius"].value, planned.sample(4096))
    found = coverage(planned, covered, 4 / 3 * np.pi * SEMI_AXES.prod())
    assert found.covered == pytest.approx(1 / 8, abs=0.01)
    assert found.missed_mm3 == pytest.approx(7 / 8 * planned.volume_mm3, rel=0.02)
    assert found.beyond_mm3 == pytest.approx(0.0, abs=3.0)
