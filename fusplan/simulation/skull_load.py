"""How the sound's load is spread over the skull, element by element, relative to the mean. No temperature of bone.

An element's power that does not pass is taken as left at its place in the skull, on the area that its beam has shrunk
to there. What is reflected is counted too, so this is a map to compare places by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.simulation.element_report import ElementReport
from fusplan.simulation.temperature_history import ShownRise
from fusplan.simulation.transducer import Transducer
from fusplan.spatial.points import FloatArray

FOCAL_OVER_SURFACE_RISE = 11.3
"""Shown rise at the focus over that at the brain's surface (V: McDannold 2010)."""

LOAD_WORDS = (
    "Relative load on the skull, 1 on average over active elements; it is no temperature. Lesions of bone marrow went "
    "with the maximum energy, not with the skull density ratio (V, 7 of 30 patients)."
)


@dataclass(frozen=True, slots=True, eq=False)
class SkullLoad:
    """The load of one pose.

    Attributes:
        relative: (n,) of each element over the mean of active ones; 0 where it is off.
        places_mm: (n, 3) where: middle of the skull along its ray, scanner RAS mm; not-a-number without bone.
        by_area_only: whether the skull's losses are not known, so that only the beams' areas count.
    """

    relative: FloatArray
    places_mm: FloatArray
    by_area_only: bool

    @property
    def highest(self) -> float:
        """The greatest relative load; 0 where no element is on."""
        return float(self.relative.max(initial=0.0))


def skull_load(elements: ElementReport, transducer: Transducer) -> SkullLoad:
    """Spread the load of equally driven active elements over the skull."""
    middle = (elements.outer_table_mm + elements.inner_table_mm) / 2
    depth = np.linalg.norm(middle - elements.spot.array, axis=1)
    load = (transducer.radius_mm / depth) ** 2
    if elements.transmission is not None:
        load = load * np.clip(1 - np.abs(elements.transmission) ** 2, 0.0, 1.0)
    load = np.where(elements.active, np.nan_to_num(load), 0.0)
    mean = load[elements.active].mean() if elements.active.any() else 0.0
    relative = load / mean if mean > 0 else np.zeros_like(load)
    return SkullLoad(relative, middle, by_area_only=elements.transmission is None)


def surface_rise(at_focus: ShownRise) -> ShownRise:
    """The rise to expect at the brain's surface for one shown at the focus."""
    return ShownRise(at_focus / FOCAL_OVER_SURFACE_RISE)
