"""The four linked views: axial, coronal, sagittal and 3-D in a 2 x 2 grid, or one of them alone."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import get_args

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from fusplan.display.slice_layout import following
from fusplan.display.view_state import ViewName, ViewState
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
        for number, name in enumerate(VIEW_NAMES):
            self._layout.addWidget(self.view(name), number // 2, number % 2)
        for index in (0, 1):
            self._layout.setRowStretch(index, 1)
            self._layout.setColumnStretch(index, 1)
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
        self._arrange(case.view.state)

    def _listen(self) -> None:
        case = self._case
        case.view_changed.connect(self._view_changed)
        case.plan_changed.connect(self._content_changed)
        case.atlases_changed.connect(self._content_changed)
        case.pictures_changed.connect(self._content_changed)
        case.review_changed.connect(self._content_changed)
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
        """The view that fills the grid or had the keyboard last; the axial one when none had."""
        if self._case.view.state.filling is not None:
            return self._case.view.state.filling
        used = self.focusWidget()
        return next((name for name in VIEW_NAMES if used is not None and _holds(self.view(name), used)), "axial")

    def set_regions(self, regions: Sequence[Ellipsoid[ScannerRas]]) -> None:
        """The 95 % regions to draw, scanner RAS, as the review of the plan gives them."""
        self._sources.regions = tuple(regions)
        self._content_changed()

    def toggle_filling(self, name: ViewName) -> None:
        """Let one view fill the grid, or show all four again."""
        self._case.view.update(filling=None if self._case.view.state.filling == name else name)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(current_palette().border))
        painter.end()

    def _arrange(self, state: ViewState) -> None:
        for name in VIEW_NAMES:
            self.view(name).setVisible(state.filling in (None, name))
        shown = [number for number, name in enumerate(VIEW_NAMES) if state.filling in (None, name)]
        for index in (0, 1):
            # Rows and columns that stretch take their room even when nothing in them is seen.
            self._layout.setRowStretch(index, int(any(number // 2 == index for number in shown)))
            self._layout.setColumnStretch(index, int(any(number % 2 == index for number in shown)))

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if after.filling != before.filling:
            self._arrange(after)
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


def _holds(view: QWidget, part: QWidget) -> bool:
    return view is part or view.isAncestorOf(part)
