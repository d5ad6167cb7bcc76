"""Whether an image is a CT, by its numbers alone: before anything is aligned to it."""

from __future__ import annotations

import numpy as np

from fusplan.errors import FusplanError
from fusplan.imaging.volume import Volume

AIR_HU = (-1050.0, -850.0)
"""Air is -1000 HU by definition; what lies lower is padding."""

KEPT_OFFSETS = (0.0, 1000.0, 1024.0)
"""What files may have added to all numbers."""

SOFT_TISSUE_HU = (-20.0, 90.0)
"""Brain, blood and muscle (brain 20 to 45; V, any textbook of CT)."""

BONE_FROM_HU = 300.0
BETWEEN_HU = (-700.0, -200.0)
"""Lung and bowel apart nothing in a body has such numbers; heads have them only where air meets tissue."""

LEAST_SOFT_SHARE = 0.4
"""Of what is not air, share of soft tissue (0.5 to 0.8 in a head; derived)."""
LEAST_BONE_SHARE = 0.01
LARGEST_SHARE_BETWEEN = 0.2
LEAST_AIR_SHARE = 0.05

_SAMPLED_EVERY_MM = 3.0


class ComputedTomographyError(FusplanError):
    """A CT is to be planned on."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} looks like a CT: its numbers are those of air, soft tissue and bone.",
            "Plan on a T1 MRI of the same head; the CT can be laid over it as a second image.",
        )


def looks_like_ct(volume: Volume) -> bool:
    """True when the image has air, soft tissue and bone at the distances that Hounsfield's scale gives them."""
    i, j, k = (max(1, round(_SAMPLED_EVERY_MM / spacing_mm)) for spacing_mm in volume.spacing_mm)
    values = volume.data[::i, ::j, ::k].ravel()
    return any(_fits(values - offset) for offset in KEPT_OFFSETS)


def _fits(hounsfield: np.ndarray[tuple[int], np.dtype[np.float32]]) -> bool:
    lowest, highest = AIR_HU
    body = hounsfield[hounsfield > highest]
    is_air = (hounsfield >= lowest) & (hounsfield <= highest)
    if body.size == 0 or is_air.mean() < LEAST_AIR_SHARE:
        return False

    def share(low: float, high: float) -> float:
        return float(((body >= low) & (body <= high)).mean())

    return (
        share(*SOFT_TISSUE_HU) >= LEAST_SOFT_SHARE
        and share(BONE_FROM_HU, np.inf) >= LEAST_BONE_SHARE
        and share(*BETWEEN_HU) <= LARGEST_SHARE_BETWEEN
    )
