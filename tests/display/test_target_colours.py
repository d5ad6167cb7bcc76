"""Chosen colours of targets, and automatic ones that keep apart from them."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest

from fusplan.display.drawn_layers import Shown
from fusplan.display.scene import plan_surfaces
from fusplan.display.slice_content import slice_content
from fusplan.display.target_rows import (
    CLASH,
    TARGET_COLOUR_NAMES,
    TARGET_COLOURS,
    automatic_colour,
    other_colours,
    target_colours,
    target_rows,
)
from fusplan.display.view_state import ViewState
from fusplan.display.views import ViewAxes, slice_view
from fusplan.planning import edits
from fusplan.planning.plan import Plan
from tests.fixtures.small_heads import small_plan


def parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))


def coloured(target_id: str, colour: str | None) -> Plan:
    return edits.set_target_colour(small_plan(), target_id, colour)


def test_the_palette_and_the_other_colours_can_be_told_apart() -> None:
    assert tuple(TARGET_COLOUR_NAMES) == TARGET_COLOURS
    assert min(math.dist(parts(a), parts(b)) for a, b in itertools.combinations(TARGET_COLOURS, 2)) > CLASH
    others = other_colours()
    assert len(set(others)) == len(others) == 24
    assert all(edits.valid_colour(colour) == colour for colour in others)


def test_a_chosen_colour_is_the_targets() -> None:
    plan = coloured("clp-right", "#123456")
    assert target_colours(plan.targets)["clp-right"] == "#123456"
    assert [row.colour for row in target_rows(plan)] == [TARGET_COLOURS[0], "#123456"]
    assert list(target_colours(plan.targets)) == ["clp-left", "clp-right"]


@pytest.mark.parametrize("chosen", [TARGET_COLOURS[0], "#58d2ec"])
def test_an_automatic_colour_gives_way_to_a_chosen_one_that_looks_like_it(chosen: str) -> None:
    plan = coloured("clp-right", chosen)
    left = target_colours(plan.targets)["clp-left"]
    assert left in TARGET_COLOURS
    assert math.dist(parts(left), parts(chosen)) > CLASH


def test_an_automatic_colour_stays_where_nothing_looks_like_it() -> None:
    before = target_colours(small_plan().targets)
    assert target_colours(coloured("clp-right", "#c9a6ff").targets)["clp-left"] == before["clp-left"]


def test_what_the_automatic_colour_would_be_is_known_while_another_is_chosen() -> None:
    plan = coloured("clp-right", "#c9a6ff")
    assert automatic_colour(plan.targets, "clp-right") == target_colours(small_plan().targets)["clp-right"]


def test_every_target_has_a_colour_though_all_of_the_palette_are_chosen() -> None:
    target = small_plan().targets[0]
    chosen = tuple(replace(target, id=f"t{number}", colour=one) for number, one in enumerate(TARGET_COLOURS))
    assert target_colours((*chosen, target))[target.id] in TARGET_COLOURS


def test_slices_and_scene_show_it() -> None:
    plan = coloured("clp-right", "#d81da5")
    geometry, place = plan.landmarks.geometry(), plan.targets[1].point
    state = ViewState(cursor=place)
    view = slice_view("axial", place, (80.0, 60.0), ViewAxes.scanner(place.frame))
    marks = slice_content(Shown(state, plan, geometry), view, 0.2).overlays.marks
    assert {mark.of.label: mark.of.colour for mark in marks if mark.of.kind == "target"}["CLp right"] == "#d81da5"
    balls = {one.name: one.colour for one in plan_surfaces(Shown(state, plan, geometry)) if one.kind == "target"}
    assert balls == {"CLp left": "#ffffff", "CLp right": "#d81da5"}
