"""What the window draws of a treatment, made beside it: surfaces of heat and head; a drag's heat, quickly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.display.treatment_sights import TreatmentSights, treatment_sights
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.progress import Progress
from fusplan.simulation.dragged_spots import REACH_MM, DraggedSpots, PatternNumbers
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.spatial import Ellipsoid, ScannerRas
from fusplan.workflows.requests import DraggedHeatRequest, SightsRequest


def make_sights(request: SightsRequest, progress: Progress) -> TreatmentSights:
    """What is drawn of one target."""
    progress.report(0.0, "Drawing what the treatment does")
    return treatment_sights(request.simulated, request.target, request.before)


@dataclass(frozen=True, slots=True, eq=False)
class DraggedHeat:
    """The heat of spots as they are dragged.

    Attributes:
        spots: what a drag of the target needs, laid out once.
        begun_with: the sonications that was laid out for.
        sonications: as they were dragged.
        numbers: of the pattern.
        sights: what is drawn of it; None where numbers alone were asked for.
    """

    spots: DraggedSpots
    begun_with: tuple[Sonication, ...]
    sonications: tuple[Sonication, ...]
    numbers: PatternNumbers
    sights: TreatmentSights | None

    def reaches(self, sonications: tuple[Sonication, ...]) -> bool:
        """Whether what was laid out serves for these, too."""
        begun = np.abs([sonication.spot_offset_mm for sonication in self.begun_with]).max(axis=0)
        now = np.abs([sonication.spot_offset_mm for sonication in sonications]).max(axis=0)
        return bool(np.all(now <= begun + REACH_MM))


def drag_heat(request: DraggedHeatRequest, progress: Progress) -> DraggedHeat:
    """Numbers of spots being dragged (50 ms once laid out); and the heat to draw, where sights are given (0.5 s)."""
    progress.report(0.0, "Following the spots")
    spots = request.spots or lay_out(request.target, request.sonications, request.calibration, request.planned)
    ablations = tuple(sonication for sonication in request.sonications if sonication.kind == "ablation")
    numbers = spots.numbers(ablations or request.sonications)
    if request.sights is None:
        return DraggedHeat(spots, request.sonications, request.sonications, numbers, None)
    history = spots.history(ablations or request.sonications)
    sights = request.sights.dragged(history, numbers)
    return DraggedHeat(spots, request.sonications, request.sonications, numbers, sights)


def lay_out(
    target: SimulatedTarget,
    sonications: tuple[Sonication, ...],
    calibration: HeatingCalibration,
    planned: Ellipsoid[ScannerRas] | None,
) -> DraggedSpots:
    """What a drag of a target's spots needs."""
    return DraggedSpots.begun(target.focus, sonications, calibration, planned)
