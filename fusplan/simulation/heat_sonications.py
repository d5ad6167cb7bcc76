"""The temperature of a list of sonications through time: true, and as thermometry shows it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fusplan.simulation.heat_course import CAREFUL, HeatCourse, HeatedState, Pace, check_order, follow_heat
from fusplan.simulation.heated_region import BROADENING_SIGMA_MM, SPACING_MM, HeatSources, heat_sources
from fusplan.simulation.pennes_heat import BRAIN, HeatSteps, TissueHeat
from fusplan.simulation.shown_and_true import FocusRise, SourceStrength, focus_rise, source_strength
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.temperature_history import BODY_CELSIUS, PressureField, TemperatureHistory, ThermometryFrames
from fusplan.simulation.thermometry import Picture, SliceNoise, slice_about
from fusplan.simulation.thermometry_settings import ThermometrySettings
from fusplan.spatial import Field
from fusplan.spatial.points import FloatArray

SHOWN_COOLING_S = 20.0
"""How long thermometry looks on after a sonication."""


def heat_sonications(
    foci: Sequence[PressureField],
    sonications: Sequence[Sonication],
    calibration: HeatingCalibration,
    thermometry: ThermometrySettings | None = None,
    *,
    head_axes: FloatArray | None = None,
    reference: FocusRise | None = None,
    seed: int = 0,
    broadening_mm: float = BROADENING_SIGMA_MM,
    tissue: TissueHeat = BRAIN,
    pace: Pace = CAREFUL,
) -> TemperatureHistory:
    """Heat the tissue by sonications.

    Args:
        foci: one for each sonication, of one helmet pose.
        sonications: in the order of time, not overlapping.
        calibration: shown rise per kilojoule, meant for the first focus unless ``reference`` is given.
        thermometry: how it is looked at; None for the true temperatures only.
        head_axes: 3 x 3, columns right, anterior, superior, along which the slice lies; None: those of scanner RAS.
        reference: rises of the focus that the calibration is meant for, from :func:`focus_rise`.
        seed: of the noise.
        broadening_mm: sigma of the blur of |p|^2.
        pace: how long steps are.

    Returns:
        Curves; peak map and dose on a grid of 0.5 mm about the spots, along the axes of the first focus's grid. Beyond
        it the temperature is not known and there is no dose.

    Raises:
        ValueError: no sonication, another number of foci, or sonications that overlap.
    """
    check_order(sonications)
    if len(foci) != len(sonications):
        raise ValueError(f"{len(sonications)} sonications need a focus each, got {len(foci)}")
    rise = reference if reference is not None else focus_rise(foci[0], broadening_mm=broadening_mm)
    sources = heat_sources(foci, broadening_mm, tissue)
    steps = HeatSteps(sources.region.box)
    strengths = degrees_per_s(sonications, calibration, source_strength(rise, calibration))
    course = follow_heat(sources, sonications, strengths, steps, pace=pace)
    axes = np.eye(3) if head_axes is None else head_axes
    shown = None if thermometry is None else _frames(sources, course, steps, thermometry, axes, seed)
    return _history(sources, course, shown)


def degrees_per_s(
    sonications: Sequence[Sonication], calibration: HeatingCalibration, strength: SourceStrength
) -> list[float]:
    """What each sonication heats a second where |p|^2 is 1: every ablation less than the one before it."""
    heats, ablations = [], 0
    for sonication in sonications:
        heats.append(strength * sonication.power_w * (1 - calibration.loss_per_repeat) ** ablations)
        ablations += sonication.kind == "ablation"
    return heats


def _history(sources: HeatSources, course: HeatCourse, shown: ThermometryFrames | None) -> TemperatureHistory:
    kept = sources.region.kept
    return TemperatureHistory(
        times_s=np.array(course.times_s),
        peak_celsius=BODY_CELSIUS + np.array(course.peak_rise),
        spot_celsius=BODY_CELSIUS + np.array(course.spot_rise),
        peak_map=Field(kept, np.float32(BODY_CELSIUS) + course.greatest_rise, "degC"),
        dose=Field(kept, course.dose[0], "min", outside=0.0),
        shown=shown,
    )


def _frames(
    sources: HeatSources,
    course: HeatCourse,
    steps: HeatSteps,
    settings: ThermometrySettings,
    head_axes: FloatArray,
    seed: int,
) -> ThermometryFrames:
    rng = np.random.default_rng(seed)
    x, y, z = sources.kept_places
    times: list[float] = []
    of_sonication: list[int] = []
    pictures: list[Picture] = []
    for index, state in enumerate(course.states):
        plane = slice_about(sources.spots[index], sources.region.kept, settings, head_axes)
        a, b, c = plane.block
        viewer = sources.region.box.sharpened_viewer((x[a], y[b], z[c]), SPACING_MM)
        reference = plane.voxel_means(viewer.values(state.before))
        noise = SliceNoise.drawn(rng, (plane.voxels, plane.voxels), settings.snr)
        for begin_s in _frame_begins(state, settings):
            voxels = plane.voxel_means(viewer.values(state.mean(steps, begin_s, begin_s + settings.frame_s)))
            pictures.append(plane.shown(voxels, reference, noise, begin_s + settings.frame_s))
            times.append(state.sonication.start_s + begin_s + settings.frame_s / 2)
            of_sonication.append(index)
            noise = noise.next(rng, settings.snr)
    shown = np.array(pictures)
    numbers = np.array([_peak_and_mean(picture) for picture in pictures])
    return ThermometryFrames(np.array(times), numbers[:, 0], numbers[:, 1], shown, np.array(of_sonication))


def _frame_begins(state: HeatedState, settings: ThermometrySettings) -> FloatArray:
    """When the frames of a sonication begin, from its own begin: the first one holds it."""
    frame_s, duration_s = settings.frame_s, state.sonication.duration_s
    first_s = -((-duration_s - settings.frame_phase * frame_s) % frame_s)
    last_s = min(duration_s + SHOWN_COOLING_S, state.next_start_s - state.sonication.start_s)
    return first_s + frame_s * np.arange(max(1, int((last_s - first_s) / frame_s + 1e-9)), dtype=np.float64)


def _peak_and_mean(picture: Picture) -> tuple[float, float]:
    row, column = np.unravel_index(int(np.argmax(picture)), picture.shape)
    about = picture[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
    return float(picture[row, column]), float(about.mean())
