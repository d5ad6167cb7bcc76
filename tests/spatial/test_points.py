"""Points, directions and frames: values that refuse to be mixed up at run time, too."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fusplan.spatial import AcPc, Direction, FrameMismatchError, Mni, Point, Points, ScannerRas, Voxel

A, B = ScannerRas("a"), ScannerRas("b")


def test_same_class_and_same_owner_is_the_same_frame() -> None:
    assert ScannerRas("a") == A
    assert A != B
    assert Voxel("a") != ScannerRas("a")
    assert AcPc("x", "pc") != AcPc("x", "mcp")
    assert len({ScannerRas("a"), ScannerRas("a"), ScannerRas("b")}) == 2


def test_every_frame_has_a_label() -> None:
    for frame in (A, Voxel("i"), AcPc("x", "pc"), Mni("MNI152NLin2009cAsym")):
        assert frame.label
    assert "PC" in AcPc("x", "pc").label


def test_other_owners_are_refused_at_run_time() -> None:
    point, other = Point.of(A, (1, 2, 3)), Point.of(B, (1, 2, 3))
    for mistake in (
        lambda: point.distance_to(other),
        lambda: point.moved(Direction.of(B, (1, 0, 0)), 1.0),
        lambda: Points.gather([point, other]),
    ):
        with pytest.raises(FrameMismatchError, match="study_id='b'"):
            mistake()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_is_no_place(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Point.of(A, (0, bad, 0))
    with pytest.raises(ValueError, match="finite"):
        Points(A, np.array([[0, bad, 0]]))
    with pytest.raises(ValueError, match="direction"):
        Direction.of(A, (0, bad, 0))


@pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 3, 1)])
def test_points_need_three_columns(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        Points(A, np.zeros(shape))


def test_points_cannot_be_written_to() -> None:
    points = Points(A, np.zeros((2, 3)))
    with pytest.raises(ValueError, match="read-only"):
        points.array[0, 0] = 1


def test_distances_and_steps() -> None:
    start = Point.of(A, (1, 2, 3))
    end = start.moved(Direction.of(A, (0, 3, 4)), 10.0)
    assert_allclose(end.coordinates, (1, 8, 11))
    assert start.distance_to(end) == pytest.approx(10)
    assert_allclose(Points.gather([start, end]).mean().coordinates, (1, 5, 7))


def test_a_direction_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="zero"):
        Direction.of(A, (0, 0, 0))
    with pytest.raises(ValueError, match="no points"):
        Points.gather([])


@pytest.mark.parametrize(
    "value", [Point.of(A, (1, 2, 3)), Direction.of(A, (0, 0, 2)), Points(A, np.eye(3)), AcPc("x", "ac")]
)
def test_values_survive_pickling(value: Any) -> None:
    again = pickle.loads(pickle.dumps(value))
    if isinstance(value, Points):
        assert again.frame == value.frame
        assert_allclose(again.array, value.array)
    else:
        assert again == value
