"""An atlas of the user's in the window: prepared with its surfaces, told of when it is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from fusplan.app.plan_making import PlanMaking
from fusplan.planning.document import PlanDocument
from fusplan.planning.plan import AtlasReference
from fusplan.progress import NoProgress, Progress
from fusplan.session.messages import Message
from fusplan.widgets.case import Case
from fusplan.workflows.prepare_atlases import PreparedAtlases, prepare_atlases
from fusplan.workflows.requests import PrepareAtlasesRequest
from fusplan.workflows.workflow_table import Workflows
from tests.fixtures.desks import SoonJobs
from tests.fixtures.small_heads import small_head, small_plan
from tests.workflows.test_user_atlases import add


def test_it_is_prepared_with_its_surfaces(tmp_path: Path) -> None:
    add(tmp_path, "patient", plan=small_plan())
    found = prepare_atlases(PrepareAtlasesRequest(small_plan(), "mine", True), NoProgress())
    assert list(found.atlases) == ["mine"]
    mine = found.atlases["mine"]
    assert mine.title == "Title of mine"
    assert len(mine.meshes) == len(mine.patient_atlas.atlas.structures) + 2
    assert {mesh.name for mesh in mine.meshes} >= {"CLp", "CL", "CM"}


def test_a_plan_whose_atlas_is_gone_says_so(qtbot: QtBot) -> None:
    said: list[Message] = []
    owner = QObject()
    case = Case()

    def prepare(request: PrepareAtlasesRequest, progress: Progress) -> PreparedAtlases:
        return PreparedAtlases({}, ("The atlas X is left out.",) if not request.only_it else ())

    PlanMaking(case, SoonJobs(), Workflows(prepare_atlases=prepare), owner)  # type: ignore[arg-type]
    case.said.connect(said.append)
    plan = replace(small_plan(), atlases=(AtlasReference("mine", "THOMAS of mine", "a" * 64),))
    case.open_document(small_head(), PlanDocument(plan))
    qtbot.waitUntil(lambda: len(said) == 2)
    assert "THOMAS of mine" in said[0].text and "not there any more" in said[0].text
    assert said[1].text == "The atlas X is left out."
    assert [one.kind for one in said] == ["warning", "warning"]
    case.atlas_list_changed.emit()
    qtbot.waitUntil(lambda: len(said) == 4)
