"""What the window draws of a treatment, made beside it: surfaces of heat and head; a drag's heat, quickly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from threadpoolctl import ThreadpoolController

from fusplan.display.treatment_sights import TreatmentSights, treatment_sights
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.progress import Progress
from fusplan.simulation.dragged_spots import REACH_MM, DraggedSpots
from fusplan.simulation.predicted_lesion import ContourKind
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.workflows.treatment_requests import DraggedHeatRequest, SightsRequest


def make_sights(request: SightsRequest, progress: Progress) -> TreatmentSights:
    """What is drawn of one target."""
    progress.report(0.0, "Drawing what the treatment does")
    return treatment_sights(request.simulated, request.target, request.before)


@dataclass(frozen=True, slots=True, eq=False)
class LaidOutDrag:
    """What stays the same while spots of one target are dragged.

    Attributes:
        target: as it was simulated.
        spots: what a quick look needs.
        begun_with: the sonications that it was laid out for.
        shares: of every contour, the simulated volume over that of the quick look at the same spots: quick looks are
            told by it, so that numbers do not jump when a drag begins and ends.
    """

    target: SimulatedTarget
    spots: DraggedSpots
    begun_with: tuple[Sonication, ...]
    shares: Mapping[ContourKind, float]

    def serves(
        self, target: SimulatedTarget, sonications: tuple[Sonication, ...], calibration: HeatingCalibration
    ) -> bool:
        """Whether it holds for these sonications, too."""
        if target is not self.target or calibration != self.spots.calibration:
            return False
        begun = np.abs([sonication.spot_offset_mm for sonication in self.begun_with]).max(axis=0)
        now = np.abs([sonication.spot_offset_mm for sonication in sonications]).max(axis=0)
        return bool(np.all(now <= begun + REACH_MM))


@dataclass(frozen=True, slots=True, eq=False)
class DraggedHeat:
    """The heat of spots as they are dragged.

    Attributes:
        laid_out: for the next move.
        sonications: as they were dragged.
        sights: what is drawn of it.
    """

    laid_out: LaidOutDrag
    sonications: tuple[Sonication, ...]
    sights: TreatmentSights


def drag_heat(request: DraggedHeatRequest, progress: Progress) -> DraggedHeat:
    """Numbers, temperature and contours of spots being dragged: 50 ms once it is laid out."""
    progress.report(0.0, "Following the spots")
    # Small products: two threads of one take longer together than one alone.
    with _blas().limit(limits=1, user_api="blas"):
        laid_out = request.laid_out or lay_out(request)
        maps = laid_out.spots.maps(_heating(request.sonications))
        numbers = laid_out.spots.numbers_of(maps)
    volumes = {kind: volume * laid_out.shares.get(kind, 1.0) for kind, volume in numbers.volumes_mm3.items()}
    return DraggedHeat(laid_out, request.sonications, request.sights.dragged(maps, numbers, volumes))


@lru_cache(maxsize=1)
def _blas() -> ThreadpoolController:
    """Kept: looking for the libraries takes milliseconds."""
    return ThreadpoolController()


def lay_out(request: DraggedHeatRequest) -> LaidOutDrag:
    """What a drag of a target's spots needs (some tenths of a second)."""
    target = request.target
    spots = DraggedSpots.begun(target.focus, request.sonications, request.calibration, request.planned)
    return LaidOutDrag(target, spots, request.sonications, _shares(target, spots))


def _shares(target: SimulatedTarget, spots: DraggedSpots) -> dict[ContourKind, float]:
    if target.lesion is None:
        return {}
    quick = spots.numbers(_heating(target.sonications)).volumes_mm3
    simulated = {figures.kind: figures.volume_mm3.p50 for figures in target.lesion.contours}
    return {kind: simulated[kind] / volume for kind, volume in quick.items() if volume > 0 and simulated[kind] > 0}


def _heating(sonications: Sequence[Sonication]) -> Sequence[Sonication]:
    """The ablations, whose lesion is shown; tests where there is nothing else."""
    return [sonication for sonication in sonications if sonication.kind == "ablation"] or sonications
