"""How hot each sonication of a simulated target gets: in the tissue, and as thermometry shows it."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.simulation.sonication import Sonication
from fusplan.simulation.temperature_history import BODY_CELSIUS


@dataclass(frozen=True, slots=True)
class SonicationPeak:
    """One sonication and what comes of it.

    Attributes:
        sonication: what is done.
        true_celsius: highest temperature anywhere in the tissue, until the next one begins; None without a history.
        shown_celsius: highest temperature that thermometry shows of it; None where it does not look.
    """

    sonication: Sonication
    true_celsius: float | None
    shown_celsius: float | None


def sonication_peaks(target: SimulatedTarget) -> tuple[SonicationPeak, ...]:
    """One for each sonication of a target, in their order."""
    done = target.sonications
    ends = [*(sonication.start_s for sonication in done[1:]), float("inf")][: len(done)]
    return tuple(
        SonicationPeak(sonication, _true(target, sonication.start_s, end_s), _shown(target, place))
        for place, (sonication, end_s) in enumerate(zip(done, ends, strict=True))
    )


def _true(target: SimulatedTarget, begin_s: float, end_s: float) -> float | None:
    history = target.history
    if history is None:
        return None
    inside = (history.times_s > begin_s) & (history.times_s <= end_s)
    return float(history.peak_celsius[inside].max()) if inside.any() else None


def _shown(target: SimulatedTarget, place: int) -> float | None:
    frames = None if target.history is None else target.history.shown
    if frames is None or not (frames.of_sonication == place).any():
        return None
    return BODY_CELSIUS + frames.highest_rise(place)
