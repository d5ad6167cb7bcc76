"""One slice on the screen: shows it, and turns mouse and keys into the gestures of ``display.interaction``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fusplan.display.colour_bars import colour_bars
from fusplan.display.interaction import camera, modes
from fusplan.display.interaction.drag_spot import remove_spot
from fusplan.display.interaction.measure import SecondPointDrag
from fusplan.display.interaction.nudge import Arrow, nudge, nudge_step_mm
from fusplan.display.interaction.stage import Drag, Pointer, PointerShape, Response
from fusplan.display.interaction.window_level import WindowLevel
from fusplan.display.slice_content import SliceContent, contour_under, slice_content
from fusplan.display.slice_layout import wheel_step_mm
from fusplan.display.views import SliceView, ViewKind
from fusplan.imaging.volume import Volume
from fusplan.widgets.slice_painter import SlicePainter, image_of
from fusplan.widgets.slice_parts import SliceParts
from fusplan.widgets.theme import current_palette
from fusplan.widgets.view_sources import ViewSources

FAST_STEPS = 5
"""Shift makes the wheel this much faster."""

SHAPES: dict[PointerShape, Qt.CursorShape] = {
    "cross": Qt.CursorShape.CrossCursor,
    "grab": Qt.CursorShape.OpenHandCursor,
    "grabbing": Qt.CursorShape.ClosedHandCursor,
    "resize": Qt.CursorShape.SizeAllCursor,
    "rotate": Qt.CursorShape.PointingHandCursor,
    "move": Qt.CursorShape.OpenHandCursor,
    "forbidden": Qt.CursorShape.ForbiddenCursor,
    "level": Qt.CursorShape.SizeAllCursor,
}
ARROWS: dict[Qt.Key, Arrow] = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}


class SlicePane(QWidget):
    """An axial, coronal or sagittal slice of the case.

    Signals:
        noticed: a sentence for the status line ("" clears it).
        fill_wanted: a double click asks for the whole grid, or for all four views again.
    """

    noticed = Signal(str)
    fill_wanted = Signal()

    def __init__(self, kind: ViewKind, sources: ViewSources, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self._sources = sources
        self._drag: Drag | None = None
        self._hover: QPointF | None = None
        self._wheel = 0.0
        self._parts = SliceParts(kind, sources)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 100)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(f"{kind.capitalize()} slice")

    @property
    def is_dragging(self) -> bool:
        """Whether a mouse button is held for a gesture in this view."""
        return self._drag is not None

    # What is shown

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(480, 400)

    def layout_of(self, volume: Volume) -> tuple[SliceView, float]:
        """The plane shown now, and mm per logical pixel."""
        return self._parts.layout_for(volume, (self.width(), self.height()))

    @property
    def has_picture(self) -> bool:
        """Whether the image has been drawn."""
        return self._parts.has_picture

    def render_image(self, scale: float = 1.0) -> QImage:
        """The view as it is now, drawn anew at ``scale`` pixels for each logical pixel: sharp at 2x and 4x."""
        image = QImage(self.size() * scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        painter = QPainter(image)
        try:
            self._paint(painter, scale, decorated=False)
        finally:  # a painter left open on an image that is gone would end the program
            painter.end()
        return image

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        try:
            self._paint(painter, self.devicePixelRatioF(), decorated=True)
        finally:
            painter.end()

    def _paint(self, painter: QPainter, ratio: float, decorated: bool) -> None:
        palette = current_palette()
        volume = self._sources.case.volume
        if volume is None:
            painter.fillRect(self.rect(), QColor(palette.picture))
            painter.setPen(QColor(palette.disabled))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.kind.capitalize())
            return
        self._sources.prepare_view(self.kind)
        view, mm_per_pixel = self.layout_of(volume)
        drawn = self._parts.drawn_on(volume, view, mm_per_pixel, ratio)
        state = self._sources.case.view.state
        contours = drawn.nuclei() if state.layers.contour_labels or state.presenting else ()
        content = slice_content(self._sources.shown(), view, mm_per_pixel, contours)
        window = self._sources.window(volume)
        paints = SlicePainter(self.size(), mm_per_pixel, self.font().toString(), palette.accent)
        bars = colour_bars(self._sources.layers(volume))
        words = f"W {window.width:.3g}  L {window.level:.3g}"
        paints.paint(painter, image_of(drawn.picture), content, state, words, bars)
        if state.presenting and self._hover is not None:
            self._announce(painter, paints, content, mm_per_pixel)
        if decorated and self.hasFocus() and not state.presenting:
            paints.focus_frame(painter)

    def _announce(self, painter: QPainter, paints: SlicePainter, content: SliceContent, mm_per_pixel: float) -> None:
        assert self._hover is not None
        contour = contour_under(content, np.array([self._hover.x(), self._hover.y()]) * mm_per_pixel)
        if contour is not None:
            mesh = contour.mesh
            details = ", ".join(part for part in (mesh.title, mesh.side) if part)
            paints.nucleus_words(painter, mesh.name, details)

    def preparation(self, volume: Volume) -> Callable[[], object]:
        """What makes the picture for the next painting; may be called in any thread, as it asks no widget."""
        return partial(self._parts.drawn_on, volume, *self.layout_of(volume), self.devicePixelRatioF())

    # Mouse

    def pointer_at(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> Pointer | None:
        """The pointer on the slice, or None while no image is open."""
        volume = self._sources.case.volume
        if volume is None:
            return None
        view, mm_per_pixel = self.layout_of(volume)
        return Pointer(
            view,
            np.array([place.x(), place.y()]) * mm_per_pixel,
            mm_per_pixel,
            shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
            control=bool(modifiers & Qt.KeyboardModifier.ControlModifier),
            alt=bool(modifiers & Qt.KeyboardModifier.AltModifier),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        volume = self._sources.case.volume
        pointer = self.pointer_at(event.position(), event.modifiers())
        if volume is None or pointer is None or self._drag is not None:
            return
        stage = self._sources.stage(volume)
        if event.button() == Qt.MouseButton.LeftButton:
            response, self._drag = modes.press(stage, pointer)
            self._carry_out(response)
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._drag = camera.pan(stage, pointer)
        elif event.button() == Qt.MouseButton.RightButton:
            _, self._drag = WindowLevel().press(stage, pointer)
        if self._drag is not None:
            self.setCursor(SHAPES[self._drag.shape])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._hover = event.position()
        volume = self._sources.case.volume
        pointer = self.pointer_at(event.position(), event.modifiers())
        if volume is None or pointer is None:
            return
        stage = self._sources.stage(volume)
        if self._drag is not None:
            self._carry_out(self._drag.move(stage, pointer))
            return
        self.setCursor(SHAPES[modes.strategy_at(stage, pointer)[1]])
        if stage.state.presenting:
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        drag, self._drag = self._drag, None
        volume = self._sources.case.volume
        pointer = self.pointer_at(event.position(), event.modifiers())
        if drag is None or volume is None or pointer is None:
            return
        if isinstance(drag, SecondPointDrag):
            self._carry_out(drag.release(self._sources.stage(volume), pointer))
        if self._sources.case.document is not None:
            self._sources.case.document.end_merging()
        self.setCursor(SHAPES[modes.strategy_at(self._sources.stage(volume), pointer)[1]])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton and self._sources.case.view.state.mode == "crosshair":
            self.fill_wanted.emit()
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        pointer = self.pointer_at(event.position(), event.modifiers())
        volume = self._sources.case.volume
        # Alt turns a vertical wheel into a horizontal one on some systems.
        self._wheel += (event.angleDelta().y() or event.angleDelta().x()) / 120
        if pointer is None or volume is None:
            return
        event.accept()
        if pointer.control:
            self._carry_out(Response(state=camera.zoomed(self._sources.case.view.state, pointer, self._wheel)))
            self._wheel = 0.0
        elif abs(self._wheel) >= 1:
            notches = int(self._wheel)
            self._wheel -= notches
            self.step(notches * (FAST_STEPS if pointer.shift else 1))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        self._hover = None
        super().leaveEvent(event)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        super().enterEvent(event)
        self.noticed.emit(modes.mode_of(self._sources.case.view.state.mode).hint)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        volume = self._sources.case.volume
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if volume is None:
            event.ignore()
        elif key in ARROWS:
            shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
            view, _ = self.layout_of(volume)
            self._carry_out(nudge(self._sources.stage(volume), view, ARROWS[key], nudge_step_mm(shift, control)))
        elif key == Qt.Key.Key_Delete:
            removed = remove_spot(self._sources.stage(volume))
            if removed is None:
                event.ignore()
            else:
                self._carry_out(removed)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.step(1 if key == Qt.Key.Key_PageUp else -1)
        elif key == Qt.Key.Key_Escape and self._in_other_mode():
            self._carry_out(modes.escape(self._sources.stage(volume)))
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self.update()

    def step(self, steps: float) -> None:
        """Go ``steps`` slices towards superior, anterior or right; not beyond the image."""
        volume = self._sources.case.volume
        if volume is None:
            return
        axes = self._sources.axes(volume)
        view, _ = self.layout_of(volume)
        state = camera.stepped(self._sources.case.view.state, view, steps, wheel_step_mm(volume, axes, self.kind))
        if state.cursor is not None:
            state = replace(state, cursor=self._sources.extent(volume).nearest(state.cursor, axes))
        self._carry_out(Response(state=state))

    def _in_other_mode(self) -> bool:
        state = self._sources.case.view.state
        return state.mode != "crosshair" or bool(state.pending)

    def _carry_out(self, response: Response) -> None:
        notice = self._sources.carry_out(response)
        if notice is not None:
            self.noticed.emit(notice)
