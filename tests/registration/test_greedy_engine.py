from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np
import pytest

from fusplan.atlas.catalogue import load_template
from fusplan.imaging.simpleitk_bridge import template_to_sitk
from fusplan.progress import NoProgress
from fusplan.registration import greedy_engine
from fusplan.registration.contrast_kind import ImageContrast
from fusplan.registration.deep_brain import DeepBrain, TemplatePair
from fusplan.registration.greedy_engine import RegistrationLostError, register
from fusplan.registration.quality import judge
from fusplan.registration.request import RegistrationRequest, RegistrationResult
from fusplan.spatial import Affine, ScannerRas, Warp
from fusplan.spatial.warp import Displacements
from tests.fixtures.blobs import BlobVolume
from tests.fixtures.registrations import GOOD

POOR, WORSE = 0.62, 0.40


@pytest.fixture
def request_for_a_ball(blob_volume: BlobVolume) -> RegistrationRequest:
    affine = np.diag([2.0, 2, 2, 1])
    affine[:3, 3] = -60
    return RegistrationRequest(blob_volume((60, 60, 60), affine, (0, 0, 0)), load_template())


Outcomes = dict[bool, float | None]


class Attempts(Protocol):
    def __call__(self, outcomes: Outcomes, pose_share: float = 0.5) -> list[bool]: ...


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> Attempts:
    """Replaces attempts by their outcome: local correlation by 'brain only', None for lost. Lists what was tried."""

    def install(outcomes: Outcomes, pose_share: float = 0.5) -> list[bool]:
        tried: list[bool] = []

        def attempt(request: RegistrationRequest, patient: object, brain_only: bool, progress: object) -> object:
            tried.append(brain_only)
            outcome = outcomes[brain_only]
            if outcome is None:
                return None
            fit = replace(GOOD, local_correlation=outcome)
            nothing = Displacements.of(np.zeros((2, 2, 2, 3), np.float32), np.eye(4), request.template.frame)
            affine = Affine(request.template.frame, request.patient.scanner_frame, np.eye(4))
            contrast = ImageContrast("T1", 1.0)
            warp = Warp(nothing, affine)
            return greedy_engine._Start(brain_only, pose_share, warp, fit, judge(fit), contrast, (("a stage", 1.0),))

        monkeypatch.setattr(greedy_engine, "_attempt", attempt)
        return tried

    return install


def test_a_good_first_attempt_is_taken(request_for_a_ball: RegistrationRequest, attempts: Attempts) -> None:
    tried = attempts({False: 0.85, True: 0.99})
    result = register(request_for_a_ball, NoProgress())
    assert tried == [False]
    assert result.quality.verdict == "ok" and result.notes == ()
    assert dict(result.versions).keys() >= {"picsl_greedy", "numpy"}


@pytest.mark.parametrize(
    ("whole", "brain", "kept"),
    [
        (POOR, 0.80, "brain"),
        (POOR, WORSE, "whole"),
        (None, POOR, "brain"),
        (POOR, None, "whole"),
        (float("nan"), WORSE, "brain"),
    ],
)
def test_a_poor_first_attempt_is_followed_by_the_other_template_and_the_better_kept(
    request_for_a_ball: RegistrationRequest,
    attempts: Attempts,
    whole: float | None,
    brain: float | None,
    kept: str,
) -> None:
    tried = attempts({False: whole, True: brain})
    result = register(request_for_a_ball, NoProgress())
    assert tried == [False, True]
    found = result.quality.measures[0].value
    assert found == (brain if kept == "brain" else whole)
    assert any("second" in note for note in result.notes)
    assert any("without skull fitted this image better" in note for note in result.notes) is (kept == "brain")


def test_nothing_found_is_said(request_for_a_ball: RegistrationRequest, attempts: Attempts) -> None:
    attempts({False: None, True: None})
    with pytest.raises(RegistrationLostError, match="outside the head") as caught:
        register(request_for_a_ball, NoProgress())
    assert "fusplan info" in caught.value.remedy


def test_both_directions_meet(request_for_a_ball: RegistrationRequest, attempts: Attempts) -> None:
    attempts({False: 0.85, True: None})
    result: RegistrationResult = register(request_for_a_ball, NoProgress())
    there = result.mni_to_scanner.apply(load_template().landmarks.ac)
    assert result.scanner_to_mni.apply(there).distance_to(load_template().landmarks.ac) < 1e-3


def test_a_head_that_is_found_nowhere_is_said_to_be_lost_and_not_what_it_is(
    request_for_a_ball: RegistrationRequest, attempts: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the image shows where the template came to lie says nothing: it is not called no kind of head image."""
    monkeypatch.setattr(greedy_engine, "_found_turned", lambda *args: None)
    attempts({False: WORSE, True: WORSE}, 0.1)
    result = register(request_for_a_ball, NoProgress())
    assert result.is_lost and result.contrast is None and result.quality.verdict == "error"
    assert "The head could not be found in this image" in result.quality.sentence
    attempts({False: 0.85, True: 0.85}, 0.1)
    result = register(request_for_a_ball, NoProgress())
    assert not result.is_lost and result.contrast is not None


@pytest.mark.parametrize(("as_it_is", "larger", "is_larger"), [(0.1, 0.7, True), (0.1, 0.15, False), (0.5, 0.7, False)])
def test_a_head_that_is_found_nowhere_is_looked_for_as_if_it_were_larger(
    request_for_a_ball: RegistrationRequest,
    monkeypatch: pytest.MonkeyPatch,
    as_it_is: float,
    larger: float,
    is_larger: bool,
) -> None:
    def run(template: object, patient: object, threads: int, factor: float = 1.0) -> float:
        return factor

    monkeypatch.setattr(greedy_engine, "GreedyRun", run)
    monkeypatch.setattr(greedy_engine, "_find_pose", lambda run, *args: (1, as_it_is if run == 1.0 else larger))
    patient, _ = template_to_sitk(load_template())
    template = TemplatePair.of(load_template(), brain_only=False)
    factor, _, share = greedy_engine._run_with_pose(request_for_a_ball, template, patient)
    assert (factor, share) == ((greedy_engine.AS_IF_LARGER, larger) if is_larger else (1.0, as_it_is))


class PoseRun:
    """A run whose seeds find poses of known worth; the worth is carried in the matrix."""

    def __init__(self, worth: dict[int, float]) -> None:
        self.worth = worth
        self.seeds: list[int] = []

    def find_pose(self, seed: int) -> np.ndarray:
        self.seeds.append(seed)
        matrix = np.eye(4)
        matrix[0, 3] = self.worth[seed]
        return matrix


@pytest.mark.parametrize(
    ("worth", "seeds", "taken"),
    [
        ({1: 0.6}, [1], 1),
        ({1: 0.05, 2: 0.55}, [1, 2], 2),
        ({1: 0.05, 2: 0.19, 3: 0.1, 4: 0.15}, [1, 2, 3, 4], 2),
        ({1: 0.05, 2: 0.1, 3: 0.1, 4: 0.3}, [1, 2, 3, 4], 4),
    ],
)
def test_seeds_are_tried_until_a_pose_is_good_and_the_best_is_taken(
    monkeypatch: pytest.MonkeyPatch, worth: dict[int, float], seeds: list[int], taken: int
) -> None:
    monkeypatch.setattr(DeepBrain, "patient_seen", lambda self, patient, affine: affine.matrix[0, 3])
    monkeypatch.setattr(DeepBrain, "explained_share", lambda self, seen: float(seen))
    run = PoseRun(worth)
    template = TemplatePair.of(load_template(), brain_only=False)
    patient, _ = template_to_sitk(load_template())
    found = greedy_engine._find_pose(run, template, patient, ScannerRas("made"), (1, 2, 3, 4))  # type: ignore[arg-type]
    assert found == (taken, worth[taken])
    assert run.seeds == seeds
