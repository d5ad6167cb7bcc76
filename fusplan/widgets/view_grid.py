"""The four linked views: axial, coronal, sagittal and 3-D in rows, or one of them alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from math import lcm
from typing import get_args

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from fusplan.display.interaction.stage import Response, Stage
from fusplan.display.slice_layout import following
from fusplan.display.view_state import FOUR_VIEWS, Arrangement, ViewName, ViewState
from fusplan.display.views import VIEW_KINDS, ViewKind
from fusplan.spatial import Ellipsoid, ScannerRas
from fusplan.widgets.case import Case
from fusplan.widgets.scene_view import SceneView
from fusplan.widgets.slice_view import SlicePane
from fusplan.widgets.theme import current_palette
from fusplan.widgets.view_sources import ViewSources

GAP = 2
VIEW_NAMES: tuple[ViewName, ...] = get_args(ViewName)


class ViewGrid(QWidget):
    """Three slices that meet in the cursor, and the 3-D scene.

    Signals:
        noticed: a sentence for the status line ("" clears it).
    """

    noticed = Signal(str)

    def __init__(self, case: Case, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self._sources = ViewSources(case)
        self.slices = {kind: SlicePane(kind, self._sources, self) for kind in VIEW_KINDS}
        self.scene = SceneView(self._sources, self)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        self._cells: dict[ViewName, _Cell] = {}
        for kind, pane in self.slices.items():
            pane.noticed.connect(self.noticed)
            pane.fill_wanted.connect(lambda name=kind: self.toggle_filling(name))
        self.scene.noticed.connect(self.noticed)
        self.scene.fill_wanted.connect(lambda: self.toggle_filling("scene"))
        # The window's thread works on one view itself.
        self._threads = ThreadPoolExecutor(max_workers=len(self.slices) - 1, thread_name_prefix="slices")
        self.destroyed.connect(partial(self._threads.shutdown, wait=False))
        self._prepared = False
        self._under_way: dict[ViewKind, Future[object]] = {}
        self._sources.prepare_view = self._prepare_slice
        self._listen()
        self.arrange(FOUR_VIEWS)

    def _listen(self) -> None:
        case = self._case
        case.view_changed.connect(self._view_changed)
        case.plan_changed.connect(self._content_changed)
        case.atlases_changed.connect(self._content_changed)
        case.pictures_changed.connect(self._content_changed)
        case.review_changed.connect(self._content_changed)
        case.sights_changed.connect(self._content_changed)
        case.template_overlay_changed.connect(self._content_changed)
        case.volume_changed.connect(self._volume_changed)

    def view(self, name: ViewName) -> SlicePane | SceneView:
        """One of the four views."""
        return self.scene if name == "scene" else self.slices[name]

    def render_view(self, name: ViewName, scale: float = 1.0) -> QImage:
        """A picture of one view at ``scale`` pixels for each logical pixel."""
        return self.view(name).render_image(scale)

    @property
    def active_view(self) -> ViewName:
        """The view that fills the grid or had the keyboard last; the first one when none had."""
        if self._case.view.state.filling is not None:
            return self._case.view.state.filling
        used = self.focusWidget()
        first = next(iter(self._cells))
        return next((name for name in self._cells if used is not None and _holds(self.view(name), used)), first)

    def arrange(self, rows: Arrangement) -> None:
        """Show these views; one that fills the grid goes on filling it, even if it is not among them."""
        for row in range(self._layout.rowCount()):
            self._layout.setRowStretch(row, 0)
        for column in range(self._layout.columnCount()):
            self._layout.setColumnStretch(column, 0)
        self._cells = _cells(rows)
        for name in VIEW_NAMES:
            cell = self._cells.get(name, _Cell(0, 0, 1))
            self._layout.removeWidget(self.view(name))
            self._layout.addWidget(self.view(name), cell.row, cell.column, 1, cell.columns)
        self._show_views(self._case.view.state)

    def set_regions(self, regions: Sequence[Ellipsoid[ScannerRas]]) -> None:
        """The 95 % regions to draw, scanner RAS, as the review of the plan gives them."""
        self._sources.regions = tuple(regions)
        self._content_changed()

    def do(self, gesture: Callable[[Stage], Response | None]) -> None:
        """Carry out what does not need a pointer, such as an action of the menu."""
        volume = self._case.volume
        response = gesture(self._sources.stage(volume)) if volume is not None else None
        if response is None:
            return
        if self._case.document is not None:
            self._case.document.end_merging()
        notice = self._sources.carry_out(response)
        if notice is not None:
            self.noticed.emit(notice)

    def toggle_filling(self, name: ViewName) -> None:
        """Let one view fill the grid, or show all again."""
        self._case.view.update(filling=None if self._case.view.state.filling == name else name)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(current_palette().border))
        painter.end()

    def _show_views(self, state: ViewState) -> None:
        shown = {name: cell for name, cell in self._cells.items() if state.filling in (None, name)}
        if state.filling is not None and not shown:
            shown = {state.filling: _Cell(0, 0, 1)}
        for name in VIEW_NAMES:
            self.view(name).setVisible(name in shown)
        # Rows and columns that stretch take their room even when nothing in them is seen.
        for row in range(self._layout.rowCount()):
            self._layout.setRowStretch(row, int(any(cell.row == row for cell in shown.values())))
        for column in range(self._layout.columnCount()):
            self._layout.setColumnStretch(column, int(any(column in cell.across for cell in shown.values())))

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if after.filling != before.filling:
            self._show_views(after)
        if after.cursor != before.cursor and self._follow(after):
            return
        self._repaint_slices()
        self.scene.refresh()

    def _follow(self, state: ViewState) -> bool:
        """Pan views that would lose the cursor; the change that this makes repaints everything."""
        volume = self._case.volume
        if volume is None:
            return False
        views = tuple(pane.layout_of(volume)[0] for pane in self.slices.values() if not pane.is_dragging)
        followed = following(state, views)
        self._case.view.become(followed)
        return followed != state

    def _content_changed(self) -> None:
        self._repaint_slices()
        self.scene.refresh()

    def _volume_changed(self) -> None:
        volume = self._case.volume
        if volume is not None:
            self._sources.source(volume)
        self.scene.look_anew()
        self._content_changed()

    def _prepare_slice(self, kind: ViewKind) -> None:
        """A view is about to be painted: the others are prepared meanwhile, without the interpreter lock."""
        volume = self._case.volume
        if not self._prepared and volume is not None:
            self._prepared = True
            others = [name for name, pane in self.slices.items() if name != kind and pane.isVisible()]
            self._under_way = {name: self._threads.submit(self.slices[name].preparation(volume)) for name in others}
        own = self._under_way.pop(kind, None)
        # What no thread has begun is done in the painting itself.
        if own is not None and not own.cancel():
            wait([own])

    def _repaint_slices(self) -> None:
        self._prepared = False
        # What has begun ends before the next begins: both would work in the same memory.
        wait([future for future in self._under_way.values() if not future.cancel()])
        self._under_way = {}
        for pane in self.slices.values():
            pane.update()


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where a view stands in the grid."""

    row: int
    column: int
    columns: int

    @property
    def across(self) -> range:
        return range(self.column, self.column + self.columns)


def _cells(rows: Arrangement) -> dict[ViewName, _Cell]:
    """Views of one row are as wide as each other, whatever stands in the other rows."""
    columns = lcm(*(len(row) for row in rows))
    return {
        name: _Cell(number, place * (columns // len(row)), columns // len(row))
        for number, row in enumerate(rows)
        for place, name in enumerate(row)
    }


def _holds(view: QWidget, part: QWidget) -> bool:
    return view is part or view.isAncestorOf(part)
