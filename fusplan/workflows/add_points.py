"""Targets from a file of points added to a saved plan."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fusplan.errors import FusplanError
from fusplan.export.points_in import PointFile, PointFrame, place_points, read_points
from fusplan.export.readings import scanner_to_voxel
from fusplan.planning.edits import add_target
from fusplan.planning.plan import Plan, Provenance, Target
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.spatial import Point, ScannerRas
from fusplan.workflows.open_plan import plan_file_at

SAME_POINT_MM = 0.01
"""A target of the same name that is nearer than this is the same one, read back."""


class PointsOutsideImageError(FusplanError):
    """A point to be added does not lie in the plan's image."""


class NoTargetInFileError(FusplanError):
    """A file holds landmarks only."""


@dataclass(frozen=True, slots=True)
class AddPointsRequest:
    """What to add to which plan.

    Attributes:
        plan_path: a plan file or a plan folder.
        points_path: the file of points.
        frame: the frame of its coordinates as the user states it; needed when the file states none.
    """

    plan_path: Path
    points_path: Path
    frame: PointFrame | None = None


@dataclass(frozen=True, slots=True)
class AddedPoints:
    """What became of the points of a file.

    Attributes:
        format_name, frame: of the file.
        added: the new targets.
        landmarks: names left out because they are landmarks of the AC-PC frame.
        present: names left out because the plan has these targets already.
    """

    format_name: str
    frame: PointFrame
    added: tuple[Target, ...]
    landmarks: tuple[str, ...]
    present: tuple[str, ...]


def add_points(request: AddPointsRequest) -> AddedPoints:
    """Add the points of a file to a plan as targets and save the plan, all or nothing.

    Raises:
        FusplanError: plan or file cannot be read; the frame is not known or contradicted; a point lies outside the
            image; there is none to add; the plan cannot be written.
    """
    plan_path = plan_file_at(request.plan_path)
    file = read_points(request.points_path)
    frame = file.settle_frame(request.frame)
    plan = load_plan(plan_path)
    wanted, landmarks = _targets_and_landmarks(file, frame, plan)
    _require_inside(plan, wanted)
    digest = hashlib.sha256(request.points_path.read_bytes()).hexdigest()[:12]
    stated = "stated by the file" if file.frame is not None else "stated by the user"
    # The file's name is left out: it may be a patient's.
    sentence = f"Read from a file ({file.format_name}, {frame.upper()} {stated}, sha256 {digest})."
    changed, present = plan, []
    for name, point in wanted:
        if any(one.name == name and one.point.distance_to(point) < SAME_POINT_MM for one in changed.targets):
            present.append(name)
        else:
            changed = add_target(changed, name, point, Provenance("file", sentence, "derived"), locked=True)
    if changed is not plan:
        save_plan(changed, plan_path)
    return AddedPoints(file.format_name, frame, changed.targets[len(plan.targets) :], landmarks, tuple(present))


def _targets_and_landmarks(
    file: PointFile, frame: PointFrame, plan: Plan
) -> tuple[list[tuple[str, Point[ScannerRas]]], tuple[str, ...]]:
    placed = place_points(file, frame, plan.image.frame)
    wanted = [place for place, one in zip(placed, file.points, strict=True) if not one.is_landmark]
    if not wanted:
        raise NoTargetInFileError(
            "All points of the file are named like landmarks (AC, PC, midline), so there is no target to add.",
            "Rename a point that is to be aimed at.",
        )
    return wanted, tuple(one.name for one in file.points if one.is_landmark)


def _require_inside(plan: Plan, wanted: list[tuple[str, Point[ScannerRas]]]) -> None:
    to_voxel = scanner_to_voxel(plan.image)
    highest = np.array(plan.image.shape) - 0.5
    outside = [
        name
        for name, point in wanted
        if np.any(to_voxel.apply(point).array < -0.5) or np.any(to_voxel.apply(point).array > highest)
    ]
    if outside:
        raise PointsOutsideImageError(
            f"{', '.join(outside[:5])} would lie outside the image of this plan, so nothing was added.",
            "Check the frame (RAS or LPS) and that the points were marked on this very image.",
        )
