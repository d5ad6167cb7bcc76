"""Which DICOM series to open: a list of what was found, and what is against opening some of them. Does not block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fusplan.widgets.theme import GAP, GAP_LARGE, set_role, space

if TYPE_CHECKING:
    from fusplan.imaging.dicom.series import SeriesList, SeriesSummary

COLUMNS = ("Series", "Kind", "Matrix", "Spacing mm", "Date")
FIRST_SIZE = (720, 380)


class SeriesChooser(QDialog):
    """A list of DICOM series to choose one from.

    Signals:
        chosen: the :class:`SeriesSummary` to open; the dialog closes then.
    """

    chosen = Signal(object)

    def __init__(self, listed: SeriesList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open a DICOM series")
        self.setModal(False)
        self._series = listed.series
        self.list = QTreeWidget()
        self.list.setAccessibleName("DICOM series")
        self.list.setHeaderLabels(COLUMNS)
        self.list.setRootIsDecorated(False)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for one in listed.series:
            self.list.addTopLevelItem(_row(one))
        self.reason = _text_label()
        self.passed_over = _text_label()
        set_role(self.passed_over, "muted")
        self.passed_over.setText(" ".join(listed.notes))
        self.passed_over.setVisible(bool(listed.notes))
        self.open_button = QPushButton("Open")
        set_role(self.open_button, "primary")
        self._lay_out()
        self.list.currentItemChanged.connect(self._show_reason)
        self.list.itemActivated.connect(self._choose)
        self.open_button.clicked.connect(self._choose)
        self.list.setCurrentIndex(self.list.model().index(_best(listed.series), 0))

    @property
    def current(self) -> SeriesSummary | None:
        """The series that is marked."""
        row = self.list.currentIndex().row()
        return self._series[row] if row >= 0 else None

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox()
        buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.reason)
        layout.addWidget(self.passed_over)
        layout.addWidget(buttons)
        self.resize(*FIRST_SIZE)

    def _show_reason(self) -> None:
        series = self.current
        usable = series is not None and series.problem is None
        self.open_button.setEnabled(usable)
        self.open_button.setDefault(usable)
        told = (
            () if series is None else series.notes if usable else (f"{series.problem} {series.remedy}", *series.notes)
        )
        self.reason.setText("\n".join(told))
        self.reason.setVisible(bool(self.reason.text()))

    def _choose(self) -> None:
        series = self.current
        if series is not None and series.problem is None:
            self.accept()
            self.chosen.emit(series)


def _row(series: SeriesSummary) -> QTreeWidgetItem:
    spacing = "uneven" if series.spacing_mm is None else " x ".join(f"{length:.3g}" for length in series.spacing_mm)
    item = QTreeWidgetItem(
        [series.title, series.modality, " x ".join(map(str, series.shape)), spacing, series.date or ""]
    )
    if series.problem is not None:
        for column in range(len(COLUMNS)):
            item.setToolTip(column, series.problem)
        item.setText(0, f"{series.title}: cannot be planned on")
    return item


def _best(series: tuple[SeriesSummary, ...]) -> int:
    """The series most likely meant: of those that can be opened, the one of most voxels."""
    voxels = [(one.problem is None, one.shape[0] * one.shape[1] * one.shape[2]) for one in series]
    return voxels.index(max(voxels))


def _text_label() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
