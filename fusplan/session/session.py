"""What is open: image, plan document, atlases in the patient, other images, view state. No Qt.

It holds and tells; it computes nothing. The plan is changed through ``session.document`` (pure edits of
:mod:`fusplan.planning.edits`), the view through ``session.view``. Its controllers beside it do what follows from a
change; a window gives them timers and jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.display.image_layers import CT_KEY, SECOND_KEY, TEMPLATE_KEY, Picture
from fusplan.display.slice_layout import on_target, on_thalamus
from fusplan.display.treated_spots import shown_target
from fusplan.display.treatment_pictures import TREATMENT_KEYS
from fusplan.display.view_state import Selection, ViewState, ViewStateHolder
from fusplan.errors import FusplanError
from fusplan.harmless import harmless
from fusplan.imaging.volume import Volume
from fusplan.planning.open_review import OpenReview, ReviewSubject
from fusplan.planning.plan import Plan
from fusplan.planning.review_key import references
from fusplan.session.messages import Message
from fusplan.session.plan_options import PlanOptions
from fusplan.session.second_image import SecondImage, SecondImageTrouble
from fusplan.signals import Signal
from fusplan.spatial import Point, ScannerRas
from fusplan.spatial.frames import require_same_frame

if TYPE_CHECKING:
    from fusplan.atlas.nuclei_atlas import HeadAtlas
    from fusplan.display.drawn_atlas import DrawnAtlas
    from fusplan.display.template_overlay import TemplateOverlay
    from fusplan.display.treatment_sights import TreatmentSights
    from fusplan.planning.document import PlanDocument
    from fusplan.planning.review import PlanReview
    from fusplan.planning.simulated_treatment import SimulatedTreatment
    from fusplan.planning.treatment_sketch import TreatmentSketch


NOTHING_CHOSEN: dict[str, Any] = {"selection": Selection(), "pending": ()}
"""Of a view state: what is selected and half measured belongs to the case that leaves."""


@dataclass(slots=True)
class _Content:
    volume: Volume | None = None
    document: PlanDocument | None = None
    atlases: Mapping[str, DrawnAtlas] = field(default_factory=dict)
    second_image: SecondImage | None = None
    second_image_trouble: SecondImageTrouble | None = None
    template_overlay: TemplateOverlay | None = None
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    sights: TreatmentSights | None = None
    all_atlases: bool = False
    review: OpenReview = field(default_factory=OpenReview)
    ct: SecondImage | None = None
    ct_trouble: SecondImageTrouble | None = None
    simulated: SimulatedTreatment | None = None
    simulation_trouble: FusplanError | None = None
    sketch: TreatmentSketch | None = None
    proposals_are_stale: bool = False
    volume_index: int | None = None
    assumed_scanner_ras: bool = False
    plan_options: PlanOptions = field(default_factory=PlanOptions)


class Session:
    """What is open in one window, or in a program without one.

    Args:
        view: what is looked at; a new one unless given.
        signal: the class of its signals; a window's own in a window.

    Attributes:
        volume_changed: another image, or none.
        plan_changed: the plan was replaced, edited, undone or redone, or there is none any more.
        atlases_changed: the atlases in the patient were computed anew.
        atlas_list_changed: an atlas of the user's was added or removed.
        second_image_changed: another second image, or none; or why the one of the plan is not shown.
        template_overlay_changed: another template over the image, or none.
        pictures_changed: there is another picture to lay over the first image, or one is gone.
        review_changed: more of the review of the plan is known, or parts of it hold no longer.
        ct_changed: the CT of the plan was read, or is gone; or why it could not be.
        sights_changed: something else is drawn of the treatment, or nothing.
        simulated_changed: more is known of what the treatment does, or why nothing is.
        sketch_changed: a rough answer to the last change of the treatment, or none any more.
        plan_options_changed: something else is wanted of the next plan on this head.
        proposals_stale_changed: proposals no longer fit the landmarks, or do again.
        saved_changed: the plan may have been saved, have got unsaved changes, or have another path.
        view_changed: the view state, ``(before, after)``.
        said: a message for the person.
        make_signal: the class of its signals, for those of its controllers.
    """

    def __init__(self, view: ViewStateHolder | None = None, signal: type[Signal[*tuple[Any, ...]]] = Signal) -> None:
        self.view = view if view is not None else ViewStateHolder()
        self.make_signal = signal
        self.said: Signal[Message] = signal(Message)
        self.volume_changed: Signal[()] = signal()
        self.plan_changed: Signal[()] = signal()
        self.atlases_changed: Signal[()] = signal()
        self.atlas_list_changed: Signal[()] = signal()
        self.second_image_changed: Signal[()] = signal()
        self.template_overlay_changed: Signal[()] = signal()
        self.pictures_changed: Signal[()] = signal()
        self.review_changed: Signal[()] = signal()
        self.ct_changed: Signal[()] = signal()
        self.simulated_changed: Signal[()] = signal()
        self.sights_changed: Signal[()] = signal()
        self.sketch_changed: Signal[()] = signal()
        self.plan_options_changed: Signal[()] = signal()
        self.proposals_stale_changed: Signal[()] = signal()
        self.saved_changed: Signal[()] = signal()
        self.view_changed: Signal[ViewState, ViewState] = signal(ViewState, ViewState)
        self._content = _Content()
        self._stop_listening: Callable[[], None] = _nothing
        self.view.connect(self._tell_view)

    @property
    def volume(self) -> Volume | None:
        return self._content.volume

    @property
    def volume_index(self) -> int | None:
        """Which volume of a 4-D file is open, counted from 1."""
        return self._content.volume_index

    @property
    def assumed_scanner_ras(self) -> bool:
        """Whether the person vouched for how the image lies in space, because its file does not say it."""
        return self._content.assumed_scanner_ras

    @property
    def document(self) -> PlanDocument | None:
        return self._content.document

    @property
    def plan(self) -> Plan | None:
        """The current plan, or None before a registration exists."""
        return self._content.document.plan if self._content.document is not None else None

    @property
    def atlases(self) -> Mapping[str, DrawnAtlas]:
        return self._content.atlases

    @property
    def shown_atlas(self) -> DrawnAtlas | None:
        """The atlas whose nuclei the views draw."""
        name = self.view.state.layers.atlas
        return self._content.atlases.get(name) if name is not None else None

    @property
    def second_image(self) -> SecondImage | None:
        return self._content.second_image

    @property
    def second_image_trouble(self) -> SecondImageTrouble | None:
        """Why the second image of the plan is not shown, if it could not be found."""
        return self._content.second_image_trouble

    @property
    def template_overlay(self) -> TemplateOverlay | None:
        """The template where the registration puts it, while somebody judges that."""
        return self._content.template_overlay

    @property
    def pictures(self) -> Mapping[str, Picture]:
        """The pictures that layers of the view lay over the first image, by the layers' keys."""
        return self._content.pictures

    @property
    def review(self) -> OpenReview:
        """What is known of the review of the plan; parts may be of the plan as it was a moment ago."""
        return self._content.review

    @property
    def review_subject(self) -> ReviewSubject | None:
        """What there is to review, if there is a plan."""
        plan, volume = self.plan, self.volume
        if plan is None or volume is None:
            return None
        atlases = references(atlas for _, atlas in self.patient_atlases)
        return ReviewSubject(plan, volume.fingerprint, atlases, self._content.all_atlases)

    @property
    def known_review(self) -> PlanReview | None:
        """Of the review of the plan those parts that are of the plan as it is; all of it once nothing is computed."""
        subject = self.review_subject
        return self._content.review.of(subject) if subject is not None else None

    @property
    def ct(self) -> SecondImage | None:
        """The CT of the plan where it was laid, once something asked for it."""
        return self._content.ct

    @property
    def ct_trouble(self) -> SecondImageTrouble | None:
        """Why the CT of the plan could not be read."""
        return self._content.ct_trouble

    @property
    def simulated(self) -> SimulatedTreatment | None:
        """What the treatment does, of the plan as it is or as it was a moment ago: :attr:`simulated_is_current`."""
        return self._content.simulated

    @property
    def sights(self) -> TreatmentSights | None:
        """What is drawn of the treatment of the target that is shown, in its workspace."""
        return self._content.sights

    @property
    def simulated_is_current(self) -> bool:
        """Whether what is known of the treatment is of the plan as it is."""
        from fusplan.planning.simulated_treatment import simulation_key  # noqa: PLC0415 - loaded with a treatment

        simulated, plan = self._content.simulated, self.plan
        return simulated is not None and plan is not None and simulated.key == simulation_key(plan)

    @property
    def simulation_trouble(self) -> FusplanError | None:
        """Why the treatment of the plan as it is could not be simulated."""
        return self._content.simulation_trouble

    @property
    def sketch(self) -> TreatmentSketch | None:
        """A rough answer to the last change of the treatment, until it has been simulated."""
        return self._content.sketch

    @property
    def plan_options(self) -> PlanOptions:
        """What the person wants of the next plan on the open head; the usual for every other head."""
        return self._content.plan_options

    @property
    def proposals_are_stale(self) -> bool:
        """Whether the landmarks or the registration have changed since the proposals were computed."""
        return self._content.proposals_are_stale

    @property
    def patient_atlases(self) -> tuple[tuple[str, HeadAtlas], ...]:
        """Title and atlas of those that the plan's registration carries to the head, the one plans start from first.

        None, or not all, while they are being made. The first always describes CLp.
        """
        if self.plan is None:
            return ()
        from fusplan.atlas.catalogue import BUILT_IN  # noqa: PLC0415 - the engine, loaded with the first image

        carried = self.plan.registration.mni_to_scanner.digest
        present = [one for one in self._content.atlases.values() if one.patient_atlas is not None]
        fitting = [one for one in present if one.patient_atlas.mni_to_scanner.digest == carried]
        order = [*(one.name for one in self.plan.atlases), *BUILT_IN, *self._content.atlases]
        fitting.sort(key=lambda one: order.index(one.name))
        leader = next((one for one in fitting if one.patient_atlas.atlas.describes_both(CLP_KEY)), None)
        if leader is None:
            return ()
        others = (one for one in fitting if one is not leader)
        return tuple((one.title, one.patient_atlas) for one in (leader, *others))

    @property
    def saved_path(self) -> Path | None:
        """The plan file this plan was opened from or saved to last."""
        return self._content.document.path if self._content.document is not None else None

    @property
    def has_unsaved_changes(self) -> bool:
        document = self._content.document
        return document is not None and not document.is_saved

    @property
    def name(self) -> str:
        """What the window's title says is open."""
        if self.saved_path is not None:
            return harmless(self.saved_path.name)
        return self._content.volume.name if self._content.volume is not None else ""

    def middle(self) -> Point[ScannerRas] | None:
        """The middle of the image's grid."""
        return self._content.volume.grid.centre if self._content.volume is not None else None

    def open_volume(self, volume: Volume, volume_index: int | None = None, assumed_scanner_ras: bool = False) -> None:
        """Show an image without a plan. The plan, atlases and second image of the case before are gone.

        Args:
            volume: the image.
            volume_index: which volume of a 4-D file it is, counted from 1.
            assumed_scanner_ras: whether the person vouched for how it lies in space.
        """
        self._listen_to(None)
        self._content = _Content(volume=volume, volume_index=volume_index, assumed_scanner_ras=assumed_scanner_ras)
        self.view.update(cursor=volume.grid.centre, cameras={}, filling=None, **NOTHING_CHOSEN)
        self._tell_all()

    def open_document(self, volume: Volume, document: PlanDocument, review: PlanReview | None = None) -> None:
        """Show an image with its plan, and with the review that was made or stored with the plan."""
        same_image = self._content.volume is not None and self._content.volume.fingerprint == volume.fingerprint
        self._listen_to(None)
        image = document.plan.image
        self._content = _Content(
            volume=volume,
            document=document,
            review=OpenReview.begin(document.plan, review),
            volume_index=image.volume_index,
            assumed_scanner_ras=image.assumed_scanner_ras,
            plan_options=self._content.plan_options if same_image else PlanOptions(),
        )
        self._listen_to(document)
        self.view.update(**NOTHING_CHOSEN)
        if not same_image:
            self.view.update(cursor=volume.grid.centre, cameras={}, filling=None)
        self._tell_all()

    def close(self) -> None:
        """Nothing is open any more."""
        self._listen_to(None)
        self._content = _Content()
        self.view.update(cursor=None, cameras={}, filling=None, **NOTHING_CHOSEN)
        self._tell_all()

    def say(self, message: Message) -> None:
        """Tell the person something."""
        self.said.emit(message)

    def look_at_thalami(self) -> None:
        """Show both thalami large in all three slices; without a plan nobody knows where they are."""
        plan, volume = self.plan, self.volume
        if plan is not None and volume is not None:
            self.view.become(on_thalamus(self.view.state, volume, plan.landmarks.geometry()))

    def look_at_target(self) -> None:
        """Show the target whose treatment is shown large in all three slices, with the cursor on it."""
        plan, volume = self.plan, self.volume
        target = shown_target(plan, self.view.state.selection) if plan is not None else None
        if plan is not None and volume is not None and target is not None:
            self.view.become(on_target(self.view.state, volume, plan.landmarks.geometry(), target.point))

    def set_atlases(self, atlases: Mapping[str, DrawnAtlas], all_of_them: bool = True) -> None:
        """Replace the atlases in the patient; ``all_of_them`` is False while more are on their way."""
        self._content.atlases, self._content.all_atlases = dict(atlases), all_of_them
        self.atlases_changed.emit()

    def set_second_image(self, second_image: SecondImage | None) -> None:
        """Show another image beside the first, or none."""
        self._content.second_image = second_image
        self._content.second_image_trouble = None
        self.set_picture(SECOND_KEY, second_image.volume if second_image is not None else None)
        self.second_image_changed.emit()

    def set_second_image_trouble(self, trouble: SecondImageTrouble) -> None:
        """Say why the second image of the plan is not shown."""
        self._content.second_image = None
        self._content.second_image_trouble = trouble
        self.set_picture(SECOND_KEY, None)
        self.second_image_changed.emit()

    def set_template_overlay(self, overlay: TemplateOverlay | None) -> None:
        """Have a template to lay over the image, or none."""
        self._content.template_overlay = overlay
        self.set_picture(TEMPLATE_KEY, overlay.volume if overlay is not None else None)
        self.template_overlay_changed.emit()

    def set_picture(self, key: str, picture: Picture | None) -> None:
        """Have a picture for the layer of a key; or none any more.

        Raises:
            FrameMismatchError: it does not lie in the scanner frame of the first image.
        """
        if picture is not None and self.volume is not None:
            require_same_frame(self.volume.scanner_frame, picture.grid.frame)
        others = {known: kept for known, kept in self._content.pictures.items() if known != key}
        self._content.pictures = others if picture is None else {**others, key: picture}
        self.pictures_changed.emit()

    def set_review(self, review: OpenReview) -> None:
        """Replace what is known of the review of the plan."""
        self._content.review = review
        self.review_changed.emit()

    def set_ct(self, ct: SecondImage | None, trouble: SecondImageTrouble | None = None) -> None:
        """Have the CT of the plan, or none, or say why there is none."""
        self._content.ct, self._content.ct_trouble = ct, trouble
        self.set_picture(CT_KEY, ct.volume if ct is not None else None)
        self.ct_changed.emit()

    def set_simulated(self, simulated: SimulatedTreatment | None, trouble: FusplanError | None = None) -> None:
        """Know what the treatment does, or why the last change of it could not be followed."""
        self._content.simulated, self._content.simulation_trouble = simulated, trouble
        self.simulated_changed.emit()

    def set_sights(self, sights: TreatmentSights | None) -> None:
        """Draw something else of the treatment, or nothing."""
        self._content.sights = sights
        for key in TREATMENT_KEYS:
            picture = None if sights is None else sights.pictures.get(key)
            if self._content.pictures.get(key) is not picture:
                self.set_picture(key, picture)
        self.sights_changed.emit()

    def set_sketch(self, sketch: TreatmentSketch | None) -> None:
        """Have a rough answer to the last change of the treatment, or none."""
        self._content.sketch = sketch
        self.sketch_changed.emit()

    def set_plan_options(self, options: PlanOptions) -> None:
        """Want something else of the next plan."""
        if options != self._content.plan_options:
            self._content.plan_options = options
            self.plan_options_changed.emit()

    def set_proposals_stale(self, stale: bool) -> None:
        """Say whether the proposals still fit."""
        if stale != self._content.proposals_are_stale:
            self._content.proposals_are_stale = stale
            self.proposals_stale_changed.emit()

    def _listen_to(self, document: PlanDocument | None) -> None:
        self._stop_listening()
        self._stop_listening = document.changed.connect(self._tell_plan) if document is not None else _nothing

    def _tell_plan(self) -> None:
        self.plan_changed.emit()
        self.saved_changed.emit()

    def _tell_view(self, before: ViewState, after: ViewState) -> None:
        self.view_changed.emit(before, after)

    def _tell_all(self) -> None:
        self.volume_changed.emit()
        self.plan_changed.emit()
        self.atlases_changed.emit()
        self.second_image_changed.emit()
        self.template_overlay_changed.emit()
        self.pictures_changed.emit()
        self.review_changed.emit()
        self.ct_changed.emit()
        self.simulated_changed.emit()
        self.sights_changed.emit()
        self.plan_options_changed.emit()
        self.proposals_stale_changed.emit()
        self.saved_changed.emit()


def _nothing() -> None:
    return None
