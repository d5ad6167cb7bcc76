"""Fields against closed forms and scipy's interpolation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage

from fusplan.spatial import Field, FrameMismatchError, Grid, Points, ScannerRas
from fusplan.spatial.field import UNIT_WORDS

from .drawn_affines import affines

SCANNER = ScannerRas("study")
OBLIQUE = np.array([[0.9, -0.2, 0.1, -12.0], [0.25, 1.1, -0.15, -9.0], [-0.05, 0.2, -1.3, 14.0], [0, 0, 0, 1.0]])
SHAPE = (21, 18, 23)


def grid() -> Grid[ScannerRas]:
    return Grid.of(SHAPE, OBLIQUE, SCANNER, "image")


def centres(of: Grid[ScannerRas]) -> np.ndarray:
    return np.argwhere(np.ones(of.shape))


@settings(deadline=None, max_examples=30)
@given(affines())
def test_a_linear_function_is_reproduced_exactly_between_the_centres(matrix: np.ndarray) -> None:
    where = Grid.of((7, 5, 6), matrix, SCANNER, "image")

    def linear(places: np.ndarray) -> np.ndarray:
        return 3.0 + places @ np.array([2.0, -1.5, 0.25])

    field = Field(where, linear(where.places(centres(where)).array).reshape(where.shape), "degC")
    points = where.places(np.random.default_rng(4).uniform(0, 1, (50, 3)) * (np.array(where.shape) - 1))
    assert_allclose(field.at(points), linear(points.array), rtol=1e-9, atol=1e-6)
    assert_allclose(field.at(where.places(centres(where))), field.values.ravel(), rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("order", ["C", "F", "view"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_between_the_centres_it_is_scipys(order: str, dtype: type) -> None:
    values = np.random.default_rng(5).normal(size=SHAPE).astype(dtype)
    values = {"C": values, "F": np.asfortranarray(values), "view": values[:, ::-1].copy()[:, ::-1]}[order]
    field = Field(grid(), values, "Pa", outside=-9.0)
    indices = np.random.default_rng(6).uniform(-3, 25, (5000, 3))
    inside = np.all((indices >= -0.5) & (indices <= np.array(SHAPE) - 0.5), axis=1)
    theirs = ndimage.map_coordinates(values.astype(np.float64), indices.T, order=1, mode="nearest")
    assert_allclose(field.at(grid().places(indices)), np.where(inside, theirs, -9.0), rtol=1e-6, atol=1e-6)
    assert field.values.dtype == dtype and np.shares_memory(field.values, values)


def test_beyond_the_outer_faces_it_is_what_is_said_of_outside() -> None:
    field = Field(grid(), np.full(SHAPE, 40.0), "degC")
    edge = grid().places(np.array([[-0.5, 3, 3], [-0.4, 3, 3], [20.5, 17.5, 22.5], [-0.6, 3, 3]]))
    assert_array_equal(field.at(edge), [40, 40, 40, np.nan])
    assert_array_equal(field.with_values(field.values, outside=37.0).at(edge), [40, 40, 40, 37])
    assert len(field.at(Points(SCANNER, np.empty((0, 3))))) == 0


def test_one_slice_is_a_field_too() -> None:
    thin = Grid.of((6, 5, 1), np.eye(4), SCANNER, "image")
    field = Field(thin, np.full(thin.shape, 4.0), "1", outside=0.0)
    points = Points(SCANNER, np.array([[2.3, 3.1, 0.4], [2.3, 3.1, 0.6], [2, 2, 0]]))
    assert_array_equal(field.at(points), [4, 0, 4])


def test_its_numbers_are_those_of_a_ball_of_warmth() -> None:
    where = Grid.of((101, 101, 101), np.diag([0.3, 0.3, 0.3, 1.0]), SCANNER, "image")
    middle = np.array([15.0, 14.4, 16.2])
    squared = ((where.places(centres(where)).array - middle) ** 2).sum(axis=1).reshape(where.shape)
    field = Field(where, 37 + 20 * np.exp(-squared / (2 * 3.0**2)), "degC")
    assert_allclose(field.peak.array, middle)
    assert field.summary.greatest == pytest.approx(57)
    assert field.summary.least == pytest.approx(37)
    assert field.summary.mean == pytest.approx(float(np.asarray(field.values).mean()))
    # Half of the rise is left at sigma * sqrt(2 ln 2).
    radius = 3.0 * np.sqrt(2 * np.log(2))
    assert field.volume_mm3(47.0) == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.02)
    assert field.volume_mm3(60.0) == 0


def test_a_dose_of_a_temperature_lies_on_the_same_grid() -> None:
    warm = Field(grid(), np.full(SHAPE, 45.0, dtype=np.float32), "degC", outside=37.0)
    dose = warm.with_values(4.0 ** (warm.values - 43), unit="min", outside=0.0)
    assert dose.grid is warm.grid and dose.unit == "min" and dose.outside == 0.0
    assert dose.summary.mean == pytest.approx(16)
    assert warm.with_values(warm.values + 1).unit == "degC"
    assert warm.with_values(warm.values + 1).outside == 37.0


def test_units_have_words_for_people() -> None:
    assert Field(grid(), np.zeros(SHAPE), "degC").unit_words == "°C"
    assert Field(grid(), np.zeros(SHAPE), "1").unit_words == ""
    assert set(UNIT_WORDS) >= {"1", "mm", "Pa", "W/m2", "degC", "min", "HU"}


def test_its_numbers_cannot_be_written_to_and_whole_numbers_become_floats() -> None:
    field = Field(grid(), np.full(SHAPE, -1000, dtype=np.int16), "HU", outside=-1000.0)
    assert field.values.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        field.values[0, 0, 0] = 1.0


def test_what_is_no_field_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Field(grid(), np.zeros((3, 3, 3)), "Pa")
    with pytest.raises(ValueError, match="finite"):
        Field(grid(), np.full(SHAPE, np.nan), "Pa")
    with pytest.raises(ValueError, match="not a unit"):
        Field(grid(), np.zeros(SHAPE), "bar")  # type: ignore[arg-type]
    with pytest.raises(FrameMismatchError):
        Field(grid(), np.zeros(SHAPE), "Pa").at(Points(ScannerRas("another study"), np.zeros((1, 3))))
