"""Quick stand-ins for the long work of the window. Imports no Qt: worker processes import this module."""

from __future__ import annotations

import time
from dataclasses import replace

from fusplan.app.operations import (
    ChosenImage,
    NewPlanRequest,
    OpenedPlan,
    OpenPlan,
    PrepareAtlases,
    PreparedAtlases,
    SavePlan,
)
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import check_image, find_image, load_plan, save_plan
from fusplan.progress import Progress
from tests.planning import plans


def read_stand_in(request: ChosenImage, progress: Progress) -> Volume:
    """The synthetic head, whatever the file."""
    progress.report(0.5, "Reading")
    return replace(plans.volume(), path=request.path)


def open_stand_in(request: OpenPlan, progress: Progress) -> OpenedPlan:
    """A real plan file with the synthetic head; a file named ``other`` in its name is another head."""
    plan = load_plan(request.path)
    path = request.image_path if request.image_path is not None else find_image(plan)
    volume = replace(plans.volume(), path=path)
    if "other" in path.name:
        volume = replace(volume, fingerprint="0" * 64)
    check_image(plan, volume)
    return OpenedPlan(plan, volume)


def save_stand_in(request: SavePlan, progress: Progress) -> SavePlan:
    save_plan(request.plan, request.path)
    return request


def make_stand_in(request: NewPlanRequest, progress: Progress) -> Plan:
    progress.report(0.3, "Aligning the template to your image")
    return plans.plan(str(request.image_path))


def no_atlases(request: PrepareAtlases, progress: Progress) -> PreparedAtlases:
    return PreparedAtlases({})


def crash(request: NewPlanRequest, progress: Progress) -> Plan:
    raise ZeroDivisionError


def work_for_a_minute(request: NewPlanRequest, progress: Progress) -> Plan:
    progress.report(0.2, "Aligning the template to your image, step 1 of 3")
    time.sleep(60)
    return make_stand_in(request, progress)


def move_left_target(plan: Plan) -> Plan:
    """An edit that any plan takes."""
    first = replace(plan.targets[0], name=f"{plan.targets[0].name}+")
    return replace(plan, targets=(first, *plan.targets[1:]))
