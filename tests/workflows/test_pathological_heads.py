"""Images that are no head, all the way from the file to the plan folder; the benchmark of bad input tries more."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from fusplan.registration.contrast_kind import ContrastKind, ImageContrast
from fusplan.registration.request import RegistrationQuality, RegistrationResult, Verdict
from fusplan.workflows.make_plan import NotAHeadError, require_head
from tests.benchmarks.pathological_heads import (
    Pathology,
    constant_foreground,
    knee,
    noise,
    one_bright_voxel,
    plan_on,
)


@pytest.mark.slow
@pytest.mark.parametrize("pathology", [one_bright_voxel, noise, knee, constant_foreground])
def test_what_is_no_head_is_refused_or_not_trusted(pathology: Pathology) -> None:
    outcome = plan_on(pathology)
    assert outcome in ("warning", "error") or outcome.startswith("refused")


def _outcome(kind: ContrastKind, verdict: Verdict) -> RegistrationResult:
    quality = RegistrationQuality((), verdict, "")
    contrast = ImageContrast(kind, 0.0)
    return cast("RegistrationResult", SimpleNamespace(quality=quality, contrast=contrast, turn=None))


def test_no_plan_without_a_head() -> None:
    """Neither the template fits nor does any tissue show: a fruit. One of the two alone is a poor image of a head."""
    with pytest.raises(NotAHeadError, match="kind of head image") as caught:
        require_head(_outcome("other", "error"), "fruit.nii")
    assert "--force" in caught.value.remedy
    require_head(_outcome("other", "warning"), "child.nii")
    require_head(_outcome("T2", "error"), "brain.nii")
