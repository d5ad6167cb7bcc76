"""Pennes' bioheat equation in uniform tissue, by cosine modes that are stepped exactly.

The modes are those of the type II discrete cosine transform: nothing flows through the faces of the box. They are
evaluated by products of three small matrices, which allows any places along the box's axes and skips the modes that
carry nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.spatial.points import FloatArray, read_only

Modes: TypeAlias = npt.NDArray[np.float32]
"""Coefficients (l, m, n) of cosine modes along the box's axes: of a temperature, or of a source (degrees a second)."""

Axes: TypeAlias = tuple[FloatArray, FloatArray, FloatArray]
"""Places along each of the box's three axes, mm from its centre."""

BRAIN_CONDUCTIVITY_W_M_K = 0.51
BRAIN_HEAT_CAPACITY_J_KG_K = 3630.0
BRAIN_DENSITY_KG_M3 = 1045.0
"""Of brain (V: BabelBrain, PRESTUS after IT'IS; density 1041 to 1046)."""

BRAIN_PERFUSION_ML_MIN_KG = 559.0
BLOOD_DENSITY_KG_M3 = 1050.0
BLOOD_HEAT_CAPACITY_J_KG_K = 3617.0
"""What blood carries away (V: BabelBrain)."""


@dataclass(frozen=True, slots=True)
class TissueHeat:
    """How heat spreads and is carried away.

    Attributes:
        diffusivity_mm2_s: thermal diffusivity.
        perfusion_per_s: share of the rise that blood takes away a second.
    """

    diffusivity_mm2_s: float
    perfusion_per_s: float


BRAIN = TissueHeat(
    diffusivity_mm2_s=1e6 * BRAIN_CONDUCTIVITY_W_M_K / (BRAIN_DENSITY_KG_M3 * BRAIN_HEAT_CAPACITY_J_KG_K),
    perfusion_per_s=BRAIN_PERFUSION_ML_MIN_KG
    / 60e6
    * (BLOOD_DENSITY_KG_M3 * BLOOD_HEAT_CAPACITY_J_KG_K / BRAIN_HEAT_CAPACITY_J_KG_K),
)
"""0.134 mm2/s and a time constant of 103 s: conduction rules a sonication of 10 to 20 s (C)."""


@dataclass(frozen=True, slots=True, eq=False)
class HeatBox:
    """A block of tissue and the cosine modes in it.

    Attributes:
        lengths_mm: of its edges; places are counted from its centre.
        counts: modes along each axis.
        tissue: what it is made of.
    """

    lengths_mm: tuple[float, float, float]
    counts: tuple[int, int, int]
    tissue: TissueHeat = BRAIN

    @property
    def wave_numbers(self) -> Axes:
        """Of the modes along each axis, 1/mm."""
        first, second, third = (
            np.asarray(np.pi * np.arange(count) / length)
            for count, length in zip(self.counts, self.lengths_mm, strict=True)
        )
        return first, second, third

    def decay_per_s(self) -> FloatArray:
        """How fast every mode fades (l, m, n)."""
        return self.tissue.diffusivity_mm2_s * _sum_of_squares(self.wave_numbers) + self.tissue.perfusion_per_s

    def modes_of(self, values: npt.NDArray[np.floating], places_mm: Axes, blur_mm: float = 0.0) -> Modes:
        """The modes of a quantity sampled evenly along the box's axes, blurred by a Gaussian.

        Args:
            values: (a, b, c) at the places; nothing beyond them. What lies beyond a face is mirrored into the box.
            places_mm: evenly spaced, along each axis.
            blur_mm: sigma of the Gaussian.
        """
        modes = np.asarray(values, dtype=np.float32)
        for axis in range(3):
            modes = np.moveaxis(np.tensordot(self._analysis(axis, places_mm[axis], blur_mm), modes, (1, axis)), 0, axis)
        return np.ascontiguousarray(modes)

    def _analysis(self, axis: int, places_mm: FloatArray, blur_mm: float) -> Modes:
        waves, length = self.wave_numbers[axis], self.lengths_mm[axis]
        spacing = places_mm[1] - places_mm[0] if len(places_mm) > 1 else length
        norm = np.where(waves == 0, 1, 2) * spacing / length * np.exp(-((waves * blur_mm) ** 2) / 2)
        return np.asarray(norm[:, None] * np.cos(np.outer(waves, places_mm + length / 2)), dtype=np.float32)

    def viewer(self, places_mm: Axes, widths_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> ModeViewer:
        """What turns modes into values at places, averaged over boxes of ``widths_mm`` about them."""
        first, second, third = (
            self._synthesis(axis, places_mm[axis], _box_mean(self.wave_numbers[axis], widths_mm[axis]))
            for axis in range(3)
        )
        return ModeViewer(first, second, third)

    def sharpened_viewer(self, places_mm: Axes, spacing_mm: float) -> ModeViewer:
        """The same for places that are interpolated linearly and averaged afterwards: makes up for the loss in that."""
        first, second, third = (
            self._synthesis(axis, places_mm[axis], _box_mean(self.wave_numbers[axis], spacing_mm) ** -2)
            for axis in range(3)
        )
        return ModeViewer(first, second, third)

    def _synthesis(self, axis: int, places_mm: FloatArray, weights: FloatArray) -> Modes:
        cosines = np.cos(np.outer(places_mm + self.lengths_mm[axis] / 2, self.wave_numbers[axis]))
        return np.asarray(cosines * weights, dtype=np.float32)

    def narrowed(self, counts: tuple[int, int, int]) -> HeatBox:
        """The same block with fewer modes."""
        return HeatBox(self.lengths_mm, counts, self.tissue)


@dataclass(frozen=True, slots=True, eq=False)
class ModeViewer:
    """Cosines at places along three axes: (a, l), (b, m) and (c, n)."""

    first: Modes
    second: Modes
    third: Modes

    @property
    def shape(self) -> tuple[int, int, int]:
        return (len(self.first), len(self.second), len(self.third))

    def values(self, modes: Modes) -> Modes:
        """Values (a, b, c) of modes (l, m, n) at the places."""
        a, b, c = self.shape
        along_first = (self.first @ modes.reshape(len(modes), -1)).reshape(a, *modes.shape[1:])
        along_second = np.matmul(self.second, along_first)
        return np.asarray((along_second.reshape(a * b, -1) @ self.third.T).reshape(a, b, c))


@dataclass(frozen=True, slots=True, eq=False)
class HeatStep:
    """Exact change of every mode over some seconds.

    Attributes:
        kept: share of a mode that is left.
        gained: degrees for every degree a second of a steady source.
    """

    kept: Modes
    gained: Modes

    def after(self, modes: Modes, source: Modes | None) -> Modes:
        """Modes of the temperature after the step, heated by a steady source, or by none."""
        return modes * self.kept if source is None else modes * self.kept + source * self.gained


class HeatSteps:
    """The steps of one box, each worked out once."""

    def __init__(self, box: HeatBox) -> None:
        self._decay = read_only(box.decay_per_s())
        self.of = lru_cache(maxsize=32)(self._of)
        self._mean = lru_cache(maxsize=32)(self._mean_of)

    def _of(self, seconds: float) -> HeatStep:
        gained = _integral(self._decay, seconds)
        kept = 1 - self._decay * gained
        return HeatStep(np.asarray(kept, dtype=np.float32), np.asarray(gained, dtype=np.float32))

    def mean_after(self, modes: Modes, source: Modes | None, first_s: float, last_s: float) -> Modes:
        """Mean of the modes from ``first_s`` to ``last_s`` after they were as given, the source on all the time."""
        return self._mean(first_s, last_s).after(modes, source)

    def _mean_of(self, first_s: float, last_s: float) -> HeatStep:
        begin, end = (_integral(self._decay, seconds) for seconds in (first_s, last_s))
        kept = (end - begin) / (last_s - first_s)
        with np.errstate(divide="ignore", invalid="ignore"):
            gained = np.where(self._decay > 0, (1 - kept) / self._decay, (first_s + last_s) / 2)
        return HeatStep(np.asarray(kept, dtype=np.float32), np.asarray(gained, dtype=np.float32))


def _box_mean(waves: FloatArray, width_mm: float) -> FloatArray:
    """What is left of waves that are averaged over a width."""
    return np.asarray(np.sinc(waves * width_mm / (2 * np.pi)))


def _integral(decay: FloatArray, seconds: float) -> FloatArray:
    """Integral of exp(-decay t) from 0 to ``seconds``; the time itself where nothing decays."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(decay > 0, -np.expm1(-decay * seconds) / decay, seconds)


def _sum_of_squares(waves: Axes) -> FloatArray:
    first, second, third = (wave**2 for wave in waves)
    return first[:, None, None] + second[None, :, None] + third[None, None, :]
