"""Landmarks from a file of points put in place of a plan's, with everything that stands on them computed anew."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fusplan.display.landmark_rows import LandmarkEffect, effect
from fusplan.export.landmarks_in import FoundLandmarks, find_landmarks
from fusplan.export.named_points import NamedPoint, PointFile, PointFrame, place_point
from fusplan.imaging.notes import Notes
from fusplan.planning import landmark_edits
from fusplan.planning.plan import Landmark, Landmarks, Plan
from fusplan.planning.plan_file import check_image, load_plan
from fusplan.progress import Progress
from fusplan.spatial import Point, ScannerRas
from fusplan.spatial.acpc import DegenerateLandmarksError
from fusplan.workflows.edit_saved_plan import edit_saved_plan
from fusplan.workflows.open_plan import plan_atlases, plan_file_at, read_plan
from fusplan.workflows.point_file import SAME_POINT_MM, read_point_file, require_inside
from fusplan.workflows.recompute import recompute_proposals
from fusplan.workflows.requests import OpenPlanRequest, ReadPointsRequest, SetLandmarksRequest

LABEL = "Take landmarks from a file"
"""The step in the history of a plan."""


@dataclass(frozen=True, slots=True, eq=False)
class SetLandmarks:
    """What became of the landmarks of a file.

    Attributes:
        format_name, frame: of the file.
        before, plan: the plan as it was and as it is; the same value when it had these landmarks already.
        left_out: names of the points that are no landmarks.
        effect: what that did to frame and proposals.
        overtaken: how many times another program had saved the plan meanwhile, so that they were put into the newest.
        undefined: names left out because the file gives them no place.
        remarks: sentences about the file that a person should read.
        image_notes: what the reader of the plan's image noticed.
    """

    format_name: str
    frame: PointFrame
    before: Plan
    plan: Plan
    left_out: tuple[str, ...]
    effect: LandmarkEffect
    overtaken: int = 0
    undefined: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    image_notes: Notes = ()


def set_landmarks_from_file(request: SetLandmarksRequest, progress: Progress) -> SetLandmarks:
    """Put the landmarks of a file into a saved plan, measure the ventricle and propose anew, and save, all or nothing.

    Targets and lesions stay where they are in the patient, as when a landmark is moved in the window.

    Raises:
        FusplanError: plan, image or file cannot be read; the frame is not known or contradicted; there is no
            landmark, one is outside the image or they make no head; the plan cannot be written.
    """
    plan_path = plan_file_at(request.plan_path)
    image = load_plan(plan_path).image
    if request.image_path is not None:
        image = replace(image, path=str(request.image_path))
    read = read_point_file(ReadPointsRequest(request.points_path, image, plan_path.parent), progress)
    frame = read.file.settle_frame(request.frame)
    found = find_landmarks(read.file)
    opened = read_plan(OpenPlanRequest(plan_path, request.image_path), progress)

    def edit(plan: Plan) -> tuple[Plan, None]:
        check_image(plan, opened.volume)
        changed = with_landmarks_of_file(plan, read.file, frame)
        if changed is not plan:
            progress.report(0.4, "Comparing proposals for both targets")
            changed = recompute_proposals(changed, opened.volume, plan_atlases(changed))
            progress.report(0.95, "Saving the plan")
        return changed, None

    edited = edit_saved_plan(plan_path, edit)
    plan, changed = edited.before, edited.plan
    told = effect(plan, changed, LABEL)
    file = read.file
    return SetLandmarks(
        file.format_name,
        frame,
        plan,
        changed,
        found.left_out,
        told,
        edited.overtaken,
        file.undefined,
        file.remarks,
        opened.volume.notes,
    )


def with_landmarks_of_file(plan: Plan, file: PointFile, frame: PointFrame) -> Plan:
    """The plan with the landmarks of a file in place of its own; ventricle walls and proposals are still the old ones.

    AC or PC that the file does not have stays; midline points of a file replace all others. A point that the plan has
    already stays what it was. The plan itself is returned when nothing is new.

    Args:
        plan: the plan.
        file: its points.
        frame: the frame of its points, as settled.

    Raises:
        NoLandmarkInFileError, LandmarkTwiceError: as :func:`fusplan.export.landmarks_in.find_landmarks`.
        PointsOutsideImageError: a landmark lies outside the image.
        DegenerateLandmarksError: they do not make an AC-PC frame of a head.
    """
    found = find_landmarks(file)
    scanner = plan.image.frame
    require_inside(plan, [(one.name, place_point(one, frame, scanner)) for one in _all(found)])
    known = plan.landmarks

    def placed(one: NamedPoint | None, old: Landmark) -> Landmark:
        return old if one is None else _kept_or_new(place_point(one, frame, scanner), (old,))

    midline = tuple(_kept_or_new(place_point(one, frame, scanner), known.midline) for one in found.midline)
    wanted = replace(
        known, ac=placed(found.ac, known.ac), pc=placed(found.pc, known.pc), midline=midline or known.midline
    )
    if wanted.marks_digest == known.marks_digest:
        return plan
    return _set(plan, wanted, frame, stated=file.frame is not None)


def _set(plan: Plan, wanted: Landmarks, frame: PointFrame, stated: bool) -> Plan:
    try:
        return landmark_edits.set_landmarks(plan, wanted)
    except DegenerateLandmarksError as error:
        who = "the file states" if stated else "you stated"
        raise DegenerateLandmarksError(
            error.message,
            f"{error.remedy} Check too that the points were marked on this very image, in {frame.upper()} as {who}.",
        ) from error


def _kept_or_new(point: Point[ScannerRas], known: tuple[Landmark, ...]) -> Landmark:
    same = (one for one in known if one.point.distance_to(point) < SAME_POINT_MM)
    return next(same, Landmark(point, "user"))


def _all(found: FoundLandmarks) -> tuple[NamedPoint, ...]:
    return tuple(one for one in (found.ac, found.pc, *found.midline) if one is not None)
