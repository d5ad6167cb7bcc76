"""Press on a spot of a sonication: it is selected, and follows the pointer. Arrow keys nudge it, Delete removes it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fusplan.display.interaction.stage import (
    NOTHING,
    START_PIXELS,
    Drag,
    PlanEdit,
    Pointer,
    PointerShape,
    Response,
    Stage,
)
from fusplan.display.treated_spots import TreatedSpots
from fusplan.display.view_state import ViewState
from fusplan.planning.treatment_edits import set_sonications, treatment_of
from fusplan.simulation.sonication import Sonication
from fusplan.spatial import Point, ScannerRas


def spot_under(stage: Stage, pointer: Pointer) -> int | None:
    """The number of the spot at the pointer; the selected one wins, then the nearest to the slice and the pointer."""
    spots = stage.spots
    if spots is None or not stage.state.layers.spots:
        return None
    near = [number for number in range(1, len(spots.sonications) + 1) if pointer.is_on(spots.place(number))]
    chosen = spots.chosen(stage.state.selection)
    return min(
        near, key=lambda number: (number != chosen, spots.place(number).distance_to(pointer.point)), default=None
    )


def selected(state: ViewState, spots: TreatedSpots, number: int) -> ViewState:
    """The state with a spot and its target selected."""
    return state.with_selection(target_id=spots.target_id, spot=number)


def move_spot(stage: Stage, number: int, place: Point[ScannerRas], verb: str) -> Response:
    """A spot put elsewhere; spots that the program proposed are the plan's from then on."""
    spots = stage.spots
    if spots is None:
        return NOTHING
    target_id, moved = spots.target_id, spots.moved(number, place)
    edit = PlanEdit(
        f"{verb} spot {number} of {spots.name}",
        lambda plan: set_sonications(plan, target_id, moved),
        merge_key=f"{verb.lower()} spot {target_id} {number}",
    )
    notice = f"Spot {number}: {offset_words(spots.offset_of(place))} of {spots.name}"
    return Response(state=replace(selected(stage.state, spots, number), cursor=place), edit=edit, notice=notice)


def offset_words(offset_mm: tuple[float, float, float]) -> str:
    """Where a spot lies from its target, for people: ``1.2 mm right, 0.4 mm posterior, 0.0 mm superior``."""
    ways = (("left", "right"), ("posterior", "anterior"), ("inferior", "superior"))
    return ", ".join(f"{abs(part):.1f} mm {way[part >= 0]}" for part, way in zip(offset_mm, ways, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class SpotDrag:
    """A spot follows the pointer within the slice once it has moved far enough to be meant."""

    number: int
    begun: Point[ScannerRas]
    start: Pointer
    shape: PointerShape = "grabbing"

    def move(self, stage: Stage, pointer: Pointer) -> Response:
        if self.start.pixels_to(pointer.picture_mm) < START_PIXELS:
            return NOTHING
        if stage.spots is None or self.number > len(stage.spots.sonications):
            return NOTHING
        return move_spot(stage, self.number, pointer.dragged(self.begun, self.start), "Move")


@dataclass(frozen=True, slots=True)
class DragSpot:
    """Selects spots and drags them."""

    def grasp(self, stage: Stage, pointer: Pointer) -> PointerShape | None:
        return "grab" if spot_under(stage, pointer) is not None else None

    def press(self, stage: Stage, pointer: Pointer) -> tuple[Response, Drag | None]:
        number, spots = spot_under(stage, pointer), stage.spots
        if number is None or spots is None:
            return NOTHING, None
        place = spots.place(number)
        state = replace(selected(stage.state, spots, number), cursor=place)
        return Response(state=state), SpotDrag(number, place, pointer)


def add_spot(stage: Stage) -> Response:
    """A new ablation where the cursor is, after all others: as strong and as long as the last one."""
    spots, cursor = stage.spots, stage.state.cursor
    if stage.plan is None or spots is None or cursor is None:
        return Response(notice="Spots are added in the workspace Treatment, once there is a target.")
    from fusplan.planning.proposed_sonications import begun_after  # noqa: PLC0415 - an engine, loaded when asked

    target_id, number = spots.target_id, len(spots.sonications) + 1
    (added,) = begun_after((_alike(stage, spots, cursor),), spots.sonications)
    together = (*spots.sonications, added)
    edit = PlanEdit(f"Add spot {number} to {spots.name}", lambda plan: set_sonications(plan, target_id, together))
    return Response(state=selected(stage.state, spots, number), edit=edit, notice=f"Spot {number} added at the cursor")


def _alike(stage: Stage, spots: TreatedSpots, place: Point[ScannerRas]) -> Sonication:
    assert stage.plan is not None
    ablations = [sonication for sonication in spots.sonications if sonication.kind == "ablation"]
    if ablations:
        return replace(ablations[-1], spot_offset_mm=spots.offset_of(place))
    from fusplan.planning.proposed_sonications import SonicationWish, proposed_test  # noqa: PLC0415 - as above

    first = proposed_test(treatment_of(stage.plan).calibration, SonicationWish())
    return replace(first, spot_offset_mm=spots.offset_of(place), kind="ablation")


def remove_spot(stage: Stage) -> Response | None:
    """The selected spot taken away; None where none is selected."""
    spots = stage.spots
    number = spots.chosen(stage.state.selection) if spots is not None else None
    if spots is None or number is None:
        return None
    target_id, left = spots.target_id, spots.without(number)
    edit = PlanEdit(f"Remove spot {number} of {spots.name}", lambda plan: set_sonications(plan, target_id, left))
    return Response(state=stage.state.with_selection(spot=None), edit=edit, notice=f"Spot {number} removed")
