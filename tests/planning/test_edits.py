from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fusplan.atlas.structure_ref import StructureRef, clp
from fusplan.errors import FusplanError
from fusplan.planning import edits, landmark_edits
from fusplan.planning.edits import PlanItemMissingError, PlanNameError, TargetColourError, TargetLockedError
from fusplan.planning.landmark_edits import LastMidlinePointError
from fusplan.planning.lesion_size import LesionSize
from fusplan.planning.plan import Plan
from fusplan.planning.provenance import Provenance
from fusplan.spatial import DegenerateLandmarksError, Direction, FrameMismatchError, Point, ScannerRas
from tests.fixtures import plans

BY_HAND = Provenance("placed by hand", "Marked by hand.", "derived")


@pytest.fixture
def plan() -> Plan:
    """A plan whose targets are unlocked."""
    unlocked = edits.set_target_locked(plans.plan(), "clp-left", False)
    return edits.set_target_locked(unlocked, "clp-right", False)


def test_moving_a_target_carries_its_lesions_and_no_others(plan: Plan) -> None:
    before = plan.target("clp-left").point
    moved = edits.move_target(plan, "clp-left", plans.point(-9.25, -12.1, 6.0))
    assert moved.target("clp-left").point == plans.point(-9.25, -12.1, 6.0)
    offset = moved.target("clp-left").point.array - before.array
    assert np.allclose(moved.lesions[0].centre.array - plan.lesions[0].centre.array, offset)
    assert moved.lesions[1] is plan.lesions[1]
    assert plan.target("clp-left").point == before


def test_a_moved_target_says_so_and_remembers_where_it_started(plan: Plan) -> None:
    moved = edits.move_target(plan, "clp-left", plans.point(-9.0, -12.0, 6.0))
    provenance = moved.target("clp-left").provenance
    assert provenance.method == "user"
    assert "Morel" in provenance.sentence
    again = edits.move_target(moved, "clp-left", plans.point(-9.0, -12.0, 6.1))
    assert again.target("clp-left").provenance == provenance


def test_the_side_follows_the_midplane(plan: Plan) -> None:
    moved = edits.move_target(plan, "clp-left", plans.point(9.0, -12.0, 6.0))
    assert moved.target("clp-left").side == "right"
    assert moved.target("clp-left").aim == clp("right")
    assert moved.lesions[0].side == "right"


def test_an_aim_is_stated_kept_and_taken_from_a_proposal(plan: Plan) -> None:
    assert edits.aim_target(plan, "clp-left", "CLp") is plan
    aimless = edits.aim_target(plan, "clp-left", None)
    assert [target.aim for target in aimless.targets] == [None, clp("right")]
    moved = edits.move_target(aimless, "clp-left", plans.point(-9.0, -12.0, 6.0))
    assert edits.rename_target(moved, "clp-left", "CLp again").target("clp-left").aim is None
    accepted = edits.accept_proposal(moved, "clp-left", plan.proposals[0])
    assert accepted.target("clp-left").aim == clp("left")
    with pytest.raises(edits.PlanItemMissingError):
        edits.aim_target(plan, "nowhere", None)


def test_a_mirrored_target_aims_at_the_same_on_the_other_side() -> None:
    plan = edits.aim_target(plans.plan(), "clp-left", "VPL")
    alone = replace(plan, targets=plan.targets[:1], lesions=plan.lesions[:1])
    mirrored = edits.mirror_lesion(alone, "lesion-clp-left").targets[1]
    assert mirrored.aim == StructureRef("VPL", "right")
    assert mirrored.provenance.kind == "mirrored"


def test_a_colour_is_chosen_also_for_a_locked_target_and_given_back() -> None:
    plan = plans.plan()
    chosen = edits.set_target_colour(plan, "clp-left", " #FF9D7a ")
    assert [target.colour for target in chosen.targets] == ["#ff9d7a", None]
    assert edits.set_target_colour(chosen, "clp-left", "#ff9d7a") is chosen
    assert edits.set_target_colour(chosen, "clp-left", None).targets == plan.targets
    # It stays through everything else that happens to the target.
    unlocked = edits.set_target_locked(edits.rename_target(chosen, "clp-left", "Mine"), "clp-left", False)
    assert edits.move_target(unlocked, "clp-left", plans.point(-9, -12, 6)).target("clp-left").colour == "#ff9d7a"


@pytest.mark.parametrize("wrong", ["red", "#fff", "#12345g", "ff9d7a", "", "#ff9d7a\n#"])
def test_what_is_no_colour_is_refused(wrong: str) -> None:
    with pytest.raises(TargetColourError, match="is not a colour") as caught:
        edits.set_target_colour(plans.plan(), "clp-left", wrong)
    assert "#rrggbb" in caught.value.remedy


def test_a_lesion_is_called_after_the_side_its_own_centre_lies_on(plan: Plan) -> None:
    """Its target 2 mm left of the midplane, the lesion 3 mm right of that."""
    target = plan.target("clp-left")
    lesion = plan.lesions_of("clp-left")[0]
    aside = edits.move_lesion(plan, lesion.id, plans.point(target.point.x + 3.0, target.point.y, target.point.z))
    assert edits.find_lesion(aside, lesion.id).side == "left"
    moved = edits.move_target(aside, "clp-left", plans.point(-2.0, target.point.y, target.point.z))
    assert moved.target("clp-left").side == "left"
    assert edits.find_lesion(moved, lesion.id).side == "right"


@pytest.mark.parametrize("change", ["midline", "all"])
def test_another_midplane_may_put_a_lesion_on_the_other_side(plan: Plan, change: str) -> None:
    lesion = plan.lesions_of("clp-left")[0]
    near = edits.move_lesion(plan, lesion.id, plans.point(-0.4, -12.0, 6.0))
    marks = near.landmarks
    shifted = replace(
        marks,
        ac=replace(marks.ac, point=plans.point(marks.ac.point.x - 3.0, *marks.ac.point.coordinates[1:])),
        pc=replace(marks.pc, point=plans.point(marks.pc.point.x - 3.0, *marks.pc.point.coordinates[1:])),
        midline=tuple(
            replace(one, point=plans.point(one.point.x - 3.0, *one.point.coordinates[1:])) for one in marks.midline
        ),
    )
    if change == "all":
        moved = landmark_edits.set_landmarks(near, shifted)
    else:
        moved = near
        for index, mark in enumerate(shifted.midline):
            moved = landmark_edits.move_midline_point(moved, index, mark.point)
        moved = landmark_edits.move_landmark(moved, "ac", shifted.ac.point)
        moved = landmark_edits.move_landmark(moved, "pc", shifted.pc.point)
    assert edits.find_lesion(near, lesion.id).side == "left"
    assert edits.find_lesion(moved, lesion.id).side == "right"
    assert moved.lesions[1] is near.lesions[1]


def test_nudging_moves_by_the_distance(plan: Plan) -> None:
    right = Direction.of(plans.FRAME, (1, 0, 0))
    moved = edits.nudge_target(plan, "clp-left", right, 0.1)
    assert moved.target("clp-left").point.x == pytest.approx(-8.15)


def test_accepting_a_proposal_takes_its_provenance(plan: Plan) -> None:
    proposal = plan.proposals[1]
    moved = edits.accept_proposal(plan, "clp-right", proposal)
    assert moved.target("clp-right").point == proposal.point
    assert moved.target("clp-right").provenance == proposal.provenance


def test_a_locked_target_refuses_to_move_and_to_go() -> None:
    locked = plans.plan()
    right = Direction.of(plans.FRAME, (1, 0, 0))
    for edit in (
        lambda: edits.move_target(locked, "clp-left", plans.point(-9, -12, 6)),
        lambda: edits.nudge_target(locked, "clp-left", right, 0.1),
        lambda: edits.accept_proposal(locked, "clp-left", locked.proposals[0]),
        lambda: edits.remove_target(locked, "clp-left"),
    ):
        with pytest.raises(TargetLockedError, match="CLp left"):
            edit()
    assert edits.resize_lesion(locked, "lesion-clp-left", LesionSize((3.0, 3.0), 6.0)).lesions[0].length_mm == 6.0


def test_adding_and_removing_targets(plan: Plan) -> None:
    added = edits.add_target(plan, " CLp left ", plans.point(-7.0, -12.0, 5.0), BY_HAND)
    new = added.targets[-1]
    assert (new.id, new.name, new.side, new.locked) == ("clp-left-2", "CLp left", "left", False)
    assert len({target.id for target in added.targets}) == 3
    removed = edits.remove_target(plan, "clp-left")
    assert [target.id for target in removed.targets] == ["clp-right"]
    assert [lesion.id for lesion in removed.lesions] == ["lesion-clp-right"]


def test_renaming_a_target_renames_its_lesions(plan: Plan) -> None:
    renamed = edits.rename_target(plan, "clp-left", "Left thalamus")
    assert renamed.target("clp-left").name == "Left thalamus"
    assert renamed.lesions[0].name == "Left thalamus lesion"
    assert renamed.lesions[1].name == plan.lesions[1].name
    for bad in ("", "   ", "x" * 81):
        with pytest.raises(PlanNameError):
            edits.rename_target(plan, "clp-left", bad)


def test_adding_resizing_moving_and_removing_lesions(plan: Plan) -> None:
    added = edits.add_lesion(plan, "clp-left", LesionSize((3.0, 4.0), 6.0))
    lesion = added.lesions[-1]
    assert (lesion.id, lesion.name) == ("lesion-clp-left-2", "CLp left 2")
    assert lesion.ellipsoid.volume_mm3 == pytest.approx(np.pi / 6 * 3 * 4 * 6)
    resized = edits.resize_lesion(added, lesion.id, LesionSize((4.0, 4.0), 7.0))
    assert resized.lesions[-1].size_words == "4 x 7 mm"
    moved = edits.move_lesion(resized, lesion.id, plans.point(-8.0, -12.0, 4.0))
    assert moved.lesions[-1].centre == plans.point(-8.0, -12.0, 4.0)
    assert moved.target("clp-left").point == plan.target("clp-left").point
    assert edits.rename_lesion(moved, lesion.id, "Second").lesions[-1].name == "Second"
    assert edits.remove_lesion(moved, lesion.id).lesions == plan.lesions


def test_tilting_by_angles_is_seen_in_the_acpc_frame(plan: Plan) -> None:
    for lesion_id, outward in (("lesion-clp-left", -1.0), ("lesion-clp-right", 1.0)):
        tilted = edits.find_lesion(edits.tilt_lesion(plan, lesion_id, 20.0, 10.0), lesion_id)
        seen = plan.landmarks.geometry().scanner_to_acpc().turn(tilted.long_axis)
        assert np.degrees(np.arctan2(seen.y, seen.z)) == pytest.approx(20.0)
        assert np.degrees(np.arctan2(seen.x, seen.z)) == pytest.approx(outward * 10.0)


@pytest.mark.parametrize("goal", [(0, 0, 1), (1, 2, 3), (0.1, -0.2, -1.0), (0.1, -0.2, 1.0)])
def test_pointing_along_keeps_the_shape_and_the_right_angle(plan: Plan, goal: tuple[float, float, float]) -> None:
    long_axis = Direction.of(plans.FRAME, goal)
    turned = edits.point_lesion_along(plan, "lesion-clp-left", long_axis).lesions[0]
    assert turned.long_axis == long_axis
    assert turned.long_axis.array @ turned.transverse_axis.array == pytest.approx(0, abs=1e-12)
    assert turned.ellipsoid.volume_mm3 == pytest.approx(plan.lesions[0].ellipsoid.volume_mm3)


def test_pointing_along_the_opposite_direction_works(plan: Plan) -> None:
    opposite = Direction.of(plans.FRAME, -plan.lesions[0].long_axis.array)
    turned = edits.point_lesion_along(plan, "lesion-clp-left", opposite).lesions[0]
    assert np.allclose(turned.ellipsoid.shape_matrix, plan.lesions[0].ellipsoid.shape_matrix)


def test_a_mirrored_lesion_is_the_mirror_image(plan: Plan) -> None:
    skew = edits.resize_lesion(
        edits.tilt_lesion(plan, "lesion-clp-left", 25.0, 15.0), "lesion-clp-left", LesionSize((3.0, 5.0), 8.0)
    )
    alone = edits.remove_target(skew, "clp-right")
    mirrored = edits.mirror_lesion(alone, "lesion-clp-left")
    original, image = mirrored.lesions[0], mirrored.lesions[-1]
    assert (image.side, image.target_id, image.name) == ("right", "clp-right", "CLp right lesion")
    to_acpc = plan.landmarks.geometry().scanner_to_acpc()
    flip = np.array([-1.0, 1.0, 1.0])
    assert np.allclose(to_acpc.apply(image.centre).array, flip * to_acpc.apply(original.centre).array)
    surface = original.ellipsoid.surface(200)
    reflected = to_acpc.inverse().apply(type(surface)(to_acpc.target, flip * to_acpc.apply(surface).array))
    unit = np.einsum(
        "ni,ij,nj->n",
        reflected.array - image.centre.array,
        image.ellipsoid.shape_matrix,
        reflected.array - image.centre.array,
    )
    assert np.allclose(unit, 1.0)


def test_mirroring_makes_a_target_where_the_other_side_has_none(plan: Plan) -> None:
    alone = edits.remove_target(plan, "clp-right")
    mirrored = edits.mirror_lesion(alone, "lesion-clp-left")
    assert [target.name for target in mirrored.targets] == ["CLp left", "CLp right"]
    assert mirrored.targets[-1].side == "right"
    assert mirrored.lesions[-1].target_id == mirrored.targets[-1].id


def test_mirroring_shapes_the_lesion_that_is_there_and_leaves_it_in_its_place(plan: Plan) -> None:
    """A third lesion on top of the other side's own was what nobody wanted."""
    size = LesionSize((3.0, 5.0), 8.0)
    skew = edits.resize_lesion(edits.tilt_lesion(plan, "lesion-clp-left", 25.0, 15.0), "lesion-clp-left", size)
    mirrored = edits.mirror_lesion(skew, "lesion-clp-left")
    before, after = skew.lesions[1], mirrored.lesions[1]
    assert [lesion.id for lesion in mirrored.lesions] == [lesion.id for lesion in plan.lesions]
    assert (after.width_mm, after.length_mm) == ((3.0, 5.0), 8.0)
    assert (after.centre, after.name, after.target_id) == (before.centre, before.name, before.target_id)
    assert mirrored.targets == plan.targets
    # The same tilts outward and forward, read on the other side, make the same lesion.
    told = edits.tilt_lesion(edits.resize_lesion(plan, before.id, size), before.id, 25.0, 15.0).lesions[1]
    assert np.allclose(after.ellipsoid.shape_matrix, told.ellipsoid.shape_matrix)
    assert edits.mirror_lesion(mirrored, "lesion-clp-left").lesions == mirrored.lesions


def test_of_several_lesions_each_goes_with_that_in_its_place(plan: Plan) -> None:
    two = edits.add_lesion(plan, "clp-left", LesionSize((2.0, 2.0), 3.0))
    second = two.lesions_of("clp-left")[1]
    aside = edits.move_lesion(two, second.id, plans.point(*(second.centre.array + np.array([0.5, 1.0, 2.0]))))
    mirrored = edits.mirror_lesion(aside, second.id)
    added = mirrored.lesions_of("clp-right")[1]
    assert len(mirrored.lesions) == 4 and mirrored.lesions_of("clp-right")[0] == plan.lesions[1]
    to_acpc = plan.landmarks.geometry().scanner_to_acpc()
    offsets = [
        to_acpc.apply(lesion.centre).array - to_acpc.apply(mirrored.target(lesion.target_id).point).array
        for lesion in (aside.lesions_of("clp-left")[1], added)
    ]
    assert np.allclose(offsets[1], offsets[0] * [-1.0, 1.0, 1.0])
    again = edits.mirror_lesion(mirrored, second.id)
    assert len(again.lesions) == 4


def test_the_target_with_the_same_aim_takes_the_mirrored_lesion(plan: Plan) -> None:
    other = edits.add_target(plan, "VPL right", plans.point(9.5, -12.0, 6.0), plan.targets[1].provenance, aim_key="VPL")
    mirrored = edits.mirror_lesion(other, "lesion-clp-left")
    assert len(mirrored.lesions) == 2
    assert mirrored.lesions[1].length_mm == plan.lesions[0].length_mm


def test_landmarks_moved_by_hand_are_the_users(plan: Plan) -> None:
    moved = landmark_edits.move_landmark(plan, "ac", plans.point(0.3, 12.8, 0.2))
    assert moved.landmarks.ac.source == "user"
    assert moved.landmarks.pc == plan.landmarks.pc
    assert landmark_edits.move_landmark(plan, "pc", plans.point(0, -12, 0)).landmarks.pc.point.y == -12
    midline = landmark_edits.move_midline_point(plan, 1, plans.point(0.1, -41, 30))
    assert [landmark.source for landmark in midline.landmarks.midline] == ["template", "user", "template"]
    grown = landmark_edits.add_midline_point(plan, plans.point(0.0, 0.0, 60.0))
    assert len(grown.landmarks.midline) == 4
    assert landmark_edits.remove_midline_point(grown, 3).landmarks == plan.landmarks


def test_landmarks_that_make_no_frame_are_refused(plan: Plan) -> None:
    with pytest.raises(DegenerateLandmarksError):
        landmark_edits.move_landmark(plan, "ac", plan.landmarks.pc.point)
    with pytest.raises(PlanItemMissingError):
        landmark_edits.move_midline_point(plan, 9, plans.point(0, 0, 50))
    one = landmark_edits.remove_midline_point(landmark_edits.remove_midline_point(plan, 2), 1)
    with pytest.raises(LastMidlinePointError):
        landmark_edits.remove_midline_point(one, 0)


@pytest.mark.parametrize(
    "edit",
    [
        lambda plan: edits.rename_target(plan, "nowhere", "x"),
        lambda plan: edits.set_target_locked(plan, "nowhere", True),
        lambda plan: edits.add_lesion(plan, "nowhere", LesionSize((4.0, 4.0), 5.0)),
        lambda plan: edits.remove_lesion(plan, "nowhere"),
        lambda plan: edits.mirror_lesion(plan, "nowhere"),
    ],
)
def test_unknown_ids_are_refused_with_those_that_exist(plan: Plan, edit: Callable[[Plan], Plan]) -> None:
    with pytest.raises(PlanItemMissingError) as caught:
        edit(plan)
    assert isinstance(caught.value, FusplanError)
    assert "clp-left" in caught.value.remedy


def test_points_of_another_head_are_a_bug(plan: Plan) -> None:
    elsewhere = Point(ScannerRas("another"), 0.0, 0.0, 0.0)
    with pytest.raises(FrameMismatchError):
        edits.move_target(plan, "clp-left", elsewhere)
    with pytest.raises(FrameMismatchError):
        landmark_edits.move_landmark(plan, "ac", elsewhere)


def test_registration_landmarks_and_proposals_can_be_put_in_place(plan: Plan) -> None:
    record = plans.registration()
    assert landmark_edits.set_registration(plan, record).registration is record
    assert landmark_edits.set_proposals(plan, ()).proposals == ()
    assert landmark_edits.set_landmarks(plan, plans.landmarks()).landmarks == plan.landmarks
