"""How the steps stand at every stage of a case, without any window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fusplan.display.step_standings import (
    OpenCase,
    Step,
    StepReader,
    atlas_state,
    image_state,
    landmarks_state,
    lesions_state,
    review_state,
    step_states,
    targets_state,
)
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from tests.fixtures import plans

READERS: dict[str, tuple[StepReader, int]] = {
    "image": (image_state, 1),
    "landmarks": (landmarks_state, 3),
    "atlas": (atlas_state, 2),
    "targets": (targets_state, 4),
    "lesions": (lesions_state, 5),
    "review": (review_state, 6),
}
STEPS = [Step(key, key.title(), key, "", read, order) for key, (read, order) in READERS.items()]


@dataclass
class Opened:
    """What is open in a test."""

    volume: Volume | None = None
    plan: Plan | None = None
    saved_path: Path | None = None
    has_unsaved_changes: bool = True


def standings(case: OpenCase) -> list[str]:
    return [state.standing for state in step_states(STEPS, case).values()]


def test_what_comes_next_at_every_stage() -> None:
    volume, plan = plans.volume(), plans.plan()
    bare = replace(plan, targets=(), lesions=())
    assert standings(Opened()) == ["next", "later", "later", "later", "later", "later"]
    # The atlas stands third in the list, and is what is done second.
    assert standings(Opened(volume)) == ["done", "later", "next", "later", "later", "later"]
    assert standings(Opened(volume, bare)) == ["done", "done", "done", "next", "later", "later"]
    assert standings(Opened(volume, plan)) == ["done", "done", "done", "done", "done", "next"]
    assert standings(Opened(volume, plan, Path("/a/b.fusplan.json"), False)) == ["done"] * 6
    assert standings(Opened(volume, plan, Path("/a/b.fusplan.json"), True)) == [*["done"] * 5, "next"]


def test_each_step_says_what_is_there() -> None:
    volume, plan = plans.volume(), plans.plan()
    states = step_states(STEPS, Opened(volume, plan, Path("/a/b.fusplan.json"), False))
    length = plan.landmarks.ac.point.distance_to(plan.landmarks.pc.point)
    assert states["image"].sentence == f"{volume.name}, 1 mm"
    assert states["landmarks"].sentence.startswith(f"AC to PC {length:.1f} mm, ")
    assert states["targets"].sentence == f"{len(plan.targets)} targets"
    assert states["lesions"].sentence == ", ".join(f"{lesion.side} {lesion.size_words}" for lesion in plan.lesions)
    assert states["review"].sentence == "Saved as b.fusplan.json"
    one_target = replace(plan, targets=plan.targets[:1])
    assert targets_state(Opened(volume, one_target)).sentence == "1 target"
    many = replace(plan, lesions=(*plan.lesions, *plan.lesions))
    assert lesions_state(Opened(volume, many)).sentence == f"{2 * len(plan.lesions)} lesions"


@pytest.mark.parametrize(("verdict", "standing"), [("ok", "done"), ("warning", "warning"), ("error", "warning")])
def test_distrust_stays_visible(verdict: str, standing: str) -> None:
    plan = plans.plan()
    quality = replace(plan.registration.quality, verdict=verdict)
    distrusted = replace(plan, registration=replace(plan.registration, quality=quality))
    state = step_states(STEPS, Opened(plans.volume(), distrusted))["atlas"]
    assert state.standing == standing
    assert ("Do not trust" in state.sentence) == (verdict == "error")
