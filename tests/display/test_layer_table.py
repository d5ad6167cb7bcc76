from __future__ import annotations

import pytest

from fusplan.display.layer_table import LAYER_TABLE, Layers
from fusplan.display.view_state import ViewState


def test_the_table_has_every_switch_of_the_layers_with_its_first_state() -> None:
    assert {spec.name: spec.at_first for spec in LAYER_TABLE} == {
        name: value
        for name in Layers.__dataclass_fields__
        for value in (getattr(Layers(), name),)
        if isinstance(value, bool)
    }


def test_the_menu_has_its_layers_in_order_with_their_keys() -> None:
    actions = [spec.action for spec in LAYER_TABLE if spec.action is not None]
    assert [(one.id, one.text, one.shortcut) for one in actions] == [
        ("contours", "Nuclei", "C"),
        ("contour_labels", "Names of nuclei", "Shift+C"),
        ("targets", "Targets", "T"),
        ("proposals", "Proposals", "Shift+T"),
        ("second_aim", "Aim by another atlas", "O"),
        ("lesions", "Lesions", "L"),
        ("uncertainty", "Uncertainty", "U"),
        ("landmarks", "Landmarks", "K"),
        ("remembered", "Remembered figures", "R"),
        ("show_measurements", "Measurements", "D"),
        ("crosshair", "Crosshair", "X"),
        ("head_surface", "Head surface in 3-D", "H"),
        ("temperature_picture", "Highest temperature", "E"),
        ("dose_picture", "Thermal dose", "Shift+E"),
        ("heat_contours", "Contours of the lesion to expect", "Shift+L"),
        ("focus", "Acoustic focus", "F"),
        ("spots", "Spots of sonications", "S"),
        ("helmet", "Helmet in 3-D", "Shift+H"),
        ("beams", "Beams in 3-D", "B"),
        ("skull_surface", "Skull in 3-D", "Shift+K"),
    ]


@pytest.mark.parametrize("spec", LAYER_TABLE, ids=lambda spec: spec.name)
def test_a_layer_is_switched_by_its_name(spec) -> None:
    switched = ViewState().with_layers(**{spec.name: not spec.at_first}).layers
    assert switched.shows(spec.name) is not spec.at_first
    assert all(switched.shows(other.name) is other.at_first for other in LAYER_TABLE if other is not spec)
