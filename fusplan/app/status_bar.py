"""The status bar: the research-only line, where the cursor is, how the views look."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from fusplan.display.image_layers import TEMPLATE_KEY
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.planning.registration_edits import is_distrusted
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
        self.distrust = QLabel("Do not trust the alignment of the atlas")
        set_role(self.distrust, "error")
        self.distrust.setContentsMargins(GAP, 0, GAP, 0)
        self.distrust.hide()
        self.addWidget(self.notice)
        self.addWidget(self.distrust)
        self.addPermanentWidget(self.readout)
        self.addPermanentWidget(self.views)
        case.view_changed.connect(lambda *_: self.refresh())
        case.volume_changed.connect(self.refresh)
        case.plan_changed.connect(self.refresh)
        case.template_overlay_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the case again."""
        state = self._case.view.state
        shown = self._case.volume is not None
        plan = self._case.plan
        self.distrust.setVisible(plan is not None and is_distrusted(plan.registration))
        axes = "AC-PC axes" if state.axes == "acpc" else "scanner axes"
        template = "template over the image, " if self._shows_template() else ""
        self.views.setText(f"{template}{axes}, {state.convention}" if shown else "")
        self._show_reading()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._show_reading()

    def _shows_template(self) -> bool:
        drawn = self._case.view.state.image_layers.drawn(self._case.pictures, self._case.view.state.layers)
        return any(layer.key == TEMPLATE_KEY for layer in drawn)

    def _show_reading(self) -> None:
        """The cursor in both frames, or in the scanner's alone where there is no room for both."""
        cursor = self._case.view.state.cursor
        if self._case.volume is None or cursor is None:
            self.readout.setText("")
            return
        others = (self.notice, self.distrust, self.views)
        room = self.width() - sum(label.sizeHint().width() for label in others if not label.isHidden()) - 6 * GAP
        metrics = self.readout.fontMetrics()
        both, scanner = _reading(self._case, cursor), _in_scanner(cursor)
        self.readout.setText(both if metrics.horizontalAdvance(both) <= room else scanner)


def _reading(case: Case, point: Point[ScannerRas]) -> str:
    words = _in_scanner(point)
    if case.plan is not None:
        words = f"{read_acpc(point, case.plan.landmarks.geometry()).words}   |   {words}"
    return words


def _in_scanner(point: Point[ScannerRas]) -> str:
    x, y, z = point.coordinates
    return f"{point.frame.label}: {x:.1f}, {y:.1f}, {z:.1f}"
