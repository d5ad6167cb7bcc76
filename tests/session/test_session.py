"""The session tells what changes, and only that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fusplan.display.drawn_atlas import DrawnAtlas
from fusplan.display.image_layers import SECOND_KEY
from fusplan.display.view_state import Selection
from fusplan.planning.document import PlanDocument
from fusplan.session.second_image import SecondImage
from fusplan.session.session import Session
from fusplan.spatial import Field, Point
from fusplan.spatial.frames import FrameMismatchError
from tests.fixtures import plans
from tests.fixtures.small_heads import small_head


def heard_by(session: Session) -> list[str]:
    heard: list[str] = []
    session.volume_changed.connect(lambda: heard.append("volume"))
    session.plan_changed.connect(lambda: heard.append("plan"))
    session.atlases_changed.connect(lambda: heard.append("atlases"))
    session.second_image_changed.connect(lambda: heard.append("second"))
    session.view_changed.connect(lambda before, after: heard.append("view"))
    return heard


def test_an_image_puts_the_cursor_in_its_middle() -> None:
    session = Session()
    volume = plans.volume()
    session.open_volume(volume)
    cursor = session.view.state.cursor
    assert cursor is not None
    assert cursor.distance_to(Point.of(volume.scanner_frame, (1.5, -2.25, 3.125))) < 1e-9
    assert session.name == "T1w.nii.gz"
    assert not session.has_unsaved_changes


def test_edits_of_the_document_are_heard_until_another_is_opened() -> None:
    session = Session()
    first, second = PlanDocument(plans.plan(), Path("a.fusplan.json")), PlanDocument(plans.plan())
    session.open_document(plans.volume(), first)
    assert session.name == "a.fusplan.json"
    heard = heard_by(session)
    first.apply("Change", lambda plan: replace(plan, seed=9))
    assert heard == ["plan"]
    assert session.has_unsaved_changes
    session.open_document(plans.volume(), second)
    heard.clear()
    first.undo()
    assert heard == []


def test_what_is_selected_and_half_measured_leaves_with_its_case() -> None:
    session, volume, plan = Session(), plans.volume(), plans.plan()
    point = plan.targets[0].point
    for leave in (
        session.close,
        lambda: session.open_volume(volume),
        lambda: session.open_document(volume, PlanDocument(plan)),
    ):
        session.view.change(lambda state: replace(state.with_selection(lesion_id="one"), pending=(point,)))
        leave()
        assert session.view.state.selection == Selection()
        assert session.view.state.pending == ()


def test_the_same_head_keeps_the_cursor() -> None:
    session = Session()
    session.open_volume(plans.volume())
    session.view.update(cursor=plans.point(1, 2, 3))
    session.open_document(plans.volume(), PlanDocument(plans.plan()))
    assert session.view.state.cursor == plans.point(1, 2, 3)
    session.close()
    assert session.view.state.cursor is None
    assert session.plan is None


def test_atlases_and_second_image() -> None:
    session = Session()
    session.open_volume(plans.volume())
    heard = heard_by(session)
    atlas = DrawnAtlas("morel", "Morel", None)  # type: ignore[arg-type]
    session.set_atlases({"morel": atlas})
    session.set_second_image(SecondImage(plans.volume(), "T2w"))
    assert heard == ["atlases", "second"]
    assert session.shown_atlas is atlas
    session.view.become(session.view.state.with_layers(atlas=None))
    assert session.shown_atlas is None


def test_pictures_for_layers_come_and_go_by_their_keys() -> None:
    session, volume = Session(), plans.volume()
    session.open_volume(volume)
    heard: list[list[str]] = []
    session.pictures_changed.connect(lambda: heard.append(sorted(session.pictures)))
    field = Field(volume.grid, np.full(volume.shape, 37.0), "degC")
    session.set_picture("temperature", field)
    session.set_second_image(SecondImage(volume, "T2"))
    assert session.pictures == {"temperature": field, SECOND_KEY: volume}
    session.set_second_image(None)
    session.close()
    assert heard == [["temperature"], [SECOND_KEY, "temperature"], ["temperature"], []]


def test_a_picture_of_another_head_is_refused() -> None:
    session, stranger = Session(), small_head()
    session.open_volume(plans.volume())
    with pytest.raises(FrameMismatchError):
        session.set_picture("temperature", Field(stranger.grid, np.zeros(stranger.shape), "degC"))
    assert not session.pictures
