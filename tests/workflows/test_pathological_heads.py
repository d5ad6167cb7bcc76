"""Images that are no head, all the way from the file to the plan folder; the benchmark of bad input tries more."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from fusplan.errors import FusplanError
from fusplan.registration import greedy_engine
from fusplan.registration.contrast_kind import ContrastKind, ImageContrast
from fusplan.registration.head_turning import HeaderTurn
from fusplan.registration.request import RegistrationQuality, RegistrationResult, Verdict
from fusplan.spatial.acpc import DegenerateLandmarksError
from fusplan.workflows.no_head import HeadNotFoundError, NotAHeadError, require_head, told_by_registration
from tests.benchmarks.pathological_heads import (
    Pathology,
    constant_foreground,
    knee,
    noise,
    one_bright_voxel,
    plan_on,
)


def require_refused_or_not_trusted(outcome: str) -> None:
    assert outcome in ("warning", "error") or outcome.startswith("refused")


@pytest.mark.slow
@pytest.mark.parametrize("pathology", [one_bright_voxel, noise, constant_foreground])
def test_what_is_no_head_is_refused_or_not_trusted(pathology: Pathology, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the first beginning of each search: nothing in these looks more like a head from another."""
    monkeypatch.setattr(greedy_engine, "POSE_SEEDS", greedy_engine.POSE_SEEDS[:1])
    monkeypatch.setattr(greedy_engine, "TURNS_TRIED", 1)
    require_refused_or_not_trusted(plan_on(pathology))


@pytest.mark.slow
def test_what_may_look_like_a_head_is_neither_however_it_is_searched() -> None:
    """A knee has shape: all beginnings of the search and all turnings are tried on it."""
    require_refused_or_not_trusted(plan_on(knee))


def _outcome(
    kind: ContrastKind | None, verdict: Verdict, is_lost: bool = False, turn: HeaderTurn | None = None
) -> RegistrationResult:
    quality = RegistrationQuality((), verdict, "")
    contrast = None if kind is None else ImageContrast(kind, 0.0)
    return cast("RegistrationResult", SimpleNamespace(quality=quality, contrast=contrast, turn=turn, is_lost=is_lost))


def test_landmarks_that_a_turned_header_leads_astray_are_not_blamed() -> None:
    """A head with an ear up: AC and PC where the template came to lie make a head that looks sideways."""
    turn = HeaderTurn((2, 1, 0), (1, 1, -1))
    for outcome, said, remedy in (
        (_outcome(None, "error", turn=turn), "lie with its axes named wrongly", "read the image anew"),
        (_outcome(None, "error", is_lost=True), "could not be found", "--force"),
        (_outcome("T1", "error"), "looks sideways", "exchanged"),
    ):
        with pytest.raises(FusplanError, match=said) as caught, told_by_registration(outcome, "head.nii"):
            raise DegenerateLandmarksError("A head that looks sideways.", "Check that AC and PC are not exchanged.")
        assert remedy in caught.value.remedy


def test_no_plan_without_a_head() -> None:
    """Neither the template fits nor does any tissue show: a fruit. One of the two alone is a poor image of a head."""
    with pytest.raises(NotAHeadError, match="kind of head image") as caught:
        require_head(_outcome("other", "error"), "fruit.nii")
    assert "--force" in caught.value.remedy
    with pytest.raises(HeadNotFoundError, match="could not be found") as caught:
        require_head(_outcome(None, "error", is_lost=True), "fruit.nii")
    assert "--force" in caught.value.remedy
    require_head(_outcome("other", "warning"), "child.nii")
    require_head(_outcome("T2", "error"), "brain.nii")
