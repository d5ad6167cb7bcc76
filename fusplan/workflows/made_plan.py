"""What a plan that was made or opened goes about as: without what made it, so that opening loads no registration."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.planning.review import PlanReview


@dataclass(frozen=True, slots=True, eq=False)
class MadePlan:
    """A new plan, what it means, the image it belongs to, and sentences about atlases that were left out."""

    plan: Plan
    review: PlanReview
    volume: Volume
    atlases: tuple[HeadAtlas, ...]
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PlannedHead:
    """A new plan, what it means, and sentences about atlases that were left out. Goes between processes: no voxels."""

    plan: Plan
    review: PlanReview
    messages: tuple[str, ...] = ()
