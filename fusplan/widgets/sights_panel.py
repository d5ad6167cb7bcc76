"""What is drawn of the treatment: switches of its layers, and how see-through its pictures are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLabel, QSlider, QVBoxLayout, QWidget

from fusplan.display.layer_table import LAYER_TABLE
from fusplan.display.treatment_pictures import TREATMENT_LAYERS
from fusplan.display.view_state import ViewState
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.section import Section
from fusplan.widgets.theme import GAP, GAP_LARGE, set_role, space

LINES = ("heat_contours", "spots", "lesions", "contours", "proposals")
IN_SPACE = ("helmet", "beams", "skull_surface", "head_surface", "scene_slices")

TITLES = {"lesions": "Planned lesions", "proposals": "Proposed positions", "scene_slices": "Slices in 3-D"}
"""Of those whose name in the menu would not be understood here, or that have none."""

PICTURE_TITLES = {"temperature": "Temperature", "dose": "Dose", "focus": "Focus"}


class SightsPanel(QFrame):
    """Switches and sliders; all of it changes the view alone, none of it the plan."""

    def __init__(self, case: Case, _desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        self.switches: dict[str, QCheckBox] = {}
        self.sliders: dict[str, QSlider] = {}
        heading = QLabel("What is drawn")
        set_role(heading, "heading")
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        layout.addWidget(heading)
        layout.addWidget(Section("Over the image", self._pictures()))
        layout.addWidget(Section("Lines and marks", self._column(LINES)))
        layout.addWidget(Section("In 3-D", self._column(IN_SPACE)))
        layout.addStretch(1)
        case.view_changed.connect(self._view_changed)
        self.refresh()

    def _pictures(self) -> QWidget:
        """A row a picture: its switch, and how opaque it is."""
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        for row, layer in enumerate(reversed(TREATMENT_LAYERS)):
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(5, 100)
            slider.setToolTip("How opaque the picture is")
            slider.setAccessibleName(f"Opacity: {PICTURE_TITLES[layer.key]}")
            slider.valueChanged.connect(lambda value, key=layer.key: self._set_opacity(key, value / 100))
            self.sliders[layer.key] = slider
            grid.addWidget(self._switch(layer.switch, PICTURE_TITLES[layer.key]), row, 0)
            grid.addWidget(slider, row, 1)
        grid.setColumnStretch(1, 1)
        return table

    def _column(self, names: tuple[str, ...]) -> QWidget:
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP // 2)
        actions = {spec.name: spec.action for spec in LAYER_TABLE}
        for name in names:
            action = actions[name]
            title = TITLES.get(name) or (action.text if action is not None else name)
            switch = self._switch(name, title)
            if action is not None:
                switch.setToolTip(f"{action.tooltip} ({action.shortcut})")
            layout.addWidget(switch)
        return column

    def _switch(self, name: str, title: str) -> QCheckBox:
        box = QCheckBox(title)
        box.clicked.connect(lambda is_on, layer=name: self._set_layer(layer, is_on))
        self.switches[name] = box
        return box

    def refresh(self) -> None:
        """Show what is switched on."""
        state = self._case.view.state
        for name, box in self.switches.items():
            box.setChecked(state.layers.shows(name))
        for layer in TREATMENT_LAYERS:
            opacity = (state.image_layers.find(layer.key) or layer).opacity
            slider = self.sliders[layer.key]
            slider.blockSignals(True)
            slider.setValue(round(100 * opacity))
            slider.blockSignals(False)
            slider.setEnabled(state.layers.shows(layer.switch))

    def _set_layer(self, name: str, is_on: bool) -> None:
        self._case.view.become(self._case.view.state.with_layers(**{name: is_on}))

    def _set_opacity(self, key: str, opacity: float) -> None:
        state = self._case.view.state
        if state.image_layers.find(key) is not None:
            self._case.view.become(state.with_image_layer(key, opacity=opacity))

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if (before.layers, before.image_layers) != (after.layers, after.image_layers):
            self.refresh()
