"""The template over the patient, to judge an alignment with one's own eyes: fields, swipe, fading, edges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from fusplan.display.image_layers import TEMPLATE_KEY, TEMPLATE_LAYER, BlendKind
from fusplan.display.view_state import ViewState
from fusplan.spatial import Mni, ScannerRas, Warp
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.segments import Choice, Segments
from fusplan.widgets.theme import GAP, set_role
from fusplan.workflows.requests import OverlayRequest

if TYPE_CHECKING:
    from fusplan.display.template_overlay import TemplateOverlay

KINDS: dict[str, BlendKind] = {"checkerboard": "checkerboard", "swipe": "swipe", "fade": "opacity"}
SLIDER_WORDS = {"swipe": "Divide", "fade": "Template"}
LEGEND = "Cyan: border of the template's brain. Amber: its ventricles and cisterns."


class TemplateComparison(QWidget):
    """Switches the template on in the views; makes it when it is first wanted, and keeps it in step."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self._desk = desk
        self._making: str | None = None
        self.kinds = Segments(
            (
                Choice("off", "Off", "The patient alone"),
                Choice("checkerboard", "Checker", "Patient and template in turns, like a checkerboard"),
                Choice("swipe", "Swipe", "The template left of a divide, the patient right of it"),
                Choice("fade", "Fade", "The template over the patient, more or less see-through"),
            ),
            "Template over the patient",
        )
        self.edges = QCheckBox("Edges of the template")
        self.edges.setToolTip(LEGEND)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider_words, self.slider_value = QLabel(), QLabel()
        self.slider_value.setMinimumWidth(self.slider_value.fontMetrics().horizontalAdvance("100 %"))
        self.legend = QLabel(LEGEND)
        self.legend.setWordWrap(True)
        set_role(self.legend, "small")
        self.waiting = QLabel("The template is being carried to this head…")
        set_role(self.waiting, "muted")
        self._lay_out()
        self.kinds.chosen.connect(self._choose)
        self.edges.toggled.connect(self._show_edges)
        self.slider.valueChanged.connect(self._slide)
        case.plan_changed.connect(self.follow)
        case.view_changed.connect(self._view_changed)
        self.refresh()

    def _lay_out(self) -> None:
        self._slider_row = QWidget()
        row = QHBoxLayout(self._slider_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.slider_words)
        row.addWidget(self.slider, 1)
        row.addWidget(self.slider_value)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        for part in (self.kinds, self._slider_row, self.edges, self.legend, self.waiting):
            layout.addWidget(part)

    # Showing

    @property
    def is_wanted(self) -> bool:
        """Whether the views show anything of the template."""
        state = self._case.view.state
        return state.image_layers.find(TEMPLATE_KEY) is not None or state.layers.template_edges

    def refresh(self) -> None:
        """Read the view state again."""
        state = self._case.view.state
        layer = state.image_layers.find(TEMPLATE_KEY)
        kind = "off" if layer is None else next(key for key, blend in KINDS.items() if blend == layer.blend)
        share = (layer or TEMPLATE_LAYER).share
        self.kinds.choose(kind)
        self.edges.blockSignals(True)
        self.edges.setChecked(state.layers.template_edges)
        self.edges.blockSignals(False)
        self.legend.setVisible(state.layers.template_edges)
        self._slider_row.setVisible(kind in SLIDER_WORDS)
        self.slider_words.setText(SLIDER_WORDS.get(kind, ""))
        self.slider.setAccessibleName(self.slider_words.text())
        self.slider.blockSignals(True)
        self.slider.setValue(round(share * 100))
        self.slider.blockSignals(False)
        self.slider_value.setText(f"{share * 100:.0f} %")
        self.waiting.setVisible(self._making is not None and self.is_wanted)

    def follow(self) -> None:
        """Keep the template where the plan's registration puts it now."""
        plan, overlay = self._case.plan, self._case.template_overlay
        if plan is None:
            if self.is_wanted:
                self._choose("off")
                self._show_edges(False)
            return
        wanted = plan.registration.mni_to_scanner
        if overlay is not None and overlay.mni_to_scanner.digest != wanted.digest:
            overlay = overlay.moved_to(wanted)
            self._case.set_template_overlay(overlay)
        if overlay is None and self.is_wanted:
            self._make(wanted)

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if before.image_layers != after.image_layers or before.layers != after.layers:
            self.refresh()

    # Changing

    def _choose(self, key: str) -> None:
        stack = self._case.view.state.image_layers
        if key == "off":
            self._case.view.update(image_layers=stack.without(TEMPLATE_KEY))
            return
        layer = replace(stack.find(TEMPLATE_KEY) or TEMPLATE_LAYER, blend=KINDS[key])
        self._case.view.update(image_layers=stack.with_layer(layer).shown_alone(TEMPLATE_KEY))
        self.follow()
        self.refresh()

    def _show_edges(self, shown: bool) -> None:
        self._case.view.change(lambda state: state.with_layers(template_edges=shown))
        self.follow()
        self.refresh()

    def _slide(self, value: int) -> None:
        stack = self._case.view.state.image_layers
        layer = stack.find(TEMPLATE_KEY)
        if layer is not None:
            self._case.view.update(image_layers=stack.with_layer(layer.with_share(value / 100)))

    def _make(self, wanted: Warp[Mni, ScannerRas]) -> None:
        patient = self._case.volume
        if self._making == wanted.digest or patient is None:
            return
        self._making = wanted.digest

        def show(overlay: TemplateOverlay) -> None:
            self._making = None
            plan = self._case.plan
            if plan is not None:
                now = plan.registration.mni_to_scanner
                self._case.set_template_overlay(overlay if now.digest == wanted.digest else overlay.moved_to(now))
                self.follow()
            self.refresh()

        def failed(_error: object) -> None:
            self._making = None
            self.refresh()

        request, make = OverlayRequest(wanted, patient), self._desk.workflows.overlay_template
        job = self._desk.jobs.in_thread(make, request, "Carrying the template to this head", show)
        job.failed.connect(failed)
        job.cancelled.connect(lambda: failed(None))
        self.refresh()
