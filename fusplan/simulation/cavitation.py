"""Cavitation as a seeded teaching event: a declared likelihood, and no physics claimed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.simulation.temperature_history import PressureField
from fusplan.simulation.transducer import Transducer

HALF_LIKELY_PA = 5.8e6
"""Focal pressure at which it is as likely as not (V for the pressure)."""

STEEPNESS_PA = 0.35e6
"""Of the logistic curve (D: a teaching parameter): 5 % at 4.8, 95 % at 6.8 MPa."""

WATER_IMPEDANCE_RAYL = 1.5e6
WATER_SPEED_M_S = 1500.0

BRAIN_SHARE = 0.75
"""Part of the pressure that is left behind 65 mm of brain (C, from 0.59 dB/cm/MHz: V, PRESTUS)."""

TEACHING_GAIN = 0.15
"""Part of the ideal pressure that is taken to be left where the skull's losses are unknown (M)."""

TEACHING_WORDS = "Cavitation is a teaching event: its likelihood is declared, no physics is claimed for it."


@dataclass(frozen=True, slots=True)
class CavitationEvent:
    """Whether a sonication is interrupted.

    Attributes:
        likelihood: that it happens, 0 to 1.
        at_share: when, as part of the duration; None where it does not happen.
    """

    likelihood: float
    at_share: float | None

    @property
    def happens(self) -> bool:
        return self.at_share is not None


def focal_pressure_pa(transducer: Transducer, power_w: float, focus: PressureField) -> float:
    """Pressure at the focus: that of all elements' pistons in water times what skull and brain leave.

    In water it is sqrt(2 Z W N A) / (wavelength x radius). A focus whose skull is not known has :data:`TEACHING_GAIN`.
    """
    area_m2 = transducer.element_count * transducer.element_area_mm2 * 1e-6
    wavelength_m = WATER_SPEED_M_S / transducer.frequency_hz
    ideal = np.sqrt(2 * WATER_IMPEDANCE_RAYL * power_w * area_m2) / (wavelength_m * transducer.radius_mm * 1e-3)
    return float(ideal * BRAIN_SHARE * (TEACHING_GAIN if focus.ideal else focus.gain))


def cavitation_likelihood(pressure_pa: float) -> float:
    """Logistic in the focal pressure."""
    return float(1 / (1 + np.exp(-(pressure_pa - HALF_LIKELY_PA) / STEEPNESS_PA)))


def cavitation_event(pressure_pa: float, seed: int) -> CavitationEvent:
    """Drawn for one sonication: the same seed draws the same, and more pressure never makes it less likely."""
    rng = np.random.default_rng(seed)
    luck, when = rng.uniform(size=2)
    likelihood = cavitation_likelihood(pressure_pa)
    return CavitationEvent(likelihood, float(when) if luck < likelihood else None)
