"""What kind of image a head is, told from the image itself once the template lies on it.

The template says where fluid, grey and white matter are in the deep brain; which of two tissues is the brighter one in
the patient's image is counted over pairs of their voxels. The order names the contrast:

=====================  ==================================
T1                     white > grey > fluid
FLAIR                  grey > white > fluid
T2                     fluid far above grey and white
PD                     fluid near grey, both above white
=====================  ==================================

A contrast agent makes the superior sagittal sinus as bright as white matter. CT is told by its numbers alone, without
the template: air lies 1000 below soft tissue and hardly anything lies between the two.

Measured with the program's own maps: six T1 heads, white over grey in 0.93 or more of the pairs, grey over fluid in
0.99 or more; two T2 0.01 and 0.01 (grey over fluid); one FLAIR 0.26 and 1.00; a ball of noise, a CT, a cube none beyond
0.13 to 0.69. PD and T1 with contrast agent have only been tried on images made from a head's labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk
from scipy import ndimage

from fusplan.imaging.simpleitk_bridge import affine_of_sitk
from fusplan.imaging.template_image import TemplateImage
from fusplan.registration.contrast_kind import ImageContrast
from fusplan.registration.deep_brain import DeepBrain
from fusplan.spatial import Map, Mni, Points, ScannerRas
from fusplan.spatial.points import FloatArray

FLUID: Final = (0.0, 38.0)
GREY: Final = (58.0, 73.0)
WHITE: Final = (82.0, 101.0)
"""Template intensities, of 100, of the tissues: between its three peaks (C, on the built-in template)."""

CLEARLY_ABOVE: Final = 0.8
"""Share of pairs in which one tissue is brighter, from which it is called brighter (above)."""

BARELY_ABOVE: Final = 0.65
"""The same for grey and white matter, which are less far apart (0.26 on the FLAIR, 0.16 and 0.44 on the T2)."""

T2_FLUID_OVER_GREY: Final = 1.5
"""Fluid against grey matter from which a bright fluid means T2 and not PD (2.9 on two T2; PD 1.0 to 1.3, derived)."""

SINUS_OVER_WHITE: Final = 1.0
"""Upper quartile of the superior sagittal sinus against white matter: 0.33 to 0.70 on five T1 heads without contrast
agent; with it above white matter (M)."""

_SINUS_MM: Final = ((-3.0, 3.0), (-95.0, 45.0), (15.0, 95.0))
_SINUS_DEPTH_VOXELS = 8
_LEAST_VOXELS = 200


@dataclass(frozen=True, slots=True)
class TissueOrder:
    """How the tissues lie to each other in an image.

    Attributes:
        grey_over_fluid, white_over_fluid, white_over_grey: share of pairs of voxels in which the first is brighter, 0
            to 1; 0.5 where neither is.
        fluid_against_grey: quotient of their medians above the background.
        sinus_against_white: upper quartile of the superior sagittal sinus over the median of white matter.
    """

    grey_over_fluid: float
    white_over_fluid: float
    white_over_grey: float
    fluid_against_grey: float
    sinus_against_white: float


def recognise_contrast(
    deep_brain: DeepBrain, template: TemplateImage, patient: sitk.Image, mni_to_scanner: Map[Mni, ScannerRas]
) -> ImageContrast:
    """The contrast of a head that the template lies on.

    Args:
        deep_brain: of the template, with its own intensities, 0 to 100.
        template: the template, a T1.
        patient: the working image, 0 to 100.
        mni_to_scanner: the map.
    """
    sinus = _seen_at(patient, mni_to_scanner.apply(_sinus(template)))
    return contrast_of(tissue_order(deep_brain, deep_brain.patient_seen(patient, mni_to_scanner), sinus))


def contrast_of(order: TissueOrder) -> ImageContrast:
    """The contrast that an order of the tissues speaks of."""
    grey_fluid, white_fluid, white_grey = order.grey_over_fluid, order.white_over_fluid, order.white_over_grey
    if min(grey_fluid, white_fluid) >= CLEARLY_ABOVE:
        if white_grey >= BARELY_ABOVE:
            shines = order.sinus_against_white >= SINUS_OVER_WHITE
            return ImageContrast("T1 with contrast agent" if shines else "T1", _certainty(grey_fluid, white_grey))
        if white_grey <= 1 - BARELY_ABOVE:
            return ImageContrast("FLAIR", _certainty(grey_fluid, white_grey))
    elif white_fluid <= 1 - CLEARLY_ABOVE:
        if grey_fluid <= 1 - CLEARLY_ABOVE and order.fluid_against_grey >= T2_FLUID_OVER_GREY:
            return ImageContrast("T2", _certainty(grey_fluid, white_fluid))
        if white_grey <= 1 - CLEARLY_ABOVE and order.fluid_against_grey < T2_FLUID_OVER_GREY:
            return ImageContrast("PD", _certainty(white_fluid, white_grey))
    return ImageContrast("other", 0.0)


def _certainty(*shares: float) -> float:
    """By the pair of tissues that is told apart least."""
    return float(min(abs(2 * share - 1) for share in shares))


def tissue_order(deep_brain: DeepBrain, seen: npt.NDArray[np.float32], sinus: FloatArray) -> TissueOrder:
    """How fluid, grey and white matter lie to each other in the deep brain; voxels at their borders do not count.

    Args:
        deep_brain: of the template, with its own intensities.
        seen: the patient on its grid.
        sinus: the patient's intensities along the superior sagittal sinus.
    """

    def values(levels: tuple[float, float]) -> npt.NDArray[np.float32]:
        low, high = levels
        tissue = deep_brain.brain & (deep_brain.intensities >= low) & (deep_brain.intensities < high)
        return np.asarray(seen[ndimage.binary_erosion(tissue) & (seen > 0)])

    fluid, grey, white = values(FLUID), values(GREY), values(WHITE)
    if min(fluid.size, grey.size, white.size) < _LEAST_VOXELS:
        return TissueOrder(0.5, 0.5, 0.5, 1.0, 0.0)
    return TissueOrder(
        _share_above(grey, fluid),
        _share_above(white, fluid),
        _share_above(white, grey),
        float(np.median(fluid) / np.median(grey)),
        float(np.percentile(sinus, 75) / np.median(white)),
    )


def _share_above(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> float:
    """Share of all pairs in which the first is larger; equal ones count as half (the area under the ROC curve)."""
    ranked = np.sort(second)
    below, up_to = np.searchsorted(ranked, first, "left"), np.searchsorted(ranked, first, "right")
    return float((below + up_to).mean() / 2 / second.size)


def _sinus(template: TemplateImage) -> Points[Mni]:
    """Where the superior sagittal sinus runs: along the midline, outside the brain and near it."""
    grid = template.grid
    corners = grid.indices(Points(template.frame, np.array(_SINUS_MM).T))
    first = np.maximum(0, np.floor(corners.min(axis=0)).astype(int))
    last = np.ceil(corners.max(axis=0)).astype(int) + 1
    brain = template.brain_mask[tuple(slice(low, high) for low, high in zip(first, last, strict=True))]
    near = ndimage.binary_dilation(brain, iterations=_SINUS_DEPTH_VOXELS) & ~brain
    return grid.places(np.argwhere(near) + first)


def _seen_at(patient: sitk.Image, places: Points[ScannerRas]) -> FloatArray:
    """The patient's intensities at places; 0 outside the image."""
    to_voxel = np.linalg.inv(affine_of_sitk(patient))
    indices = places.array @ to_voxel[:3, :3].T + to_voxel[:3, 3]
    stored = sitk.GetArrayViewFromImage(patient)
    return np.asarray(ndimage.map_coordinates(stored, indices.T[::-1], order=1, mode="constant", output=np.float64))
