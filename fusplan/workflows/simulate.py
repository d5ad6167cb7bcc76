"""The treatment of a plan, simulated: through the skull at hand, at every target."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import cast

from threadpoolctl import threadpool_limits

from fusplan.planning.plan import Plan
from fusplan.planning.simulate_target import HeadForSound, simulate_target
from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment, simulation_key, skull_key
from fusplan.planning.treatment_edits import treatment_of
from fusplan.progress import PartOfProgress, Progress, SharedProgress
from fusplan.simulation.acoustic_map import DEFAULT_ACOUSTIC_MAP, AcousticMapName
from fusplan.simulation.element_transmission import Acoustics
from fusplan.simulation.head_surface import skin_of_skull, skin_surface
from fusplan.simulation.helmet_fit import SkinDistances
from fusplan.simulation.skull import Skull
from fusplan.simulation.transducer import Transducer, golden_angle_helmet
from fusplan.spatial import ScannerRas
from fusplan.spatial.triangles import Surface
from fusplan.workflows.skull_of_plan import skull_of_plan
from fusplan.workflows.treatment_requests import SimulateRequest

SKULL_SHARE = 0.2
"""Of the progress: making the skull."""

MOST_THREADS = 2
"""Targets at a time."""


def simulate(request: SimulateRequest, progress: Progress) -> SimulatedTreatment:
    """Simulate what a plan does at its targets; parts of an earlier simulation that still hold are kept.

    Raises:
        FusplanError: the skull cannot be made, as :func:`~fusplan.workflows.skull_of_plan.skull_of_plan` says.
        JobCancelled: when told to stop.
    """
    plan, before = request.plan, request.before
    key = skull_key(plan)
    skull, skin = _head(request, key, PartOfProgress(progress, 0.0, SKULL_SHARE))
    head = HeadForSound(
        skull, key, SkinDistances(skin.vertices), _helmet(plan), _acoustics(plan), request.atlases, request.wish
    )
    wanted = [target for target in plan.targets if not request.target_ids or target.id in request.target_ids]
    told = SharedProgress(PartOfProgress(progress, SKULL_SHARE, 1.0), len(wanted))

    def simulated(place: int) -> SimulatedTarget:
        earlier = None if before is None else before.target(wanted[place].id)
        return simulate_target(plan, wanted[place], head, told.part(place), earlier)

    # Many small products: several threads of one product wait for each other, one thread a target does not.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(MOST_THREADS) as threads:
        targets = list(threads.map(simulated, range(len(wanted))))
    return SimulatedTreatment(simulation_key(plan, request.wish), skull, key, skin, head.transducer, tuple(targets))


def _head(request: SimulateRequest, key: str, progress: Progress) -> tuple[Skull, Surface[ScannerRas]]:
    """The skull, and the skin of the image it is from."""
    before = request.before
    if before is not None and before.skull_key == key:
        return before.skull, before.skin
    progress.report(0.0, "Finding the skull")
    skull = skull_of_plan(request.plan, request.volume, request.ct, treatment_of(request.plan).skull)
    progress.report(0.8, "Finding the skin")
    return skull, skin_of_skull(skull) if skull.kind == "ct" else skin_surface(request.volume)


def _helmet(plan: Plan) -> Transducer:
    return golden_angle_helmet(treatment_of(plan).frequency_hz)


def _acoustics(plan: Plan) -> Acoustics:
    treatment = treatment_of(plan)
    # The name was looked up when it was set.
    name = cast(AcousticMapName, treatment.acoustics or DEFAULT_ACOUSTIC_MAP)
    return Acoustics(name, treatment.incidence_limit_deg)
