"""The first screen: what the program is and is not, and three ways in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from fusplan import __version__
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.harmless import harmless
from fusplan.paths import resources_folder
from fusplan.widgets.icons import icon
from fusplan.widgets.theme import GAP, GAP_HUGE, GAP_LARGE, GAP_SMALL, current_palette, set_role, space

WHAT_IT_IS = (
    "Plan a focused ultrasound thalamotomy of the posterior central lateral nucleus (CLp) on a head MRI: "
    "align an atlas, see both nuclei, place targets and lesions, read them in every frame, export."
)
WHAT_IT_IS_NOT = (
    "It is not a medical device. Nothing it shows may guide the treatment of a person; the atlas is a statistical "
    "picture of other brains, and every number carries its uncertainty."
)
MOST_RECENT = 6


class FirstScreen(QScrollArea):
    """Shown while nothing is open.

    Signals:
        action_wanted: id of an action of the program's table.
        recent_wanted: path of a recent file.
    """

    action_wanted = Signal(str)
    recent_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        page = QWidget()
        outer = QHBoxLayout(page)
        outer.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(GAP_LARGE)
        column.addStretch(2)
        column.addLayout(_head())
        column.addWidget(_paragraph(WHAT_IT_IS))
        column.addSpacing(GAP)
        self.buttons = {
            "open_image": self._way_in(
                "open_image", "Open an image", "image", "A T1 head MRI: NIfTI, MGZ or DICOM", True
            ),
            "open_plan": self._way_in("open_plan", "Open a plan", "plan", "A .fusplan.json file", False),
            "try_demo": self._way_in(
                "try_demo", "Try the built-in head", "head", "One real head, no files needed", False
            ),
        }
        column.addLayout(self._ways_in())
        self._recent_area = QVBoxLayout()
        self._recent_area.setSpacing(GAP_SMALL)
        column.addLayout(self._recent_area)
        column.addSpacing(GAP)
        column.addWidget(_notice())
        column.addStretch(3)
        outer.addLayout(column, 0)
        outer.addStretch(1)
        self.setWidget(page)
        self.recent_buttons: list[QPushButton] = []

    def show_recent(self, paths: Sequence[Path]) -> None:
        """List the files opened last, newest first; missing ones are left out."""
        while (item := self._recent_area.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.recent_buttons = []
        present = [path for path in paths if path.exists()][:MOST_RECENT]
        if not present:
            return
        heading = QLabel("Recent")
        set_role(heading, "small")
        self._recent_area.addWidget(heading)
        for path in present:
            button = self._recent_button(path)
            self.recent_buttons.append(button)
            self._recent_area.addWidget(button)

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of the theme in use."""
        for button in self.buttons.values():
            button.setIcon(icon(str(button.property("icon_name")), _ink_of(button)))

    def _ways_in(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP_LARGE)
        for button in self.buttons.values():
            cell = QVBoxLayout()
            cell.setSpacing(GAP_SMALL)
            cell.addWidget(button)
            hint = QLabel(button.property("hint"))
            set_role(hint, "small")
            hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            cell.addWidget(hint)
            row.addLayout(cell, 1)
        return row

    def _way_in(self, action: str, text: str, icon_name: str, hint: str, primary: bool) -> QPushButton:
        button = QPushButton(f" {text}")
        button.setProperty("hint", hint)
        button.setProperty("icon_name", icon_name)
        if primary:
            set_role(button, "primary")
        button.setIcon(icon(icon_name, _ink_of(button)))
        button.setIconSize(QSize(22, 22))
        button.setMinimumHeight(48)
        button.setMinimumWidth(205)
        button.setAccessibleDescription(hint)
        button.clicked.connect(lambda: self.action_wanted.emit(action))
        return button

    def _recent_button(self, path: Path) -> QPushButton:
        button = QPushButton(harmless(f"{path.name}   {_short(path.parent)}"))
        set_role(button, "link")
        button.setToolTip(harmless(str(path)))
        button.clicked.connect(lambda: self.recent_wanted.emit(str(path)))
        return button


def _ink_of(button: QPushButton) -> str | None:
    return current_palette().on_accent if button.property("role") == "primary" else None


def _head() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GAP_LARGE)
    sign = QSvgWidget(str(resources_folder() / "fusplan.svg"))
    sign.setFixedSize(72, 72)
    row.addWidget(sign)
    names = QVBoxLayout()
    names.setSpacing(0)
    title = QLabel("fusplan")
    set_role(title, "title")
    version = QLabel(f"version {__version__}")
    set_role(version, "small")
    names.addWidget(title)
    names.addWidget(version)
    row.addLayout(names, 1)
    return row


def _paragraph(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setFixedWidth(3 * 205 + 2 * GAP_LARGE + GAP_HUGE)
    return label


def _notice() -> QFrame:
    card = QFrame()
    set_role(card, "card")
    layout = QVBoxLayout(card)
    space(layout, GAP_LARGE, GAP_SMALL)
    strong = QLabel(RESEARCH_ONLY)
    set_role(strong, "warning")
    layout.addWidget(strong)
    muted = QLabel(WHAT_IT_IS_NOT)
    muted.setWordWrap(True)
    set_role(muted, "muted")
    layout.addWidget(muted)
    return card


def _short(folder: Path) -> str:
    """The folder with the home folder as ``~``."""
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except ValueError:
        return str(folder)
