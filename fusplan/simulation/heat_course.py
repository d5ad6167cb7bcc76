"""The heat of sonications step by step: heating, cooling, and exact jumps over the pauses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from fusplan.simulation.cem43 import accumulate
from fusplan.simulation.heated_region import HeatSources
from fusplan.simulation.pennes_heat import HeatSteps, Modes, ModeViewer
from fusplan.simulation.sonication import Sonication
from fusplan.simulation.temperature_history import BODY_CELSIUS
from fusplan.spatial.points import FloatArray


@dataclass(frozen=True, slots=True)
class Pace:
    """How long steps are.

    Attributes:
        heating_s, cooling_s: the longest step while it heats; the first one afterwards.
        growth: how much longer every further step of cooling is, while something is still hot.
        jump_growth: the same once nothing is.
        near_mm: how far about the running spot, along each axis, temperatures are looked at; all that is kept if None.
    """

    heating_s: float = 1.0
    cooling_s: float = 1.0
    growth: float = 1.0
    jump_growth: float = 3.0
    near_mm: float | None = None


CAREFUL = Pace()
"""Volumes of dose are the same from 0.1 to 1 s (C)."""

QUICK = Pace(heating_s=3.0, cooling_s=0.75, growth=1.6)
"""For many cases, and for spots under way: peak maps as with careful steps, volumes of dose within 3 % (C)."""

JUMP_BELOW_CELSIUS = 42.5
"""Once no place is hotter, a pause has no dose to speak of, and steps grow."""

COOLING_S = 60.0
"""How long the last sonication's cooling is followed."""

UNIT_SCALE = np.ones(1)


@dataclass(frozen=True, slots=True, eq=False)
class HeatedState:
    """The tissue at the begin and the end of one sonication.

    Attributes:
        sonication: which.
        source: its modes, degrees a second.
        before, after: modes of the rise when it begins and when it ends.
        next_start_s: begin of the next sonication, or end of what is followed, session time.
    """

    sonication: Sonication
    source: Modes
    before: Modes
    after: Modes
    next_start_s: float

    def mean(self, steps: HeatSteps, first_s: float, last_s: float) -> Modes:
        """Mean of the rise's modes over a span of time from the sonication's begin; before it nothing changes."""
        duration_s = self.sonication.duration_s
        total = self.before * max(0.0, min(last_s, 0.0) - first_s)
        first, last = max(first_s, 0.0), min(last_s, duration_s)
        if last > first:
            total = total + steps.mean_after(self.before, self.source, first, last) * (last - first)
        first = max(first_s, duration_s)
        if last_s > first:
            cooled = steps.mean_after(self.after, None, first - duration_s, last_s - duration_s)
            total = total + cooled * (last_s - first)
        return np.asarray(total / (last_s - first_s), dtype=np.float32)


@dataclass(slots=True, eq=False)
class HeatCourse:
    """What is gathered while the heat is followed: curves, and maps of the greatest rise and of dose.

    Attributes:
        times_s, peak_rise, spot_rise: a number every moment: time, rise at the hottest place and where the running, or
            last, sonication aims.
        greatest_rise: of every kept voxel.
        dose: CEM43 (min) of every kept voxel, for each of some factors on all heating (s, a, b, c).
        states: of every sonication.
    """

    times_s: list[float]
    peak_rise: list[float]
    spot_rise: list[float]
    greatest_rise: npt.NDArray[np.float32]
    dose: npt.NDArray[np.float32]
    states: list[HeatedState] = field(default_factory=list)


def check_order(sonications: Sequence[Sonication]) -> None:
    """Raises ValueError where a sonication begins before the one ahead of it ends, or where there is none."""
    if not sonications:
        raise ValueError("heat needs a sonication")
    for earlier, later in pairwise(sonications):
        if later.start_s < earlier.end_s - 1e-9:
            raise ValueError(f"a sonication begins at {later.start_s} s, the one before ends at {earlier.end_s} s")


def follow_heat(
    sources: HeatSources,
    sonications: Sequence[Sonication],
    degrees_per_s: Sequence[float],
    steps: HeatSteps,
    *,
    pace: Pace = CAREFUL,
    scales: FloatArray = UNIT_SCALE,
) -> HeatCourse:
    """Follow the heat of sonications, each of which heats its focus where |p|^2 is 1 by so many degrees a second.

    Args:
        sources: a focus for each sonication.
        sonications: in the order of time, not overlapping; checked by :func:`check_order`.
        degrees_per_s: a strength each.
        steps: of the sources' box.
        pace: how long steps are.
        scales: ascending factors on all strengths; a dose map for each. Curves are of factor 1.
    """
    shape = sources.region.kept.shape
    doses = np.zeros((len(scales), *shape), dtype=np.float32)
    course = HeatCourse([sonications[0].start_s], [0.0], [0.0], np.zeros(shape, dtype=np.float32), doses)
    modes = np.zeros_like(sources.modes[0])
    for index, sonication in enumerate(sonications):
        source = np.float32(degrees_per_s[index]) * sources.modes[index]
        last = index + 1 == len(sonications)
        next_start_s = sonication.end_s + COOLING_S if last else sonications[index + 1].start_s
        before, view = modes, _View.of(sources, index, course, pace.near_mm, modes)
        for heating, seconds in _steps(course, sonication.duration_s, next_start_s - sonication.end_s, pace, scales):
            modes = steps.of(seconds).after(modes, source if heating else None)
            view.add(modes, seconds, scales)
            if heating:
                after = modes
        view.put_back()
        course.states.append(HeatedState(sonication, source, before, after, next_start_s))
    return course


@dataclass(slots=True, eq=False)
class _View:
    """What is looked at of the tissue during one sonication, with its part of the course's maps.

    Attributes:
        course: what is gathered.
        block: the part of the maps.
        viewer, spot_viewer: of its voxels; of the spot.
        rise: of its voxels, at the last moment.
        peak, dose: its parts of the maps, added to; put back in the end.
    """

    course: HeatCourse
    block: tuple[slice, slice, slice]
    viewer: ModeViewer
    spot_viewer: ModeViewer
    rise: npt.NDArray[np.float32]
    peak: npt.NDArray[np.float32]
    dose: npt.NDArray[np.float32]

    @classmethod
    def of(cls, sources: HeatSources, index: int, course: HeatCourse, near_mm: float | None, modes: Modes) -> _View:
        spot, box = sources.spot_places(index), sources.region.box
        x, y, z = sources.kept_places
        a, b, c = (_near(places, float(middle[0]), near_mm) for places, middle in zip((x, y, z), spot, strict=True))
        viewer = box.viewer((x[a], y[b], z[c]))
        peak, dose = course.greatest_rise[a, b, c], course.dose[:, a, b, c]
        at_spot = box.viewer(spot)
        return cls(course, (a, b, c), viewer, at_spot, viewer.values(modes), peak.copy(), dose.copy())

    def add(self, modes: Modes, seconds: float, scales: FloatArray) -> None:
        """One step further."""
        earlier, self.rise = self.rise, self.viewer.values(modes)
        peak, dose = self.peak.reshape(-1), self.dose.reshape(len(scales), -1)
        accumulate(earlier.reshape(-1), self.rise.reshape(-1), seconds, BODY_CELSIUS, scales, peak, dose)
        self.course.times_s.append(self.course.times_s[-1] + seconds)
        self.course.peak_rise.append(float(self.rise.max()))
        self.course.spot_rise.append(float(self.spot_viewer.values(modes)[0, 0, 0]))

    def put_back(self) -> None:
        """The maps have what was added."""
        a, b, c = self.block
        self.course.greatest_rise[a, b, c] = self.peak
        self.course.dose[:, a, b, c] = self.dose


def _near(places_mm: FloatArray, middle_mm: float, near_mm: float | None) -> slice:
    if near_mm is None:
        return slice(0, len(places_mm))
    first, last = np.searchsorted(places_mm, [middle_mm - near_mm, middle_mm + near_mm])
    return slice(int(first), max(int(last), int(first) + 1))


def _steps(
    course: HeatCourse, duration_s: float, pause_s: float, pace: Pace, scales: FloatArray
) -> Iterator[tuple[bool, float]]:
    """Steps of one sonication and the pause after it: whether it heats, and seconds. Reads the course as it grows."""
    count = max(1, int(np.ceil(duration_s / pace.heating_s - 1e-9)))
    for _ in range(count):
        yield True, duration_s / count
    step, left = pace.cooling_s, pause_s
    while left > 1e-9:
        seconds = min(step, left)
        left -= seconds
        yield False, seconds
        hot = BODY_CELSIUS + scales[-1] * course.peak_rise[-1] >= JUMP_BELOW_CELSIUS
        step *= pace.growth if hot else pace.jump_growth
