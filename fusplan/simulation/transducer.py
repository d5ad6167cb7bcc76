"""The helmet: where its elements are, how large they are, and how fast they beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.spatial.points import FloatArray, read_only

ELEMENTS = 1024
RADIUS_MM = 150.0
"""Of the hemisphere the elements lie on (V: BabelBrain's dome, Kranion)."""

FREQUENCY_HZ = 650e3
"""Centre of the device's 620 to 720 kHz (V: manufacturer's page of 2018)."""

ELEMENT_AREA_MM2 = 113.54
"""Nominal (V: Kranion). Discs of this area overlap at the layout's pitch of 10.9 mm, so it serves as a weight (C)."""

COVERED_POLAR_SHARE = 1.025
"""The layout's constant: the spiral ends a little short of the hemisphere's rim (V: Kranion)."""

GOLDEN_RATIO = (1 + 5**0.5) / 2

LAYOUT_CITATION = (
    "Golden-angle spiral of 1024 points on a sphere of 150 mm, formula as in Kranion (MIT licence), recomputed; the "
    "maker's own layout is not public, this one stands in for it."
)


@dataclass(frozen=True, slots=True, eq=False)
class Transducer:
    """A helmet of elements that all lie at the same distance from one point, its natural focus.

    Attributes:
        name: what it is called.
        element_positions_mm: (n, 3) in its :class:`~fusplan.spatial.frames.HelmetFrame`: origin the natural focus, +z
            to the apex; read-only.
        element_area_mm2: of one element.
        radius_mm: distance of the elements from the natural focus.
        frequency_hz: of the ultrasound.
        citation: where the layout is from.
    """

    name: str
    element_positions_mm: FloatArray
    element_area_mm2: float
    radius_mm: float
    frequency_hz: float
    citation: str

    def __post_init__(self) -> None:
        positions = read_only(self.element_positions_mm)
        if positions.ndim != 2 or positions.shape[1] != 3 or len(positions) == 0:
            raise ValueError(f"elements need an (n, 3) array of positions, got shape {positions.shape}")
        object.__setattr__(self, "element_positions_mm", positions)

    @property
    def element_count(self) -> int:
        return len(self.element_positions_mm)


def golden_angle_helmet(frequency_hz: float = FREQUENCY_HZ) -> Transducer:
    """The stand-in for the device's helmet: 1024 elements on a golden-angle spiral over a hemisphere of 150 mm.

    Element n = 1..N: polar angle acos((c - n) / c) with c = N / (1 + cos(1.025 pi / 2)), azimuth n 2 pi (1 - 1 / phi).
    """
    number = np.arange(1, ELEMENTS + 1)
    c = ELEMENTS / (1 + np.cos(COVERED_POLAR_SHARE * np.pi / 2))
    height = (c - number) / c
    azimuth = number * 2 * np.pi * (1 - 1 / GOLDEN_RATIO)
    ring = np.sqrt(1 - height**2)
    directions = np.column_stack([ring * np.cos(azimuth), ring * np.sin(azimuth), height])
    return Transducer(
        name="1024 elements, golden-angle spiral",
        element_positions_mm=RADIUS_MM * directions,
        element_area_mm2=ELEMENT_AREA_MM2,
        radius_mm=RADIUS_MM,
        frequency_hz=frequency_hz,
        citation=LAYOUT_CITATION,
    )
