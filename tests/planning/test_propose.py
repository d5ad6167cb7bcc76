from __future__ import annotations

import numpy as np
import pytest

from fusplan.atlas.catalogue import load_atlas, load_template
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.atlas.structure_ref import StructureRef, clp
from fusplan.planning.coverage import cover
from fusplan.planning.landmarks import carry_landmarks
from fusplan.planning.lesion_size import LesionSize, lesion_axes, lesion_ellipsoid
from fusplan.planning.plan import Landmarks, VentricleWall
from fusplan.planning.propose import best_cover, clp_consensus, propose, starting_target
from fusplan.spatial import Affine, ScannerRas, read_acpc
from tests.fixtures.fake_anatomy import FakeAnatomy, ball, everywhere, landmarks, point, sphere

SIZE = LesionSize((4, 4), 5)


@pytest.fixture(scope="module")
def atlases() -> tuple[PatientAtlas, ...]:
    """The built-in atlases in a head of patient size: a known similarity of the template."""
    matrix = np.diag([0.94, 0.94, 0.94, 1.0])
    matrix[:3, 3] = (5, -8, 12)
    to_scanner = Affine(load_template().frame, ScannerRas("head"), matrix)
    return tuple(PatientAtlas(load_atlas(name), to_scanner, to_scanner.inverse()) for name in ("morel", "julich"))


@pytest.fixture(scope="module")
def marks(atlases: tuple[PatientAtlas, ...]) -> Landmarks:
    carried = carry_landmarks(load_template(), atlases[0].mni_to_scanner)
    walls = (VentricleWall("left", 2.1, True, "found"), VentricleWall("right", 2.5, False, "not found"))
    return Landmarks(carried.ac, carried.pc, carried.midline, walls)


def test_the_best_cover_of_a_ball_is_its_centre() -> None:
    anatomy = FakeAnatomy(cl=ball((8.2, -0.6, 10.3), 2.1), clp=everywhere)
    found = best_cover(anatomy, clp("right"), sphere(point(0, 0, 0), 2.0))
    assert found.distance_to(point(8.2, -0.6, 10.3)) < 0.35


def test_the_best_cover_is_the_middle_of_a_plateau() -> None:
    """In a ball much larger than the lesion every place is as good; the steadiest one is the centre."""
    anatomy = FakeAnatomy(cl=ball((8, 0, 10), 4.5), clp=everywhere)
    assert best_cover(anatomy, clp("right"), sphere(point(0, 0, 0), 1.5)).distance_to(point(8, 0, 10)) < 0.4


def test_spill_counts_against_a_place_and_the_front_of_cl_does_not() -> None:
    """CLp is the back half of a ball: its best place lies towards the front half, but not beyond the border."""
    anatomy = FakeAnatomy(cl=ball((8, 0, 10), 3.0), clp=lambda places: places[:, 1] <= 0)
    found = best_cover(anatomy, clp("right"), sphere(point(0, 0, 0), 2.0))
    centroid = anatomy.centroid(clp("right"))
    assert abs(found.x - 8) < 0.35
    assert abs(found.z - 10) < 0.35
    assert found.y == pytest.approx(-1.0, abs=0.4)
    covered = [cover(sphere(place, 2.0), anatomy, clp("right")).target.share_of_lesion for place in (found, centroid)]
    assert covered[0] > 0.75


METHODS = ["consensus", "morel-centroid", "morel-best-cover", "julich-centroid", "julich-best-cover", "acpc-rule"]


def test_six_proposals_a_side_with_source_confidence_and_uncertainty(
    atlases: tuple[PatientAtlas, ...], marks: Landmarks
) -> None:
    proposals = propose(clp("left"), marks, atlases, SIZE, consensus=clp_consensus(marks, atlases, "ok"))
    assert [proposal.provenance.method for proposal in proposals] == METHODS
    assert [proposal.provenance.confidence for proposal in proposals] == ["derived", *["C"] * 4, "derived"]
    assert all(2.0 <= (proposal.provenance.uncertainty_mm or 0) <= 3.0 for proposal in proposals)
    assert "Krauth" in (proposals[1].provenance.citation or "")
    assert "not a published clinical coordinate" in proposals[5].provenance.sentence
    assert "no third witness" in proposals[5].provenance.sentence
    agreed = "Where two atlases and the AC-PC rule agree best; derived, not a published coordinate."
    assert proposals[0].provenance.sentence.startswith(agreed)
    assert proposals[0].name == "Consensus CLp"
    target = starting_target(proposals, clp("left"))
    assert target.point == proposals[0].point
    assert target.name == "CLp left"
    # The Morel label map has its CLp centroid 7.4 mm lateral, 1.1 in front of PC, 10.9 above, at template size.
    reading = read_acpc(proposals[1].point, marks.geometry())
    assert reading.lateral_mm == pytest.approx(0.94 * 7.4, abs=0.8)
    assert reading.anterior_of_pc_mm == pytest.approx(0.94 * 1.1, abs=0.8)
    assert reading.above_plane_mm == pytest.approx(0.94 * 10.9, abs=0.8)


def test_the_best_cover_covers_no_less_than_the_centroid(atlases: tuple[PatientAtlas, ...], marks: Landmarks) -> None:
    proposals = propose(clp("right"), marks, atlases, SIZE)
    axes = lesion_axes(marks.geometry(), "right")
    for atlas, centroid, best in zip(atlases, proposals[0:4:2], proposals[1:4:2], strict=True):
        shares = [
            cover(lesion_ellipsoid(one.point, SIZE, *axes), atlas, clp("right")).target.share_of_lesion
            for one in (centroid, best)
        ]
        assert shares[1] >= shares[0] - 0.01
        assert shares[1] > 0.95


@pytest.mark.parametrize(
    ("atlas", "method"), [(None, "consensus"), ("julich", "julich-best-cover"), ("of nobody", "consensus")]
)
def test_an_atlas_that_is_asked_for_is_started_from(
    atlases: tuple[PatientAtlas, ...], marks: Landmarks, atlas: str | None, method: str
) -> None:
    proposals = propose(clp("left"), marks, atlases, SIZE, consensus=clp_consensus(marks, atlases, "ok"))
    assert starting_target(proposals, clp("left"), atlas).provenance.method == method


def test_without_a_consensus_the_rule_is_started_from_and_says_why() -> None:
    """CLp is 10 mm away from the rule's point: nothing within 3 mm of it has a share worth the name."""
    anatomy = FakeAnatomy(cl=ball((18.5, 0.5, 6.5), 3.0), clp=everywhere)
    consensus = clp_consensus(landmarks(), (anatomy,), "ok")
    proposals = propose(clp("right"), landmarks(), (anatomy,), SIZE, consensus=consensus)
    assert [one.provenance.kind for one in proposals] == ["atlas centroid", "atlas best cover", "AC-PC rule"]
    target = starting_target(proposals, clp("right"))
    assert target.point.coordinates == pytest.approx((8.0, 0.5, 6.5))
    assert "agree on no place within 3 mm" in target.provenance.sentence
    assert "so the rule is kept" in target.provenance.sentence


@pytest.mark.parametrize(("side", "lateral_mm"), [("left", 8.1), ("right", 8.5)])
def test_the_rule_is_the_rule(
    atlases: tuple[PatientAtlas, ...], marks: Landmarks, side: str, lateral_mm: float
) -> None:
    """Wall + 6 mm, 0.5 mm in front of the PC, 6.5 mm above the plane; the right wall here is the fallback of 2.5 mm."""
    rule = propose(clp(side), marks, (), SIZE)[-1]
    reading = read_acpc(rule.point, marks.geometry())
    assert reading.side == side
    assert reading.lateral_mm == pytest.approx(lateral_mm)
    assert reading.anterior_of_pc_mm == pytest.approx(0.5)
    assert reading.above_plane_mm == pytest.approx(6.5)
    assert ("no wall was found" in rule.provenance.sentence) == (side == "right")


def test_the_rule_without_any_wall_is_8_5_mm_lateral() -> None:
    bare = landmarks()
    bare = Landmarks(bare.ac, bare.pc, bare.midline)
    assert propose(clp("left"), bare, (), SIZE)[0].point.x == pytest.approx(-8.5)


def test_another_aim_is_proposed_by_the_atlases_that_describe_it(
    atlases: tuple[PatientAtlas, ...], marks: Landmarks
) -> None:
    """VIM is in the Julich figures only; consensus and AC-PC rule are for CLp alone."""
    aim = StructureRef("VIM", "right")
    proposals = propose(aim, marks, atlases, SIZE, consensus=clp_consensus(marks, atlases, "ok"))
    assert [proposal.provenance.method for proposal in proposals] == ["julich-centroid", "julich-best-cover"]
    assert {proposal.aim for proposal in proposals} == {aim}
    assert proposals[0].name == "Julich VIM centroid"
    assert "most inside the right VIM and least outside it by the Julich figures" in proposals[1].provenance.sentence
    target = starting_target(proposals, aim)
    assert (target.id, target.name, target.aim) == ("vim-right", "VIM right", aim)
    axes = lesion_axes(marks.geometry(), "right")
    lesion = lesion_ellipsoid(target.point, SIZE, *axes)
    middle = lesion_ellipsoid(proposals[0].point, SIZE, *axes)
    best, centroid = (cover(one, atlases[1], aim).target.share_of_lesion for one in (lesion, middle))
    assert best >= centroid - 0.01
