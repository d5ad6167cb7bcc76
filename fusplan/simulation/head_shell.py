"""Skin, outer and inner table of a head as its T1 image shows them, along rays: what is known of a skull without a CT.

Cortical bone and fluid are dark on a T1 and cannot be told apart. The outer table is the inner edge of the bright scalp
fat; the inner table is taken to lie 2.5 mm outside the brain's edge (the membranes and fluid between).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.errors import FusplanError
from fusplan.imaging.volume import Volume
from fusplan.simulation.head_rays import STEP_MM, BoolArray, HeadRays, last_crossing
from fusplan.simulation.head_surface import head_mask
from fusplan.spatial import Field, Mni, ScannerRas, Warp
from fusplan.spatial.points import FloatArray

BRAIN_TO_BONE_MM = 2.5
"""From the brain's edge to the inner table (C: on the masks of a CT)."""

THINNEST_MM, THICKEST_MM = 2.0, 16.0
"""Of a vault along a radius; what is found beyond is an error of the method (derived)."""

SCALP_REACH_MM = 12.0
"""How deep below the skin its fat is looked for (derived)."""

BRAIN_EDGE_SHARE = 0.65
"""Of the intensity of the brain within 3 to 10 mm of its edge: where the template's T1 crosses the edge of its brain
mask (C). Taken ray by ray, so that a coil's falling sensitivity does not matter."""

SCALP_EDGE_SHARE = 0.4
"""Of the way from the dark skull to the brightest scalp: where the scalp begins (C: radial medians of 6.2 mm on MNI
2009c and 6.8 mm on Colin27, where the trial found 6.0 and 6.2)."""

LARGEST_MASK_ERROR_MM = 6.0
"""How far the carried brain mask's edge is looked for in the image (derived)."""

LEAST_FOUND = 0.5
"""Share of the rays that must show scalp, dark bone and brain."""

LEAST_SCALP_MM = 3.0
"""Skin to brain edge of a head that has its skull: less is a brain without a head (derived)."""


class NoSkullInImageError(FusplanError):
    """The planning image shows no skull between brain and scalp."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"No skull can be estimated from {name}: {reason}.",
            "Give a CT of the same head ('--ct'), or a T1 image of the whole head.",
        )


@dataclass(frozen=True, slots=True, eq=False)
class HeadShell:
    """Distances (n,) along rays of a head, mm, smooth and without gaps.

    Attributes:
        rays: the n rays.
        brain_mm: edge of the brain.
        inner_mm, outer_mm: the tables of the skull.
        skin_mm: the skin.
    """

    rays: HeadRays
    brain_mm: FloatArray
    inner_mm: FloatArray
    outer_mm: FloatArray
    skin_mm: FloatArray

    @property
    def thickness_mm(self) -> FloatArray:
        """Of the skull along each ray (n,)."""
        return self.outer_mm - self.inner_mm

    @property
    def upper(self) -> BoolArray:
        """The rays (n,) that lead above the horizontal."""
        return np.asarray(self.rays.directions[:, 2] > 0)


def measure_shell(volume: Volume, mni_to_scanner: Warp[Mni, ScannerRas], template_brain: Field[Mni]) -> HeadShell:
    """Find skin and skull on a T1 image of the whole head.

    Args:
        volume: the image.
        mni_to_scanner: where the template lies in it.
        template_brain: what of the template is brain, 0 to 1, which is carried over.

    Raises:
        NoSkullInImageError: it shows none.
    """
    rays = HeadRays.through(mni_to_scanner.affine)
    image = Field(volume.grid, volume.data, "1", outside=0.0)
    bright = rays.seen(image)
    head = rays.seen(head_mask(volume))
    brain = _brain_along(rays, mni_to_scanner, template_brain)
    distances = rays.distances_mm
    skin = rays.smoothed(last_crossing(head > 0.5, distances), 6.0, 4.0)
    mask_edge = last_crossing(brain > 0.5, distances)
    level = BRAIN_EDGE_SHARE * rays.smoothed(_brain_below(bright, mask_edge, distances), 25.0, 10.0)
    edge = mask_edge + rays.smoothed(_edge_error(bright, mask_edge, distances, level[:, None]), 25.0, 10.0)
    _require_scalp(volume.name, skin, edge)
    outer = _inner_edge_of_scalp(bright, distances, edge, skin)
    thickness = outer - edge - BRAIN_TO_BONE_MM
    outer[(thickness < THINNEST_MM / 2) | (thickness > THICKEST_MM)] = np.nan
    if np.isfinite(outer).mean() < LEAST_FOUND:
        raise NoSkullInImageError(volume.name, "hardly any ray shows a dark skull below a bright scalp")
    edge = rays.smoothed(edge, 8.0, 6.0)
    outer = rays.smoothed(outer, 10.0, 6.0)
    inner = edge + BRAIN_TO_BONE_MM
    outer = np.minimum(np.where(np.isfinite(outer), outer, inner + np.nanmedian(thickness)), skin - 1.0)
    inner = np.minimum(inner, outer - THINNEST_MM)
    return HeadShell(rays, edge, inner, outer, skin)


def _brain_along(rays: HeadRays, mni_to_scanner: Warp[Mni, ScannerRas], brain: Field[Mni]) -> FloatArray:
    """The template's brain (n, m), 0 to 1, along the rays. Its edge lies where the map is affine."""
    to_indices = brain.grid.from_frame.matrix @ mni_to_scanner.affine.inverse().matrix
    return rays.sampled(brain.values, to_indices, brain.outside)


def _brain_below(bright: FloatArray, mask_edge: FloatArray, distances: FloatArray) -> FloatArray:
    """Median intensity (n,) of the brain some millimetres below the carried mask's edge."""
    depth = mask_edge[:, None] - distances
    return np.asarray(np.nanmedian(np.where((depth >= 3.0) & (depth <= 10.0), bright, np.nan), axis=1))


def _edge_error(bright: FloatArray, mask_edge: FloatArray, distances: FloatArray, level: FloatArray) -> FloatArray:
    """How far outside the carried mask's edge (n,) the brain ends: the nearest step down through a level."""
    steps_down = (bright[:, :-1] >= level) & (bright[:, 1:] < level)
    fraction = (bright[:, :-1] - level) / np.maximum(bright[:, :-1] - bright[:, 1:], 1e-6)
    error = distances[:-1] + STEP_MM * fraction - mask_edge[:, None]
    error = np.where(steps_down & (np.abs(error) <= LARGEST_MASK_ERROR_MM), error, np.inf)
    nearest = error[np.arange(len(error)), np.argmin(np.abs(error), axis=1)]
    return np.where(np.isfinite(nearest), nearest, np.nan)


def _require_scalp(name: str, skin: FloatArray, edge: FloatArray) -> None:
    if not np.isfinite(edge).any() or not np.nanmedian(skin - edge) >= LEAST_SCALP_MM:
        raise NoSkullInImageError(name, "the head ends at the brain's edge, as when skull and scalp were removed")


def _inner_edge_of_scalp(bright: FloatArray, distances: FloatArray, edge: FloatArray, skin: FloatArray) -> FloatArray:
    """Where the bright scalp begins above the dark skull (n,): part of the way from the darkest to the brightest.

    Not-a-number where nothing dark lies between the brain and a brighter scalp.
    """
    from_brain, to_skin = distances - edge[:, None], skin[:, None] - distances
    scalp = (to_skin >= 0) & (to_skin <= SCALP_REACH_MM) & (from_brain >= BRAIN_TO_BONE_MM)
    peak_at = np.argmax(np.where(scalp, bright, -np.inf), axis=1)
    rows = np.arange(len(bright))
    peak = bright[rows, peak_at]
    below_peak = np.arange(len(distances)) <= peak_at[:, None]
    between = below_peak & (from_brain >= 1.0)
    dark = np.min(np.where(between, bright, peak[:, None]), axis=1)
    level = dark + SCALP_EDGE_SHARE * (peak - dark)
    is_dark = between & (bright <= level[:, None])
    last = len(distances) - 1 - np.argmax(is_dark[:, ::-1], axis=1)
    after = np.minimum(last + 1, len(distances) - 1)
    rise = np.maximum(bright[rows, after] - bright[rows, last], 1e-6)
    found = distances[last] + STEP_MM * np.clip((level - bright[rows, last]) / rise, 0.0, 1.0)
    usable = scalp.any(axis=1) & is_dark.any(axis=1) & (dark < 0.7 * peak)
    return np.where(usable, found, np.nan)
