from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.atlas.catalogue import load_template
from fusplan.registration.deep_brain import DeepBrain, TemplatePair
from fusplan.registration.quality import Limits, judge, measure_fit
from fusplan.spatial import Affine, Mni, ScannerRas, Warp
from fusplan.spatial.warp import Displacements
from tests.fixtures.registrations import GOOD


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0.7, "ok"), (0.68, "ok"), (0.67, "warning"), (0.5, "error"), (float("nan"), "error"), (float("-inf"), "error")],
)
def test_limits_below(value: float, verdict: str) -> None:
    assert Limits(warning_below=0.68, error_below=0.58).verdict(value) == verdict


@pytest.mark.parametrize(
    ("value", "verdict"), [(15, "error"), (20, "warning"), (26, "ok"), (32, "warning"), (40, "error")]
)
def test_limits_on_both_sides(value: float, verdict: str) -> None:
    assert Limits(warning_below=21, error_below=18, warning_above=31, error_above=36).verdict(value) == verdict


def test_a_good_fit_is_ok_in_every_measure() -> None:
    quality = judge(GOOD)
    assert quality.verdict == "ok"
    assert {measure.verdict for measure in quality.measures} == {"ok"}
    assert "look at the pictures" in quality.sentence


@pytest.mark.parametrize(
    ("change", "verdict", "name"),
    [
        ({"local_correlation": 0.62}, "warning", "Local deep-brain correlation"),
        ({"local_correlation": 0.4}, "error", "Local deep-brain correlation"),
        ({"local_correlation": float("nan")}, "error", "Local deep-brain correlation"),
        ({"correlation": float("nan")}, "error", "Deep-brain correlation"),
        ({"inside": 0.5}, "error", "Share of the deep brain inside the image"),
        ({"acpc_length_mm": 33.0}, "warning", "AC-PC length, mm"),
        ({"acpc_length_mm": 12.0}, "error", "AC-PC length, mm"),
        ({"midplane_residual_mm": 6.0}, "error", "Midline points off one plane, mm"),
        ({"largest_shift_mm": 17.0}, "warning", "Largest local shift, mm"),
        ({"median_shift_mm": 8.0}, "warning", "Median local shift, mm"),
        ({"jacobian_range": (-0.8, 2.0)}, "warning", "Smallest local change of volume"),
        ({"jacobian_range": (0.4, 9.0)}, "warning", "Largest local change of volume"),
        ({"scale_range": (0.6, 1.0)}, "warning", "Smallest scale of the head"),
        ({"scale_range": (0.9, 1.5)}, "warning", "Largest scale of the head"),
        ({"round_trip_mm": 0.2}, "warning", "Round trip, mm"),
    ],
)
def test_one_bad_measure_decides(change: dict[str, object], verdict: str, name: str) -> None:
    quality = judge(replace(GOOD, **change))
    assert quality.verdict == verdict
    assert [measure.name_and_unit for measure in quality.measures if measure.verdict != "ok"] == [name]
    if verdict == "warning":
        assert name.removesuffix(", mm").lower() in quality.sentence
    else:
        assert "Do not trust" in quality.sentence


def test_an_error_outweighs_a_warning() -> None:
    assert judge(replace(GOOD, largest_shift_mm=14.0, inside=0.3)).verdict == "error"


@pytest.fixture(scope="module")
def deep_brain() -> DeepBrain:
    return DeepBrain.of(TemplatePair.of(load_template(), brain_only=False))


def warp_of(deep_brain: DeepBrain, vectors: np.ndarray, matrix: np.ndarray | None = None) -> Warp[Mni, ScannerRas]:
    affine = Affine(deep_brain.frame, ScannerRas("patient"), np.eye(4) if matrix is None else matrix)
    return Warp(Displacements(vectors.astype(np.float32), deep_brain.grid), affine)


def test_the_template_fits_itself(deep_brain: DeepBrain) -> None:
    nothing = warp_of(deep_brain, np.zeros((*deep_brain.brain.shape, 3)))
    landmarks = load_template().landmarks
    fit = measure_fit(deep_brain, deep_brain.intensities, nothing, landmarks)
    assert fit.local_correlation == pytest.approx(1, abs=1e-3) and fit.correlation == pytest.approx(1, abs=1e-6)
    assert fit.inside == 1.0 and fit.largest_shift_mm == 0 and fit.round_trip_mm == 0
    assert fit.acpc_length_mm == pytest.approx(landmarks.ac.distance_to(landmarks.pc))
    assert fit.jacobian_range == pytest.approx((1, 1)) and fit.scale_range == pytest.approx((1, 1))
    assert judge(fit).verdict == "ok"


def test_linear_fields_have_the_jacobian_of_their_matrix(deep_brain: DeepBrain) -> None:
    slopes = np.array([[0.1, 0.05, 0.0], [0.0, -0.1, 0.02], [0.03, 0.0, 0.2]])
    vectors = deep_brain.places().array.reshape(*deep_brain.brain.shape, 3) @ slopes.T
    fit = measure_fit(deep_brain, deep_brain.intensities, warp_of(deep_brain, vectors), load_template().landmarks)
    expected = np.linalg.det(np.eye(3) + slopes)
    assert fit.jacobian_range == pytest.approx((expected, expected), abs=1e-3)
    assert fit.round_trip_mm < 0.01


def test_scales_are_those_of_the_affine(deep_brain: DeepBrain) -> None:
    warp = warp_of(deep_brain, np.zeros((*deep_brain.brain.shape, 3)), np.diag([0.8, 1.1, 0.9, 1.0]))
    fit = measure_fit(deep_brain, deep_brain.intensities, warp, load_template().landmarks)
    assert fit.scale_range == pytest.approx((0.8, 1.1))


def test_an_empty_or_unrelated_image_is_an_error(deep_brain: DeepBrain) -> None:
    nothing = warp_of(deep_brain, np.zeros((*deep_brain.brain.shape, 3)))
    landmarks = load_template().landmarks
    empty = measure_fit(deep_brain, np.zeros_like(deep_brain.intensities), nothing, landmarks)
    noise = np.random.default_rng(3).uniform(20, 80, deep_brain.intensities.shape).astype(np.float32)
    unrelated = measure_fit(deep_brain, noise, nothing, landmarks)
    assert judge(empty).verdict == "error"
    assert judge(unrelated).verdict == "error"


def test_a_bent_midline_is_noticed(deep_brain: DeepBrain) -> None:
    """A sideways arc, as when one side of the deep brain is mistaken for the middle."""
    places = deep_brain.places().array.reshape(*deep_brain.brain.shape, 3)
    vectors = np.zeros_like(places)
    vectors[..., 0] = 6.0 * np.cos((places[..., 1] + 12) / 12)
    fit = measure_fit(deep_brain, deep_brain.intensities, warp_of(deep_brain, vectors), load_template().landmarks)
    assert fit.midplane_residual_mm > 2.0
