"""The table of modes: every mode of the view state has its entry, and every entry does something."""

from __future__ import annotations

from typing import get_args

from fusplan.display.interaction.mode_table import MODE_TABLE
from fusplan.display.interaction.modes import mode_of
from fusplan.display.view_state import Mode


def test_every_mode_has_one_entry() -> None:
    assert [mode.key for mode in MODE_TABLE] == list(get_args(Mode))
    assert len({mode.action for mode in MODE_TABLE}) == len(MODE_TABLE)
    for mode in MODE_TABLE:
        assert mode_of(mode.key) is mode
        assert mode.strategies and mode.hint
