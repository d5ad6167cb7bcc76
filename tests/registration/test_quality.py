from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from fusplan.atlas.catalogue import load_template
from fusplan.registration.deep_brain import DeepBrain, TemplatePair
from fusplan.registration.quality import Limits, judge, measure_fit, ventricles_against_template
from fusplan.spatial import Affine, Mni, Points, ScannerRas, Warp
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
        ({"scale_range": (0.72, 1.0)}, "warning", "Smallest scale of the head"),
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


def itself(deep_brain: DeepBrain) -> tuple[np.ndarray, np.ndarray]:
    """What is seen of the template through the map and before, when the patient is the template."""
    return deep_brain.intensities, deep_brain.intensities


def test_the_template_fits_itself(deep_brain: DeepBrain) -> None:
    nothing = warp_of(deep_brain, np.zeros((*deep_brain.brain.shape, 3)))
    landmarks = load_template().landmarks
    fit = measure_fit(deep_brain, *itself(deep_brain), nothing, landmarks)
    assert fit.local_correlation == pytest.approx(1, abs=1e-3) and fit.correlation == pytest.approx(1, abs=1e-6)
    assert fit.inside == 1.0 and fit.largest_shift_mm == 0 and fit.round_trip_mm == 0
    assert fit.acpc_length_mm == pytest.approx(landmarks.ac.distance_to(landmarks.pc))
    assert fit.jacobian_range == pytest.approx((1, 1)) and fit.scale_range == pytest.approx((1, 1))
    assert judge(fit).verdict == "ok"


def test_linear_fields_have_the_jacobian_of_their_matrix(deep_brain: DeepBrain) -> None:
    slopes = np.array([[0.1, 0.05, 0.0], [0.0, -0.1, 0.02], [0.03, 0.0, 0.2]])
    vectors = deep_brain.places().array.reshape(*deep_brain.brain.shape, 3) @ slopes.T
    fit = measure_fit(deep_brain, *itself(deep_brain), warp_of(deep_brain, vectors), load_template().landmarks)
    expected = np.linalg.det(np.eye(3) + slopes)
    assert fit.jacobian_range == pytest.approx((expected, expected), abs=1e-3)
    assert fit.round_trip_mm < 0.01


def test_scales_are_those_of_the_affine(deep_brain: DeepBrain) -> None:
    warp = warp_of(deep_brain, np.zeros((*deep_brain.brain.shape, 3)), np.diag([0.8, 1.1, 0.9, 1.0]))
    fit = measure_fit(deep_brain, *itself(deep_brain), warp, load_template().landmarks)
    assert fit.scale_range == pytest.approx((0.8, 1.1))


def test_an_empty_or_unrelated_image_is_an_error(deep_brain: DeepBrain) -> None:
    nothing = warp_of(deep_brain, np.zeros((*deep_brain.brain.shape, 3)))
    landmarks = load_template().landmarks
    zeros = np.zeros_like(deep_brain.intensities)
    empty = measure_fit(deep_brain, zeros, zeros, nothing, landmarks)
    noise = np.random.default_rng(3).uniform(20, 80, deep_brain.intensities.shape).astype(np.float32)
    unrelated = measure_fit(deep_brain, noise, noise, nothing, landmarks)
    assert judge(empty).verdict == "error"
    assert judge(unrelated).verdict == "error"


def test_a_bent_midline_is_noticed(deep_brain: DeepBrain) -> None:
    """A sideways arc, as when one side of the deep brain is mistaken for the middle."""
    places = deep_brain.places().array.reshape(*deep_brain.brain.shape, 3)
    vectors = np.zeros_like(places)
    vectors[..., 0] = 6.0 * np.cos((places[..., 1] + 12) / 12)
    fit = measure_fit(deep_brain, *itself(deep_brain), warp_of(deep_brain, vectors), load_template().landmarks)
    assert fit.midplane_residual_mm > 2.0


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"largest_shift_mm": 12.4, "median_shift_mm": 7.1, "ventricles": 1.8}, "ok"),
        ({"largest_shift_mm": 12.4, "median_shift_mm": 7.1, "ventricles": 1.0}, "warning"),
        ({"largest_shift_mm": 12.4, "ventricles": 0.5}, "warning"),
        ({"largest_shift_mm": 12.4, "ventricles": float("nan")}, "warning"),
        ({"largest_shift_mm": 19.0, "ventricles": 50.0}, "warning"),
        ({"largest_shift_mm": 12.4, "ventricles": 1.7, "local_correlation": 0.6}, "warning"),
        ({"largest_shift_mm": 12.4, "ventricles": 1.8, "local_correlation": 0.74}, "warning"),
        ({"largest_shift_mm": 9.4, "ventricles": 1.8, "local_correlation": 0.74}, "ok"),
    ],
)
def test_large_ventricles_excuse_a_shift_and_nothing_else(change: dict[str, object], verdict: str) -> None:
    quality = judge(replace(GOOD, **change))
    assert quality.verdict == verdict


def test_large_ventricles_alone_are_called_no_error_and_what_they_mean_is_said() -> None:
    assert judge(replace(GOOD, ventricles=1.8)).verdict == "ok"
    large = judge(replace(GOOD, ventricles=2.3))
    assert large.verdict == "warning"
    assert [measure.name for measure in large.measures if measure.verdict != "ok"] == ["Size of the ventricles"]
    assert "The template fits this head, whose ventricles are 2.3 times as large" in large.sentence
    assert "no error" in large.sentence and "two millimetres further from the third ventricle" in large.sentence
    both = judge(replace(GOOD, ventricles=2.3, acpc_length_mm=20.0))
    assert "size of the ventricles is unusual" in both.sentence and "The template fits" not in both.sentence


def grown_ventricles(deep_brain: DeepBrain, width: float) -> tuple[Warp[Mni, ScannerRas], np.ndarray]:
    """A map that widens everything about the middle of the ventricles, and the patient that it fits, before it."""
    places = deep_brain.places().array.reshape(*deep_brain.brain.shape, 3)
    vectors = np.zeros_like(places)
    middle = places[deep_brain.ventricles].mean(axis=0)
    near = np.exp(-np.square((places - middle) / (16, 40, 12)).sum(axis=-1))[..., None]
    vectors[..., (0, 2)] = (places - middle)[..., (0, 2)] * (width - 1) * near
    back = np.stack([deep_brain.grid.indices(Points(deep_brain.frame, (places - vectors).reshape(-1, 3)))], axis=-1)
    seen = ndimage.map_coordinates(deep_brain.intensities, back[..., 0].T, order=1, mode="nearest")
    return warp_of(deep_brain, vectors), seen.reshape(deep_brain.brain.shape)


def test_ventricles_are_measured_against_the_templates(deep_brain: DeepBrain) -> None:
    grown, before = grown_ventricles(deep_brain, 2.5)
    ratio = ventricles_against_template(deep_brain, deep_brain.intensities, before, grown)
    assert 1.25 < ratio < 1.6
    still = warp_of(deep_brain, np.zeros((*deep_brain.brain.shape, 3)))
    assert ventricles_against_template(deep_brain, *itself(deep_brain), still) == pytest.approx(1.0)


def test_a_map_alone_or_an_image_alone_excuses_nothing(deep_brain: DeepBrain) -> None:
    """A map that grows what is not large in the image, and large ventricles that the map did not follow."""
    grown, before = grown_ventricles(deep_brain, 2.5)
    still = warp_of(deep_brain, np.zeros((*deep_brain.brain.shape, 3)))
    assert ventricles_against_template(deep_brain, *itself(deep_brain), grown) <= 1.01
    assert ventricles_against_template(deep_brain, deep_brain.intensities, before, still) <= 1.01
