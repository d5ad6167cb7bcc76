"""Targets from presets, nuclei, proposals and the cursor."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.atlas.nuclei_atlas import UnknownStructureError
from fusplan.atlas.presets import PRESETS, preset_point
from fusplan.atlas.structure_ref import clp
from fusplan.planning.new_targets import (
    add_new_target,
    nucleus_names,
    nucleus_target,
    point_target,
    preset_target,
    proposal_target,
)
from fusplan.spatial import Point
from tests.fixtures import plans
from tests.fixtures.small_heads import patient_atlases


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_a_preset_lies_where_its_coordinates_say_and_is_locked(preset: object) -> None:
    plan = plans.plan()
    for side in ("left", "right"):
        new = preset_target(preset, side, plan.landmarks)
        wall = plan.landmarks.ventricle_wall(side)
        assert new.point == preset_point(preset, plan.landmarks.geometry(), side, wall.lateral_mm)
        added = add_new_target(plan, new).targets[-1]
        assert (added.side, added.locked, added.provenance.confidence) == (side, True, preset.confidence)


def test_a_nucleus_lies_at_its_stated_centroid_and_clp_behind_it() -> None:
    for atlas in patient_atlases():
        assert nucleus_names(atlas, "left")[0][0] == "CLp"
        cl = atlas.atlas.whole(clp("left"))
        whole, posterior = nucleus_target(atlas, cl.abbreviation, "left"), nucleus_target(atlas, "CLp", "left")
        assert np.linalg.norm(whole.point.array - cl.centroid.array) < 1.5  # the map is the identity
        assert posterior.point.y < whole.point.y
        assert posterior.point == atlas.centroid(clp("left"))
        with pytest.raises(UnknownStructureError):
            nucleus_target(atlas, "Nothing", "left")


def test_a_proposal_keeps_its_provenance_and_the_cursor_stays_unlocked() -> None:
    plan = plans.plan()
    accepted = add_new_target(plan, proposal_target(plan.proposals[0])).targets[-1]
    assert accepted.provenance is plan.proposals[0].provenance
    assert accepted.locked
    by_hand = add_new_target(plan, point_target("Mine", "right", Point(plans.FRAME, 5.0, 0.0, 0.0))).targets[-1]
    assert not by_hand.locked
    assert by_hand.provenance.method == "user"
