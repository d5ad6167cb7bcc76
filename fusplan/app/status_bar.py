"""The status bar: the research-only line, where the cursor is, how the views look."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from fusplan.export.notice import RESEARCH_ONLY
from fusplan.spatial import Point, ScannerRas
from fusplan.spatial.readings import read_acpc
from fusplan.widgets.case import Case
from fusplan.widgets.theme import GAP, set_role


class StatusBar(QStatusBar):
    """Three places: the notice, the cursor in two frames, the views' axes and convention."""

    def __init__(self, case: Case, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self.setSizeGripEnabled(False)
        self.notice = QLabel(RESEARCH_ONLY)
        set_role(self.notice, "warning")
        self.readout = QLabel("")
        set_role(self.readout, "plain")
        self.views = QLabel("")
        set_role(self.views, "muted")
        self.notice.setContentsMargins(GAP, 0, GAP, 0)
        self.views.setContentsMargins(GAP, 0, GAP, 0)
        self.addWidget(self.notice)
        self.addPermanentWidget(self.readout)
        self.addPermanentWidget(self.views)
        case.view_changed.connect(lambda *_: self.refresh())
        case.volume_changed.connect(self.refresh)
        case.plan_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the case again."""
        state = self._case.view.state
        shown = self._case.volume is not None
        self.readout.setText(_reading(self._case, state.cursor) if shown and state.cursor is not None else "")
        axes = "AC-PC axes" if state.axes == "acpc" else "scanner axes"
        self.views.setText(f"{axes}, {state.convention}" if shown else "")


def _reading(case: Case, point: Point[ScannerRas]) -> str:
    x, y, z = point.coordinates
    words = f"{point.frame.label}: {x:.1f}, {y:.1f}, {z:.1f}"
    if case.plan is not None:
        words = f"{read_acpc(point, case.plan.landmarks.geometry()).words}   |   {words}"
    return words
