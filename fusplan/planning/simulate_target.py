"""What comes of the treatment at one target: elements, focus, heat, lesion, one after the other.

Each part is kept from an earlier simulation where it is still of the same things.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.planning.aims import covered_structure
from fusplan.planning.coverage import cover_region
from fusplan.planning.plan import Lesion, Plan, Target
from fusplan.planning.proposed_sonications import SonicationWish, proposed_ablations
from fusplan.planning.review import Coverage
from fusplan.planning.simulated_treatment import PartKeys, SimulatedTarget, elements_key, heat_key
from fusplan.planning.treatment_checks import check_target
from fusplan.planning.treatment_edits import treatment_of
from fusplan.progress import PartOfProgress, Progress
from fusplan.simulation.element_report import ElementReport
from fusplan.simulation.element_transmission import Acoustics, report_elements
from fusplan.simulation.expect_lesion import expect_lesion
from fusplan.simulation.focus_field import focus_field
from fusplan.simulation.heat_sonications import heat_sonications
from fusplan.simulation.helmet_fit import SkinDistances
from fusplan.simulation.helmet_pose import HelmetPose, tilted_helmet
from fusplan.simulation.lesion_contours import contour_samples
from fusplan.simulation.predicted_lesion import PredictedLesion
from fusplan.simulation.shown_and_true import focus_rise
from fusplan.simulation.skull import Skull
from fusplan.simulation.skull_load import skull_load
from fusplan.simulation.sonication import Sonication, SonicationKind
from fusplan.simulation.temperature_history import PressureField, TemperatureHistory
from fusplan.simulation.transducer import Transducer
from fusplan.spatial import Point, ScannerRas

FEWEST_POINTS = 64
"""Fewer points of a contour say nothing about where it lies."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadForSound:
    """What all targets of a plan share.

    Attributes:
        skull, skull_key: what the sound goes through, and its key.
        skin: of the head, that the helmet keeps away from.
        transducer: the helmet.
        acoustics: the person's choices.
        atlases: in the head, for where the lesion lies.
        wish: what is asked of sonications, the same at every target; None takes the plan's.
    """

    skull: Skull
    skull_key: str
    skin: SkinDistances
    transducer: Transducer
    acoustics: Acoustics
    atlases: tuple[HeadAtlas, ...]
    wish: SonicationWish | None = None


def simulate_target(
    plan: Plan, target: Target, head: HeadForSound, progress: Progress, before: SimulatedTarget | None = None
) -> SimulatedTarget:
    """Simulate what the plan does at a target.

    Args:
        plan: with its treatment; where it has no sonications for the target, the program's own pattern is taken.
        target: one of the plan's.
        head: what all targets share.
        before: an earlier simulation of the target.
    """
    treatment = treatment_of(plan)
    treated = treatment.at(target.id)
    pose = tilted_helmet(target.point, plan.landmarks.geometry(), treated.tilt)
    keys = PartKeys(elements_key(plan, target, head.skull_key), heat_key(plan, target, head.wish))
    progress.report(0.0, f"Sending rays through the skull to {target.name}")
    same_elements = before is not None and before.keys.elements == keys.elements
    if before is not None and same_elements:
        elements, focus, uncorrected = before.elements, before.focus, before.uncorrected
    else:
        elements = report_elements(head.skull, head.transducer, pose, head.acoustics, PartOfProgress(progress, 0, 0.3))
        focus, uncorrected = _foci(head, pose, elements, target.point)
    fit = head.skin.fit(head.transducer, pose)
    lesion = _lesion_of(plan, target)
    sonications, proposed = treated.sonications, False
    if lesion is not None and focus.gain > 0 and (head.wish is not None or not sonications):
        searching = PartOfProgress(progress, 0.3, 0.4)
        sonications, proposed = _proposed(plan, lesion, target, head, focus, before, keys, searching), True
    progress.report(0.4, f"Heating {target.name}")
    if before is not None and keys == before.keys:
        history, tests, expected = before.history, before.tests, before.lesion
    else:
        foci = _spot_foci(head, pose, elements, target, sonications)
        history, tests, expected = _heat(plan, foci, sonications, focus, lesion)
    progress.report(0.9, "Looking up where the lesion would lie")
    shares = () if expected is None or lesion is None else _shares(plan, lesion, expected, head.atlases)
    return SimulatedTarget(
        target_id=target.id,
        name=target.name,
        side=target.side,
        keys=keys,
        pose=pose,
        fit=fit,
        elements=elements,
        load=skull_load(elements, head.transducer),
        focus=focus,
        uncorrected=uncorrected,
        sonications=sonications,
        proposed=proposed,
        history=history,
        tests=tests,
        lesion=expected,
        shares=shares,
        checks=check_target(head.skull, pose, fit, elements, focus, sonications, history, tests),
    )


def _proposed(
    plan: Plan,
    lesion: Lesion,
    target: Target,
    head: HeadForSound,
    focus: PressureField,
    before: SimulatedTarget | None,
    keys: PartKeys,
    progress: Progress,
) -> tuple[Sonication, ...]:
    if before is not None and before.keys == keys:
        return before.sonications
    return proposed_ablations(lesion, target, focus, treatment_of(plan).calibration, head.wish, progress)


def _foci(
    head: HeadForSound, pose: HelmetPose, elements: ElementReport, spot: Point[ScannerRas]
) -> tuple[PressureField, PressureField | None]:
    """With phases corrected; and without, where losses and phases are known."""
    focus = focus_field(head.transducer, pose, elements, spot)
    if focus.ideal:
        return focus, None
    return focus, focus_field(head.transducer, pose, elements, spot, corrected=False)


def _spot_foci(
    head: HeadForSound,
    pose: HelmetPose,
    elements: ElementReport,
    target: Target,
    sonications: tuple[Sonication, ...],
) -> tuple[PressureField, ...]:
    """One focus a sonication; what the skull passes on is taken from the rays to the target for all spots."""
    made: dict[tuple[float, float, float], PressureField] = {}
    for sonication in sonications:
        offset = sonication.spot_offset_mm
        if offset not in made:
            spot = Point.of(target.point.frame, target.point.array + offset)
            made[offset] = focus_field(head.transducer, pose, elements, spot)
    return tuple(made[sonication.spot_offset_mm] for sonication in sonications)


def _heat(
    plan: Plan,
    foci: tuple[PressureField, ...],
    sonications: tuple[Sonication, ...],
    focus: PressureField,
    lesion: Lesion | None,
) -> tuple[TemperatureHistory | None, TemperatureHistory | None, PredictedLesion | None]:
    """The heat of all sonications, that of the tests alone, and the lesion of the ablations.

    The calibration is that of the target's own focus.
    """
    if not sonications or not any(field.gain > 0 for field in foci):
        return None, None, None
    treatment, axes = treatment_of(plan), plan.landmarks.geometry().axes
    reference = focus_rise(focus)
    history = heat_sonications(
        foci,
        sonications,
        treatment.calibration,
        treatment.thermometry,
        head_axes=axes,
        reference=reference,
        seed=plan.seed,
    )
    tests, hot = _of_kind("test", foci, sonications), _of_kind("ablation", foci, sonications)
    tested = heat_sonications(*tests, treatment.calibration, reference=reference) if tests[0] and hot[0] else None
    if not hot[0]:
        return history, history, None
    expected = expect_lesion(
        *hot,
        treatment.calibration,
        planned=None if lesion is None else lesion.ellipsoid,
        axes=None if lesion is not None else axes,
        reference=focus,
        seed=plan.seed,
    )
    return history, tested, expected


def _of_kind(
    kind: SonicationKind, foci: tuple[PressureField, ...], sonications: tuple[Sonication, ...]
) -> tuple[tuple[PressureField, ...], tuple[Sonication, ...]]:
    chosen = [place for place, sonication in enumerate(sonications) if sonication.kind == kind]
    return tuple(foci[place] for place in chosen), tuple(sonications[place] for place in chosen)


def _lesion_of(plan: Plan, target: Target) -> Lesion | None:
    """The first lesion that is planned at a target."""
    return next(iter(plan.lesions_of(target.id)), None)


def _shares(
    plan: Plan, lesion: Lesion, expected: PredictedLesion, atlases: tuple[HeadAtlas, ...]
) -> tuple[Coverage, ...]:
    inside = contour_samples(expected.peak_map, expected.dose, "51_celsius")
    if inside is None or len(inside.points) < FEWEST_POINTS:
        return ()
    structure = covered_structure(lesion, plan, atlases)
    volume_mm3 = float(inside.weights_mm3.sum())
    return tuple(cover_region(inside.points, volume_mm3, atlas, structure, plan.seed) for atlas in atlases)
