"""Which skull a plan's helmet beams through."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.atlas.catalogue import demo_head_path
from fusplan.imaging.byte_stream import fingerprint_of
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.workflows import ct_judgement, skull_of_plan
from fusplan.workflows.skull_of_plan import NoCtError, best_kind
from tests.fixtures.pseudo_mr import plan_with
from tests.fixtures.shell_heads import ShellHead, laid_over

HEAD = ShellHead()


@pytest.fixture(scope="module")
def planned() -> Volume:
    return HEAD.t1(2.0)


@pytest.fixture(scope="module")
def plan(planned: Volume) -> Plan:
    return plan_with(planned, laid_over(planned.scanner_frame))


@pytest.fixture(autouse=True)
def template_of_spheres(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ct_judgement, skull_of_plan):
        monkeypatch.setattr(module, "load_template_brain", lambda: HEAD.template().brain)


def in_frame_of(planned: Volume, ct: Volume) -> Volume:
    return Volume.of_array(ct.data, ct.affine, ct.fingerprint, study_id=planned.scanner_frame.study_id)


def test_the_best_skull_is_that_of_the_ct_else_of_the_t1_and_made_up_for_the_built_in_head(plan: Plan) -> None:
    assert (best_kind(plan, has_ct=True), best_kind(plan, has_ct=False)) == ("ct", "t1")
    demo = replace(plan.image, sha256=fingerprint_of(demo_head_path()))
    assert best_kind(replace(plan, image=demo), has_ct=False) == "synthetic"


def test_each_skull_is_made_when_asked_for_and_says_what_it_is(plan: Plan, planned: Volume) -> None:
    ct = in_frame_of(planned, HEAD.ct(2.0))
    found = {
        kind: skull_of_plan.skull_of_plan(plan, planned, ct, kind)  # type: ignore[arg-type]
        for kind in ("ct", "t1", "synthetic")
    }
    assert [skull.kind for skull in found.values()] == ["ct", "t1", "synthetic"]
    assert {skull.hounsfield.grid.frame for skull in found.values()} == {planned.scanner_frame}
    told = {kind: [warning.kind for warning in skull.warnings] for kind, skull in found.items()}
    assert told == {"ct": ["coarse_voxels", "smooth_kernel"], "t1": ["estimated"], "synthetic": ["synthetic"]}
    assert np.ptp(found["ct"].hounsfield.values) > 2000


def test_the_skull_of_a_ct_cannot_be_had_without_one(plan: Plan, planned: Volume) -> None:
    with pytest.raises(NoCtError, match="has no CT"):
        skull_of_plan.skull_of_plan(plan, planned, None, "ct")
