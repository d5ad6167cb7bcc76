"""How far a test may heat before it leaves something: a range with its assumption, never a promise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.simulation.heat_course import QUICK, follow_heat
from fusplan.simulation.heated_region import BROADENING_SIGMA_MM, heat_sources
from fusplan.simulation.pennes_heat import HeatSteps
from fusplan.simulation.predicted_lesion import FIRST_DAMAGE_CEM43_MIN, LESION_TEMPERATURE_CELSIUS
from fusplan.simulation.shown_and_true import REFERENCE_THERMOMETRY, focus_rise
from fusplan.simulation.sonication import Sonication
from fusplan.simulation.temperature_history import BODY_CELSIUS, PressureField, ShownRise, TemperatureHistory, TrueRise
from fusplan.simulation.thermometry_settings import ThermometrySettings
from fusplan.spatial.points import FloatArray

REVERSIBLE_ASSUMPTION = (
    "Taken to be reversible: nowhere 17 CEM43, where first damage is seen, and nowhere 51 °C. That nerve cells recover "
    "from less is remembered from general practice (M, unverified); it is no promise."
)


@dataclass(frozen=True, slots=True)
class ReversibleRange:
    """The highest rise of one spot that is taken to be reversible.

    Attributes:
        true: at the hottest place.
        shown: what thermometry shows of it: less.
    """

    true: TrueRise
    shown: ShownRise

    @property
    def shown_celsius(self) -> float:
        return BODY_CELSIUS + self.shown


def is_reversible(history: TemperatureHistory) -> bool:
    """Whether a history stays in the range, by :data:`REVERSIBLE_ASSUMPTION`."""
    hottest, most = float(history.peak_map.values.max()), float(history.dose.values.max())
    return hottest < LESION_TEMPERATURE_CELSIUS and most < FIRST_DAMAGE_CEM43_MIN


def reversible_range(
    focus: PressureField,
    duration_s: float,
    settings: ThermometrySettings = REFERENCE_THERMOMETRY,
    head_axes: FloatArray | None = None,
    broadening_mm: float = BROADENING_SIGMA_MM,
) -> ReversibleRange:
    """The highest rise of one spot, heated for so long and cooling, that :func:`is_reversible`.

    Args:
        focus: where the sound goes.
        duration_s: of the sonication.
        settings, head_axes, broadening_mm: see :func:`~fusplan.simulation.shown_and_true.focus_rise`.
    """
    rise = focus_rise(focus, duration_s, settings, head_axes, broadening_mm)
    rises = np.linspace(4.0, LESION_TEMPERATURE_CELSIUS - BODY_CELSIUS, 21)
    sonication = Sonication((0.0, 0.0, 0.0), duration_s, duration_s, 0.0, "test")
    sources = heat_sources([focus], broadening_mm)
    course = follow_heat(
        sources, [sonication], [1 / rise.true], HeatSteps(sources.region.box), pace=QUICK, scales=rises
    )
    doses = course.dose.reshape(len(rises), -1).max(axis=1)
    highest = np.interp(np.log(FIRST_DAMAGE_CEM43_MIN), np.log(np.maximum(doses, 1e-6)), rises)
    return ReversibleRange(TrueRise(float(highest)), ShownRise(float(highest) * rise.shown / rise.true))
