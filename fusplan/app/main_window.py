"""The window: menus, tool bar, views, the area on the right, messages, jobs, status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QToolBar, QVBoxLayout, QWidget

from fusplan import __version__
from fusplan.app.action_spec import WindowParts
from fusplan.app.action_table import action_table
from fusplan.app.actions import Actions
from fusplan.app.error_reporting import log_folder, report_text
from fusplan.app.help_opening import HelpOpening
from fusplan.app.panel_spec import PanelSpec
from fusplan.app.panel_table import PANELS
from fusplan.app.point_files import PointFiles
from fusplan.app.program import Program
from fusplan.app.side_area import USUAL, SideArea
from fusplan.app.status_bar import StatusBar
from fusplan.app.tool_bar import ToolBar
from fusplan.app.view_pictures import ViewPictures
from fusplan.app.window_desk import make_desk
from fusplan.app.workspaces import TOOL_BAR_RIGHT, WORKSPACES, Lack, WorkspaceSpec
from fusplan.display.view_state import ViewState
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.jobs.job import Job
from fusplan.session.file_controller import PLAN_IMAGE_TOPIC
from fusplan.session.messages import Message, MessageAction
from fusplan.session.second_image_controller import SECOND_IMAGE_TOPIC
from fusplan.widgets.command_palette import CommandPalette
from fusplan.widgets.first_screen import FirstScreen
from fusplan.widgets.job_bar import JobBar
from fusplan.widgets.message_bar import MessageBar
from fusplan.widgets.shortcuts_overlay import ShortcutsOverlay

if TYPE_CHECKING:
    from fusplan.imaging.volume import Volume
    from fusplan.widgets.view_grid import ViewGrid

LACK_TOPIC = "workspace"
"""Of the message what the workspace misses."""

PREPARE_MS = 800
"""So long after work on a plan has begun the panel that judges it is made."""

SMALLEST = QSize(960, 640)
USUAL_SIZE = QSize(1480, 920)


class MainWindow(QMainWindow):
    """One window on one case.

    Args:
        program: what it shows.
        panels: those of the area on the right; others in tests.
        workspaces: from left to right; others in tests.
    """

    def __init__(
        self,
        program: Program,
        panels: Sequence[PanelSpec] = PANELS,
        workspaces: Sequence[WorkspaceSpec] = WORKSPACES,
    ) -> None:
        super().__init__()
        self._workspaces = {spec.key: spec for spec in workspaces}
        self._lack: Lack | None = None
        self.program = program
        self.case = program.case
        self.first_screen = FirstScreen()
        self.messages = MessageBar()
        self._image_spoken_of: Volume | None = None
        self.job_bar = JobBar()
        self.views: ViewGrid | None = None
        self.desk = make_desk(program, lambda name: self.actions_table[name].trigger(), self)
        self.side = SideArea(self.case, self.desk, panels)
        self._work_area = QSplitter(Qt.Orientation.Horizontal)
        self._pages = QStackedWidget()
        self.pictures = ViewPictures(self.case, lambda: self.views, lambda: program.questions(self), self)
        self.points = PointFiles(self.case, self.side, self)
        self.help = HelpOpening(program, self)
        self.parts = WindowParts(
            files=program.files,
            planning=program.planning,
            view=program.view_commands,
            pictures=self.pictures,
            points=self.points,
            help=self.help,
            window=self,
        )
        self.actions_table = Actions(action_table(panels, workspaces), self.parts, self.case, self)
        self.workspace_bar = QToolBar("Workspaces", self)
        self.tool_bar = ToolBar("Tools", self.actions_table, TOOL_BAR_RIGHT, self)
        self.palette_overlay: CommandPalette | None = None
        self.shortcuts_sheet: ShortcutsOverlay | None = None
        self._lay_out()
        self._make_menus()
        self._add_bars()
        self._connect()
        self.setAcceptDrops(True)
        self.setMinimumSize(SMALLEST)
        self._restore_place()
        self.refresh()

    @property
    def _has_workspaces(self) -> bool:
        """Whether there is anywhere else to go."""
        return len(self._workspaces) > 1

    @property
    def workspace(self) -> WorkspaceSpec:
        """The workspace that is shown."""
        return self._workspaces[self.case.view.state.workspace]

    # Building ---------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._work_area.setChildrenCollapsible(False)
        self._work_area.setHandleWidth(1)
        self._work_area.addWidget(self.side)
        self._pages.addWidget(self.first_screen)
        self._pages.addWidget(self._work_area)
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.messages)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.job_bar)
        self.setCentralWidget(centre)
        self.setStatusBar(StatusBar(self.case, self))

    def _make_menus(self) -> None:
        for name in self.actions_table.menus:
            menu = self.menuBar().addMenu(f"&{name}")
            menu.setToolTipsVisible(True)
            for spec in self.actions_table.of_menu(name):
                menu.addAction(self.actions_table[spec.id])
                if spec.ends_section:
                    menu.addSeparator()

    def _add_bars(self) -> None:
        self.workspace_bar.setMovable(False)
        self.workspace_bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.workspace_bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.workspace_bar.setVisible(self._has_workspaces)
        if self._has_workspaces:
            for spec in self._workspaces.values():
                self.workspace_bar.addAction(self.actions_table[spec.action_id])
            self.addToolBar(self.workspace_bar)
            self.addToolBarBreak()
        self.addToolBar(self.tool_bar)
        self.tool_bar.show_actions(self.workspace.tool_bar)

    def _connect(self) -> None:
        program = self.program
        self.first_screen.action_wanted.connect(lambda name: self.actions_table[name].trigger())
        self.first_screen.recent_wanted.connect(lambda name: program.files.open_path(Path(name)))
        program.files.points_offered.connect(self.points.offer)
        self.points.plan_wanted.connect(program.planning.make_plan)
        self.case.said.connect(self.show_message)
        program.planning.started.connect(lambda: self.messages.dismiss_topic("make-plan"))
        self.case.second_image_changed.connect(self._dismiss_second_image_trouble)
        # An alignment is judged before it is used; a plan that is opened again was judged.
        program.planning.started.connect(
            lambda: QTimer.singleShot(PREPARE_MS, self, lambda: self.side.prepare("atlas"))
        )
        program.planning.first_made.connect(lambda: self.side.offer("atlas"))
        program.files.plan_shown.connect(lambda: self.side.offer("targets"))
        program.files.plan_shown.connect(lambda: self.messages.dismiss_topic(PLAN_IMAGE_TOPIC))
        program.jobs.started.connect(self._watch)
        program.settings_changed.connect(self.refresh)
        program.theme_changed.connect(self._refresh_theme)
        for signal in (self.case.volume_changed, self.case.plan_changed, self.case.saved_changed):
            signal.connect(self.refresh)
        self.case.volume_changed.connect(self._forget_last_case)
        for changed in (self.case.volume_changed, self.case.plan_changed, self.case.second_image_changed):
            changed.connect(self._tell_lack)
        self.case.view_changed.connect(self._view_changed)

    def _dismiss_second_image_trouble(self) -> None:
        if self.case.second_image_trouble is None:
            self.messages.dismiss_topic(SECOND_IMAGE_TOPIC)

    def _watch(self, job: object) -> None:
        self.job_bar.watch(cast("Job", job))

    def _restore_place(self) -> None:
        self.resize(USUAL_SIZE)
        geometry = self.program.settings.window_geometry
        if geometry:
            self.restoreGeometry(QByteArray.fromHex(geometry.encode("ascii", "ignore")))

    # Showing ----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the first screen or the views, the title, the recent files."""
        has_image = self.case.volume is not None
        if has_image and self.views is None:
            self._add_views()
        opens = self._pages.currentWidget() is self.first_screen
        self._pages.setCurrentWidget(self._work_area if has_image else self.first_screen)
        if opens and has_image and self.views is not None:
            self.views.view(self.workspace.views[0][0]).setFocus()
        self.tool_bar.setVisible(has_image and not self.case.view.state.presenting)
        if not has_image:
            self.first_screen.show_recent([Path(name) for name in self.program.settings.recent_files])
        self.setWindowModified(self.case.has_unsaved_changes)
        self.setWindowTitle(f"{self.case.name}[*] - fusplan" if has_image else "fusplan")

    def show_message(self, message: object) -> None:
        """Show a message above the views."""
        self.messages.show_message(cast("Message", message))

    def _forget_last_case(self) -> None:
        """Messages about an image leave with it; a plan made on it leaves them."""
        if self.case.volume is not self._image_spoken_of:
            self._image_spoken_of = self.case.volume
            self.messages.forget_case()
            self._lack = None

    def _add_views(self) -> None:
        """The views are made with the first image: the first screen is there sooner."""
        from fusplan.widgets.view_grid import ViewGrid  # noqa: PLC0415 - compiled kernels load with the first image

        self.views = ViewGrid(self.case)
        self.views.arrange(self.workspace.views)
        self._work_area.insertWidget(0, self.views)
        self._work_area.setStretchFactor(0, 1)
        self._work_area.setStretchFactor(1, 0)
        width = self.program.settings.side_area_width or USUAL
        self._work_area.setSizes([max(self.width() - width, 400), width])

    def _refresh_theme(self) -> None:
        self.actions_table.refresh_icons()
        self.first_screen.refresh_icons()
        self.side.steps.refresh()

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if after.workspace != before.workspace:
            self._show_workspace()
        self._show_presenting()

    def _show_workspace(self) -> None:
        self.tool_bar.show_actions(self.workspace.tool_bar)
        if self.views is not None:
            self.views.arrange(self.workspace.views)
        self._lack = None
        self._tell_lack()

    def _tell_lack(self) -> None:
        """Say what the workspace misses, with the action that brings it, until it is there."""
        lack = self.workspace.lacks(self.case) if self.case.volume is not None else None
        if lack == self._lack and lack is not None:
            return
        self._lack = lack
        self.messages.dismiss_topic(LACK_TOPIC)
        if lack is not None:
            action = self.actions_table[lack.action]
            button = MessageAction(action.text(), action.trigger)
            self.show_message(Message("info", lack.sentence, "", (button,), LACK_TOPIC))

    def _show_presenting(self) -> None:
        presenting = self.case.view.state.presenting
        if presenting == self.menuBar().isHidden():
            return
        for part in (self.menuBar(), self.tool_bar, self.statusBar(), self.side):
            part.setVisible(not presenting)
        self.workspace_bar.setVisible(self._has_workspaces and not presenting)
        self.showFullScreen() if presenting else self.showNormal()

    # What actions do ------------------------------------------------------------------------------------------

    def show_panel(self, key: str) -> None:
        """Show a panel by its key, in its workspace."""
        self.side.show()
        self.side.show_panel(key)

    def toggle_side_area(self) -> None:
        """Show or hide the area on the right."""
        self.side.setVisible(self.side.isHidden())

    def toggle_theme(self) -> None:
        """Dark or light."""
        self.program.set_theme("light" if self.program.theme == "dark" else "dark")

    def toggle_presenting(self) -> None:
        """Full screen without panels, and back."""
        state = self.case.view.state
        # Handles are for planning: a room sees none, and nobody drags a lesion by accident.
        shown = state if state.presenting else state.with_selection(lesion_id=None)
        self.case.view.become(replace(shown, presenting=not state.presenting))

    def toggle_full_screen(self) -> None:
        """Full screen with everything, and back."""
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    def show_shortcuts(self) -> None:
        """All keys on one sheet."""
        if self.shortcuts_sheet is None:
            self.shortcuts_sheet = ShortcutsOverlay(self.actions_table.shortcut_groups(), self)
        self.shortcuts_sheet.open_over()

    def show_palette(self) -> None:
        """Find any action by its name."""
        if self.palette_overlay is None:
            self.palette_overlay = CommandPalette(self.actions_table.all(), self)
        self.palette_overlay.open_over()

    def copy_picture(self) -> None:
        """A picture of the window to the clipboard."""
        QGuiApplication.clipboard().setPixmap(self.grab())
        self.show_message(Message("ok", "A picture of the window is on the clipboard.", RESEARCH_ONLY))

    def save_picture(self) -> None:
        """A picture of the window to a PNG file."""
        path = self.program.questions(self).picture_path(Path.home() / "fusplan.png")
        if path is None:
            return
        saved = self.grab().save(str(path), "PNG")
        text = f"The picture is saved as {path}." if saved else f"The picture cannot be written to {path}."
        self.show_message(Message("ok" if saved else "error", text, "" if saved else "Choose another folder."))

    def copy_report(self) -> None:
        """Versions and the end of the log to the clipboard."""
        QGuiApplication.clipboard().setText(report_text())
        self.show_message(
            Message("ok", "A problem report is on the clipboard.", "It may name files; read it before you send it.")
        )

    def open_log_folder(self) -> None:
        """The folder of logs in the system's file window."""
        log_folder().mkdir(parents=True, exist_ok=True)
        self.program.open_url(QUrl.fromLocalFile(str(log_folder())))

    def show_about(self) -> None:
        """Version, licence, what it is not for."""
        text = f"fusplan {__version__}, BSD-3-Clause. Plans focused ultrasound thalamotomies for study and teaching."
        self.show_message(Message("info", text, RESEARCH_ONLY, topic="about"))

    # Qt's events ------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.program.files.open_path(paths[0])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        for overlay in (self.palette_overlay, self.shortcuts_sheet):
            if overlay is not None and overlay.isVisible():
                overlay.open_over()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        if self.program.is_closing or not self.case.has_unsaved_changes:
            self._remember_place()
            self.program.close()
            event.accept()
            return
        event.ignore()
        # Not from here: Qt ignores a close within a close.
        QTimer.singleShot(0, self, lambda: self.program.files.when_safe(self._close_for_good))

    def _close_for_good(self) -> None:
        self.program.is_closing = True
        self.close()

    def _remember_place(self) -> None:
        width = self.side.width() if self.views is not None and self.side.isVisible() else 0
        geometry = bytes(self.saveGeometry().toHex().data()).decode("ascii")
        self.program.change_settings(
            window_geometry=geometry, side_area_width=width or self.program.settings.side_area_width
        )
