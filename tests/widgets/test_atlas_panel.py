"""The atlas panel: start, judge, compare with the template, choose an atlas, nudge."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.display.drawn_atlas import DrawnAtlas
from fusplan.display.image_layers import FIRST_STACK, SECOND_LAYER, TEMPLATE_KEY, ImageStack
from fusplan.display.template_overlay import TemplateOverlay
from fusplan.jobs.job import Job
from fusplan.planning.registration_edits import is_distrusted
from fusplan.session.second_image import SecondImage
from fusplan.spatial import Grid
from fusplan.widgets.atlas_panel import AtlasPanel
from fusplan.widgets.case import Case
from fusplan.workflows.requests import OverlayRequest
from tests.fixtures.cases import open_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.meshes import nuclei
from tests.fixtures.small_heads import head

LEFT = Qt.MouseButton.LeftButton


def made_overlay(request: OverlayRequest, progress: object) -> TemplateOverlay:
    template = head(6.0, "t" * 64)
    volume = replace(template, grid=Grid(template.shape, request.patient.voxel_to_scanner))
    return TemplateOverlay(request.mni_to_scanner, volume, nuclei(request.patient.scanner_frame)[:2])


def drawn_keys(case: Case) -> list[str]:
    """The pictures that lie over the first image."""
    return [layer.key for layer in case.view.state.image_layers.drawn(case.pictures)]


def shown(qtbot: QtBot, case: Case) -> tuple[AtlasPanel, TrialDesk]:
    desk = TrialDesk()
    desk.work_with(overlay_template=made_overlay)
    panel = AtlasPanel(case, desk.desk)
    qtbot.addWidget(panel)
    panel.resize(340, 1200)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel, desk


@pytest.fixture
def case() -> Case:
    return open_case(volume=head(6.0))


def test_a_panel_opened_after_the_plan_was_made_or_cancelled_watches_nothing(qtbot: QtBot) -> None:
    desk = TrialDesk()
    for is_over_before in (False, True):
        job = Job("Planning")
        if is_over_before:
            job._end_cancelled()
        desk.desk.tell_planning(job)
        assert (desk.desk.planning_job is job) is not is_over_before
        if not is_over_before:
            job._end_cancelled()
        with qtbot.waitSignal(job.destroyed):
            job.deleteLater()
        panel = AtlasPanel(open_case(with_plan=False, volume=head(6.0)), desk.desk)
        qtbot.addWidget(panel)
        assert panel.start.isEnabled()
        assert panel.progress.isHidden()


def test_alignment_is_started_watched_and_cancelled(qtbot: QtBot) -> None:
    panel, desk = shown(qtbot, open_case(with_plan=False, volume=head(6.0)))
    qtbot.mouseClick(panel.start, LEFT)
    assert desk.done == ["make_plan"]

    class Stoppable(Job):
        def cancel(self) -> None:
            self._end_cancelled()

    job = Stoppable("Planning")
    desk.desk.tell_planning(job)
    job._tell_progress(0.4, "Aligning the template, step 2 of 3")
    assert panel.progress.isVisible()
    assert "step 2 of 3" in panel.progress.sentence.text()
    assert not panel.start.isEnabled()
    qtbot.mouseClick(panel.progress.cancel, LEFT)
    assert not panel.progress.isVisible()
    assert panel.start.isEnabled()


def test_a_person_judges_and_takes_it_back(qtbot: QtBot, case: Case) -> None:
    panel, _ = shown(qtbot, case)
    assert case.plan is not None
    assert case.document is not None
    qtbot.mouseClick(panel.judgement.buttons["distrusted"], LEFT)
    assert is_distrusted(case.plan.registration)
    assert panel.verdict.rows[0].verdict == "error"
    qtbot.mouseClick(panel.judgement.buttons["accepted"], LEFT)
    assert not is_distrusted(case.plan.registration)
    assert case.document.history.labels[1:] == ("Do not trust the alignment", "Accept the alignment")
    case.document.undo()
    assert panel.judgement.choice == "distrusted"
    qtbot.mouseClick(panel.judgement.buttons["none"], LEFT)
    assert panel.judgement.choice == "none"


def test_the_template_is_laid_over_the_patient_and_taken_away(qtbot: QtBot, case: Case) -> None:
    panel, desk = shown(qtbot, case)
    comparison = panel.comparison
    qtbot.mouseClick(comparison.kinds.buttons["checkerboard"], LEFT)
    assert comparison.waiting.isVisible()
    qtbot.waitUntil(lambda: case.template_overlay is not None)
    assert not comparison.waiting.isVisible()
    assert case.pictures == {TEMPLATE_KEY: case.template_overlay.volume}  # type: ignore[union-attr]
    assert drawn_keys(case) == [TEMPLATE_KEY]
    qtbot.mouseClick(comparison.kinds.buttons["swipe"], LEFT)
    comparison.slider.setFocus()
    qtbot.keyClick(comparison.slider, Qt.Key.Key_Home)
    layer = case.view.state.image_layers.layer(TEMPLATE_KEY)
    assert (layer.blend, layer.divide) == ("swipe", 0.0)
    qtbot.mouseClick(comparison.kinds.buttons["off"], LEFT)
    assert drawn_keys(case) == []
    assert len(desk.jobs.titles) == 1


def test_the_second_image_comes_back_after_the_template(qtbot: QtBot, case: Case) -> None:
    panel, _ = shown(qtbot, case)
    volume = case.volume
    assert volume is not None
    case.set_second_image(SecondImage(volume, "T2"))
    coloured = replace(SECOND_LAYER.looking("colour"), opacity=0.7)
    case.view.update(image_layers=ImageStack((coloured,)))
    qtbot.mouseClick(panel.comparison.kinds.buttons["fade"], LEFT)
    qtbot.waitUntil(lambda: case.template_overlay is not None)
    assert drawn_keys(case) == [TEMPLATE_KEY]
    qtbot.mouseClick(panel.comparison.kinds.buttons["off"], LEFT)
    assert list(case.view.state.image_layers.drawn(case.pictures)) == [coloured]


def test_edges_are_switched_on_and_follow_a_nudge(qtbot: QtBot, case: Case) -> None:
    panel, desk = shown(qtbot, case)
    qtbot.mouseClick(panel.comparison.edges, LEFT, pos=panel.comparison.edges.rect().center() / 4)
    qtbot.waitUntil(lambda: case.template_overlay is not None)
    assert case.view.state.layers.template_edges
    before = case.template_overlay
    panel.nudge.steps.buttons["1.0"].click()
    panel.nudge.buttons["anterior", 1].click()
    assert case.plan is not None
    assert before is not None
    after = case.template_overlay
    assert after is not None
    assert after.mni_to_scanner is case.plan.registration.mni_to_scanner
    moved = after.edges[0].vertices.array - before.edges[0].vertices.array
    geometry = case.plan.landmarks.geometry()
    assert moved @ geometry.axes == pytest.approx(moved @ geometry.axes * 0 + [0, 1, 0], abs=1e-6)
    assert len(desk.jobs.titles) == 1  # moved, not made anew


def test_steps_of_one_row_are_one_step_of_the_history(qtbot: QtBot, case: Case) -> None:
    panel, _ = shown(qtbot, case)
    assert case.document is not None
    panel.nudge.steps.buttons["0.5"].click()
    for _ in range(3):
        panel.nudge.buttons["right", 1].click()
    panel.nudge.buttons["yaw", -1].click()
    assert panel.nudge.values["right"].text() == "+1.50 mm"
    assert panel.nudge.values["yaw"].text() == "-0.50°"
    assert len(case.document.history.labels) == 3
    case.document.undo()
    case.document.undo()
    assert case.plan is not None
    assert case.plan.registration.nudge.is_none


def test_an_atlas_is_chosen_and_shown(qtbot: QtBot, case: Case) -> None:
    panel, _ = shown(qtbot, case)
    meshes = nuclei(head(6.0).scanner_frame)
    case.set_atlases({name: DrawnAtlas(name, name.capitalize(), None, meshes) for name in ("morel", "julich")})  # type: ignore[arg-type]
    qtbot.mouseClick(panel.atlases.buttons["julich"], LEFT)
    assert case.view.state.layers.atlas == "julich"
    panel.contours.click()
    panel.labels.click()
    layers = case.view.state.layers
    assert (layers.contours, layers.contour_labels) == (False, True)
    case.view.change(lambda state: state.with_layers(contours=True))
    assert panel.contours.isChecked()


def test_closing_the_case_takes_the_template_away(qtbot: QtBot, case: Case) -> None:
    panel, _ = shown(qtbot, case)
    qtbot.mouseClick(panel.comparison.kinds.buttons["checkerboard"], LEFT)
    qtbot.waitUntil(lambda: case.template_overlay is not None)
    case.close()
    assert case.view.state.image_layers == FIRST_STACK
    assert case.template_overlay is None
