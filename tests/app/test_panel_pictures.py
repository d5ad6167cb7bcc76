"""Pictures of the window with a panel that is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from fusplan.app.main import UnknownPictureError, open_window
from fusplan.app.main_window import MainWindow
from fusplan.app.panel_table import PANELS


def test_every_panel_can_be_asked_for(with_plan: MainWindow) -> None:
    """One after another; each in a window of its own is ``test_panel_table``'s."""
    for panel in PANELS:
        with_plan.show_panel(panel.key)
        assert with_plan.side.current == panel.key


def test_an_unknown_panel_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownPictureError, match="cellar") as caught:
        open_window(screenshot=tmp_path / "a.png", panel="cellar")
    assert "landmarks" in caught.value.remedy
    assert not (tmp_path / "a.png").exists()
