"""The review that a new plan's worker has computed is the window's: none of it is computed again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from fusplan.app.main_window import MainWindow
from fusplan.workflows.made_plan import PlannedHead
from fusplan.workflows.prepare_atlases import PreparedAtlases
from fusplan.workflows.workflow_table import Workflows
from tests.fixtures.reviews import every_digit, small_review
from tests.fixtures.sessions import atlas_session
from tests.fixtures.small_heads import small_head, small_plan


@pytest.fixture
def workflows(workflows: Workflows) -> Workflows:
    def prepare(request: object, progress: object) -> PreparedAtlases:
        one = request.name == "morel" and request.only_it  # type: ignore[attr-defined]
        return PreparedAtlases(
            {name: atlas for name, atlas in atlas_session().atlases.items() if name == "morel" or not one}
        )

    return replace(workflows, prepare_atlases=prepare)


def test_nothing_is_computed_again_after_a_plan_was_made(
    make_window: Callable[[], MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = small_review()
    calls: list[str] = []
    for engine in ("cover", "lesion_distances", "estimate_uncertainty"):
        monkeypatch.setattr(f"fusplan.planning.review_plan.{engine}", lambda *_, name=engine: calls.append(name))
    monkeypatch.setattr("fusplan.planning.checks.check_plan", lambda *_: calls.append("check_plan"))
    window = make_window()
    case = window.case
    case.open_volume(small_head())
    planning = window.program.planning
    planning._accept(PlannedHead(replace(small_plan()), made), small_head().fingerprint)
    for _ in range(2):
        qtbot.waitUntil(lambda: len(case.patient_atlases) == 2 and not window.program.is_busy)
        assert every_digit(case.review.of(case.review_subject)) == every_digit(made)
        # And once more, over the plan that is open.
        planning._accept(PlannedHead(replace(small_plan()), made), small_head().fingerprint)
    assert case.document.history.labels[-1] == "Make the plan anew"
    assert calls == []
