from __future__ import annotations

import numpy as np
import pytest

from fusplan.planning import error_sources
from fusplan.planning.error_sources import (
    draw_error_sources,
    marked_axes,
    picking_displacements,
    relative_displacements,
)
from fusplan.spatial import Point, Points, acpc_geometry
from tests.fixtures.fake_anatomy import FRAME, landmarks, point

MARKS = landmarks()
GEOMETRY = MARKS.geometry()
MIDLINE = Points.gather(landmark.point for landmark in MARKS.midline)
TARGET = point(8.5, -1, 5.5)
DRAWS = 40_000


def sources(verdict: str = "ok", distance: tuple[float, float, float] = (3.0, 0, 4.0), seed: int = 1):
    return draw_error_sources(TARGET, GEOMETRY, MIDLINE, verdict, "CLp", np.array(distance), DRAWS, seed)


@pytest.mark.parametrize(
    ("deviations", "median", "ninetieth"),
    [(error_sources.AC_PICK_SD_MM, 0.38, 1.00), (error_sources.PC_PICK_SD_MM, 0.37, 0.89)],
)
def test_marks_err_like_the_raters(deviations: tuple[float, float], median: float, ninetieth: float) -> None:
    errors = error_sources._marks(deviations, 200_000, np.random.default_rng(0))
    length = np.linalg.norm(errors, axis=1)
    assert np.median(length) == pytest.approx(median, abs=0.02)
    assert np.percentile(length, 90) == pytest.approx(ninetieth, abs=0.02)


def test_device_errors_have_the_published_size() -> None:
    device = sources()[1].draws_mm
    # Published: 0.99 mm in 3-D and 0.44, 0.38, 0.66 mm along the axes, as means of absolute errors.
    assert np.linalg.norm(device, axis=1).mean() == pytest.approx(0.99, abs=0.03)
    np.testing.assert_allclose(np.abs(device).mean(axis=0), [0.44, 0.38, 0.66], atol=0.06)


def test_isotropic_errors_have_their_root_mean_square() -> None:
    for verdict, expected in error_sources.REGISTRATION_RMS_MM.items():
        registration, subject = sources(verdict)[2:4]
        assert registration.rms_mm == pytest.approx(expected, rel=0.02)
        assert subject.rms_mm == pytest.approx(error_sources.INTER_SUBJECT_RMS_MM, rel=0.02)


def test_the_atlas_error_lies_along_their_distance_and_is_half_as_long() -> None:
    atlas = sources()[4]
    assert atlas.rms_mm == pytest.approx(2.5, rel=0.02)
    across = np.linalg.norm(np.cross(atlas.draws_mm, [0.6, 0, 0.8]), axis=1)
    assert across.max() < 1e-9


def test_the_same_seed_gives_the_same_draws() -> None:
    for one, same, other in zip(sources(seed=3), sources(seed=3), sources(seed=4), strict=True):
        np.testing.assert_array_equal(one.draws_mm, same.draws_mm)
        assert not np.array_equal(one.draws_mm, other.draws_mm)


def test_independent_errors_add_in_squares() -> None:
    drawn = sources()
    together = np.sqrt((relative_displacements(drawn) ** 2).sum(axis=1).mean())
    assert together == pytest.approx(np.sqrt(sum(source.rms_mm**2 for source in drawn)), rel=0.02)


def test_an_atlas_only_point_is_as_uncertain_as_stated() -> None:
    """Without atlas disagreement: 2 to 3 mm, the root sum of the published parts."""
    drawn = sources(distance=(0, 0, 0))
    assert 2.0 < np.sqrt((relative_displacements(drawn) ** 2).sum(axis=1).mean()) < 3.0


def test_many_frames_at_once_are_the_frames_of_the_marks() -> None:
    """Against the AC-PC construction used everywhere else, one set of marks at a time."""
    rng = np.random.default_rng(5)
    ac = rng.normal(size=(20, 3)) + np.array([0, 26, 0])
    pc = rng.normal(size=(20, 3))
    midline = rng.normal(size=(20, 3, 3)) + np.array([[0, 0, 50], [0, -40, 20], [0, 40, 30]])
    axes = marked_axes(ac, pc, midline)
    for index in range(20):
        expected = acpc_geometry(
            Point.of(FRAME, ac[index]), Point.of(FRAME, pc[index]), Points(FRAME, midline[index])
        ).axes
        np.testing.assert_allclose(axes[index], expected, atol=1e-9)


def test_a_target_at_the_pc_moves_with_the_pc_alone() -> None:
    moved = picking_displacements(GEOMETRY.pc, GEOMETRY, MIDLINE, DRAWS, np.random.default_rng(0))
    assert np.median(np.linalg.norm(moved, axis=1)) == pytest.approx(0.37, abs=0.02)


def test_marking_errors_grow_with_the_lever(monkeypatch: pytest.MonkeyPatch) -> None:
    """With AC alone in error by sd, pitch errs by sd / 26 rad, so a point 13 mm up moves sd / 2 front to back."""
    monkeypatch.setattr(error_sources, "PC_PICK_SD_MM", (0.0, 0.0))
    monkeypatch.setattr(error_sources, "MIDLINE_PICK_SD_MM", 0.0)
    monkeypatch.setattr(error_sources, "AC_PICK_SD_MM", (0.3, 0.3))
    moved = picking_displacements(point(0, 0, 13), GEOMETRY, MIDLINE, DRAWS, np.random.default_rng(0))
    assert moved[:, 1].std() == pytest.approx(0.15, rel=0.03)
    assert abs(moved[:, 2]).max() < 0.02  # 13 mm times half the angle squared
