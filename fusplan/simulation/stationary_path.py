"""A bowl behind flat plates by the stationary (Fermat) path: what a straight ray does not see on a slanted plate.

From each point of the bowl to each place one path is the quickest: with the same wave number along the plates in every
layer (Snell). What goes along it is the stack's exact transmission at that wave number, spread as neighbouring paths
spread (the stationary phase of the sum over plane waves). Without plates this is the Rayleigh integral.

It is here for flat plates, which the published benchmarks have; through a skull rays are straight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fusplan.simulation.element_report import ComplexArray
from fusplan.simulation.layered_transmission import WATER, Fluid, Layer, stack_transmission
from fusplan.spatial.points import FloatArray

NEWTON_STEPS = 6
TABLE_SIZE = 4000
STEEPEST = 0.9995
"""Of the largest wave number that passes all layers: beyond it nothing goes by rays."""


@dataclass(frozen=True, slots=True)
class Bowl:
    """A source that is a part of a sphere, its deepest point at z = 0, facing +z; it moves alike everywhere.

    Attributes:
        radius_mm: of the sphere.
        diameter_mm: of the rim.
        frequency_hz: of the sound.
        pressure_pa: density times speed times the velocity of the surface.
    """

    radius_mm: float
    diameter_mm: float
    frequency_hz: float
    pressure_pa: float

    def points(self, rings: int, a_ring: int) -> tuple[FloatArray, FloatArray]:
        """Places (n, 3) in mm and areas (n,) in mm2: Gauss-Legendre from the middle to the rim, even about the axis."""
        rim = np.cos(np.arcsin(self.diameter_mm / 2 / self.radius_mm))
        nodes, weights = np.polynomial.legendre.leggauss(rings)
        cosine = (1 + rim) / 2 + (1 - rim) / 2 * nodes
        azimuth = (np.arange(a_ring) + 0.5) * 2 * np.pi / a_ring
        ring = self.radius_mm * np.sqrt(1 - cosine**2)
        x, y = np.outer(ring, np.cos(azimuth)), np.outer(ring, np.sin(azimuth))
        z = np.repeat(self.radius_mm * (1 - cosine)[:, None], a_ring, axis=1)
        areas = np.repeat(weights * (1 - rim) / 2 * 2 * np.pi / a_ring * self.radius_mm**2, a_ring)
        return np.column_stack([x.ravel(), y.ravel(), z.ravel()]), areas


@dataclass(frozen=True, slots=True)
class Plates:
    """Flat layers across the axis, from ``start_mm`` on, and the medium behind them; water before."""

    start_mm: float
    layers: Sequence[Layer]
    behind: Fluid = WATER

    @property
    def end_mm(self) -> float:
        return self.start_mm + sum(layer.thickness_mm for layer in self.layers)


IN_WATER = Plates(0.0, ())


def bowl_pressure(
    bowl: Bowl, places_mm: FloatArray, plates: Plates = IN_WATER, rings: int = 24, a_ring: int = 72
) -> ComplexArray:
    """Complex pressure (m,) in Pa at places (m, 3) in mm behind the plates.

    Args:
        bowl: the source.
        places_mm: none before the end of the plates.
        plates: what the sound goes through.
        rings, a_ring: points of the bowl; a third of a wavelength between them is enough.

    Raises:
        ValueError: a place before the end of the plates.
    """
    if plates.layers and (places_mm[:, 2] < plates.end_mm).any():
        raise ValueError("the stationary path is for places behind the plates")
    sources, areas = bowl.points(rings, a_ring)
    path = _Path(bowl.frequency_hz, plates)
    strength = -1j * bowl.frequency_hz / WATER.speed * bowl.pressure_pa * 1e-3  # -i k / 2 pi, per mm
    found = np.empty(len(places_mm), dtype=np.complex128)
    for row, place in enumerate(places_mm):
        aside = np.hypot(place[0] - sources[:, 0], place[1] - sources[:, 1])
        found[row] = strength * np.sum(areas * path.green(aside, sources[:, 2], float(place[2])))
    return found


class _Path:
    """Waves of a point source, exp(ikr)/r in water, through plates. Lengths in mm."""

    def __init__(self, frequency_hz: float, plates: Plates) -> None:
        self._plates = plates
        media = [WATER, *(layer.fluid for layer in plates.layers), plates.behind if plates.layers else WATER]
        self._numbers = np.array([2 * np.pi * frequency_hz / medium.speed * 1e-3 for medium in media])
        self._losses = np.array([medium.attenuation * 1e-3 for medium in media])
        self._thickness = np.array([layer.thickness_mm for layer in plates.layers])
        self._most = float(self._numbers.min()) * STEEPEST
        self._along = np.linspace(0.0, self._most, TABLE_SIZE)
        through = stack_transmission(plates.layers, frequency_hz, self._along * 1e3, WATER, plates.behind)
        inside = np.sqrt(self._numbers[1:-1, None] ** 2 - self._along**2)
        self._through = through * np.exp(-1j * (inside * self._thickness[:, None]).sum(axis=0))

    def green(self, aside: FloatArray, from_z: FloatArray, to_z: float) -> ComplexArray:
        """(n,) from points at heights ``from_z`` to one at ``to_z``, so far aside (n,)."""
        ways = self._ways(from_z, to_z)
        along = self._snell(aside, ways)
        across = np.sqrt(self._numbers**2 - along[:, None] ** 2)
        phase = along * aside + (across * ways).sum(axis=1)
        loss = self._losses[-1] * ways[:, -1] * self._numbers[-1] / across[:, -1]
        narrow, wide = (ways * self._numbers**2 / across**3).sum(axis=1), (ways / across).sum(axis=1)
        return np.asarray(self._stack(along) * np.exp(1j * phase - loss) / (across[:, 0] * np.sqrt(narrow * wide)))

    def _ways(self, from_z: FloatArray, to_z: float) -> FloatArray:
        """(n, l) thickness of every medium between the points."""
        if not self._plates.layers:
            return np.column_stack([to_z - from_z, np.zeros_like(from_z)])
        inside = np.broadcast_to(self._thickness, (len(from_z), len(self._thickness)))
        behind = np.full_like(from_z, to_z - self._plates.end_mm)
        return np.column_stack([self._plates.start_mm - from_z, inside, behind])

    def _snell(self, aside: FloatArray, ways: FloatArray) -> FloatArray:
        """Wave number along the plates of the quickest path (n,), by Newton in the tangent of its fastest medium."""
        least = self._numbers.min()
        tangent = aside / ways.sum(axis=1)
        for _ in range(NEWTON_STEPS):
            along = least * tangent / np.sqrt(1 + tangent**2)
            across = np.sqrt(self._numbers**2 - along[:, None] ** 2)
            gone = (ways * along[:, None] / across).sum(axis=1)
            growth = (ways * self._numbers**2 / across**3).sum(axis=1) * least / (1 + tangent**2) ** 1.5
            tangent = np.maximum(tangent - (gone - aside) / growth, 0.0)
        return np.asarray(np.minimum(least * tangent / np.sqrt(1 + tangent**2), self._most))

    def _stack(self, along: FloatArray) -> ComplexArray:
        """The stack's transmission (n,) beyond the phase of the path inside, from the table."""
        at = along / self._most * (TABLE_SIZE - 1)
        low = np.minimum(at.astype(np.int64), TABLE_SIZE - 2)
        return np.asarray(self._through[low] + (at - low) * (self._through[low + 1] - self._through[low]))
