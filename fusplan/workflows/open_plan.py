"""A saved plan with its image, checked against each other, and what it means."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.errors import FileMissingError, FusplanError
from fusplan.imaging.notes import Notes
from fusplan.imaging.volume import Volume
from fusplan.planning.file_content import FileContent
from fusplan.planning.file_names import PLAN_FILE_NAME
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import SavedPlan, load_saved_plan
from fusplan.planning.review import PlanReview
from fusplan.planning.review_file import find_review
from fusplan.planning.review_key import ReviewBasis, references
from fusplan.planning.review_plan import review
from fusplan.progress import Progress
from fusplan.workflows.head_atlases import plan_head_atlases
from fusplan.workflows.made_plan import MadePlan
from fusplan.workflows.plan_image import FoundImage, read_plan_image
from fusplan.workflows.requests import OpenPlanRequest


def plan_file_at(path: Path) -> Path:
    """The plan file meant by a plan file or a plan folder. Raises FileMissingError."""
    # Not Path.is_dir and is_file, which raise for names that the system does not allow.
    if os.path.isdir(path):  # noqa: PTH112
        path = path / PLAN_FILE_NAME
    if not os.path.isfile(path):  # noqa: PTH113
        raise FileMissingError(path, "plan")
    return path


@dataclass(frozen=True, slots=True, eq=False)
class OpenedPlan:
    """A plan with the very image it was made on, and the review stored beside it, if that is of this plan.

    ``messages`` says why a stored review is not believed, ``content`` what the plan's file held.
    """

    plan: Plan
    volume: Volume
    content: FileContent
    review: PlanReview | None = None
    messages: tuple[str, ...] = ()


def read_plan(request: OpenPlanRequest, progress: Progress) -> OpenedPlan:
    """The plan, the very image it was made on, and the review stored beside it.

    Raises:
        FusplanError: the plan cannot be read, its image is missing, or it is not the image the plan was made on.
    """
    saved, image = _read_plan_and_image(request, progress)
    found = find_review(saved.plan, plan_file_at(request.path))
    messages = (*image.messages, *found.messages)
    return OpenedPlan(saved.plan, image.volume, saved.content, found.review, messages)


def reload_plan(path: Path, progress: Progress) -> SavedPlan:
    """A plan as it is in its file now, without its image. Raises as for :func:`load_saved_plan`."""
    progress.report(0.1, f"Reading {path.name} again")
    return load_saved_plan(path)


def _read_plan_and_image(request: OpenPlanRequest, progress: Progress) -> tuple[SavedPlan, FoundImage]:
    progress.report(0.0, "Reading the plan")
    path = plan_file_at(request.path)
    saved = load_saved_plan(path)
    progress.report(0.2, "Reading its image")
    return saved, read_plan_image(saved.plan, request.image_path, path.parent)


def image_notes(plan: Plan, plan_path: Path) -> Notes | None:
    """What the reader of a plan's image noticed: from the review beside the plan, else from the image.

    None where neither is there or the image is not the plan's: then it is not known.
    """
    reviewed = find_review(plan, plan_path).review
    if reviewed is not None and reviewed.checks:
        return reviewed.image_notes
    try:
        return read_plan_image(plan, None, plan_path.parent).volume.notes
    except FusplanError:
        return None


def open_plan(request: OpenPlanRequest, progress: Progress) -> MadePlan:
    """The plan, its image, and its review: given, stored beside it or, as far as both are of another plan, computed.

    Raises:
        FusplanError: as for :func:`read_plan`.
    """
    saved, image = _read_plan_and_image(request, progress)
    plan, volume = saved.plan, image.volume
    progress.report(0.4, "Computing coverage and uncertainty")
    found = plan_head_atlases(plan)
    atlases = references(found.atlases)
    known, messages = request.review, (*image.messages, *found.messages)
    if known is None or known.basis != ReviewBasis.of(plan, atlases):
        stored = find_review(plan, plan_file_at(request.path), atlases)
        known, messages = stored.review, (*messages, *stored.messages)
    reviewed = review(plan, volume, found.atlases, known=known)
    return MadePlan(plan, reviewed, volume, found.atlases, messages)


def plan_atlases(plan: Plan) -> tuple[HeadAtlas, ...]:
    """The atlases in the head of a plan, the one it was started from first."""
    return plan_head_atlases(plan).atlases
