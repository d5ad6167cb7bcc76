"""A colour for something: the automatic one, one of a few, or any other; all in the panel, without a dialog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from fusplan.widgets.dot import dot
from fusplan.widgets.theme import GAP_SMALL, set_role

SWATCH = 14
OTHERS_IN_A_ROW = 8


class ColourChoice(QWidget):
    """A row of swatches below "Automatic colour" and "Other…", which opens more of them and a field.

    Args:
        palette: colours (``#rrggbb``) and their names.
        others: more colours.
        name: for screen readers.

    Signals:
        chosen: the colour a person has chosen, as it was written, or "" for the automatic one.
    """

    chosen = Signal(str)

    def __init__(
        self, palette: Mapping[str, str], others: Sequence[str], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._name = name
        self._group = QButtonGroup(self)
        self._automatic = ""
        self.automatic = self._choice("Automatic colour", "")
        self.swatches = {colour: self._swatch(colour, words) for colour, words in palette.items()}
        self.other = QPushButton("Other…")
        set_role(self.other, "segment")
        self.other.setCheckable(True)
        self.other.setAccessibleName(f"{name}: other")
        self.other.setToolTip("More colours, or any that you write")
        self.others = {colour: self._swatch(colour, colour) for colour in others if colour not in palette}
        self.field = QLineEdit()
        self.field.setPlaceholderText("#rrggbb")
        self.field.setMaxLength(7)
        self.field.setAccessibleName(f"{name} as #rrggbb")
        self.field.setToolTip("Red, green and blue as #rrggbb; Enter takes it; nothing gives the automatic colour")
        self._more = QWidget()
        self._more.hide()
        self._lay_out()
        self.other.toggled.connect(self._more.setVisible)
        self.field.returnPressed.connect(lambda: self.chosen.emit(self.field.text()))

    def show_colour(self, chosen: str | None, automatic: str) -> None:
        """Show which colour holds, without telling anybody.

        Args:
            chosen: the colour that was chosen, None for the automatic one.
            automatic: the colour that is, or would be, the automatic one.
        """
        if automatic != self._automatic:
            self._automatic = automatic
            self.automatic.setIcon(dot(automatic, SWATCH, self.devicePixelRatioF()))
            self.automatic.setToolTip(f"The program chooses: {automatic}, apart from the colours of other targets")
        held = self.automatic if chosen is None else {**self.swatches, **self.others}.get(chosen)
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(button is held)
        self._group.setExclusive(True)
        if not self.field.hasFocus() or not self.field.isModified():  # what is being written stays
            self.field.setText(chosen or "")
        # A colour that no swatch of the row shows is shown where it was made.
        if held is None or held in self.others.values():
            self.other.setChecked(True)

    def _choice(self, text: str, colour: str) -> QPushButton:
        button = QPushButton(text)
        set_role(button, "segment")
        button.setCheckable(True)
        button.setIconSize(QSize(SWATCH, SWATCH))
        button.setAccessibleName(f"{self._name}: {text or colour}")
        button.clicked.connect(lambda: self.chosen.emit(colour))
        self._group.addButton(button)
        return button

    def _swatch(self, colour: str, words: str) -> QPushButton:
        button = self._choice("", colour)
        button.setIcon(dot(colour, SWATCH, self.devicePixelRatioF()))
        button.setMinimumWidth(SWATCH + 16)
        button.setToolTip(words)
        button.setAccessibleName(f"{self._name}: {words}")
        return button

    def _lay_out(self) -> None:
        grid = QGridLayout(self._more)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP_SMALL)
        for number, button in enumerate(self.others.values()):
            grid.addWidget(button, number // OTHERS_IN_A_ROW, number % OTHERS_IN_A_ROW)
        grid.addWidget(self.field, grid.rowCount(), 0, 1, OTHERS_IN_A_ROW)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_SMALL)
        for buttons in ([self.automatic, self.other], list(self.swatches.values())):
            row = QHBoxLayout()
            row.setSpacing(GAP_SMALL)
            for button in buttons:
                row.addWidget(button, 1)
            layout.addLayout(row)
        layout.addWidget(self._more)
