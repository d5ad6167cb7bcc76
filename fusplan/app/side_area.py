"""The area on the right: the steps above, the panel of the chosen step or tool below."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from fusplan.app import panels
from fusplan.app.panels import PanelFactory, Tool
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.steps_panel import STEPS, Step, StepsPanel, step_states
from fusplan.widgets.theme import set_role

NARROWEST, USUAL, WIDEST = 340, 380, 640


class SideArea(QFrame):
    """Makes each panel when it is first shown.

    Signals:
        shown: the step or tool whose panel is shown now.
    """

    shown = Signal(str)

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self._case = case
        self._desk = desk
        self._pages: dict[str, QScrollArea] = {}
        self.current = ""
        self.steps = StepsPanel(case)
        self.steps.step_chosen.connect(self.show_step)
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.steps)
        layout.addWidget(_line())
        layout.addWidget(self._stack, 1)
        self.show_step("image")
        case.volume_changed.connect(self._scroll_up)

    def show_step(self, step: Step) -> None:
        """Show the panel of a step."""
        self.steps.choose(step)
        self._show(step, panels.panels[step])

    def show_tool(self, tool: Tool) -> None:
        """Show the panel of a tool; no step is marked meanwhile."""
        self.steps.choose_none()
        self._show(tool, panels.tools[tool])

    def prepare(self, step: Step) -> None:
        """Make the panel of a step that will be shown soon, while there is time."""
        self._make(step, panels.panels[step])

    def panel(self, name: str) -> QWidget | None:
        """The panel of a step or tool, if it was shown before."""
        page = self._pages.get(name)
        return page.widget() if page is not None else None

    def _show(self, name: str, factory: PanelFactory) -> None:
        self._make(name, factory)
        self._stack.setCurrentWidget(self._pages[name])
        self.current = name
        self.shown.emit(name)

    def _scroll_up(self) -> None:
        """Another case is read from the top."""
        for page in self._pages.values():
            page.verticalScrollBar().setValue(0)

    def _make(self, name: str, factory: PanelFactory) -> None:
        if name not in self._pages:
            page = QScrollArea()
            page.setWidgetResizable(True)
            page.setFrameShape(QFrame.Shape.NoFrame)
            page.setWidget(factory(self._case, self._desk))
            self._pages[name] = page
            self._stack.addWidget(page)


def next_step(case: Case) -> Step:
    """The step that is to be done next."""
    states = step_states(case)
    return next((step for step in STEPS if states[step].standing == "next"), "review")


def _line() -> QFrame:
    line = QFrame()
    line.setFixedHeight(1)
    set_role(line, "bar")
    return line
