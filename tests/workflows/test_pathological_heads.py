"""Images that are no head, all the way from the file to the plan folder; the benchmark of bad input tries more."""

from __future__ import annotations

import pytest

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
