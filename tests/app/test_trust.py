"""What nobody may overlook stays in sight; a nudge carries the atlases along at once."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.app.main_window import MainWindow
from fusplan.display.drawn_atlas import DrawnAtlas
from fusplan.planning.registration_edits import judge_registration, nudge_registration
from fusplan.session.moved_atlases import moved_atlases
from tests.fixtures.meshes import nuclei
from tests.fixtures.small_heads import patient_atlases, small_plan


def test_do_not_trust_stays_in_the_status_bar_while_it_holds(with_plan: MainWindow, qtbot: QtBot) -> None:
    window = with_plan
    bar = window.statusBar()
    assert bar.distrust.isHidden()
    window.show_panel("atlas")
    panel = window.side.panel("atlas")
    qtbot.mouseClick(panel.judgement.buttons["distrusted"], Qt.MouseButton.LeftButton)  # type: ignore[union-attr]
    assert not bar.distrust.isHidden()
    window.show_panel("targets")
    assert not bar.distrust.isHidden()
    assert window.case.document is not None
    window.case.document.undo()
    assert bar.distrust.isHidden()


def test_the_status_bar_leaves_out_what_has_no_room(with_plan: MainWindow) -> None:
    window = with_plan
    bar = window.statusBar()
    window.resize(1600, 800)
    bar.refresh()
    assert "PC" in bar.readout.text()
    assert window.case.document is not None
    window.case.document.apply("Distrust", lambda plan: judge_registration(plan, "distrusted"))
    window.resize(960, 800)
    bar.refresh()
    assert bar.readout.text().startswith("scanner RAS")


def test_a_nudge_carries_atlases_along() -> None:
    plan = small_plan()
    meshes = nuclei(plan.image.frame)
    atlases = {one.atlas.name: DrawnAtlas(one.atlas.name, "", one, meshes) for one in patient_atlases()}
    nudged = nudge_registration(plan, (2.0, 0.0, 0.0), (0.0, 0.0, 0.0)).registration.mni_to_scanner
    moved = moved_atlases(atlases, nudged)
    assert moved is not None
    right = plan.landmarks.geometry().axes[:, 0]
    for name, one in moved.items():
        shift = one.meshes[0].vertices.array - atlases[name].meshes[0].vertices.array
        assert np.allclose(shift, 2.0 * right)
        assert one.patient_atlas.mni_to_scanner is nudged
    assert moved_atlases({}, nudged) is None
