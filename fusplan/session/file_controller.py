"""Opening, saving and closing: images, plans, the built-in head, recoveries. Asks before anything is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from fusplan.errors import FusplanError
from fusplan.harmless import harmless
from fusplan.imaging.volume import Volume
from fusplan.planning.autosave import Recovery
from fusplan.planning.document import PlanDocument
from fusplan.planning.file_content import NO_FILE, FileContent
from fusplan.planning.file_names import PLAN_FILE_NAME, PLAN_SUFFIX
from fusplan.planning.plan import Plan
from fusplan.planning.plan_images import ImageReference
from fusplan.session.changed_file_question import TOPIC as CHANGED_FILE
from fusplan.session.changed_file_question import changed_file_question
from fusplan.session.image_questions import image_question
from fusplan.session.messages import Message, MessageAction
from fusplan.session.questions import Questions
from fusplan.session.services import WorkStarter
from fusplan.session.session import Session
from fusplan.signals import Signal
from fusplan.workflows.requests import OpenPlanRequest, ReadImageRequest, ReadSeriesRequest, SavePlanRequest
from fusplan.workflows.workflow_table import Workflows
from fusplan.workflows.written_plan import UnwrittenPlan, WrittenPlan

if TYPE_CHECKING:
    from fusplan.imaging.dicom.series import FoundSeries, SeriesList, SeriesSummary
    from fusplan.planning.plan_file import SavedPlan
    from fusplan.workflows.open_plan import OpenedPlan

FileKind: TypeAlias = Literal["plan", "image", "points"]
PLAN_IMAGE_TOPIC = "plan-image"
"""Of the question where the image of a plan is."""

POINT_SUFFIXES = (".mrk.json", ".fcsv", ".txt", ".csv", ".tsv")


def kind_of(path: Path) -> FileKind:
    """Whether a path that was dropped or named is a plan (file or folder), a list of points or an image."""
    if path.name.lower().endswith(POINT_SUFFIXES):
        return "points"
    if path.name.endswith(".json") or (path.is_dir() and (path / PLAN_FILE_NAME).is_file()):
        return "plan"
    return "image"


class FileController:
    """Opens and saves what one window shows.

    Attributes:
        opened: path of an image or plan that is open now, for the recent files.
        saved: path of a plan that was saved now.
        plan_shown: a plan has been opened.
        plan_wanted: the built-in head is open and a plan shall be made on it.
        points_offered: path of a list of points for the plan that is open.
    """

    def __init__(self, session: Session, work: WorkStarter, workflows: Workflows, questions: Questions) -> None:
        self._session = session
        self._work = work
        self.opened: Signal[Path] = session.make_signal(Path)
        self.saved: Signal[Path] = session.make_signal(Path)
        self.plan_wanted: Signal[()] = session.make_signal()
        self.plan_shown: Signal[()] = session.make_signal()
        self.points_offered: Signal[Path] = session.make_signal(Path)
        self._do = workflows
        self._ask = questions
        self._folder = Path.home()

    @property
    def folder(self) -> Path:
        """Where the last file was, and where a question begins."""
        return self._folder

    # Opening ----------------------------------------------------------------------------------------------------

    def open_image(self) -> None:
        """Ask for an image and open it."""
        path = self._ask.image_path("Open a head MRI", self._folder)
        if path is not None:
            self.open_path(path)

    def open_folder(self) -> None:
        """Ask for a folder of DICOM files and open a series of it."""
        path = self._ask.folder_path("Open a folder of DICOM files", self._folder)
        if path is not None:
            self.open_path(path)

    def open_plan(self) -> None:
        """Ask for a plan and open it."""
        path = self._ask.plan_path(self._folder)
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Open an image or a plan; unsaved changes are asked for first. A list of points is offered to the plan."""
        self._folder = path.parent
        if kind_of(path) == "points":
            self.points_offered.emit(path)
            return
        is_plan = kind_of(path) == "plan"
        self.when_safe(
            lambda: self._read_plan(OpenPlanRequest(path)) if is_plan else self._read_image(ReadImageRequest(path))
        )

    def try_demo(self) -> None:
        """Open the built-in head and make a plan on it."""
        self.when_safe(
            lambda: self._work.in_thread(
                self._do.find_demo_head,
                None,
                "Opening the built-in head",
                lambda path: self._read_image(ReadImageRequest(path), plan_too=True),
            )
        )

    def close_case(self) -> None:
        """Go to the first screen."""
        self.when_safe(self._session.close)

    def open_recovery(self, recovery: Recovery, image_path: Path | None = None) -> None:
        """Open a plan that a program left behind without saving. It stays kept until the plan is saved or closed."""
        request = OpenPlanRequest(recovery.folder / PLAN_FILE_NAME, image_path)

        def show(opened: OpenedPlan) -> None:
            # Without a path: saving asks where, so that a recovery never replaces the user's file unasked.
            document = PlanDocument(opened.plan, None, "Recover the plan")
            if recovery.original_path is not None:
                self._folder = recovery.original_path.parent
            self._session.open_document(opened.volume, document)
            recovery.discard()
            self._say("ok", f"The plan on {recovery.image_name} is recovered.", "Save it to keep it.")

        self._read_plan(request, show, lambda path: self.open_recovery(recovery, path))

    def _read_image(self, request: ReadImageRequest, plan_too: bool = False) -> None:
        path = request.path

        def show(found: Volume | SeriesList) -> None:
            if isinstance(found, Volume):
                self._show_image(found, request, plan_too)
            else:
                headers = found.headers
                self._ask.series(found, lambda one: self.when_safe(lambda: self._read_series(path, one, headers)))

        def failed(error: FusplanError) -> None:
            self._session.say(image_question(error, request, self._read_image) or Message.of_error(error))

        self._work.in_thread(self._do.read_image, request, f"Opening {path.name}", show, failed)

    def _read_series(self, path: Path, series: SeriesSummary, headers: FoundSeries | None) -> None:
        self._work.in_thread(
            self._do.read_series,
            ReadSeriesRequest(path, series.uid, series.title, headers),
            f"Opening {series.title}",
            lambda volume: self._show_image(volume, ReadImageRequest(path), False),
        )

    def _show_image(self, volume: Volume, request: ReadImageRequest, plan_too: bool) -> None:
        self._session.open_volume(volume, request.volume_index, request.assume_scanner_ras)
        for note in volume.notes:
            self._say("warning" if note.severity == "warning" else "info", note.sentence)
        if plan_too:
            self.plan_wanted.emit()
        else:
            self.opened.emit(request.path)
            self._offer_plan(volume)

    def _offer_plan(self, volume: Volume) -> None:
        action = MessageAction("Make a plan", self.plan_wanted.emit)
        text = (
            f"{volume.name} is open. Make a plan to align the atlas and see both nuclei; it takes about half a minute."
        )
        self._session.say(Message("info", text, "", (action,), "make-plan"))

    def _read_plan(
        self,
        request: OpenPlanRequest,
        show: Callable[[OpenedPlan], None] | None = None,
        again: Callable[[Path], None] | None = None,
    ) -> None:
        retry = again if again is not None else lambda path: self._read_plan(replace(request, image_path=path))

        def failed(error: FusplanError) -> None:
            # Loaded by whatever has raised them; the first screen does without.
            from fusplan.planning.plan_file import PlanImageChangedError, PlanImageMissingError  # noqa: PLC0415

            if isinstance(error, (PlanImageMissingError, PlanImageChangedError)):
                self._ask_for_image(error, retry)
            else:
                self._session.say(Message.of_error(error))

        then = show if show is not None else lambda opened: self._show_plan(opened, request)
        self._work.in_thread(self._do.read_plan, request, f"Opening {request.path.name}", then, failed)

    def _ask_for_image(self, error: FusplanError, retry: Callable[[Path], None]) -> None:
        """The image moved or changed: say so, let the person point at it, never guess."""

        def choose() -> None:
            path = self._ask.image_path("Where is the image of this plan?", self._folder)
            if path is not None:
                retry(path)

        answer = (MessageAction("Choose its image…", choose),)
        # It is about a plan that is not open: opening an image to look for it must not take the question away.
        self._session.say(Message("error", error.message, error.remedy, answer, PLAN_IMAGE_TOPIC, outlives_case=True))

    def _show_plan(self, opened: OpenedPlan, request: OpenPlanRequest) -> None:
        path = request.path / PLAN_FILE_NAME if request.path.is_dir() else request.path
        document = PlanDocument(opened.plan, path, f"Open {harmless(path.name)}", opened.content)
        if request.image_path is not None:
            moved_to = ImageReference.of_volume(opened.volume).path
            document.apply("Point to the image's new place", lambda plan: _with_image_at(plan, moved_to))
        self._session.open_document(opened.volume, document, opened.review)
        for message in opened.messages:
            self._say("info", message)
        if opened.plan.targets:
            self._session.view.update(cursor=opened.plan.targets[0].point)
        self._session.look_at_thalami()
        self.plan_shown.emit()
        self.opened.emit(path)

    # Saving -----------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Save to the plan's file, or ask where."""
        self.save_then(_nothing)

    def save_as(self) -> None:
        """Ask where and save there."""
        self._save_elsewhere(_nothing)

    def _save_elsewhere(self, then: Callable[[], None]) -> None:
        chosen = self._ask_where()
        if chosen is not None:
            self._write(*chosen, then)

    def save_then(self, then: Callable[[], None]) -> None:
        """Save, then go on; nothing follows when the person changes their mind or saving fails."""
        document = self._session.document
        if document is None:
            return
        if document.path is None:
            self._save_elsewhere(then)
        else:
            self._write(document.path, document.content_to_replace(document.path), then)

    def when_safe(self, go_on: Callable[[], object]) -> None:
        """Go on when no unsaved change is lost by it: at once, after saving, after the person's word, or not at all."""
        if not self._session.has_unsaved_changes:
            go_on()
            return
        volume = self._session.volume
        answer = self._ask.unsaved(volume.name if volume is not None else "this head")
        if answer == "discard":
            go_on()
        elif answer == "save":
            self.save_then(lambda: _ignore(go_on()))

    def _ask_where(self) -> tuple[Path, FileContent | None] | None:
        """The file, and what it may be written over: its own content as read, or anything that the person was shown."""
        document = self._session.document
        volume = self._session.volume
        stem = volume.name.split(".")[0] if volume is not None else "head"
        chosen = self._ask.save_path(self._folder / f"{stem}{PLAN_SUFFIX}")
        if chosen is None:
            return None
        is_file = chosen.name.endswith(".json")
        # A name without an ending is a folder for the plan and what is exported beside it.
        path = chosen if is_file else chosen / PLAN_FILE_NAME
        known = document.content_to_replace(path) if document is not None else None
        # The person was asked about a file that is there, but not about a plan in a folder.
        return path, known if known is not None or is_file else NO_FILE

    def _write(
        self, path: Path, replaces: FileContent | None, then: Callable[[], None], keeps_other: bool = False
    ) -> None:
        document = self._session.document
        if document is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._say("error", f"The folder {path.parent} cannot be made: {error.strerror}.", "Choose another place.")
            return

        def done(written: WrittenPlan | UnwrittenPlan) -> None:
            if isinstance(written, WrittenPlan):
                self._tell_written(document, written)
                then()
            elif document is self._session.document:
                self._ask_whose(document, written, path, then)

        request = SavePlanRequest(document.plan, path, replaces, keeps_other)
        self._work.in_thread(self._do.save_plan, request, f"Saving {path.name}", done)

    def _tell_written(self, document: PlanDocument, written: WrittenPlan) -> None:
        path = written.path
        document.mark_saved(written.plan, path, written.content)
        self._folder = path.parent
        self.opened.emit(path)
        self.saved.emit(path)
        if written.was_gone:
            text = f"{path} was not there any more: another program had moved or deleted it. It is written again."
            self._session.say(Message("warning", text, topic=CHANGED_FILE, outlives_case=True))
            return
        kept = "" if written.kept is None else f" What the other program had written is kept as {written.kept.name}."
        self._session.say(Message("ok", f"Saved as {path}.{kept}", topic=CHANGED_FILE, outlives_case=True))

    def _ask_whose(
        self, document: PlanDocument, unwritten: UnwrittenPlan, path: Path, then: Callable[[], None]
    ) -> None:
        """Another program has changed the file: ask beside the work what shall become of both plans."""

        def if_still_open(do: Callable[[], None]) -> Callable[[], None]:
            return lambda: do() if document is self._session.document else None

        keep = if_still_open(lambda: self._write(path, None, then, keeps_other=True))
        take = if_still_open(lambda: self._take_theirs(document, path)) if path == document.path else None
        elsewhere = if_still_open(lambda: self._save_elsewhere(then))
        self._session.say(changed_file_question(unwritten.error, keep, take, elsewhere))

    def _take_theirs(self, document: PlanDocument, path: Path) -> None:
        """Show what another program has written, as a step of the history: what was planned here is one step back."""

        def take(theirs: SavedPlan) -> None:
            if document is not self._session.document:
                return
            image, own = theirs.plan.image, document.plan.image
            if (image.sha256, image.volume_index) != (own.sha256, own.volume_index):
                text = f"{path} holds a plan on another image now: {image.name}."
                self._say("error", text, "Save yours elsewhere, then open that one.")
                return
            document.apply("Take the plan of another program", lambda _: theirs.plan)
            document.mark_saved(theirs.plan, path, theirs.content)
            self._say("ok", f"{path.name} is shown as the other program saved it.", "Undo leads back to yours.")

        self._work.in_thread(self._do.reload_plan, path, f"Reading {path.name} again", take)

    def _say(self, kind: Literal["info", "ok", "warning", "error"], text: str, remedy: str = "") -> None:
        self._session.say(Message(kind, text, remedy))


def _with_image_at(plan: Plan, path: str | None) -> Plan:
    return replace(plan, image=replace(plan.image, path=path))


def _nothing() -> None:
    return None


def _ignore(_: object) -> None:
    return None
