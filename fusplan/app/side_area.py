"""The area on the right: the steps above, the panel of the chosen step or tool below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from fusplan.app.panel_spec import PanelSpec, steps_of
from fusplan.display.view_state import ViewState
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.steps_panel import StepsPanel
from fusplan.widgets.theme import set_role

NARROWEST, USUAL, WIDEST = 340, 380, 640


class SideArea(QFrame):
    """Shows the panels of the workspace; makes each when it is first shown.

    Args:
        case: what is open.
        desk: what panels may ask of the program.
        panels: those there are, of every workspace.
        parent: Qt parent.
    """

    def __init__(self, case: Case, desk: Desk, panels: Sequence[PanelSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self._case = case
        self._desk = desk
        self._specs = {spec.key: spec for spec in panels}
        self._pages: dict[str, QScrollArea] = {}
        self._last_shown: dict[str, str] = {}
        self.current = ""
        self._workspace = ""
        self.steps = StepsPanel(case, ())
        self.steps.step_chosen.connect(self.show_panel)
        self._line = _line()
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.steps)
        layout.addWidget(self._line)
        layout.addWidget(self._stack, 1)
        self._show_workspace(case.view.state.workspace)
        case.view_changed.connect(self._follow)
        case.volume_changed.connect(self._scroll_up)

    def show_panel(self, key: str) -> None:
        """Show a panel by its key, and its workspace; its step is marked, if it is one.

        Raises:
            KeyError: there is no such panel.
        """
        places = self._specs[key].workspaces
        if self._workspace not in places:
            self._case.view.update(workspace=places[0])
        page = self._page(key)
        self.steps.choose(key)
        self._stack.setCurrentWidget(page)
        self.current = key
        self._last_shown[self._workspace] = key

    def offer(self, key: str) -> None:
        """Show a panel by its key, unless a person works in a workspace without it."""
        if self._workspace in self._specs[key].workspaces:
            self.show_panel(key)

    def prepare(self, key: str) -> None:
        """Make a panel that will be shown soon, while there is time."""
        self._page(key)

    def panel(self, key: str) -> QWidget | None:
        """A panel, if it was made before."""
        page = self._pages.get(key)
        return page.widget() if page is not None else None

    def _follow(self, before: ViewState, after: ViewState) -> None:
        if after.workspace != before.workspace:
            self._show_workspace(after.workspace)

    def _show_workspace(self, workspace: str) -> None:
        """Show the steps of a workspace, and the panel that was shown there last, or its first."""
        here = [spec for spec in self._specs.values() if workspace in spec.workspaces]
        self._workspace = workspace
        self.steps.show_steps(steps_of(here))
        for part in (self.steps, self._line):
            part.setVisible(bool(self.steps.rows))
        self.show_panel(self._last_shown.get(workspace, here[0].key))

    def _scroll_up(self) -> None:
        """Another case is read from the top."""
        for page in self._pages.values():
            page.verticalScrollBar().setValue(0)

    def _page(self, key: str) -> QScrollArea:
        if key not in self._pages:
            page = QScrollArea()
            page.setWidgetResizable(True)
            page.setFrameShape(QFrame.Shape.NoFrame)
            page.setWidget(self._specs[key].make(self._case, self._desk))
            self._pages[key] = page
            self._stack.addWidget(page)
        return self._pages[key]


def _line() -> QFrame:
    line = QFrame()
    line.setFixedHeight(1)
    set_role(line, "bar")
    return line
