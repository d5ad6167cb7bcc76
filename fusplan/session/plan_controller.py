"""A new plan as a job in another process, undo and redo, and the atlases that follow the plan's registration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fusplan.errors import FusplanError
from fusplan.planning.document import PlanDocument
from fusplan.planning.open_review import OpenReview
from fusplan.planning.placed_image_edits import set_image
from fusplan.planning.plan import Plan
from fusplan.planning.plan_images import PlacedImage
from fusplan.session.messages import Message, MessageKind
from fusplan.session.moved_atlases import moved_atlases
from fusplan.session.services import Work, WorkStarter
from fusplan.session.session import Session
from fusplan.signals import Signal
from fusplan.workflows.requests import PrepareAtlasesRequest
from fusplan.workflows.workflow_table import Workflows

if TYPE_CHECKING:
    from fusplan.workflows.made_plan import PlannedHead
    from fusplan.workflows.prepare_atlases import PreparedAtlases

FIRST_ATLAS = "morel"

_KINDS: dict[str, MessageKind] = {"ok": "ok", "warning": "warning", "error": "error"}


class PlanController:
    """Makes plans on the open image.

    Attributes:
        started: work on a new plan has begun.
        first_made: an image has its first plan now.
    """

    def __init__(self, session: Session, work: WorkStarter, workflows: Workflows) -> None:
        self._session = session
        self._work = work
        self.started: Signal[()] = session.make_signal()
        self.first_made: Signal[()] = session.make_signal()
        self._do = workflows
        self._making: Work | None = None
        self._drawn_for: str | None = None
        session.plan_changed.connect(self._follow_registration)
        session.atlas_list_changed.connect(self._prepare_anew)

    @property
    def work(self) -> Work | None:
        """The work that makes a plan, or made the last one."""
        return self._making

    @property
    def is_making(self) -> bool:
        """Whether a plan is being made."""
        return self._making is not None and not self._making.is_over

    def make_plan(self) -> None:
        """Align the atlas to the open head and propose targets and lesions; the head stays in use meanwhile.

        What is wanted stands in ``session.plan_options``; where that cannot be used, the person is told and nothing
        begins.
        """
        volume = self._session.volume
        if volume is None or volume.path is None or self.is_making:
            return
        fingerprint, plan = volume.fingerprint, self._session.plan
        landmarks = plan.landmarks if plan is not None else None
        try:
            request = self._session.plan_options.request(
                volume, self._session.volume_index, self._session.assumed_scanner_ras, landmarks
            )
        except FusplanError as error:
            self._session.say(Message("error", error.message, error.remedy, topic="make-plan"))
            return
        self._making = self._work.in_process(
            self._do.plan_head,
            request,
            f"Planning on {volume.name}",
            lambda planned: self._accept(planned, fingerprint),
        )
        self.started.emit()

    def undo(self) -> None:
        """Take back the last change."""
        if self._session.document is not None:
            self._session.document.undo()

    def redo(self) -> None:
        """Do it again."""
        if self._session.document is not None:
            self._session.document.redo()

    def _accept(self, planned: PlannedHead, fingerprint: str) -> None:
        """Take a new plan in, unless another image is open by now."""
        plan = planned.plan
        volume = self._session.volume
        is_its_image = plan.image.sha256 == fingerprint and plan.image.volume_index == self._session.volume_index
        if volume is None or volume.fingerprint != fingerprint or not is_its_image:
            self._session.say(Message("info", "The new plan was dropped: its image is no longer open."))
            return
        document = self._session.document
        if document is None:
            shown = self._session.second_image
            first = _with_second_image(plan, shown.record if shown is not None else None)
            self._session.open_document(volume, PlanDocument(first, None, "New plan"), planned.review)
            if plan.targets:
                self._session.view.update(cursor=plan.targets[0].point)
            self._session.look_at_thalami()
            self.first_made.emit()
        else:
            document.apply("Make the plan anew", lambda now: _with_second_image(plan, now.image_of("second")))
            self._session.set_review(OpenReview.begin(document.plan, planned.review))
        quality = plan.registration.quality
        self._session.say(Message(_KINDS[quality.verdict], f"The plan is made. {quality.sentence}", topic="make-plan"))

    def _follow_registration(self) -> None:
        """Carry the atlases anew when the registration is another one (also by undo)."""
        plan = self._session.plan
        registration = plan.registration.mni_to_scanner.digest if plan is not None else None
        if plan is None or registration == self._drawn_for:
            self._drawn_for = registration
            return
        self._drawn_for = registration

        moved = moved_atlases(self._session.atlases, plan.registration.mni_to_scanner)
        if moved is not None:
            self._session.set_atlases(moved)
            return

        self._prepare(plan)

    def _prepare_anew(self) -> None:
        """An atlas was added or removed: carry all of them to the head again."""
        if self._session.plan is not None:
            self._prepare(self._session.plan)

    def _prepare(self, plan: Plan) -> None:
        registration = plan.registration.mni_to_scanner.digest
        # The atlas that is looked at comes first, the others follow.
        first = self._session.view.state.layers.atlas or FIRST_ATLAS

        def prepare(only_it: bool) -> None:
            def show(prepared: PreparedAtlases) -> None:
                if self._drawn_for == registration:
                    present = self._session.atlases
                    kept = {first: present[first]} if first in present and not only_it else {}
                    self._session.set_atlases({**kept, **prepared.atlases}, all_of_them=not only_it)
                    if only_it:
                        prepare(False)
                    else:
                        self._show_one_that_is_there()
                        self._tell_of_atlases(plan, prepared.messages)

            request = PrepareAtlasesRequest(plan, first, only_it)
            self._work.in_thread(self._do.prepare_atlases, request, "Drawing the nuclei", show)

        prepare(True)

    def _show_one_that_is_there(self) -> None:
        """Draw another atlas when the one that was drawn has been removed."""
        shown = self._session.view.state.layers.atlas
        if shown is not None and shown not in self._session.atlases and self._session.atlases:
            first = FIRST_ATLAS if FIRST_ATLAS in self._session.atlases else next(iter(self._session.atlases))
            self._session.view.change(lambda state: state.with_layers(atlas=first))

    def _tell_of_atlases(self, plan: Plan, messages: tuple[str, ...]) -> None:
        """Say which atlases of the plan are gone or changed, and which of the user's were left out."""
        from fusplan.planning.checks import check_atlases  # noqa: PLC0415 - the engine, loaded with the first atlas

        present = tuple(atlas for _, atlas in self._session.patient_atlases)
        for sentence in (*(check.sentence for check in check_atlases(plan, present)), *messages):
            self._session.say(Message("warning", sentence))


def _with_second_image(plan: Plan, record: PlacedImage | None) -> Plan:
    """A new plan keeps the second image that is laid over its head already."""
    return plan if record is None else set_image(plan, "second", record)
