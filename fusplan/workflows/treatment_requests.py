"""What workflows of the treatment are asked: frozen values that go to another process as they are.

As in :mod:`fusplan.workflows.requests`, nothing here loads an engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fusplan.planning.plan import Plan, Target
from fusplan.spatial import Ellipsoid, ScannerRas

if TYPE_CHECKING:
    from fusplan.atlas.nuclei_atlas import HeadAtlas
    from fusplan.display.treatment_sights import TreatmentSights
    from fusplan.imaging.volume import Volume
    from fusplan.planning.proposed_sonications import SonicationWish
    from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
    from fusplan.simulation.skull import SkullKind
    from fusplan.simulation.sonication import HeatingCalibration, Sonication
    from fusplan.workflows.treatment_sights import LaidOutDrag


@dataclass(frozen=True, slots=True, eq=False)
class SimulateRequest:
    """What to simulate.

    Attributes:
        plan, volume: the plan and its image.
        ct: its CT where its record puts it, when it has one.
        atlases: in the head, for where the lesion lies.
        target_ids: of the targets wanted; all of them when empty.
        wish: what is asked of sonications at every target, instead of the plan's.
        before: an earlier simulation, whose parts are kept where they are still of the same things.
    """

    plan: Plan
    volume: Volume
    ct: Volume | None = None
    atlases: tuple[HeadAtlas, ...] = ()
    target_ids: tuple[str, ...] = ()
    wish: SonicationWish | None = None
    before: SimulatedTreatment | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SightsRequest:
    """What to draw of a treatment.

    Attributes:
        simulated, target: of it, which target.
        before: what was drawn, whose skull and skin are kept where they still hold.
    """

    simulated: SimulatedTreatment
    target: SimulatedTarget
    before: TreatmentSights | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DraggedHeatRequest:
    """Spots being dragged, whose heat is wanted quickly.

    Attributes:
        target: as it was simulated, with its focus.
        sonications: with the spots where they are now; one or more.
        calibration: what an energy heats.
        planned: the ellipsoid to be covered.
        sights: what is drawn of the target.
        laid_out: what an earlier request laid out, if it still serves.
    """

    target: SimulatedTarget
    sonications: tuple[Sonication, ...]
    calibration: HeatingCalibration
    planned: Ellipsoid[ScannerRas] | None
    sights: TreatmentSights
    laid_out: LaidOutDrag | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SketchRequest:
    """What a rough answer is wanted for.

    Attributes:
        plan, target: as they are now.
        simulated: what was simulated before the change.
    """

    plan: Plan
    target: Target
    simulated: SimulatedTreatment


@dataclass(frozen=True, slots=True)
class TreatmentWish:
    """What a person asks of the treatment of all targets alike; None leaves what the plan says.

    Attributes:
        skull: which skull.
        tilt_anterior_deg, tilt_right_deg, roll_deg: how the helmet leans.
        frequency_hz, incidence_limit_deg, acoustics: of the sound.
        sonications: ablations by a pattern of spots.
    """

    skull: SkullKind | None = None
    tilt_anterior_deg: float | None = None
    tilt_right_deg: float | None = None
    roll_deg: float | None = None
    frequency_hz: float | None = None
    incidence_limit_deg: float | None = None
    acoustics: str | None = None
    sonications: SonicationWish | None = None


@dataclass(frozen=True, slots=True)
class SimulatePlanRequest:
    """A saved plan to simulate.

    Attributes:
        plan_path: a plan file or a plan folder.
        image_path: where the plan's image is now, when it is no longer where the plan says.
        ct_path: a CT of the same head, to be laid over the planning image and kept with the plan; or where the plan's
            own is now.
        wish: what is asked of the treatment.
        keeps: whether the treatment that is asked for is written into the plan.
        threads: processor threads.
    """

    plan_path: Path
    image_path: Path | None = None
    ct_path: Path | None = None
    wish: TreatmentWish = field(default_factory=TreatmentWish)
    keeps: bool = False
    threads: int = 2
