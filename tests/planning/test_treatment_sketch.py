"""Rough answers to a tilt of the helmet, where it is known what comes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusplan.planning.plan import Plan
from fusplan.planning.simulated_treatment import elements_key
from fusplan.planning.treatment_edits import set_tilt
from fusplan.planning.treatment_sketch import TreatmentSketch, sketch_target
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.skull import Skull
from fusplan.spatial import Field, Grid
from tests.fixtures.shell_skulls import shell_skull
from tests.fixtures.simulated_plans import simulated_plan
from tests.fixtures.small_heads import small_plan


def shell_about_the_target(plan: Plan) -> Field:
    """A shell whose middle is the target: every ray meets it upright."""
    shell = shell_skull(spacing_mm=3.0).hounsfield
    matrix = shell.grid.matrix.copy()
    matrix[:3, 3] += plan.targets[0].point.array
    return Field(Grid.of(shell.grid.shape, matrix, plan.targets[0].point.frame, "shell"), shell.values, "HU")


def tilted(hounsfield: Field, kind: str = "ct") -> TreatmentSketch:
    simulated = replace(simulated_plan(small_plan()), skull=Skull(kind, hounsfield))
    plan = set_tilt(small_plan(), "clp-left", HelmetTilt(10.0))
    sketch = sketch_target(plan, plan.targets[0], simulated)
    assert sketch.key == elements_key(plan, plan.targets[0], simulated.skull_key)
    return sketch


def test_a_tilt_about_the_middle_of_a_shell_leaves_all_elements_upright() -> None:
    found = tilted(shell_about_the_target(small_plan()))
    assert found.elements.active.all()
    assert found.elements.mean_active_incidence_deg < 3.0
    assert 0 < found.passed < 1


def test_what_the_skull_does_not_tell_is_not_said() -> None:
    assert tilted(shell_about_the_target(small_plan()), "t1").passed is None


def test_a_skull_that_is_not_met_leaves_no_element() -> None:
    air = shell_about_the_target(small_plan())
    found = tilted(Field(air.grid, np.zeros_like(air.values), "HU"))
    assert found.elements.active_count == 0
    assert found.passed == 0.0
