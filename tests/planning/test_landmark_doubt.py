from __future__ import annotations

import numpy as np
import pytest

from fusplan.planning.landmark_doubt import FOUND_SD_MM, found_region, found_words
from fusplan.planning.plan import Landmark
from fusplan.spatial import Points
from tests.fixtures.fake_anatomy import FRAME, landmarks

GEOMETRY = landmarks().geometry()


@pytest.mark.parametrize("verdict", ["ok", "warning"])
def test_the_ellipsoid_holds_95_percent_of_normal_errors(verdict: str) -> None:
    found = Landmark(GEOMETRY.pc, "refined")
    region = found_region(found, GEOMETRY, verdict)
    errors = np.random.default_rng(3).normal(size=(50_000, 3)) * FOUND_SD_MM[verdict]
    marks = Points(FRAME, found.point.array + errors @ GEOMETRY.axes.T)
    assert region is not None
    assert region.contains(marks).mean() == pytest.approx(0.95, abs=0.005)


def test_a_warning_means_more_doubt() -> None:
    assert np.all(np.array(FOUND_SD_MM["warning"]) > FOUND_SD_MM["ok"])


def test_nothing_is_stated_where_nothing_is_known() -> None:
    assert found_region(Landmark(GEOMETRY.ac, "user"), GEOMETRY, "ok") is None
    assert found_region(Landmark(GEOMETRY.ac, "refined"), GEOMETRY, "error") is None
    assert "mark them yourself" in found_words("error")


def test_the_words_give_the_ellipsoids_half_axes() -> None:
    region = found_region(Landmark(GEOMETRY.ac, "template"), GEOMETRY, "ok")
    assert region is not None
    for semi_axis in region.semi_axes_mm:
        assert f"{semi_axis:.1f} mm" in found_words("ok")
