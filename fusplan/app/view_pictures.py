"""Pictures of one view, drawn anew at twice or four times the size of the screen, for slides and papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

from fusplan.app.questions import DialogQuestions
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.session.messages import Message
from fusplan.widgets.case import Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from fusplan.widgets.view_grid import ViewGrid

STRIP_HEIGHT = 22
"""Logical pixels below the picture for the notice."""

STRIP, STRIP_TEXT = "#0b0d10", "#f0c05a"


class ViewPictures(QObject):
    """Copies and saves pictures of the view in use.

    Args:
        case: what is open.
        views: the grid of views, or None while there is none.
        questions: asks for the file.
        parent: Qt parent.
    """

    def __init__(
        self,
        case: Case,
        views: Callable[[], ViewGrid | None],
        questions: Callable[[], DialogQuestions],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._case = case
        self._views = views
        self._questions = questions
        self._folder = Path.home()

    def picture(self, scale: float) -> QImage | None:
        """The view that has the keyboard or fills the window, with the notice below it."""
        views = self._views()
        return with_notice(views.render_view(views.active_view, scale), scale) if views is not None else None

    def copy(self, scale: float) -> None:
        """The view's picture to the clipboard."""
        picture = self.picture(scale)
        if picture is not None:
            QGuiApplication.clipboard().setImage(picture)
            size = f"{picture.width()} x {picture.height()} pixels"
            self._case.say(Message("ok", f"{self._name()} is on the clipboard, {size}.", RESEARCH_ONLY))

    def save(self, scale: float) -> None:
        """The view's picture to a PNG file."""
        picture = self.picture(scale)
        if picture is None:
            return
        stem = self._case.name.split(".")[0] or "fusplan"
        path = self._questions().picture_path(self._folder / f"{stem}_{self._name().lower().replace(' ', '_')}.png")
        if path is None:
            return
        if path.suffix.lower() != ".png":
            path = path.with_name(f"{path.name}.png")
        self._folder = path.parent
        saved = picture.save(str(path))
        size = f"{picture.width()} x {picture.height()} pixels"
        text = f"The picture is saved as {path}, {size}." if saved else f"The picture cannot be written to {path}."
        self._case.say(Message("ok" if saved else "error", text, "" if saved else "Choose another folder."))

    def _name(self) -> str:
        views = self._views()
        name = views.active_view if views is not None else "axial"
        return "The 3-D view" if name == "scene" else f"The {name} view"


def with_notice(picture: QImage, scale: float) -> QImage:
    """The picture with a strip below it that says what it is not for, in words and in the file's own text."""
    strip = round(STRIP_HEIGHT * scale)
    made = QImage(picture.width(), picture.height() + strip, QImage.Format.Format_RGB32)
    made.fill(QColor(STRIP))
    painter = QPainter(made)
    whole = QImage(picture)
    whole.setDevicePixelRatio(1.0)
    painter.drawImage(0, 0, whole)
    font = painter.font()
    font.setPixelSize(round(12 * scale))
    painter.setFont(font)
    painter.setPen(QColor(STRIP_TEXT))
    box = QRectF(10 * scale, picture.height(), made.width() - 20 * scale, strip)
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, RESEARCH_ONLY)
    painter.end()
    made.setText("Description", RESEARCH_ONLY)
    return made
