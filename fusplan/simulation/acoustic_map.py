"""From CT numbers to what sound meets: density, speed and attenuation of bone, by several published mappings.

They differ clearly in the losses of one skull (V: engine comparisons), so the mapping is the user's choice, and every
result names it. Below :data:`SOUND_MEETS_BONE_FROM_HU` everything, air too, counts as water: skin and brain differ from
it by less than bone does from one mapping to the next, and rays through air are told of elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np

from fusplan.spatial.points import FloatArray

AcousticMapName: TypeAlias = Literal["mcdannold", "aubry", "webb", "itrusst", "full_wave_reference"]

WATER_DENSITY = 1000.0
WATER_SPEED = 1500.0
"""kg/m3 and m/s (V: BabelBrain)."""

SOUND_MEETS_BONE_FROM_HU = 150.0
"""CT numbers below it are water for sound (C: as in the full-wave reference)."""

TABLE_FIRST_HU = 0
TABLE_LAST_HU = 3500

DENSEST_HU = 2000.0
"""CT number of bone without pores in the porosity mapping (D: the source takes the image's highest)."""

NEPER_PER_DECIBEL = np.log(10) / 20

Medium: TypeAlias = tuple[FloatArray, FloatArray, FloatArray]
"""Density in kg/m3, speed in m/s, attenuation in Np/m."""


@dataclass(frozen=True, slots=True)
class AcousticMap:
    """One published mapping.

    Attributes:
        name: for plans and programs.
        words: for people.
        citation: where its formulas are from, with confidence.
        of_bone: density, speed and attenuation at CT numbers of bone (n,) and a frequency in Hz.
    """

    name: AcousticMapName
    words: str
    citation: str
    of_bone: Callable[[FloatArray, float], Medium]

    def medium(self, hounsfield: FloatArray, frequency_hz: float) -> Medium:
        """Density, speed and attenuation (n,) each at CT numbers (n,); water below bone."""
        numbers = np.clip(np.asarray(hounsfield, dtype=np.float64), SOUND_MEETS_BONE_FROM_HU, TABLE_LAST_HU)
        bone = np.asarray(hounsfield) >= SOUND_MEETS_BONE_FROM_HU
        density, speed, attenuation = self.of_bone(numbers, frequency_hz)
        return (
            np.where(bone, density, WATER_DENSITY),
            np.where(bone, np.maximum(speed, WATER_SPEED), WATER_SPEED),
            np.where(bone, attenuation, 0.0),
        )

    def table(self, frequency_hz: float) -> FloatArray:
        """(h, 3) density, speed, attenuation at the whole CT numbers from ``TABLE_FIRST_HU`` to ``TABLE_LAST_HU``."""
        return np.column_stack(self.medium(np.arange(TABLE_FIRST_HU, TABLE_LAST_HU + 1.0), frequency_hz))


def ct_density(hounsfield: FloatArray) -> FloatArray:
    """Density in kg/m3, line by line (V: Schneider 1996 and Mast 2000, as k-Wave has them)."""
    number = hounsfield + 1000
    return np.select(
        [number < 930, number < 1098, number < 1260],
        [
            1.025793065681423 * number - 5.680404011488714,
            0.9082709691264 * number + 103.6151457847139,
            0.5108369316599 * number + 539.9977189228704,
        ],
        0.6625370912451 * number + 348.8555178455294,
    )


MCDANNOLD_FREQUENCY_HZ = 660e3
MCDANNOLD_LEAST_DENSITY = 1400.0
"""Below it the polynomial of the attenuation runs away (816 Np/m at 1000 kg/m3, C); there it falls in a line to none in
water (D)."""


def _mcdannold(hounsfield: FloatArray, frequency_hz: float) -> Medium:
    density = ct_density(hounsfield)
    slowness = 1.24e-3 - 7.63e-7 * density + 1.69e-10 * density**2 + 5.31e-16 * density**3 - 2.79e-18 * density**4
    dense = np.maximum(density, MCDANNOLD_LEAST_DENSITY)
    attenuation = 5.71e3 - 9.02 * dense + 5.40e-3 * dense**2 - 1.41e-6 * dense**3 + 1.36e-10 * dense**4
    thin = np.clip((density - WATER_DENSITY) / (MCDANNOLD_LEAST_DENSITY - WATER_DENSITY), 0.0, 1.0)
    return density, 1 / slowness, attenuation * thin * frequency_hz / MCDANNOLD_FREQUENCY_HZ


def _aubry(hounsfield: FloatArray, frequency_hz: float) -> Medium:
    porosity = 1 - np.clip(hounsfield / DENSEST_HU, 0.0, 1.0)
    attenuation = (2.303 + (92.10 - 2.303) * np.sqrt(porosity)) * frequency_hz / 1e6
    return 1000 * porosity + 2200 * (1 - porosity), 1500 * porosity + 3100 * (1 - porosity), attenuation


def _webb(hounsfield: FloatArray, frequency_hz: float) -> Medium:
    attenuation = 100 * 26 * (frequency_hz / 1e6) ** 1.3 * np.exp(-0.0014 * hounsfield)
    return ct_density(hounsfield), 0.81 * hounsfield + 1270, attenuation


def _itrusst(hounsfield: FloatArray, frequency_hz: float) -> Medium:
    density = ct_density(hounsfield)
    attenuation = np.full_like(density, 270 * NEPER_PER_DECIBEL * frequency_hz / 1e6)
    return density, 1.33 * density + 167, attenuation


def _full_wave_reference(hounsfield: FloatArray, frequency_hz: float) -> Medium:
    del frequency_hz
    bone = np.clip(hounsfield / 1700, 0.0, 1.0)
    return 1000 + 1100 * bone, 1500 + 1400 * bone, 80 * np.minimum(1.0, 3 * bone)


ACOUSTIC_MAPS: Mapping[AcousticMapName, AcousticMap] = MappingProxyType(
    {
        mapping.name: mapping
        for mapping in (
            AcousticMap(
                "mcdannold",
                "McDannold, fitted to sonications of the device",
                "Speed and attenuation as functions of density, McDannold (attenuation at 660 kHz, linear in "
                "frequency); density by Schneider 1996 and Mast 2000 (V: BabelBrain)",
                _mcdannold,
            ),
            AcousticMap(
                "aubry",
                "Aubry 2003, by porosity",
                "Density, speed and attenuation from porosity, Aubry 2003 (V: BabelBrain); bone without pores at "
                "2000 HU (D)",
                _aubry,
            ),
            AcousticMap(
                "webb",
                "Webb 2018 and 2021, Siemens 120 kVp, bone kernel",
                "Speed by Webb 2018, attenuation by Webb 2021, for Siemens, 120 kVp and a bone kernel (V: as "
                "BabelBrain has them; losses are several times those of all others here, C: doubtful); density by "
                "Schneider 1996 and Mast 2000 (V)",
                _webb,
            ),
            AcousticMap(
                "itrusst",
                "ITRUSST, linear, with one attenuation",
                "Speed linear in density, attenuation 270 dB/m/MHz of Pinton 2012 (V: BabelBrain); density by "
                "Schneider 1996 and Mast 2000 (V)",
                _itrusst,
            ),
            AcousticMap(
                "full_wave_reference",
                "of the full-wave reference, for benchmarks",
                "Linear in CT number up to 1700 HU, 80 Np/m: the media of the full-wave run that this program is "
                "measured by (C)",
                _full_wave_reference,
            ),
        )
    }
)

DEFAULT_ACOUSTIC_MAP: AcousticMapName = "mcdannold"
"""Its figures were fitted to sonications of this very device and frequency (V); the choice is ours (D)."""
