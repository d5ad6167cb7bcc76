"""The middle of the window: the grid of four views."""

from __future__ import annotations

import importlib.util

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from fusplan.widgets.case import Case
from fusplan.widgets.theme import set_role


def make_views(case: Case) -> QWidget:
    """The grid of views on a case."""
    if importlib.util.find_spec("fusplan.widgets.view_grid") is None:
        return _placeholder(case)
    from fusplan.widgets.view_grid import ViewGrid  # noqa: PLC0415 - compiled kernels load with the first image

    grid: QWidget = ViewGrid(case)
    return grid


def _placeholder(case: Case) -> QWidget:
    frame = QFrame()
    layout = QVBoxLayout(frame)
    label = QLabel(case.name)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    set_role(label, "muted")
    layout.addWidget(label)
    return frame
