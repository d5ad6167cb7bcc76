"""An image that the plan keeps and that is not there: what is wrong, and three ways on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fusplan.harmless import harmless
from fusplan.session.second_image import SecondImageTrouble
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role


class SecondImageTroubleView(QWidget):
    """Says calmly what is wrong; nothing is done until a person chooses.

    Args:
        image: what the image is in the plan.
        remains: what is told of the rest.

    Signals:
        find_wanted, register_wanted, forget_wanted: what was chosen.
    """

    find_wanted = Signal()
    register_wanted = Signal()
    forget_wanted = Signal()

    def __init__(
        self,
        image: str = "second image",
        remains: str = "Everything else of the plan works without it.",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._remains = remains
        self.what, self.remedy = _words("plain"), _words("muted")
        self.find_button = QPushButton("Find it…")
        self.find_button.setToolTip("Point at the file; it is recognised by its content and not registered again")
        self.register_button = QPushButton("Register again")
        self.forget_button = QPushButton("Forget it")
        self.forget_button.setToolTip(f"Take the {image} out of the plan; undo brings it back")
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP_SMALL)
        for button in (self.find_button, self.register_button, self.forget_button):
            set_role(button, "segment")
            buttons.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.what)
        layout.addWidget(self.remedy)
        layout.addLayout(buttons)
        self.find_button.clicked.connect(self.find_wanted)
        self.register_button.clicked.connect(self.register_wanted)
        self.forget_button.clicked.connect(self.forget_wanted)

    def show_trouble(self, trouble: SecondImageTrouble) -> None:
        """Show what is wrong."""
        self.what.setText(trouble.error.message)
        self.remedy.setText(f"{trouble.error.remedy} {self._remains}")
        path = trouble.path
        self.register_button.setText("Register again" if path is not None else "Register again…")
        self.register_button.setToolTip(
            f"Lay {harmless(path.name)} over the image anew, as it is now"
            if path is not None
            else "Choose a file and lay it over the image anew"
        )


def _words(role: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_role(label, role)  # type: ignore[arg-type]
    return label
