"""The step "Skull": which skull the sound goes through, its CT, how dense it is, and what it cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QWidget

from fusplan.display.image_layers import CT_KEY, CT_LAYER
from fusplan.display.treatment_figures import sdr_histogram
from fusplan.errors import FusplanError
from fusplan.harmless import harmless
from fusplan.jobs.job import Job
from fusplan.planning.placed_image_edits import point_to_image, set_image
from fusplan.planning.plan import Plan
from fusplan.planning.plan_images import PlacedImage
from fusplan.planning.treatment import Treatment
from fusplan.planning.treatment_details import sdr_rows, skull_cannot_tell
from fusplan.planning.treatment_edits import (
    FREQUENCY_RANGE_HZ,
    INCIDENCE_LIMIT_RANGE_DEG,
    set_acoustics,
    set_skull,
    treatment_of,
)
from fusplan.planning.treatment_summary import SDR_RECIPE
from fusplan.session.editing import refusal_of
from fusplan.session.messages import Message
from fusplan.session.second_image import SecondImage, SecondImageTrouble
from fusplan.simulation.acoustic_map import ACOUSTIC_MAPS, DEFAULT_ACOUSTIC_MAP
from fusplan.simulation.skull import SKULL_WORDS, SkullKind
from fusplan.widgets.case import Case
from fusplan.widgets.combo_choice import ComboChoice
from fusplan.widgets.desk import Desk
from fusplan.widgets.job_progress import JobProgress
from fusplan.widgets.number_fields import FieldSpec, NumberFields
from fusplan.widgets.number_list import NumberList
from fusplan.widgets.sdr_histogram_view import SdrHistogramView
from fusplan.widgets.second_image_trouble_view import SecondImageTroubleView
from fusplan.widgets.section import Section
from fusplan.widgets.segments import Choice
from fusplan.widgets.treatment_panel import ShownTarget, TreatmentPanel, below, beside, words_label
from fusplan.widgets.verdict_list import VerdictList, VerdictRow
from fusplan.workflows.requests import KeptSecondImage, PlaceCtRequest

if TYPE_CHECKING:
    from fusplan.workflows.ct_image import PlacedCt
    from fusplan.workflows.kept_second_image import PlacedSecondImage

BEST = "best"
SKULLS: tuple[tuple[str, SkullKind | None, str], ...] = (
    (BEST, None, "The best at hand"),
    ("ct", "ct", "From the CT"),
    ("t1", "t1", "Estimated from the T1 image"),
    ("synthetic", "synthetic", "Synthetic, for teaching"),
)
NO_CT = "No CT is given. With a CT of this head, losses, phases and skull density ratio are known."
CT_BEING_READ = "The plan keeps this CT; its file is being read."
NEXT_TO_CT = "Until then nothing is simulated, unless another skull is chosen above."

LOWEST_KHZ, HIGHEST_KHZ = (limit / 1000 for limit in FREQUENCY_RANGE_HZ)
LIMIT_WORDS = "Elements that meet the skull at a larger angle are off"
SOUND = (
    FieldSpec("frequency_khz", "Frequency", "Frequency of the ultrasound", "kHz", LOWEST_KHZ, HIGHEST_KHZ, 10.0, 0),
    FieldSpec("incidence_limit_deg", "Incidence up to", LIMIT_WORDS, "°", *INCIDENCE_LIMIT_RANGE_DEG, 1.0),
)


class SkullPanel(TreatmentPanel):
    """Choose the skull, lay a CT over the head, look at what it tells."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(case, desk, "Skull", parent)
        self.skull = ComboChoice([Choice(key, words) for key, _, words in SKULLS], "Which skull")
        self.used, self.cannot_tell = words_label("muted"), words_label("small")
        self.ct_name, self.ct_words = words_label("strong"), words_label("muted")
        self.add = QPushButton("Add a CT…")
        self.remove = QPushButton("Remove")
        self.remove.setToolTip("Take the CT out of the plan; undo brings it back")
        self.shown = QCheckBox("Show its bone over the image")
        self.trouble = SecondImageTroubleView("CT", NEXT_TO_CT)
        self.progress = JobProgress()
        self.warnings = VerdictList()
        self.histogram = SdrHistogramView()
        self.ratios = NumberList()
        self.recipe = words_label("small")
        self.recipe.setText(SDR_RECIPE)
        self.unreliable = words_label("warning")
        self.mapping = ComboChoice(
            [Choice(name, mapping.words) for name, mapping in ACOUSTIC_MAPS.items()], "From CT numbers to sound"
        )
        self.citation = words_label("small")
        self.sound = NumberFields(SOUND, in_a_row=2)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        density = below(self.unreliable, self.ratios, self.histogram, self.recipe)
        self.density = Section("Skull density ratio", density)
        ct = below(self.ct_name, self.ct_words, self.shown, self.trouble, beside(self.add, self.remove), self.progress)
        sound = below(QLabel("From CT numbers to sound"), self.mapping, self.citation, self.sound)
        for part in (
            self.skull,
            self.used,
            self.warnings,
            self.cannot_tell,
            Section("CT of this head", ct),
            self.density,
            Section("Sound", sound, unfolded=False),
        ):
            self.body.addWidget(part)

    def _connect(self) -> None:
        self.skull.chosen.connect(self._choose_skull)
        self.shown.toggled.connect(self._show_bone)
        self.add.clicked.connect(lambda: self._ask_ct())
        self.remove.clicked.connect(self.forget)
        self.trouble.find_wanted.connect(self._find)
        self.trouble.register_wanted.connect(self._register_again)
        self.trouble.forget_wanted.connect(self.forget)
        self.mapping.chosen.connect(self._choose_mapping)
        self.sound.typed.connect(self._type_sound)
        self.sound.settled.connect(self.end_merging)

    def show_target(self, shown: ShownTarget) -> None:
        plan, found, current = shown.plan, shown.found, shown.current
        treatment, simulated = treatment_of(plan), self.case.simulated
        self.skull.choose(next(key for key, kind, _ in SKULLS if kind == treatment.skull))
        self._show_ct(plan)
        skull = simulated.skull if simulated is not None else None
        self.used.setText("" if skull is None else f"Used: {SKULL_WORDS[skull.kind]}.")
        self.used.setVisible(skull is not None)
        warnings = () if skull is None else skull.warnings
        self.warnings.show_rows([VerdictRow("warning", warning.sentence) for warning in warnings])
        self.warnings.setVisible(bool(warnings))
        cannot = "" if skull is None or skull.kind != "t1" else skull_cannot_tell(skull)
        self.cannot_tell.setText(cannot)
        self.cannot_tell.setVisible(bool(cannot))
        unreliable = skull_cannot_tell(skull) if skull is not None and skull.has_density else ""
        self.unreliable.setText(unreliable)
        self.unreliable.setVisible(bool(unreliable))
        self.density.setVisible(simulated is not None)
        if simulated is not None:
            self.ratios.show_rows(sdr_rows(simulated), current)
        self.histogram.show_histogram(sdr_histogram(found.elements) if found is not None else None)
        self._show_sound(treatment)

    def _show_sound(self, treatment: Treatment) -> None:
        name = treatment.acoustics or DEFAULT_ACOUSTIC_MAP
        self.mapping.choose(name)
        self.citation.setText(next(mapping.citation for key, mapping in ACOUSTIC_MAPS.items() if key == name))
        self.sound.show_numbers(
            {
                "frequency_khz": treatment.frequency_hz / 1000,
                "incidence_limit_deg": treatment.incidence_limit_deg,
            }
        )

    def _show_ct(self, plan: Plan) -> None:
        kept, trouble, held = plan.image_of("ct"), self.case.ct_trouble, self.case.ct
        self.trouble.setVisible(trouble is not None)
        if trouble is not None:
            self.trouble.show_trouble(trouble)
        self.ct_name.setVisible(kept is not None)
        self.ct_name.setText(harmless(kept.image.name) if kept is not None else "")
        being_read = kept is not None and held is None and plan.treatment is not None
        words = NO_CT if kept is None else kept.registration.sentence
        self.ct_words.setText(CT_BEING_READ if being_read and not words else words)
        self.ct_words.setVisible(trouble is None)
        self.add.setText("Add a CT…" if kept is None else "Lay another over…")
        self.add.setVisible(trouble is None)
        self.remove.setVisible(kept is not None and trouble is None)
        self.shown.setVisible(held is not None)
        layer = self.case.view.state.image_layers.find(CT_KEY)
        blocked = self.shown.blockSignals(True)
        self.shown.setChecked(layer is not None and layer.visible)
        self.shown.blockSignals(blocked)

    # Edits ------------------------------------------------------------------------------------------------------

    def _edit(self, label: str, edit: Callable[[Plan], Plan], merge_key: str | None = None) -> bool:
        return self.tell(refusal_of(self.case, label, edit, merge_key))

    def _choose_skull(self, key: str) -> None:
        kind, words = next((kind, words) for known, kind, words in SKULLS if known == key)
        self._edit(f"Skull: {words[0].lower()}{words[1:]}", lambda plan: set_skull(plan, kind))

    def _choose_mapping(self, name: str) -> None:
        words = next(mapping.words for key, mapping in ACOUSTIC_MAPS.items() if key == name)
        self._edit(f"From CT numbers to sound: {words}", lambda plan: set_acoustics(plan, name))

    def _type_sound(self, key: str, value: float) -> None:
        if key == "frequency_khz":
            self._edit("Change the frequency", lambda plan: set_acoustics(plan, frequency_hz=1000 * value), key)
        else:
            label = "Change the limit of the incidence"
            self._edit(label, lambda plan: set_acoustics(plan, incidence_limit_deg=value), key)

    # The CT -----------------------------------------------------------------------------------------------------

    def _show_bone(self, shown: bool) -> None:
        stack = self.case.view.state.image_layers
        layer = replace(stack.find(CT_KEY) or CT_LAYER, visible=shown)
        self.case.view.update(image_layers=stack.with_layer(layer))

    def _ask_ct(self) -> None:
        path = self.desk.ask_image("Open a CT of the same person")
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> None:
        """Lay a CT over the planning image, and keep it in the plan."""
        plan, first, document = self.case.plan, self.case.volume, self.case.document
        if plan is None or first is None or document is None:
            return
        folder = document.path.parent if document.path is not None else path.parent
        request = PlaceCtRequest(plan, folder, path, image_path=first.path)
        title, place = f"Laying {path.name} over {first.name}", self.desk.workflows.place_ct
        self._watch(self.desk.jobs.in_process(place, request, title, partial(self._keep, first.fingerprint)))

    def _keep(self, head: str, placed: PlacedCt) -> None:
        record = placed.record
        if self.case.volume is None or self.case.volume.fingerprint != head or self.case.plan is None:
            self.case.say(Message("info", f"{record.image.name} was dropped: its head is no longer open."))
            return
        self._edit(f"Lay the CT {harmless(record.image.name)} over", lambda plan: set_image(plan, "ct", record))

    def forget(self) -> None:
        """The plan has no CT any more."""
        kept = self.case.plan.image_of("ct") if self.case.plan is not None else None
        if kept is not None:
            self._edit(f"Remove the CT {harmless(kept.image.name)}", lambda plan: set_image(plan, "ct", None))

    def _register_again(self) -> None:
        trouble = self.case.ct_trouble
        if trouble is not None and trouble.path is not None:
            self.open(trouble.path)
        else:
            self._ask_ct()

    def _find(self) -> None:
        trouble = self.case.ct_trouble
        if trouble is None:
            return
        known = Path(trouble.record.image.path) if trouble.record.image.path is not None else None
        is_there = trouble.path is None and known is not None and known.exists()
        path = known if is_there else self.desk.ask_image("Where is the CT of this plan?")
        if path is not None:
            self.look_at(trouble.record, path)

    def look_at(self, record: PlacedImage, path: Path) -> None:
        """Use the CT that the plan keeps if it is the one at ``path``; else say in what that one differs."""

        def show(placed: PlacedSecondImage) -> None:
            kept = self.case.plan.image_of("ct") if self.case.plan is not None else None
            if record.shows_the_same(kept):
                self.case.set_ct(SecondImage(placed.volume, placed.volume.name, placed.record))
                found_at = placed.record.image.path
                label = f"Point to the new place of {harmless(record.image.name)}"
                self._edit(label, lambda plan: point_to_image(plan, "ct", found_at))

        def fail(error: FusplanError) -> None:
            self.case.set_ct(None, SecondImageTrouble(record, error, path))

        title = f"Looking whether it is {record.image.name}"
        find = self.desk.workflows.open_second_image
        self._watch(self.desk.jobs.in_thread(find, KeptSecondImage(record, path), title, show, fail))

    def _watch(self, job: Job) -> None:
        self.progress.watch(job)
        self.add.setEnabled(False)
        job.ended.connect(lambda: self.add.setEnabled(True))
