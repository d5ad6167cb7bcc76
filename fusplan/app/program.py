"""All parts of the running program behind one window: case, jobs, files, planning, settings, autosave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from fusplan.app.error_reporting import ErrorReporter, report_text
from fusplan.app.job_list import JobList
from fusplan.app.questions import DialogQuestions
from fusplan.app.settings import load_settings, save_settings
from fusplan.display.view_state import ViewState
from fusplan.errors import FusplanError, JobCrashedError
from fusplan.imaging.intensity import IntensityWindow
from fusplan.jobs.single_shot import SingleShot
from fusplan.planning.autosave import Recovery, list_recoveries
from fusplan.session.autosave_controller import AutosaveController
from fusplan.session.file_controller import FileController
from fusplan.session.messages import Message, MessageAction
from fusplan.session.plan_controller import PlanController
from fusplan.session.proposal_controller import ProposalController
from fusplan.session.review_controller import ReviewController
from fusplan.session.second_image_controller import SecondImageController
from fusplan.session.sights_controller import SightsController
from fusplan.session.sketch_controller import SketchController
from fusplan.session.treatment_controller import TreatmentController
from fusplan.session.view_commands import ViewCommands
from fusplan.widgets.case import Case
from fusplan.widgets.palette import ThemeName
from fusplan.widgets.theme import apply_theme
from fusplan.workflows.workflow_table import Workflows

SETTINGS_SAVED_AFTER_MS = 1500


class Program(QObject):
    """The parts, connected. The window shows them.

    Args:
        application: the Qt application.
        workflows: the long work; others in tests.
        questions: makes what asks the person; others in tests.
        theme: dark or light this time, whatever the settings say.
        remembers: whether settings are written (not by a run that only takes a picture).

    Signals:
        settings_changed, theme_changed: after such a change.
    """

    settings_changed = Signal()
    theme_changed = Signal()

    def __init__(
        self,
        application: QApplication,
        workflows: Workflows | None = None,
        questions: Callable[[QWidget | None], DialogQuestions] | None = None,
        theme: ThemeName | None = None,
        remembers: bool = True,
    ) -> None:
        super().__init__()
        self._remembers = remembers
        self._application = application
        self.is_closing = False
        self.settings, self._settings_note = load_settings()
        self._theme = theme if theme is not None else self.settings.theme
        apply_theme(application, self._theme)
        self.questions = questions if questions is not None else DialogQuestions
        self.open_url: Callable[[QUrl], object] = QDesktopServices.openUrl
        self.case = Case()
        self.jobs = JobList(self)
        self.workflows = workflows if workflows is not None else Workflows()
        self.files = FileController(self.case, self.jobs, self.workflows, self.questions(None))
        self.planning = PlanController(self.case, self.jobs, self.workflows)
        self.view_commands = ViewCommands(self.case)
        self.autosave = AutosaveController(self.case, SingleShot)
        self.review = ReviewController(self.case, SingleShot, self.jobs, self.workflows)
        self.proposals = ProposalController(self.case, SingleShot, self.jobs, self.workflows)
        self.second_image = SecondImageController(self.case, self.jobs, self.workflows)
        self.treatment = TreatmentController(self.case, SingleShot, self.jobs, self.workflows)
        self.sights = SightsController(self.case, self.jobs, self.workflows)
        self.sketches = SketchController(self.case, self.jobs, self.workflows)
        self.reporter = ErrorReporter(self)
        self._settings_timer = QTimer(self)
        self._settings_timer.setSingleShot(True)
        self._settings_timer.setInterval(SETTINGS_SAVED_AFTER_MS)
        self._settings_timer.timeout.connect(self._save_settings)
        self._set_up_view()
        self._connect()

    def start(self) -> None:
        """After the window is on the screen: tell about broken settings, offer what a crash left behind."""
        if self._settings_note:
            self.case.say(Message("warning", self._settings_note, outlives_case=True))
        for recovery in reversed(list_recoveries()[:3]):
            self._offer(recovery)

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way that will change what is shown."""
        controllers = (self.review, self.proposals, self.treatment, self.sights, self.sketches)
        return bool(self.jobs.running) or any(controller.is_busy for controller in controllers)

    def close(self) -> None:
        """The window is closing and nothing unsaved is left: end all work."""
        self.is_closing = True
        self.jobs.stop_all()
        self.review.close()
        self.proposals.close()
        self.treatment.close()
        self.sights.close()
        self.sketches.close()
        self.autosave.close()
        self._settings_timer.stop()
        self._save_settings()
        self.reporter.uninstall()

    @property
    def theme(self) -> ThemeName:
        """The theme in use."""
        return self._theme

    def set_theme(self, theme: ThemeName) -> None:
        """Dark or light, now and from now on."""
        self._theme = theme
        apply_theme(self._application, theme)
        self.change_settings(theme=theme)
        self.theme_changed.emit()

    def change_settings(self, **changes: Any) -> None:
        """Change settings by name; they are written a little later."""
        self.settings = replace(self.settings, **changes)
        self._settings_timer.start()
        self.settings_changed.emit()

    def _save_settings(self) -> None:
        if self._remembers:
            save_settings(self.settings)

    def _set_up_view(self) -> None:
        windows = {key: IntensityWindow(low, high) for key, (low, high) in self.settings.windows.items()}
        self.case.view.update(convention=self.settings.convention, windows=windows)

    def _connect(self) -> None:
        self.jobs.failed.connect(self._tell_error)
        self.reporter.user_error.connect(self._tell_error)
        self.reporter.bug.connect(self._tell_bug)
        self.files.saved.connect(self.review.keep_beside)
        self.files.opened.connect(self._remember_file)
        self.files.plan_wanted.connect(self.planning.make_plan)
        self.case.view_changed.connect(self._remember_view)

    def _tell_error(self, error: FusplanError) -> None:
        details = error.details if isinstance(error, JobCrashedError) else ""
        actions = (MessageAction("Copy report", lambda: _copy(report_text(details))),) if details else ()
        self.case.say(Message.of_error(error, actions))

    def _tell_bug(self, summary: str) -> None:
        text = f"Something in the program went wrong ({summary}). Your plan is unchanged and the program goes on."
        remedy = "If it happens again, copy the report and send it to the developers."
        action = MessageAction("Copy report", lambda: _copy(report_text(summary)))
        self.case.say(Message("error", text, remedy, (action,), topic="bug", outlives_case=True))

    def _offer(self, recovery: Recovery) -> None:
        kept = recovery.kept_at.astimezone().strftime("%d %B %Y, %H:%M")
        text = f"The program ended without saving a plan on {recovery.image_name} ({kept})."
        actions = (
            MessageAction("Recover it", lambda: self.files.open_recovery(recovery)),
            MessageAction("Discard it", recovery.discard),
        )
        self.case.say(Message("warning", text, "Recover it to go on where it was.", actions, outlives_case=True))

    def _remember_file(self, path: Path) -> None:
        self.settings = self.settings.with_recent(path)
        self.change_settings()

    def _remember_view(self, before: ViewState, after: ViewState) -> None:
        if after.windows != before.windows and self.case.volume is not None:
            fingerprint = self.case.volume.fingerprint
            window = after.windows.get(fingerprint)
            if window is not None:
                self.settings = self.settings.with_window(fingerprint, window.low, window.high)
            else:
                kept = {key: value for key, value in self.settings.windows.items() if key != fingerprint}
                self.settings = replace(self.settings, windows=kept)
            self._settings_timer.start()
        if after.convention != before.convention:
            self.change_settings(convention=after.convention)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
