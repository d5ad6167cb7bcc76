"""Drives the real window with Qt's own mouse and key events, and takes its picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QCheckBox, QScrollArea, QWidget

from fusplan.app.main_window import MainWindow
from fusplan.app.program import Program
from fusplan.spatial import Point, Points, ScannerRas
from fusplan.widgets.palette import ThemeName
from fusplan.widgets.section import Section
from fusplan.widgets.slice_view import SlicePane
from fusplan.widgets.view_grid import ViewGrid
from tests.tour.answers import TourAnswers

LONGEST_WAIT_S = 240.0
DRAG_STEPS = 6


def let_live(time_ms: int) -> None:
    """Let the window live for some time, as in the program.

    Not by ``QTest.qWait``: that holds the interpreter lock while it waits, and the program's threads crawl.
    """
    loop = QEventLoop()
    QTimer.singleShot(time_ms, loop.quit)
    loop.exec()


class Driver:
    """One window, driven.

    Args:
        application: the Qt application.
        theme: dark or light.
        pictures: folder that pictures are written to.
        size: of the window, logical pixels.
    """

    def __init__(
        self, application: QApplication, theme: ThemeName, pictures: Path, size: tuple[int, int] = (1400, 900)
    ) -> None:
        self.answers = TourAnswers()
        self.application = application
        self.window = MainWindow(Program(application, None, lambda _parent: self.answers, theme, remembers=False))
        self.window.program.open_url = lambda url: None
        self.window.resize(*size)
        self.window.show()
        self._pictures, self._count = pictures, 0
        self.log: list[str] = []
        self.settle()

    @property
    def case(self):  # type: ignore[no-untyped-def]
        return self.window.case

    @property
    def grid(self) -> ViewGrid:
        assert isinstance(self.window.views, ViewGrid)
        return self.window.views

    def wait(self, holds: Callable[[], bool], longest_s: float = LONGEST_WAIT_S) -> float:
        """Let the window live until something holds; seconds that took. TimeoutError when it never does."""
        start = time.monotonic()
        while not holds():
            let_live(20)
            if time.monotonic() - start > longest_s:
                raise TimeoutError("the window did not get there")
        return time.monotonic() - start

    def settle(self) -> None:
        """Wait until nothing is under way."""
        let_live(250)
        self.wait(lambda: not self.window.program.is_busy)
        let_live(250)

    def picture(self, name: str) -> Path:
        """The window as it is, into the next file."""
        self._count += 1
        path = self._pictures / f"{self._count:02d}-{name}.png"
        self.window.grab().save(str(path), "PNG")
        return path

    # Keys and buttons

    def keys(self, *sequence: str, to: QWidget | None = None) -> None:
        """Press keys such as ``Ctrl+Z`` in the window, as a person would.

        A bare X server makes no window active, and only active ones have shortcuts: there the action is chosen.
        """
        for one in sequence:
            if to is None and not self.window.isActiveWindow():
                self._action_of(one).trigger()
            else:
                QTest.keySequence(to if to is not None else self.window, one)
            let_live(30)

    def _action_of(self, keys: str) -> QAction:
        return next(one for one in self.window.findChildren(QAction) if one.shortcut() == QKeySequence(keys))

    def do(self, action_id: str) -> None:
        """Choose an action of the menus."""
        action = self.window.actions_table[action_id]
        assert action.isEnabled(), f"{action_id} is not to be had now"
        action.trigger()
        let_live(60)

    def click(self, button: QAbstractButton) -> None:
        """Press a button; it must be in sight and usable."""
        self.bring_into_sight(button)
        assert button.isVisible() and button.isEnabled(), f"the button {button.text()!r} cannot be pressed"
        before = button.isChecked()
        # A check box takes the whole width, but only its sign and words can be pressed.
        place = QPoint(9, button.height() // 2) if isinstance(button, QCheckBox) else button.rect().center()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        assert not isinstance(button, QCheckBox) or button.isChecked() != before
        let_live(60)

    def type(self, field: QAbstractSpinBox, text: str) -> None:
        """Type a number into a field in sight, and finish it."""
        self.bring_into_sight(field)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        let_live(60)

    def click_words(self, words: str, within: QWidget | None = None) -> None:
        """Press the button that carries these words."""
        place = within if within is not None else self.window
        found = [one for one in place.findChildren(QAbstractButton) if one.text() == words and one.isVisible()]
        assert found, f"no button {words!r} in sight"
        self.click(found[0])

    def bring_into_sight(self, part: QWidget) -> None:
        """Scroll the side area so that a part of it can be seen."""
        parent = part.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(part)
            let_live(20)

    def unfold(self, title: str) -> None:
        """Open a section of the panel in sight by its heading."""
        for one in self.window.side.findChildren(Section):
            if one.isVisible() and one.heading.text() == title:
                if not one.body.isVisible():
                    self.click(one.heading)
                self.bring_into_sight(one.body)
                return
        raise AssertionError(f"no section {title!r} in sight")

    # Slices

    def pane(self, kind: str) -> SlicePane:
        return self.grid.slices[kind]  # type: ignore[index]

    def pixel(self, kind: str, point: Point[ScannerRas]) -> QPoint:
        """Where a place of the head is drawn in a view."""
        view, mm_per_pixel = self.pane(kind).layout_of(self.case.volume)
        x, y = view.to_picture(Points.gather([point]))[0] / mm_per_pixel
        return QPoint(round(x), round(y))

    def drag(self, kind: str, path: Sequence[QPoint], button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """Press at the first place, move to the others in small steps, let go at the last."""
        pane = self.pane(kind)
        inside = QRect(QPoint(0, 0), pane.size())
        assert all(inside.contains(place) for place in path), "a drag leaves the view"
        QTest.mousePress(pane, button, Qt.KeyboardModifier.NoModifier, path[0])
        for start, end in pairwise(path):
            for step in range(1, DRAG_STEPS + 1):
                QTest.mouseMove(pane, start + (end - start) * step / DRAG_STEPS)
                let_live(10)
        QTest.mouseRelease(pane, button, Qt.KeyboardModifier.NoModifier, path[-1])
        let_live(60)

    def click_at(self, kind: str, place: QPoint) -> None:
        """A click in a slice."""
        QTest.mouseClick(self.pane(kind), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        let_live(60)
