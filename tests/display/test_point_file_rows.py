"""What a file of points would bring, in words."""

from __future__ import annotations

import pytest

from fusplan.display.point_file_rows import file_sentence, landmarks_sentence, point_rows
from fusplan.export.named_points import NamedPoint, PointFile
from fusplan.spatial import Point, read_acpc
from tests.fixtures import plans

PLAN = plans.plan()


def points(*pairs: tuple[str, tuple[float, float, float]], frame: str | None = "ras") -> PointFile:
    return PointFile("table", frame, tuple(NamedPoint(name, place) for name, place in pairs))


def test_each_point_says_where_it_would_lie() -> None:
    ac = PLAN.landmarks.ac.point.coordinates
    file = points(
        ("AC", (ac[0], ac[1] + 3.0, ac[2])),
        ("Vim", (12.0, -5.0, 2.0)),
        ("midline 1", (0.4, 0, 30)),
        ("far", (0, 0, 999)),
    )
    rows = {row.name: row for row in point_rows(file, "ras", PLAN)}
    assert rows["AC"].short == "AC, moves 3.0 mm"
    assert rows["AC"].words == "3.0 mm from AC as it is now"
    assert rows["Vim"].words.startswith("right, ")
    assert "mm lateral" in rows["Vim"].words
    lateral, anterior, above = (float(part.split()[1]) for part in rows["Vim"].short.split(", "))
    reading = read_acpc(Point(plans.FRAME, 12.0, -5.0, 2.0), PLAN.landmarks.geometry())
    assert rows["Vim"].short.replace("front", "right").count("right") == 2
    expected = (reading.lateral_mm, reading.anterior_of_pc_mm, reading.above_plane_mm)
    assert (lateral, anterior, above) == pytest.approx(expected, abs=0.05)
    assert "of the midplane" in rows["midline 1"].words
    assert rows["far"].words == "outside the image"
    assert {name: (row.use, row.outside) for name, row in rows.items()} == {
        "AC": ("AC", False), "Vim": ("target", False), "midline 1": ("midline", False), "far": ("target", True)
    }  # fmt: skip


def test_the_other_frame_is_the_other_side() -> None:
    file = points(("Vim", (12.0, -5.0, 2.0)), frame=None)
    (unknown,), (ras,), (lps,) = (point_rows(file, frame, PLAN) for frame in (None, "ras", "lps"))
    assert unknown.short == "12.0, -5.0, 2.0"
    assert "not known" in unknown.words
    assert (ras.words[:5], lps.words[:5]) == ("right", "left,")


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (("Vim",), ""),
        (("AC",), "AC"),
        (("AC", "PC"), "AC and PC"),
        (("AC", "PC", "midline"), "AC, PC and 1 midline point"),
        (("PC", "midline 1", "midline 2"), "PC and 2 midline points"),
    ],
)
def test_landmarks_in_a_sentence(names: tuple[str, ...], sentence: str) -> None:
    rows = point_rows(points(*((name, (0.0, 0.0, 30.0)) for name in names)), "ras", PLAN)
    assert landmarks_sentence(rows) == sentence


def test_the_file_in_a_sentence() -> None:
    assert file_sentence(points(("a", (0, 0, 0)))) == "Table: 1 point, in RAS, as the file states."
    assert file_sentence(points(frame=None)) == "Table: 0 points, its frame is not stated."
