"""A saved plan, simulated: its image and CT found, what a person asks for put on top, and kept where that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.imaging.volume import Volume
from fusplan.planning.file_content import PlanFileChangedError
from fusplan.planning.placed_image_edits import set_image
from fusplan.planning.placed_image_file import PlacedImageChangedError, PlacedImageMissingError
from fusplan.planning.plan import Plan
from fusplan.planning.plan_images import PlacedImage
from fusplan.planning.proposed_sonications import SonicationWish
from fusplan.planning.simulated_treatment import SimulatedTreatment
from fusplan.planning.treatment_edits import (
    check_duration,
    check_energy,
    check_shown_temperature,
    set_acoustics,
    set_skull,
    set_sonications,
    set_tilt,
    treatment_of,
)
from fusplan.progress import PartOfProgress, Progress
from fusplan.spatial import ScannerRas
from fusplan.workflows.edit_saved_plan import edit_saved_plan
from fusplan.workflows.head_atlases import plan_head_atlases
from fusplan.workflows.kept_second_image import open_second_image, placed_volume
from fusplan.workflows.open_plan import plan_file_at, read_plan
from fusplan.workflows.requests import KeptSecondImage, OpenPlanRequest
from fusplan.workflows.simulate import simulate
from fusplan.workflows.treatment_requests import SimulatePlanRequest, SimulateRequest, TreatmentWish

CT_REMEDY = "Give the plan's CT, or another one of this head, with --ct; or take the T1 image's skull with --skull t1."


class NothingToTreatError(FusplanError):
    """The plan has no target."""

    def __init__(self) -> None:
        super().__init__(
            "This plan has no target, so there is nothing to simulate.", "Place a target in the plan first."
        )


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedPlan:
    """A plan that was simulated.

    Attributes:
        plan: with the treatment that was simulated.
        volume: its image.
        simulated: what comes of it.
        messages: what else is to be said.
        kept: whether the treatment was written into the plan.
        ct_kept: whether a CT was laid over the image and written into the plan.
    """

    plan: Plan
    volume: Volume
    simulated: SimulatedTreatment
    messages: tuple[str, ...]
    kept: bool
    ct_kept: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Ct:
    """A CT in the planning image's frame, its record, what is to be said, and whether the plan does not know it yet."""

    volume: Volume
    record: PlacedImage
    messages: tuple[str, ...] = ()
    is_new: bool = False


def simulate_plan(request: SimulatePlanRequest, progress: Progress) -> SimulatedPlan:
    """Simulate a saved plan.

    Raises:
        FusplanError: the plan, its image or its CT cannot be read or do not belong together, or what is asked for is
            beyond a helmet or a device. The plan's file is then as it was.
    """
    opened = read_plan(OpenPlanRequest(request.plan_path, request.image_path), PartOfProgress(progress, 0.0, 0.15))
    path = plan_file_at(request.plan_path)
    if not opened.plan.targets:
        raise NothingToTreatError
    _check_wish(request.wish.sonications)
    plan = wished(opened.plan, request.wish)  # refuses what cannot be before the long work
    ct = _ct(plan, opened.volume, request, path.parent, PartOfProgress(progress, 0.15, 0.4))
    if ct is not None and ct.is_new:
        plan = set_image(plan, "ct", ct.record)
    atlases = plan_head_atlases(plan)
    asked = SimulateRequest(
        plan, opened.volume, None if ct is None else ct.volume, atlases.atlases, wish=request.wish.sonications
    )
    simulated = simulate(asked, PartOfProgress(progress, 0.4, 1.0))
    plan = _with_sonications(plan, simulated) if request.keeps else plan
    edit = _kept(request, ct, simulated, plan.image.frame)
    if edit is not None:
        edit_saved_plan(path, lambda saved: (edit(saved), None))
    messages = (*opened.messages, *atlases.messages, *(() if ct is None else ct.messages))
    if request.keeps:
        messages = (*messages, *_replaced(opened.plan, simulated))
    return SimulatedPlan(plan, opened.volume, simulated, messages, request.keeps, ct is not None and ct.is_new)


def wished(plan: Plan, wish: TreatmentWish) -> Plan:
    """The plan with the helmet and the sound that are asked for, at every target.

    Raises TreatmentOutOfRangeError, UnknownAcousticsError.
    """
    sound = (wish.acoustics, wish.frequency_hz, wish.incidence_limit_deg)
    if any(asked is not None for asked in sound):
        plan = set_acoustics(plan, *sound)
    if wish.skull is not None:
        plan = set_skull(plan, wish.skull)
    asked = {"anterior_deg": wish.tilt_anterior_deg, "right_deg": wish.tilt_right_deg, "roll_deg": wish.roll_deg}
    given = {name: value for name, value in asked.items() if value is not None}
    for target in plan.targets if given else ():
        plan = set_tilt(plan, target.id, replace(treatment_of(plan).at(target.id).tilt, **given))
    return plan


def _check_wish(wish: SonicationWish | None) -> None:
    """Raises TreatmentOutOfRangeError for an energy, a temperature or a duration of no device."""
    if wish is None:
        return
    check_duration(wish.duration_s)
    check_shown_temperature(wish.shown_celsius)
    if wish.energy_j is not None:
        check_energy(wish.energy_j, wish.duration_s)


def _ct(plan: Plan, volume: Volume, request: SimulatePlanRequest, folder: Path, progress: Progress) -> _Ct | None:
    """The plan's own CT, or the one that is given, laid over the image now unless it is the plan's."""
    known = plan.image_of("ct")
    if request.ct_path is None:
        if known is None or request.wish.skull not in (None, "ct"):
            return None
        try:
            opened = open_second_image(KeptSecondImage(known, plan_folder=folder), progress)
        except (PlacedImageMissingError, PlacedImageChangedError) as error:
            raise type(error)(error.message, CT_REMEDY) from error
        return _Ct(opened.volume, opened.record, opened.messages)
    # Laying images over each other brings its engine: a tenth of a second, which a plan that has its CT need not pay.
    from fusplan.workflows.ct_image import lay_ct_over, read_ct  # noqa: PLC0415

    progress.report(0.0, f"Reading {request.ct_path.name}")
    ct = read_ct(request.ct_path)
    if known is not None and known.image.sha256 == ct.fingerprint:
        return _Ct(placed_volume(ct, known.to_reference), known)
    placed = lay_ct_over(plan, volume, ct, request.threads, PartOfProgress(progress, 0.1, 1.0))
    record = placed.record
    told = f"{record.image.name}, laid over the planning image: {record.registration.sentence}"
    return _Ct(placed_volume(ct, record.to_reference), record, (told,), is_new=True)


def _kept(
    request: SimulatePlanRequest, ct: _Ct | None, simulated: SimulatedTreatment, frame: ScannerRas
) -> Callable[[Plan], Plan] | None:
    """The edit of the plan's file: a new CT, and the treatment where that is to be kept."""
    if not request.keeps and (ct is None or not ct.is_new):
        return None

    def edit(saved: Plan) -> Plan:
        if saved.image.frame != frame:
            raise PlanFileChangedError(
                f"{request.plan_path} has become a plan on another image while it was simulated; nothing was written.",
                "Simulate it again.",
            )
        plan = saved if ct is None or not ct.is_new else set_image(saved, "ct", ct.record)
        return _with_sonications(wished(plan, request.wish), simulated) if request.keeps else plan

    return edit


def _replaced(before: Plan, simulated: SimulatedTreatment) -> Iterator[str]:
    """What a person may not have meant: sonications of the plan's own that gave way to the pattern asked for."""
    for target in simulated.targets:
        own = treatment_of(before).at(target.target_id).sonications
        if target.proposed and own:
            yield (
                f"The {len(own)} sonications that the plan had at {target.name} gave way to the "
                f"{len(target.sonications)} of the pattern that was asked for."
            )


def _with_sonications(plan: Plan, simulated: SimulatedTreatment) -> Plan:
    """Those that the program proposed become the plan's own."""
    known = {target.id for target in plan.targets}
    for target in simulated.targets:
        if target.proposed and target.target_id in known:
            plan = set_sonications(plan, target.target_id, target.sonications)
    return plan
