from __future__ import annotations

import numpy as np
import pytest

from fusplan.planning.lesion_size import DEFAULT_SIZES, LesionSize, LesionSizeError, parse_lesion_size, plan_lesion
from fusplan.planning.plan import Target
from fusplan.planning.provenance import Provenance
from tests.fixtures.fake_anatomy import landmarks, point

GEOMETRY = landmarks().geometry()


def target(side: str = "right") -> Target:
    return Target("t", "CLp", side, point(8, 0, 5), Provenance("placed by hand", "", "derived"))


@pytest.mark.parametrize(
    ("text", "across", "along"),
    [
        ("4x5", (4, 4), 5),
        ("4x5x7", (4, 5), 7),
        (" 4 X 5.5 mm", (4, 4), 5.5),
        ("3,5x7", (3.5, 3.5), 7),
        ("4\u00d76", (4, 4), 6),
    ],
)
def test_sizes_are_read_as_people_write_them(text: str, across: tuple[float, float], along: float) -> None:
    assert parse_lesion_size(text) == LesionSize(across, along)


@pytest.mark.parametrize(
    "text", ["", "4", "4x", "x5", "4x5x6x7", "axb", "-4x5", "0x5", "4x16", "0.5x4", "4 5", "1e9x2"]
)
def test_other_texts_are_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(LesionSizeError) as caught:
        parse_lesion_size(text)
    assert "4x5" in caught.value.remedy


def test_volumes_of_the_default_lesions() -> None:
    assert DEFAULT_SIZES["left"].volume_mm3 == pytest.approx(41.9, abs=0.05)
    assert DEFAULT_SIZES["right"].volume_mm3 == pytest.approx(58.6, abs=0.05)
    assert parse_lesion_size(DEFAULT_SIZES["left"].words) == DEFAULT_SIZES["left"]


def test_the_untilted_lesion_stands_upright() -> None:
    lesion = plan_lesion(target(), LesionSize((4, 5), 7), GEOMETRY)
    np.testing.assert_allclose(lesion.long_axis.array, [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(lesion.ellipsoid.half_extent_mm, [2, 2.5, 3.5], atol=1e-12)
    assert lesion.ellipsoid.volume_mm3 == pytest.approx(LesionSize((4, 5), 7).volume_mm3)


@pytest.mark.parametrize(("side", "sign"), [("left", -1), ("right", 1)])
def test_tilts_lean_the_top_forward_and_away_from_the_midline(side: str, sign: int) -> None:
    lesion = plan_lesion(target(side), LesionSize((4, 4), 7), GEOMETRY, tilt_anterior_deg=20, tilt_lateral_deg=10)
    right, anterior, up = lesion.long_axis.array
    assert np.degrees(np.arctan2(anterior, up)) == pytest.approx(20)
    assert np.degrees(np.arctan2(sign * right, up)) == pytest.approx(10)
    assert lesion.long_axis.array @ lesion.transverse_axis.array == pytest.approx(0, abs=1e-12)


def test_an_impossible_tilt_is_refused() -> None:
    with pytest.raises(LesionSizeError):
        plan_lesion(target(), LesionSize((4, 4), 7), GEOMETRY, tilt_anterior_deg=75)
