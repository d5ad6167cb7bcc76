"""A part of a panel under a heading that folds it away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from fusplan.widgets.theme import GAP, set_role


class Section(QWidget):
    """A heading and what belongs under it.

    Args:
        title: the heading.
        body: what is folded away.
        unfolded: whether it is seen at first.
    """

    def __init__(self, title: str, body: QWidget, unfolded: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = body
        self.heading = QToolButton()
        self.heading.setText(title)
        self.heading.setCheckable(False)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_role(self.heading, "section")
        self.heading.clicked.connect(lambda: self.unfold(self.body.isHidden()))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.heading)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP // 2)
        layout.addLayout(row)
        layout.addWidget(body)
        self.unfold(unfolded)

    def unfold(self, unfolded: bool) -> None:
        """Show or fold away the body."""
        self.body.setVisible(unfolded)
        self.heading.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
        self.heading.setToolTip("Fold this part away" if unfolded else "Show this part")
