"""Verdicts in words, each with a sign and a colour: grey print and colour-blind eyes need the sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from fusplan.registration.request import Verdict
from fusplan.widgets.icons import icon_pixmap
from fusplan.widgets.theme import GAP, GAP_SMALL, current_palette, set_role

SIGN_SIZE = 16
SIGNS: dict[Verdict, str] = {"ok": "check", "warning": "warning", "error": "error"}
WORDS: dict[Verdict, str] = {"ok": "fine", "warning": "look twice", "error": "do not trust"}


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One verdict.

    Attributes:
        verdict: ok, warning or error.
        text: what was judged, for a person.
        value: a number with its unit, on the right, or "".
        explanation: more, for who asks.
    """

    verdict: Verdict
    text: str
    value: str = ""
    explanation: str = ""


class VerdictSign(QLabel):
    """The sign of a verdict."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(SIGN_SIZE)
        self._verdict: Verdict = "ok"

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.show_verdict(self._verdict)

    def show_verdict(self, verdict: Verdict) -> None:
        """Show another verdict, in the colours of the theme in use."""
        self._verdict = verdict
        palette = current_palette()
        ink = {"ok": palette.ok, "warning": palette.warning, "error": palette.error}[verdict]
        ratio = self.devicePixelRatioF()
        self.setPixmap(icon_pixmap(SIGNS[verdict], ink, round(SIGN_SIZE * ratio), ratio))
        self.setAccessibleName(WORDS[verdict])


class VerdictList(QWidget):
    """Rows of verdicts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(GAP_SMALL + 2)
        self._grid.setColumnStretch(1, 1)
        self._parts: list[tuple[VerdictSign, QLabel, QLabel]] = []
        self.rows: tuple[VerdictRow, ...] = ()

    def show_rows(self, rows: Sequence[VerdictRow]) -> None:
        """Show these and no others."""
        self.rows = tuple(rows)
        while len(self._parts) < len(rows):
            self._add_row()
        for number, parts in enumerate(self._parts):
            for part in parts:
                part.setVisible(number < len(rows))
            if number < len(rows):
                self._fill(parts, rows[number])

    def _fill(self, parts: tuple[VerdictSign, QLabel, QLabel], row: VerdictRow) -> None:
        sign, text, value = parts
        sign.show_verdict(row.verdict)
        text.setText(row.text)
        value.setText(row.value)
        value.setVisible(bool(row.value))
        for part in parts:
            part.setToolTip(row.explanation)

    def _add_row(self) -> None:
        sign, text, value = VerdictSign(), QLabel(), QLabel()
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        set_role(text, "plain")
        set_role(value, "plain")
        row = len(self._parts)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(sign, row, 0, top)
        self._grid.addWidget(text, row, 1, top)
        self._grid.addWidget(value, row, 2, top | Qt.AlignmentFlag.AlignRight)
        self._parts.append((sign, text, value))
