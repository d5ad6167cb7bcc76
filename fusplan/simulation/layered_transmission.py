"""Sound through a stack of fluid layers, exactly: one 2 x 2 matrix a layer, at a fixed wave number along the layers.

Time goes as exp(-i w t). Pressure and velocity across a layer follow from those behind it; the wave number across is
complex where the layer attenuates, and imaginary beyond the critical angle. ``ray_kernel.transmit`` is the same for
many rays with profiles of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fusplan.simulation.acoustic_map import WATER_DENSITY, WATER_SPEED
from fusplan.simulation.element_report import ComplexArray
from fusplan.spatial.points import FloatArray


@dataclass(frozen=True, slots=True)
class Fluid:
    """A medium that carries pressure waves only: kg/m3, m/s, Np/m."""

    density: float
    speed: float
    attenuation: float = 0.0

    def number_across(self, frequency_hz: float, number_along: FloatArray) -> ComplexArray:
        """Wave number (n,) per metre across the layers, for given ones along them."""
        whole = 2 * np.pi * frequency_hz / self.speed + 1j * self.attenuation
        return np.asarray(np.sqrt(whole**2 - number_along.astype(np.complex128) ** 2))


WATER = Fluid(WATER_DENSITY, WATER_SPEED)


@dataclass(frozen=True, slots=True)
class Layer:
    """So much of a fluid."""

    fluid: Fluid
    thickness_mm: float


def stack_transmission(
    layers: Sequence[Layer],
    frequency_hz: float,
    number_along: FloatArray,
    before: Fluid = WATER,
    behind: Fluid = WATER,
) -> ComplexArray:
    """Pressure at the last face over that of the incoming wave at the first face.

    Args:
        layers: from the side that the wave comes from.
        frequency_hz: of the wave.
        number_along: (n,) wave numbers along the layers, per metre: 2 pi f / c sin(incidence).
        before, behind: the media on either side.
    """
    omega = 2 * np.pi * frequency_hz
    impedance_before = omega * before.density / before.number_across(frequency_hz, number_along)
    pressure = np.ones(len(number_along), dtype=np.complex128)
    velocity = behind.number_across(frequency_hz, number_along) / (omega * behind.density)
    for layer in reversed(layers):
        across = layer.fluid.number_across(frequency_hz, number_along)
        impedance = omega * layer.fluid.density / across
        turn = across * layer.thickness_mm * 1e-3
        cosine, sine = np.cos(turn), np.sin(turn)
        pressure, velocity = (
            cosine * pressure - 1j * impedance * sine * velocity,
            cosine * velocity - 1j * sine / impedance * pressure,
        )
    return np.asarray(2 / (pressure + impedance_before * velocity))
