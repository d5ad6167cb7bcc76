"""The figures of a lesion: those of the review, and coverage that follows the mouse."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from fusplan.display.lesion_figures import (
    LesionFigures,
    coverage_bars,
    distance_lines,
    grid_holds,
    live_coverage,
    percent,
    regions_95,
    uncertainty_lines,
)
from fusplan.planning import edits
from fusplan.planning.coverage import cover
from fusplan.planning.plan import Plan
from fusplan.planning.review_plan import review_lesion
from fusplan.progress import NoProgress
from fusplan.spatial import Point
from fusplan.workflows.figure_lesion import FigureLesionRequest, figure_lesion
from tests.fixtures.small_heads import patient_atlases, small_plan

PLAN = small_plan()
LESION = PLAN.lesions[0]


@lru_cache(maxsize=1)
def figures() -> LesionFigures:
    titled = tuple((atlas.atlas.name, atlas) for atlas in patient_atlases())
    return figure_lesion(FigureLesionRequest(PLAN, LESION, titled), NoProgress())


def moved(offset_mm: tuple[float, float, float]) -> Plan:
    centre = Point.of(LESION.centre.frame, LESION.centre.array + offset_mm)
    return edits.move_lesion(PLAN, LESION.id, centre)


def test_figures_are_those_of_the_review() -> None:
    volumes = [one.volumes for one in figures().atlases]
    expected = review_lesion(LESION, PLAN, patient_atlases(), volumes)
    found = figures().review
    assert found.coverage == expected.coverage
    assert found.distances == expected.distances
    # A wider grid tells the few draws beyond its edge apart: nothing else differs.
    assert found.uncertainty.expected_clp_share == pytest.approx(expected.uncertainty.expected_clp_share, abs=1e-3)
    assert np.allclose(found.uncertainty.region_95.semi_axes_mm, expected.uncertainty.region_95.semi_axes_mm)
    assert live_coverage(LESION, PLAN, figures()) == found.coverage


def test_live_coverage_is_near_the_exact_one() -> None:
    plan = moved((0.7, -1.1, 0.9))
    lesion = edits.find_lesion(plan, LESION.id)
    live = live_coverage(lesion, plan, figures())
    assert live is not None
    for found, atlas in zip(live, figures().atlases, strict=True):
        exact = cover(lesion.ellipsoid, atlas.patient_atlas, lesion.side, atlas.volumes)
        assert found.clp.share_of_lesion == pytest.approx(exact.clp.share_of_lesion, abs=0.05)
        assert found.lesion_volume_mm3 == exact.lesion_volume_mm3


def test_there_is_no_live_coverage_beyond_the_grid_or_on_another_registration() -> None:
    plan = moved((0.0, 0.0, 30.0))
    assert live_coverage(edits.find_lesion(plan, LESION.id), plan, figures()) is None
    assert live_coverage(LESION, PLAN, None) is None
    record = replace(PLAN.registration, mni_to_scanner=replace(PLAN.registration.mni_to_scanner))
    other = replace(PLAN, registration=record)
    assert live_coverage(LESION, other, figures()) is None
    assert regions_95(other, {LESION.id: figures()}) == ()


def test_a_grid_holds_what_lies_a_margin_inside_it() -> None:
    grid = figures().grids[0]
    assert grid_holds(grid, LESION.ellipsoid, 8.0)
    assert not grid_holds(grid, LESION.ellipsoid, 12.0)


def test_grids_are_used_again_for_small_moves_only() -> None:
    known = figures()
    for offset, same in (((1.0, 0.0, 0.0), True), ((4.0, 0.0, 0.0), False)):
        plan = moved(offset)
        lesion = edits.find_lesion(plan, LESION.id)
        request = FigureLesionRequest(plan, lesion, (), known.atlases, known.grids)
        again = figure_lesion(request, NoProgress())
        assert (again.grids is known.grids) is same
        assert again.are_of(lesion, plan)
        assert not known.are_of(lesion, plan)


def test_a_name_changes_no_figure() -> None:
    plan = edits.rename_lesion(PLAN, LESION.id, "Another name")
    assert figures().are_of(edits.find_lesion(plan, LESION.id), plan)


def test_regions_follow_the_lesion() -> None:
    plan = moved((2.0, 0.0, 0.0))
    (region,) = regions_95(plan, {LESION.id: figures()})
    assert region.centre == edits.find_lesion(plan, LESION.id).centre


def test_bars_and_lines_say_what_was_computed() -> None:
    review = figures().review
    bars = coverage_bars(review.coverage[0])
    assert bars.bars[0].label == "CLp"
    assert sum(bar.share for bar in bars.bars) == pytest.approx(1.0, abs=0.03)
    assert "of CLp (possible: " in bars.sentence
    lines = distance_lines(review.distances)
    assert len(lines) == min(6, len(review.distances))
    assert all(line.value.endswith(("mm away", "mm inside")) for line in lines)
    assert [line.name for line in uncertainty_lines(review.uncertainty)][:2] == ["Error, 1 sigma", "95 % region"]


@pytest.mark.parametrize(("share", "words"), [(0.0, "0 %"), (0.003, "0.3 %"), (0.0944, "9.4 %"), (1.0, "100 %")])
def test_percent(share: float, words: str) -> None:
    assert percent(share).replace("\u00a0", " ") == words
