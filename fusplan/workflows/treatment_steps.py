"""What the steps of a treatment ask for beside the simulation: tilts compared, spots proposed, a test's calibration."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.planning.plan import Lesion, Target
from fusplan.planning.proposed_sonications import proposed_ablations
from fusplan.progress import Progress
from fusplan.simulation.element_transmission import Acoustics
from fusplan.simulation.focus_copies import moved_focus
from fusplan.simulation.helmet_fit import SkinDistances, TiltLimits, tilt_limits
from fusplan.simulation.reversible_range import ReversibleRange, reversible_range
from fusplan.simulation.shown_and_true import calibrate
from fusplan.simulation.skull import Skull
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.temperature_history import BODY_CELSIUS, PressureField, ShownRise
from fusplan.simulation.thermometry_settings import ThermometrySettings
from fusplan.simulation.tilt_search import SEARCH_SUB_RAYS, TiltMap, search_tilts
from fusplan.simulation.transducer import Transducer
from fusplan.spatial import AcPcGeometry, Point, Points, ScannerRas


@dataclass(frozen=True, slots=True, eq=False)
class TiltsRequest:
    """For which target tilts shall be compared.

    Attributes:
        skull, skin, transducer: as they were simulated; the skin's points.
        target: where the natural focus lies.
        geometry: the head's axes.
        acoustics: the plan's choices.
    """

    skull: Skull
    skin: Points[ScannerRas]
    transducer: Transducer
    target: Point[ScannerRas]
    geometry: AcPcGeometry
    acoustics: Acoustics


@dataclass(frozen=True, slots=True, eq=False)
class ProposeSpotsRequest:
    """What spots are wanted for.

    Attributes:
        lesion, target: what is to be covered, and the target that offsets are from.
        focus: at the target.
        calibration: for the energies.
    """

    lesion: Lesion
    target: Target
    focus: PressureField
    calibration: HeatingCalibration


@dataclass(frozen=True, slots=True, eq=False)
class CalibrateRequest:
    """What a test sonication showed.

    Attributes:
        focus: at the target.
        test: the sonication.
        shown_celsius: the highest temperature that thermometry showed of it.
        thermometry: how it looked.
        geometry: the head's axes.
    """

    focus: PressureField
    test: Sonication
    shown_celsius: float
    thermometry: ThermometrySettings
    geometry: AcPcGeometry


@dataclass(frozen=True, slots=True, eq=False)
class ReversibleRequest:
    """How hot a test may get.

    Attributes:
        focus: at the target.
        duration_s: of the test.
        thermometry: how the scanner looks at it.
        geometry: the head's axes.
    """

    focus: PressureField
    duration_s: float
    thermometry: ThermometrySettings
    geometry: AcPcGeometry


def compare_tilts(request: TiltsRequest, progress: Progress) -> TiltMap:
    """What every tilt does at a target. Raises JobCancelled."""
    return search_tilts(
        request.skull,
        request.transducer,
        request.target,
        request.geometry,
        Acoustics(request.acoustics.mapping, request.acoustics.incidence_limit_deg, SEARCH_SUB_RAYS),
        request.skin,
        progress=progress,
    )


def measure_tilt_limits(request: TiltsRequest, progress: Progress) -> TiltLimits:
    """How far the head's surface lets the helmet lean at a target."""
    progress.report(0.0, "Leaning the helmet to every side")
    return tilt_limits(SkinDistances(request.skin), request.transducer, request.target, request.geometry)


def propose_spots(request: ProposeSpotsRequest, progress: Progress) -> tuple[Sonication, ...]:
    """Ablations that cover a planned lesion. Raises TooLargeForPatternError, JobCancelled."""
    return proposed_ablations(request.lesion, request.target, request.focus, request.calibration, progress=progress)


def find_reversible_range(request: ReversibleRequest, progress: Progress) -> ReversibleRange:
    """The highest rise that is taken to be reversible."""
    progress.report(0.0, "Heating one spot more and more")
    return reversible_range(request.focus, request.duration_s, request.thermometry, request.geometry.axes)


def calibrate_heating(request: CalibrateRequest, progress: Progress) -> HeatingCalibration:
    """What a test tells of later sonications. Raises NoShownRiseError.

    A scanner does not tell where its voxels and frames lay about the spot, so they may lie anywhere.
    """
    progress.report(0.0, "Looking through voxels and frames that lie as chance has it")
    spot = Point.of(request.focus.spot.frame, request.focus.spot.array + request.test.spot_offset_mm)
    return calibrate(
        moved_focus(request.focus, spot),
        request.test,
        ShownRise(request.shown_celsius - BODY_CELSIUS),
        request.thermometry,
        request.geometry.axes,
        grid_known=False,
    )
