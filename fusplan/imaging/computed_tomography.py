"""Whether an image is a CT, and in which unit, by its numbers alone: before anything is aligned to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

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


class NotHounsfieldError(FusplanError):
    """The numbers of an image that is to be used as a CT are not Hounsfield units."""

    def __init__(self, name: str, found: str) -> None:
        super().__init__(
            f"The numbers of {name} are not Hounsfield units, in which air is -1000 and brain about 35: {found}.",
            "Export the CT again with its rescale slope and intercept applied, as DICOM or as NIfTI in HU.",
        )


class NoBoneInCtError(FusplanError):
    """A CT shows no bone."""

    def __init__(self, name: str, share: float) -> None:
        super().__init__(
            f"{name} shows no skull: {100 * share:.1f} % of the head has more than {BONE_FROM_HU:g} HU, where a head "
            f"has 5 to 20 %.",
            "Give a CT of the whole head whose numbers are not cut off at a window for soft tissue.",
        )


Sample: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class HounsfieldScale:
    """How the numbers of a CT stand to Hounsfield units.

    Attributes:
        offset: what is to be subtracted from every number.
        air_hu, soft_tissue_hu: medians of what is air and what is soft tissue, after that.
    """

    offset: float
    air_hu: float
    soft_tissue_hu: float

    @property
    def is_plausible(self) -> bool:
        """Whether air and soft tissue lie where a calibrated scanner puts them."""
        return abs(self.air_hu + 1000) <= AIR_TOLERANCE_HU and abs(self.soft_tissue_hu - BRAIN_HU) <= SOFT_TOLERANCE_HU


BRAIN_HU = 35.0
AIR_TOLERANCE_HU, SOFT_TOLERANCE_HU = 40.0, 20.0
"""Scanners cut off air at -1024; a head's soft tissue with much fat or fluid lies a little lower (derived)."""


def looks_like_ct(volume: Volume) -> bool:
    """True when the image has air, soft tissue and bone at the distances that Hounsfield's scale gives them."""
    sample = _sample(volume)
    return any(_fits(sample - np.float32(offset)) and _has_bone(sample - np.float32(offset)) for offset in KEPT_OFFSETS)


def hounsfield_scale(volume: Volume) -> HounsfieldScale:
    """How a CT's numbers are to be read.

    Raises:
        NotHounsfieldError: they are those of no CT, or in another unit.
        NoBoneInCtError: they are, and there is no bone.
    """
    sample = _sample(volume)
    fitting = [scale for offset in KEPT_OFFSETS if (scale := _scale(sample, offset)) is not None]
    if not fitting:
        raise NotHounsfieldError(volume.name, _what_numbers(sample))
    best = min(fitting, key=lambda scale: abs(scale.soft_tissue_hu - BRAIN_HU))
    share = _bone_share(sample - np.float32(best.offset))
    if share < LEAST_BONE_SHARE:
        raise NoBoneInCtError(volume.name, share)
    return best


def _sample(volume: Volume) -> Sample:
    i, j, k = (max(1, round(_SAMPLED_EVERY_MM / spacing_mm)) for spacing_mm in volume.spacing_mm)
    return volume.data[::i, ::j, ::k].ravel()


def _scale(sample: Sample, offset: float) -> HounsfieldScale | None:
    hounsfield = sample - np.float32(offset)
    if not _fits(hounsfield):
        return None
    air = hounsfield[(hounsfield >= AIR_HU[0]) & (hounsfield <= AIR_HU[1])]
    soft = hounsfield[(hounsfield >= SOFT_TISSUE_HU[0]) & (hounsfield <= SOFT_TISSUE_HU[1])]
    return HounsfieldScale(offset, float(np.median(air)), float(np.median(soft)))


def _fits(hounsfield: Sample) -> bool:
    """Whether there is air and soft tissue and little between."""
    lowest, highest = AIR_HU
    body = hounsfield[hounsfield > highest]
    is_air = (hounsfield >= lowest) & (hounsfield <= highest)
    if body.size == 0 or is_air.mean() < LEAST_AIR_SHARE:
        return False
    return _share(body, *SOFT_TISSUE_HU) >= LEAST_SOFT_SHARE and _share(body, *BETWEEN_HU) <= LARGEST_SHARE_BETWEEN


def _has_bone(hounsfield: Sample) -> bool:
    return _bone_share(hounsfield) >= LEAST_BONE_SHARE


def _bone_share(hounsfield: Sample) -> float:
    body = hounsfield[hounsfield > AIR_HU[1]]
    return _share(body, BONE_FROM_HU, np.inf) if body.size else 0.0


def _share(values: Sample, low: float, high: float) -> float:
    return float(((values >= low) & (values <= high)).mean())


def _what_numbers(sample: Sample) -> str:
    """What the numbers look like, for a person."""
    least, greatest = float(sample.min()), float(sample.max())
    words = f"they run from {least:.4g} to {greatest:.4g}"
    if least >= 0 and 50 <= greatest <= 256:
        return f"{words}, as grey levels do"
    if least >= -0.1 and greatest < 5:
        return f"{words}, as linear attenuation per centimetre does"
    return f"{words}, with a median of {np.median(sample):.4g}"
