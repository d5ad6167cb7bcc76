"""Shown is not true: what thermometry shows of a focus, and the strength of the true source behind it.

A voxel of 1 x 1 x 3 mm and a frame of 3.5 s show about half of the true peak rise of an ideal focus. An energy is
calibrated on the shown rise; the lesion is computed from the true one.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import NewType

import numpy as np

from fusplan.errors import FusplanError
from fusplan.simulation.heat_course import HeatedState
from fusplan.simulation.heated_region import BROADENING_SIGMA_MM, HeatSources, heat_sources
from fusplan.simulation.pennes_heat import HeatSteps, Modes
from fusplan.simulation.sonication import CALIBRATED_SPREAD, LOSS_PER_REPEAT, HeatingCalibration, Sonication
from fusplan.simulation.temperature_history import PressureField, ShownRise, TrueRise
from fusplan.simulation.thermometry_settings import ThermometrySettings
from fusplan.spatial.points import FloatArray

REFERENCE_DURATION_S = 13.0
"""Duration for which the shown rise per kilojoule is meant (D): that of the composite lesions of the trial."""

REFERENCE_THERMOMETRY = ThermometrySettings()
"""Voxel, slice and frame for which it is meant (D): the spot in the middle of a voxel, a frame that ends with the
sonication. They show 0.81 of the true rise of the broadened focus; lying anywhere 0.73, of the ideal one 0.53 (C)."""

SourceStrength = NewType("SourceStrength", float)
"""Degrees a second for a watt where |p|^2 is that of the ideal focus: the one number that stands for all absorption."""

VOXELS_ABOUT = 2
"""How many voxels from the spot's own the hottest one is looked for."""

PLACES, PHASES = 8, 8
"""Places of voxels for each of some phases of frames, over which a rise is meant that is shown wherever they lie."""


class NoShownRiseError(FusplanError):
    """A test sonication that shows no heating."""


@dataclass(frozen=True, slots=True)
class FocusRise:
    """Rises of one focus by a source of one degree a second where |p|^2 is 1.

    Attributes:
        true: highest true rise, at the end.
        shown: highest rise that thermometry shows, without noise, drift and shift.
    """

    true: TrueRise
    shown: ShownRise


def focus_rise(
    focus: PressureField,
    duration_s: float = REFERENCE_DURATION_S,
    settings: ThermometrySettings = REFERENCE_THERMOMETRY,
    head_axes: FloatArray | None = None,
    broadening_mm: float = BROADENING_SIGMA_MM,
) -> FocusRise:
    """True and shown rise of a focus.

    Voxels are taken to lie along the axes of the field's grid that are nearest to the head's.

    Args:
        focus: where the sound goes.
        duration_s: of the sonication.
        settings: voxel, slice, frame, orientation.
        head_axes: 3 x 3, columns right, anterior, superior; None: those of scanner RAS.
        broadening_mm: sigma of the blur of |p|^2.
    """
    heated = HeatedFocus.by_unit_source(focus, duration_s, broadening_mm)
    order = _axis_order(settings, head_axes, heated.sources.region.axes)
    return FocusRise(heated.true(), heated.shown(settings, order))


def rise_shown_anywhere(
    focus: PressureField,
    duration_s: float = REFERENCE_DURATION_S,
    settings: ThermometrySettings = REFERENCE_THERMOMETRY,
    head_axes: FloatArray | None = None,
    broadening_mm: float = BROADENING_SIGMA_MM,
) -> tuple[ShownRise, float]:
    """What :func:`focus_rise` shows if voxels and frames lie as chance has it: mean, and spread as a share of it."""
    heated = HeatedFocus.by_unit_source(focus, duration_s, broadening_mm)
    shown = heated.shown_anywhere(settings, _axis_order(settings, head_axes, heated.sources.region.axes))
    return ShownRise(float(shown.mean())), float(shown.std() / shown.mean())


@dataclass(frozen=True, slots=True, eq=False)
class HeatedFocus:
    """A focus heated by a source of one degree a second where |p|^2 is 1.

    Attributes:
        sources: the focus as a source.
        steps: of its box.
        state: begin and end of the sonication.
    """

    sources: HeatSources
    steps: HeatSteps
    state: HeatedState

    @classmethod
    def by_unit_source(cls, focus: PressureField, duration_s: float, broadening_mm: float) -> HeatedFocus:
        """The focus heated for so long."""
        sources = heat_sources([focus], broadening_mm)
        steps, source = HeatSteps(sources.region.box), sources.modes[0]
        sonication = Sonication((0.0, 0.0, 0.0), duration_s, duration_s, 0.0, "test")
        after = steps.of(duration_s).gained * source
        return cls(sources, steps, HeatedState(sonication, source, 0 * source, after, np.inf))

    def true(self) -> TrueRise:
        """Highest rise at the end."""
        viewer = self.sources.region.box.viewer(self.sources.kept_places)
        return TrueRise(float(viewer.values(self.state.after).max()))

    def shown(self, settings: ThermometrySettings, order: tuple[int, int, int]) -> ShownRise:
        """Highest rise of a voxel in a frame.

        Args:
            settings: voxel, slice and frame, and where they lie.
            order: which of the box's axes are the readout, the slice's other direction and its normal.
        """
        return ShownRise(self._hottest(self._frames(settings), settings, order))

    def shown_anywhere(self, settings: ThermometrySettings, order: tuple[int, int, int]) -> FloatArray:
        """The same for voxels and frames that lie as chance has it (n,)."""
        rng = np.random.default_rng(0)
        found = []
        for phase in (np.arange(PHASES) + 0.5) / PHASES:
            frames = self._frames(replace(settings, frame_phase=float(phase)))
            found += [self._hottest(frames, settings.somewhere(rng), order) for _ in range(PLACES)]
        return np.array(found)

    def _hottest(self, frames: list[Modes], settings: ThermometrySettings, order: tuple[int, int, int]) -> float:
        sizes, middles = [0.0] * 3, [0.0] * 3
        in_plane = (settings.voxel_mm, settings.voxel_mm, settings.slice_mm)
        for axis, size, place in zip(order, in_plane, settings.in_voxel, strict=True):
            sizes[axis], middles[axis] = size, place
        counts = [0 if axis == order[2] else VOXELS_ABOUT for axis in range(3)]
        x, y, z = (
            spot + (np.arange(-count, count + 1) - middle) * size
            for spot, count, middle, size in zip(self.sources.spot_places(0), counts, middles, sizes, strict=True)
        )
        viewer = self.sources.region.box.viewer((x, y, z), (sizes[0], sizes[1], sizes[2]))
        return max(float(viewer.values(frame).max()) for frame in frames)

    def _frames(self, settings: ThermometrySettings) -> list[Modes]:
        """Mean modes of the last frame that ends within the sonication, and of the one after it."""
        frame_s = settings.frame_s
        end_s = self.state.sonication.duration_s + settings.frame_phase * frame_s
        return [self.state.mean(self.steps, end_s - (1 + n) * frame_s, end_s - n * frame_s) for n in (1, 0)]


def _axis_order(settings: ThermometrySettings, head_axes: FloatArray | None, axes: FloatArray) -> tuple[int, int, int]:
    """Which of the box's axes are nearest to the readout, the slice's other direction and its normal."""
    alike = np.abs(axes.T @ (np.eye(3) if head_axes is None else head_axes))
    best = max(itertools.permutations(range(3)), key=lambda order: sum(alike[order[axis], axis] for axis in range(3)))
    readout, other, normal = (best[axis] for axis in settings.axis_order)
    return readout, other, normal


def source_strength(rise: FocusRise, calibration: HeatingCalibration) -> SourceStrength:
    """The true source behind a calibration.

    Args:
        rise: of the focus that the calibration is meant for, at the reference duration and thermometry.
    """
    return SourceStrength(calibration.shown_celsius_per_kj / 1e3 * REFERENCE_DURATION_S / rise.shown)


def calibrate(
    focus: PressureField,
    sonication: Sonication,
    shown: ShownRise,
    settings: ThermometrySettings = REFERENCE_THERMOMETRY,
    head_axes: FloatArray | None = None,
    *,
    broadening_mm: float = BROADENING_SIGMA_MM,
    grid_known: bool = True,
) -> HeatingCalibration:
    """What a test sonication tells of later ones.

    Args:
        focus: where it went.
        sonication: what was given.
        shown: highest rise that thermometry showed of it.
        settings, head_axes: how thermometry looked; see :func:`focus_rise`.
        broadening_mm: as it will be taken for the lesion.
        grid_known: whether the settings say where voxels and frames lay; a real scanner does not tell, and shows 0.9 of
            what it shows at best, give or take 8 % (C).

    Raises:
        NoShownRiseError: nothing was shown.
    """
    if not shown > 0:
        raise NoShownRiseError(
            f"The test sonication shows a rise of {shown:.1f} °C, which says nothing about heating.",
            "Give it more energy, or move the thermometry slice onto the focus.",
        )
    looked_at = (focus, sonication.duration_s, settings, head_axes, broadening_mm)
    unit_shown = focus_rise(*looked_at).shown if grid_known else rise_shown_anywhere(*looked_at)[0]
    reference = focus_rise(focus, broadening_mm=broadening_mm)
    strength = shown / (unit_shown * sonication.power_w)
    return HeatingCalibration(
        shown_celsius_per_kj=strength * reference.shown * 1e3 / REFERENCE_DURATION_S,
        spread=CALIBRATED_SPREAD,
        loss_per_repeat=LOSS_PER_REPEAT,
        calibrated_on=f"{sonication.energy_j / 1e3:.3g} kJ in {sonication.duration_s:g} s showed {shown:.1f} °C more",
    )
