"""The second image that is shown follows the one that the plan keeps: after opening, undo and redo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fusplan.display.image_layers import SECOND_KEY
from fusplan.errors import FusplanError, JobCrashedError
from fusplan.planning.plan_images import PlacedImage
from fusplan.session.messages import Message
from fusplan.session.second_image import SecondImage, SecondImageTrouble
from fusplan.session.services import Work, WorkStarter
from fusplan.session.session import Session
from fusplan.workflows.requests import KeptSecondImage
from fusplan.workflows.workflow_table import Workflows

if TYPE_CHECKING:
    from fusplan.workflows.kept_second_image import PlacedSecondImage

SECOND_IMAGE_TOPIC = "second-image"
"""Of the message that it could not be found."""

MOST_REMEMBERED = 2
"""Second images whose voxels stay in memory, so that undo shows them at once."""


class SecondImageStoppedError(FusplanError):
    """The person stopped the reading of the second image."""


class SecondImageController:
    """Watches the plan; reads its second image in a thread when another one, or none, is shown."""

    def __init__(self, session: Session, work: WorkStarter, workflows: Workflows) -> None:
        self._session = session
        self._work = work
        self._do = workflows
        self._seen: list[SecondImage] = []
        self._job: Work | None = None
        self._sought: PlacedImage | None = None
        session.second_image_changed.connect(self._remember)
        session.volume_changed.connect(self._forget_those_of_another_head)
        session.plan_changed.connect(self._follow)

    def _follow(self) -> None:
        plan = self._session.plan
        wanted = plan.image_of("second") if plan is not None else None
        if wanted is None:
            self._stop()
            if plan is not None and (
                self._shown_record() is not None or self._session.second_image_trouble is not None
            ):
                self._session.set_second_image(None)
            return
        if wanted.shows_the_same(self._shown_record()):
            self._stop()
            return
        if self._sought is not None and _is_the_same_file(wanted, self._sought):
            return
        self._stop()
        trouble = self._session.second_image_trouble
        if trouble is None or not _is_the_same_file(wanted, trouble.record):
            self._show_or_read(wanted)

    def _show_or_read(self, wanted: PlacedImage) -> None:
        self._stop()
        seen = next((one for one in self._seen if wanted.shows_the_same(one.record)), None)
        if seen is not None:
            self._session.set_second_image(replace(seen, record=wanted))
            return

        def show(found: PlacedSecondImage) -> None:
            if self._end(wanted):
                self._session.set_second_image(SecondImage(found.volume, found.volume.name, found.record))
                self._make_visible()
                for message in found.messages:
                    self._session.say(Message("info", message, topic=SECOND_IMAGE_TOPIC))

        def fail(error: FusplanError) -> None:
            if isinstance(error, JobCrashedError):
                self._work.tell(error)
            if self._end(wanted):
                self._tell(wanted, error)

        if self._session.second_image is not None:
            self._session.set_second_image(None)
        title = f"Finding the second image {wanted.image.name}"
        self._sought = wanted
        document = self._session.document
        folder = document.path.parent if document is not None and document.path is not None else None
        request = KeptSecondImage(wanted, plan_folder=folder)
        self._job = self._work.in_thread(
            self._do.open_second_image, request, title, show, fail, lambda: fail(_stopped(wanted))
        )

    def _tell(self, wanted: PlacedImage, error: FusplanError) -> None:
        from fusplan.planning.placed_image_file import PlacedImageChangedError  # noqa: PLC0415 - loaded by the work

        path = wanted.image.path
        looked_at = Path(path) if isinstance(error, PlacedImageChangedError) and path is not None else None
        self._session.set_second_image_trouble(SecondImageTrouble(wanted, error, looked_at))
        remedy = "The plan is complete without it; the panel Second image (Ctrl+I) finds or forgets it."
        text = f"The second image is not shown. {error.message}"
        self._session.say(Message("info", text, remedy, topic=SECOND_IMAGE_TOPIC))

    def _make_visible(self) -> None:
        self._session.view.change(lambda state: state.with_image_layer(SECOND_KEY, visible=True))

    def _shown_record(self) -> PlacedImage | None:
        shown = self._session.second_image
        return shown.record if shown is not None else None

    def _end(self, wanted: PlacedImage) -> bool:
        """A job has ended; whether its image is still the one that is sought."""
        if self._sought is not wanted:
            return False
        self._job, self._sought = None, None
        return True

    def _stop(self) -> None:
        job, self._job, self._sought = self._job, None, None
        if job is not None:
            job.cancel()

    def _remember(self) -> None:
        shown = self._session.second_image
        keepable = [shown] if shown is not None and shown.record is not None else []
        if self._session.plan is None:
            # Nothing brings another one back; a first plan takes the one that is shown.
            self._seen = keepable
        elif keepable and not any(_shows_the_same(one, keepable[0]) for one in self._seen):
            self._seen = [*self._seen, *keepable][-MOST_REMEMBERED:]

    def _forget_those_of_another_head(self) -> None:
        head = self._session.volume
        self._seen = [one for one in self._seen if head is not None and one.volume.scanner_frame == head.scanner_frame]
        if head is None:
            self._stop()


def _shows_the_same(one: SecondImage, other: SecondImage) -> bool:
    return one.record is not None and one.record.shows_the_same(other.record)


def _is_the_same_file(one: PlacedImage, other: PlacedImage) -> bool:
    return one.shows_the_same(other) and one.image.path == other.image.path


def _stopped(record: PlacedImage) -> SecondImageStoppedError:
    return SecondImageStoppedError(f"Reading {record.image.name} was stopped.", "Find it when you want to see it.")
