"""The spots of one target's sonications as they stand in the plan, or as the program proposes them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fusplan.display.drawn_layers import SpaceMark
from fusplan.display.view_state import Selection
from fusplan.planning.plan import Plan, Target
from fusplan.planning.treatment_edits import treatment_of
from fusplan.simulation.sonication import Sonication
from fusplan.spatial import Point, ScannerRas

if TYPE_CHECKING:
    from fusplan.planning.simulated_treatment import SimulatedTreatment


@dataclass(frozen=True, slots=True, eq=False)
class TreatedSpots:
    """Spots of one target, numbered from 1 in the order of time.

    Attributes:
        target_id, name: whose they are.
        target: where that is.
        sonications: one a spot.
        proposed: whether the plan has none and these are the program's own; the first edit takes them into the plan.
    """

    target_id: str
    name: str
    target: Point[ScannerRas]
    sonications: tuple[Sonication, ...]
    proposed: bool

    def place(self, number: int) -> Point[ScannerRas]:
        """Where a spot is."""
        offset = self.sonications[number - 1].spot_offset_mm
        return Point.of(self.target.frame, self.target.array + offset)

    def offset_of(self, place: Point[ScannerRas]) -> tuple[float, float, float]:
        """From the target to a place (mm: right, anterior, superior)."""
        x, y, z = (float(part) for part in place.array - self.target.array)
        return (x, y, z)

    def moved(self, number: int, place: Point[ScannerRas]) -> tuple[Sonication, ...]:
        """All sonications with one at another place."""
        chosen = replace(self.sonications[number - 1], spot_offset_mm=self.offset_of(place))
        return (*self.sonications[: number - 1], chosen, *self.sonications[number:])

    def without(self, number: int) -> tuple[Sonication, ...]:
        """All sonications but one."""
        return (*self.sonications[: number - 1], *self.sonications[number:])

    def chosen(self, selection: Selection) -> int | None:
        """The selected spot, if it is one of these."""
        number = selection.spot
        return number if number is not None and 1 <= number <= len(self.sonications) else None

    def marks(self, selection: Selection, colours: tuple[str, str]) -> tuple[SpaceMark, ...]:
        """Numbered dots; ``colours`` of ablations and of tests. Tests are rings."""
        selected = self.chosen(selection)
        marks = []
        for number, sonication in enumerate(self.sonications, start=1):
            is_test = sonication.kind == "test"
            marks.append(
                SpaceMark(
                    "spot",
                    self.place(number),
                    "open dot" if is_test else "dot",
                    colours[1] if is_test else colours[0],
                    str(number),
                    title=f"{'Test' if is_test else 'Ablation'} {number}",
                    selected=number == selected,
                )
            )
        return tuple(marks)


def shown_target(plan: Plan, selection: Selection) -> Target | None:
    """The target whose treatment is shown: the selected one, else the first."""
    chosen = (target for target in plan.targets if target.id == selection.target_id)
    return next(chosen, next(iter(plan.targets), None))


def treated_spots(plan: Plan, target: Target, simulated: SimulatedTreatment | None) -> TreatedSpots:
    """The spots of a target: the plan's own, else what the simulation proposes."""
    own = treatment_of(plan).at(target.id).sonications
    found = None if simulated is None else simulated.target(target.id)
    proposed = found.sonications if found is not None and found.proposed and not own else ()
    return TreatedSpots(target.id, target.name, target.point, own or proposed, bool(proposed))
