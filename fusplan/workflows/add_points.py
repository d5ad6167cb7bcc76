"""Targets from a file of points added to a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fusplan.errors import FusplanError
from fusplan.export.landmarks_in import landmark_roles
from fusplan.export.named_points import PointFrame, place_points
from fusplan.planning.edits import add_target
from fusplan.planning.plan import Plan, Target
from fusplan.planning.provenance import Provenance
from fusplan.progress import Progress
from fusplan.workflows.edit_saved_plan import edit_saved_plan
from fusplan.workflows.open_plan import plan_file_at
from fusplan.workflows.point_file import SAME_POINT_MM, ReadPoints, read_point_file, require_inside
from fusplan.workflows.requests import AddPointsRequest, ReadPointsRequest


class NoTargetInFileError(FusplanError):
    """A file holds landmarks only."""


@dataclass(frozen=True, slots=True)
class AddedPoints:
    """What became of the points of a file.

    Attributes:
        format_name, frame: of the file.
        added: the new targets.
        landmarks: names left out because they are landmarks of the AC-PC frame.
        present: names left out because the plan has these targets already.
        overtaken: how many times another program had saved the plan meanwhile, so that they were added to the newest.
        undefined: names left out because the file gives them no place.
        remarks: sentences about the file that a person should read.
    """

    format_name: str
    frame: PointFrame
    added: tuple[Target, ...]
    landmarks: tuple[str, ...]
    present: tuple[str, ...]
    overtaken: int = 0
    undefined: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def add_points(request: AddPointsRequest, progress: Progress) -> AddedPoints:
    """Add the points of a file to a saved plan as targets and save the plan, all or nothing.

    Raises:
        FusplanError: plan or file cannot be read; the frame is not known or contradicted; a point lies outside the
            image; there is none to add; the plan cannot be written.
    """
    plan_path = plan_file_at(request.plan_path)

    def edit(plan: Plan) -> tuple[Plan, AddedPoints]:
        image = plan.image
        if request.image_path is not None:
            image = replace(image, path=str(request.image_path))
        read = read_point_file(ReadPointsRequest(request.points_path, image, plan_path.parent), progress)
        return with_targets_of_file(plan, read, read.file.settle_frame(request.frame), request.aim_key)

    edited = edit_saved_plan(plan_path, edit)
    return replace(edited.result, overtaken=edited.overtaken)


def with_targets_of_file(
    plan: Plan, read: ReadPoints, frame: PointFrame, aim_key: str | None = None
) -> tuple[Plan, AddedPoints]:
    """The plan with the points of a file as locked targets last in its list, and what became of each point.

    The plan itself is returned when it has them all already.

    Args:
        plan: the plan.
        read: the file.
        frame: the frame of its points, as settled.
        aim_key: abbreviation of the structure that they aim at; None leaves it to the file, which may say nothing. A
            name says nothing: one is as good as another.

    Raises:
        NoTargetInFileError: all points are named like landmarks.
        PointsOutsideImageError: a point lies outside the image.
        PlanNameError: a name is too long.
    """
    roles = landmark_roles(read.file)
    placed = place_points(read.file, frame, plan.image.frame)
    aims = [aim_key or point.aim_key for point in read.file.points]
    wanted = [(*place, aim) for place, role, aim in zip(placed, roles, aims, strict=True) if role is None]
    if not wanted:
        raise NoTargetInFileError(
            "All points of the file are named like landmarks (AC, PC, midline), so there is no target to add.",
            "Rename a point that is to be aimed at, or take them as landmarks.",
        )
    require_inside(plan, [(name, point) for name, point, _ in wanted])
    provenance = Provenance("file", read.source_sentence(frame), "derived")
    changed, present = plan, []
    for name, point, aim in wanted:
        if any(one.name == name and one.point.distance_to(point) < SAME_POINT_MM for one in changed.targets):
            present.append(name)
        else:
            changed = add_target(changed, name, point, provenance, locked=True, aim_key=aim)
    landmarks = tuple(name for (name, _), role in zip(placed, roles, strict=True) if role is not None)
    added = changed.targets[len(plan.targets) :]
    file = read.file
    return changed, AddedPoints(
        file.format_name, frame, added, landmarks, tuple(present), undefined=file.undefined, remarks=file.remarks
    )
