"""Where straight rays cannot be relied on, and what is out of the helmet's reach: sentences for screen and report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from fusplan.simulation.element_report import ElementReport
from fusplan.simulation.helmet_pose import HelmetPose
from fusplan.simulation.steering import STEERING_REACH_MM

RayLimitKind: TypeAlias = Literal["shallow", "slanted", "no_bone", "far_steering"]

SHALLOW_MM = 40.0
"""A point nearer to the skull is not central (D: thalamic targets lie 55 mm and more from it, motor and visual cortex
15 to 30)."""

LEAST_STEEP_SHARE = 0.5
"""Of elements that meet bone: fewer below the limit of incidence mean a slanted skull (D)."""

LEAST_BONE_SHARE = 0.5
"""Of all elements: fewer that meet bone mean a helmet that stands wrongly, or a skull that is cropped (D)."""


@dataclass(frozen=True, slots=True)
class RayLimit:
    """One reason for doubt.

    Attributes:
        kind: for programs.
        sentence: for a person.
    """

    kind: RayLimitKind
    sentence: str


def ray_limits(elements: ElementReport, pose: HelmetPose) -> tuple[RayLimit, ...]:
    """What is doubtful about a report of elements; empty for a deep, central target."""
    count, bony = len(elements.active), int(elements.meets_bone.sum())
    steep = int((elements.meets_bone & (np.nan_to_num(elements.incidence_deg) < elements.incidence_limit_deg)).sum())
    found: list[RayLimit] = []
    if bony < LEAST_BONE_SHARE * count:
        found.append(
            RayLimit("no_bone", f"Only {bony} of {count} elements meet bone on their way: the skull is cropped there, "
                     "or the target is out of the helmet's reach.")
        )  # fmt: skip
    depths = np.linalg.norm(elements.inner_table_mm[elements.meets_bone] - elements.spot.array, axis=1)
    if bony and depths.min() < SHALLOW_MM:
        found.append(
            RayLimit("shallow", f"The point lies {depths.min():.0f} mm from the skull. Rays are straight here, as they "
                     "nearly are for deep, central targets; for shallow ones they promise too much pressure (28 % in "
                     "a published benchmark of the visual cortex, C).")
        )  # fmt: skip
    if bony and steep < LEAST_STEEP_SHARE * bony:
        found.append(
            RayLimit("slanted", f"Only {steep} of the {bony} elements that meet bone do so at less than "
                     f"{elements.incidence_limit_deg:.0f} degrees. Sound is bent in slanted bone, straight rays do not "
                     "show it (18 % too much pressure behind a flat plate at 30 degrees, C).")
        )  # fmt: skip
    steered = pose.target.distance_to(elements.spot)
    if steered > STEERING_REACH_MM:
        found.append(
            RayLimit("far_steering", f"The point lies {steered:.0f} mm from the natural focus, beyond the "
                     f"{STEERING_REACH_MM:.0f} mm that steering is spoken of within: move the helmet.")
        )  # fmt: skip
    return tuple(found)
