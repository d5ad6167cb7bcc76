"""What the program asks in dialogs: which file, and what to do with unsaved changes. Tests answer instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QMessageBox, QWidget

from fusplan.session.questions import UnsavedAnswer
from fusplan.widgets.series_chooser import SeriesChooser

if TYPE_CHECKING:
    from fusplan.imaging.dicom.series import SeriesList, SeriesSummary

IMAGE_FILES = "Head images (*.nii *.nii.gz *.hdr *.img *.mgh *.mgz *.dcm *.ima *.zip);;All files (*)"
PLAN_FILES = "Plans (*.fusplan.json);;All files (*)"
POINT_FILES = "Lists of points (*.mrk.json *.json *.fcsv *.txt *.csv *.tsv);;All files (*)"
PICTURE_FILES = "Pictures (*.png)"


class DialogQuestions:
    """Asks the person in front of the screen.

    Args:
        parent: the window that dialogs belong to.
    """

    _parent: QWidget | None = None
    _chooser: SeriesChooser | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        self._parent = parent

    def image_path(self, title: str, folder: Path) -> Path | None:
        """An image to open, or None when the person changes their mind."""
        return _path(QFileDialog.getOpenFileName(self._parent, title, str(folder), IMAGE_FILES)[0])

    def plan_path(self, folder: Path) -> Path | None:
        """A plan to open."""
        return _path(QFileDialog.getOpenFileName(self._parent, "Open a plan", str(folder), PLAN_FILES)[0])

    def points_path(self, title: str, folder: Path) -> Path | None:
        """A list of points to add."""
        return _path(QFileDialog.getOpenFileName(self._parent, title, str(folder), POINT_FILES)[0])

    def any_path(self, title: str, folder: Path) -> Path | None:
        """A file of any kind, such as a table or a licence."""
        return _path(QFileDialog.getOpenFileName(self._parent, title, str(folder), "All files (*)")[0])

    def save_path(self, suggested: Path) -> Path | None:
        """Where to save a plan: a file, or a name without ending for a folder."""
        return _path(QFileDialog.getSaveFileName(self._parent, "Save the plan", str(suggested), PLAN_FILES)[0])

    def picture_path(self, suggested: Path) -> Path | None:
        """Where to save a picture."""
        return _path(QFileDialog.getSaveFileName(self._parent, "Save the picture", str(suggested), PICTURE_FILES)[0])

    def folder_path(self, title: str, folder: Path) -> Path | None:
        """A folder to write into."""
        return _path(QFileDialog.getExistingDirectory(self._parent, title, str(folder)))

    def series(self, listed: SeriesList, choose: Callable[[SeriesSummary], None]) -> None:
        """Which of several DICOM series to open. Does not wait: ``choose`` is called later, or never."""
        if self._chooser is not None:
            self._chooser.close()
        windows = (one for one in QApplication.topLevelWidgets() if isinstance(one, QMainWindow) and one.isVisible())
        self._chooser = SeriesChooser(listed, self._parent or next(windows, None))
        self._chooser.chosen.connect(choose)
        self._chooser.finished.connect(self._forget_chooser)
        self._chooser.show()

    def _forget_chooser(self) -> None:
        if self._chooser is not None:
            self._chooser.deleteLater()
            self._chooser = None

    def unsaved(self, name: str) -> UnsavedAnswer:
        """What to do with a plan whose changes are not saved."""
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("Unsaved changes")
        box.setText(f"The plan on {name} has changes that are not saved.")
        box.setInformativeText("Without saving they are lost.")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answers: dict[int, UnsavedAnswer] = {buttons.Save.value: "save", buttons.Discard.value: "discard"}
        return answers.get(int(box.exec()), "cancel")


def _path(text: str) -> Path | None:
    return Path(text) if text else None
