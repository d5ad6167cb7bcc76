"""Every frame there and back, and what people type."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusplan.export.coordinate_frames import (
    WITHOUT_PLAN,
    CoordinateTextError,
    FrameUnavailableError,
    HeadFrames,
    PointOutsideImageError,
    parse_coordinate,
)
from fusplan.export.readings import read_in_plan
from fusplan.spatial import Point
from tests.fixtures import plans

PLAN, VOLUME = plans.plan(), plans.volume()
FRAMES = HeadFrames.of(VOLUME, PLAN)
INSIDE = st.floats(-25, 25)


@settings(deadline=None)  # the first call compiles
@given(x=INSIDE, y=INSIDE, z=INSIDE)
def test_every_frame_leads_back_to_the_point(x: float, y: float, z: float) -> None:
    point = Point(VOLUME.scanner_frame, x, y, z)
    for reading in FRAMES.read(point):
        assert FRAMES.locate(reading.key, reading.coordinates).distance_to(point) < 2e-3, reading


def test_readings_are_those_of_the_exports() -> None:
    point = PLAN.targets[0].point
    expected = read_in_plan(PLAN, point)
    found = {reading.key: reading.coordinates for reading in FRAMES.read(point)}
    assert found["scanner_ras"] == expected.scanner.coordinates
    assert found["scanner_lps"] == expected.lps_mm == (-point.x, -point.y, point.z)
    assert np.allclose(found["voxel"], expected.voxel.coordinates)
    for origin in ("mcp", "pc", "ac"):
        assert np.allclose(found[f"acpc_{origin}"], getattr(expected, f"acpc_from_{origin}").coordinates)
    assert np.allclose(found["mni"], expected.mni.coordinates)


def test_an_image_alone_has_three_frames_and_says_why_not_more() -> None:
    frames = HeadFrames.of(VOLUME, None)
    assert tuple(reading.key for reading in frames.read(PLAN.targets[0].point)) == WITHOUT_PLAN
    assert frames.locate("voxel", (10, 20, 30)) == VOLUME.voxel_to_scanner.apply(Point(VOLUME.voxel_frame, 10, 20, 30))
    with pytest.raises(FrameUnavailableError, match="AC-PC mm from PC"):
        frames.locate("acpc_pc", (0, 0, 0))


def test_a_point_outside_the_image_is_refused_with_its_distance() -> None:
    with pytest.raises(PointOutsideImageError, match="10 mm outside"):
        FRAMES.locate("voxel", (-10.5, 5, 5))
    FRAMES.locate("voxel", (-0.5, 95.5, 5))


@pytest.mark.parametrize(
    "text",
    ["-8.8, -20.8, 12.3", "-8.8 -20.8 12.3", "(-8.8; -20.8; 12.3)", "-8,8 -20,8 12,3", "-8.8,-20.8,12.3",
     "\u22128.8 \u221220.8 +12.3", "  [-8.8,  -20.8, 12.3] "],
)  # fmt: skip
def test_the_ways_people_write_three_numbers(text: str) -> None:
    assert parse_coordinate(text, "voxel", FRAMES.labels) == ("voxel", (-8.8, -20.8, 12.3))


def test_a_copied_coordinate_brings_its_frame() -> None:
    for reading in FRAMES.read(PLAN.targets[0].point):
        key, numbers = parse_coordinate(reading.text, "scanner_ras", FRAMES.labels)
        assert key == reading.key
        assert np.allclose(numbers, reading.coordinates, atol=0.006)


@pytest.mark.parametrize("text", ["", "1 2", "1 2 3 4", "a b c", "1,2", "nan 1 2", "Talairach: 1, 2, 3"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(CoordinateTextError):
        parse_coordinate(text, "scanner_ras", FRAMES.labels)
