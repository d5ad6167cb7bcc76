"""What the treatment of a saved plan does, for reports and exports: the simulation at hand, or one made now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.progress import Progress
from fusplan.workflows.kept_second_image import open_second_image
from fusplan.workflows.requests import KeptSecondImage
from fusplan.workflows.treatment_requests import SimulateRequest

if TYPE_CHECKING:
    from fusplan.planning.simulated_treatment import SimulatedTreatment


@dataclass(frozen=True, slots=True, eq=False)
class PlanOnHead:
    """A plan with what it is simulated on.

    Attributes:
        plan, volume, atlases: the plan, its image, the atlases in the head.
        folder: of the plan's file, from which its CT is found.
    """

    plan: Plan
    volume: Volume
    atlases: Sequence[HeadAtlas]
    folder: Path


def simulation_at_hand(plan: Plan, known: SimulatedTreatment | None) -> SimulatedTreatment | None:
    """A simulation if it is of this very plan and all its targets."""
    from fusplan.planning.simulated_treatment import simulation_key  # noqa: PLC0415 - loaded with a treatment

    if known is None or known.key != simulation_key(plan):
        return None
    return known if len(known.targets) == len(plan.targets) else None


def simulate_saved(head: PlanOnHead, progress: Progress) -> SimulatedTreatment:
    """Simulate a plan through its own CT, if it has one.

    Raises:
        FusplanError: the CT is not found or not the plan's; the skull cannot be made.
    """
    from fusplan.planning.treatment_edits import treatment_of  # noqa: PLC0415 - the engine, as is the next
    from fusplan.workflows.simulate import simulate  # noqa: PLC0415

    plan, known = head.plan, head.plan.image_of("ct")
    ct: Volume | None = None
    if known is not None and treatment_of(plan).skull in (None, "ct"):
        ct = open_second_image(KeptSecondImage(known, plan_folder=head.folder), progress).volume
    return simulate(SimulateRequest(plan, head.volume, ct, tuple(head.atlases)), progress)
