"""Positions in words: side, lateral, in front of or behind PC, above or below the plane."""

from __future__ import annotations

import pytest

from fusplan.spatial import AcPcReading, Point, read_acpc
from tests.fixtures.acpc_frames import FRAME, geometry_of


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((-8.5, -14.0, 5.5), "left, 8.5 mm lateral, 1.0 mm behind PC, 5.5 mm above the AC-PC plane"),
        ((9.26, -10.0, -2.0), "right, 9.3 mm lateral, 3.0 mm in front of PC, 2.0 mm below the AC-PC plane"),
    ],
)
def test_words(place: tuple[float, float, float], words: str) -> None:
    assert read_acpc(Point.of(FRAME, place), geometry_of()).words == words


def test_numbers_never_need_a_sign_for_the_side() -> None:
    left, right = (read_acpc(Point.of(FRAME, (x, 0, 0)), geometry_of()) for x in (-7, 7))
    assert (left.side, right.side) == ("left", "right")
    assert left.lateral_mm == right.lateral_mm == pytest.approx(7)


def test_nothing_is_read_as_minus_nothing() -> None:
    words = AcPcReading("left", 0.0, -0.0, -13.0, -0.0).words
    assert "-" not in words.replace("AC-PC", "")
