"""Adding, seeing and removing the user's atlases in the panel, with the real engine behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.atlas.catalogue import list_atlases
from fusplan.widgets.atlas_add_panel import AtlasAddPart
from tests.fixtures.cases import atlas_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.drawn_atlases import bids, drawn_morel, freesurfer, write_map

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write_map(tmp_path / "mine.nii.gz")
    (tmp_path / "mine.tsv").write_text(bids(drawn_morel()), encoding="utf-8")
    (tmp_path / "LICENSE").write_text("CC BY-NC-SA 4.0, do not sell.", encoding="utf-8")
    return tmp_path


def shown(qtbot: QtBot) -> tuple[AtlasAddPart, TrialDesk]:
    case = atlas_case()
    desk = TrialDesk(case)
    part = AtlasAddPart(case, desk.desk)
    qtbot.addWidget(part)
    part.show()
    return part, desk


def choose(part: AtlasAddPart, desk: TrialDesk, path: Path, template: str) -> None:
    desk.image = path
    part.source.button.click()
    part.space_choice.setCurrentIndex(part.space_choice.findData(template))


def test_an_atlas_is_added_seen_and_removed(qtbot: QtBot, files: Path) -> None:
    part, desk = shown(qtbot)
    assert part.none.isVisible()
    assert not part.button.isEnabled()
    choose(part, desk, files / "mine.nii.gz", "MNI152NLin2009cAsym")
    part.title.setText("My atlas")
    with qtbot.waitSignal(part._case.atlas_list_changed.qt):
        qtbot.mouseClick(part.button, LEFT)
    assert "74 structures" in part.result.text()
    assert [row.verdict for row in part.findings.rows] == ["ok", "ok", "ok"]
    assert [entry.name for entry in list_atlases()] == ["morel", "julich", "my-atlas"]
    assert "CC BY-NC-SA" in list_atlases()[-1].licence
    part.list.choose("my-atlas")
    part._show_choice()
    qtbot.mouseClick(part.remove, LEFT)
    assert part.remove.text() == "Really remove?"
    assert len(list_atlases()) == 3
    with qtbot.waitSignal(part._case.atlas_list_changed.qt):
        qtbot.mouseClick(part.remove, LEFT)
    assert len(list_atlases()) == 2
    assert part.none.isVisible()
    assert "removed" in desk.messages[-1].text


def test_a_refusal_is_shown_with_its_cause_and_nothing_is_kept(qtbot: QtBot, files: Path) -> None:
    swapped = freesurfer(drawn_morel()).replace("Left-", "X-").replace("Right-", "Left-").replace("X-", "Right-")
    (files / "swapped.txt").write_text(swapped, encoding="utf-8")
    part, desk = shown(qtbot)
    choose(part, desk, files / "mine.nii.gz", "MNI152NLin2009cAsym")
    part.table.choose(files / "swapped.txt")
    qtbot.mouseClick(part.button, LEFT)
    qtbot.waitUntil(lambda: bool(part.findings.rows))
    assert part.findings.rows[0].verdict == "error"
    assert "Left and right are swapped" in part.findings.rows[0].text
    assert len(list_atlases()) == 2


def test_nothing_is_assumed_about_the_space(qtbot: QtBot, files: Path) -> None:
    part, desk = shown(qtbot)
    choose(part, desk, files / "mine.nii.gz", "")
    assert not part.button.isEnabled()
    part.space_choice.setCurrentIndex(part.space_choice.findData("MNI152NLin6Asym"))
    assert part.button.isEnabled()
    assert "1.0 mm" in part.space_note.text()
