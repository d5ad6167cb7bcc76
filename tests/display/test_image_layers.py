from __future__ import annotations

import pytest

from fusplan.display.image_layers import (
    COLOUR_FADES_IN,
    FIRST_STACK,
    SECOND_KEY,
    SECOND_LAYER,
    TEMPLATE_KEY,
    TEMPLATE_LAYER,
    ImageLayer,
    ImageStack,
)
from fusplan.display.view_state import ViewState

CT, DOSE, HEAT = ImageLayer("ct"), ImageLayer("dose"), ImageLayer("heat")
STACK = ImageStack((CT, DOSE, HEAT))


def keys(stack: ImageStack) -> list[str]:
    return [layer.key for layer in stack.layers]


def test_a_new_layer_lies_uppermost_and_a_known_one_keeps_its_place() -> None:
    assert keys(STACK.with_layer(ImageLayer("after"))) == ["ct", "dose", "heat", "after"]
    changed = STACK.with_layer(ImageLayer("dose", "Dose"))
    assert keys(changed) == keys(STACK) and changed.layer("dose").title == "Dose"


def test_layers_are_raised_and_lowered_and_stay_within_the_stack() -> None:
    assert keys(STACK.raised("ct")) == ["dose", "ct", "heat"]
    assert keys(STACK.lowered("heat")) == ["ct", "heat", "dose"]
    assert STACK.raised("heat") == STACK == STACK.lowered("ct")


def test_settings_of_one_layer_change_by_name() -> None:
    changed = STACK.changed("heat", unit="°C", opacity=0.7)
    assert (changed.layer("heat").unit, changed.layer("heat").opacity) == ("°C", 0.7)
    assert changed.layer("ct") is CT and STACK.layer("heat") is HEAT
    with pytest.raises(KeyError, match="pressure"):
        STACK.changed("pressure", opacity=1.0)
    with pytest.raises(TypeError):
        STACK.changed("heat", amount=1.0)
    assert ViewState().with_image_layer(SECOND_KEY, opacity=0.2).image_layers.layer(SECOND_KEY).opacity == 0.2


def test_a_key_stands_once_in_a_stack() -> None:
    with pytest.raises(ValueError, match="twice"):
        ImageStack((CT, DOSE, CT))


def test_drawn_are_visible_layers_that_have_pictures_from_the_lowest_on() -> None:
    stack = STACK.changed("dose", visible=False)
    assert [layer.key for layer in stack.drawn({"heat", "dose", "ct"})] == ["ct", "heat"]
    assert [layer.key for layer in stack.drawn({"heat"})] == ["heat"]
    assert not list(stack.drawn(()))


def test_a_layer_shown_alone_hides_the_others_until_it_leaves() -> None:
    pictures = {SECOND_KEY, TEMPLATE_KEY}
    compared = FIRST_STACK.with_layer(TEMPLATE_LAYER).shown_alone(TEMPLATE_KEY)
    assert [layer.key for layer in compared.drawn(pictures)] == [TEMPLATE_KEY]
    assert not list(compared.drawn({SECOND_KEY}))
    assert compared.without(TEMPLATE_KEY) == FIRST_STACK
    assert [layer.key for layer in compared.shown_alone(None).drawn(pictures)] == [SECOND_KEY, TEMPLATE_KEY]
    assert FIRST_STACK.without("nothing") == FIRST_STACK


def test_an_image_looks_one_of_four_ways_and_its_slider_moves_what_that_way_needs() -> None:
    coloured = SECOND_LAYER.looking("colour")
    assert (coloured.look, coloured.colour_map, coloured.fade_in) == ("colour", "wine", COLOUR_FADES_IN)
    swiped = coloured.looking("swipe").with_share(0.2)
    assert (swiped.look, swiped.colour_map, swiped.fade_in) == ("swipe", "grey", 0.0)
    assert (swiped.divide, swiped.opacity, swiped.share) == (0.2, SECOND_LAYER.opacity, 0.2)
    faded = swiped.looking("opacity").with_share(0.9)
    assert (faded.look, faded.opacity, faded.divide) == ("opacity", 0.9, 0.2)
    assert faded.looking("checkerboard").look == "checkerboard"
