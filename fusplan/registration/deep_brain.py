"""The deep brain of the template: the box that is fitted deformably, its core, and the patient seen in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk
from scipy import ndimage

from fusplan.imaging.simpleitk_bridge import affine_of_sitk, template_to_sitk
from fusplan.imaging.template_image import TemplateImage
from fusplan.registration.head_crop import FULL_SCALE
from fusplan.registration.working_image import halved
from fusplan.spatial import Grid, Map, Mni, Points, ScannerRas
from fusplan.spatial.grid import shape_of
from fusplan.spatial.points import FloatArray

Box: TypeAlias = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
"""Lowest and highest template RAS mm along right, anterior, superior."""

DEEP_BRAIN_MM: Box = ((-40, 40), (-50, 20), (-28, 35))
"""What is fitted deformably: both thalami, both commissures, the lateral ventricles' bodies and a margin."""

CORE_MM: Box = ((-25, 25), (-40, 15), (-15, 20))
"""Where the fit is judged: thalami, third ventricle and commissures."""

VENTRICLES_MM: Box = ((-25, 25), (-42, 20), (-8, 30))
"""Where the template's fluid is that of the lateral and third ventricles."""

FLUID_BELOW = 38.0
"""Template intensity, of 100, between the peaks of fluid and grey matter (C, on the built-in template)."""

BRAIN_MM: Box = ((-80, 80), (-115, 85), (-75, 90))
"""Holds the template's brain; what is outside is cut when the head is brain-extracted."""

_CONTRAST_BINS = 24

Mask: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class TemplatePair:
    """The template as the engine sees it, 0 to 100: the whole head or the brain alone, and the brain mask."""

    image: sitk.Image
    mask: sitk.Image
    frame: Mni

    @classmethod
    def of(cls, template: TemplateImage, brain_only: bool) -> TemplatePair:
        image, mask = template_to_sitk(template)
        image = image * (FULL_SCALE / float(template.data.max()))
        if not brain_only:
            return cls(image, mask, template.frame)
        masked = image * sitk.Cast(mask, sitk.sitkFloat32)
        return cls(cropped(masked, BRAIN_MM), cropped(mask, BRAIN_MM), template.frame)

    def halved(self) -> TemplatePair:
        """The same on a grid twice as coarse."""
        return TemplatePair(halved(self.image), halved(self.mask), self.frame)


@dataclass(frozen=True, slots=True, eq=False)
class DeepBrain:
    """The template in the deep-brain box.

    Attributes:
        image: intensities on a 1 mm grid.
        intensities: the same, axes (i, j, k).
        brain, core: inside the brain; inside the brain and the core.
        ventricles: the template's ventricles.
        grid: where they lie in the template.
    """

    image: sitk.Image
    intensities: npt.NDArray[np.float32]
    brain: Mask
    core: Mask
    ventricles: Mask
    grid: Grid[Mni]

    @property
    def frame(self) -> Mni:
        return self.grid.frame

    @classmethod
    def of(cls, template: TemplatePair) -> DeepBrain:
        image = cropped(template.image, DEEP_BRAIN_MM)
        brain = sitk.GetArrayFromImage(cropped(template.mask, DEEP_BRAIN_MM)).T > 0
        grid = Grid.of(shape_of(brain), affine_of_sitk(image), template.frame, "deep brain")
        intensities = sitk.GetArrayFromImage(image).T.astype(np.float32)
        ventricles = brain & _inside(grid, VENTRICLES_MM) & (intensities < FLUID_BELOW)
        return cls(image, intensities, brain, brain & _inside(grid, CORE_MM), ventricles, grid)

    def places(self) -> Points[Mni]:
        """Every grid point in template RAS mm, in C order of the (i, j, k) grid."""
        return self.grid.all_places()

    def patient_seen(self, patient: sitk.Image, mni_to_scanner: Map[Mni, ScannerRas]) -> npt.NDArray[np.float32]:
        """The patient's intensities on this grid, through a map; 0 outside the patient's image."""
        places = mni_to_scanner.apply(self.places()).array
        to_voxel = np.linalg.inv(affine_of_sitk(patient))
        indices = places @ to_voxel[:3, :3].T + to_voxel[:3, 3]
        stored = sitk.GetArrayViewFromImage(patient)
        values = ndimage.map_coordinates(stored, indices.T[::-1], order=1, mode="constant", output=np.float32)
        return np.asarray(values.reshape(self.brain.shape))

    def matched_to(self, seen: npt.NDArray[np.float32]) -> DeepBrain:
        """The same with the patient's contrast: every template intensity becomes the patient's mean at it.

        One path thus serves T1, T2, FLAIR and inverted images. Means are taken in the brain where the patient's
        image reaches, in 24 bins of template intensity, smoothed over neighbouring bins.
        """
        known = self.brain & (seen > 0)
        centres, bins = self._contrast_bins(known)
        counts = np.bincount(bins, minlength=_CONTRAST_BINS).astype(np.float64)
        sums = np.bincount(bins, seen[known], minlength=_CONTRAST_BINS)
        weight = ndimage.gaussian_filter(counts, 1.0)
        means = ndimage.gaussian_filter(sums, 1.0) / np.maximum(weight, 1e-6)
        matched = np.interp(self.intensities, centres, means).astype(np.float32)
        image = sitk.GetImageFromArray(matched.T)
        image.CopyInformation(self.image)
        return DeepBrain(image, matched, self.brain, self.core, self.ventricles, self.grid)

    def explained_share(self, seen: npt.NDArray[np.float32]) -> float:
        """How much of the variance of the patient's intensities the template's intensities explain, 0 to 1.

        The correlation ratio (Roche et al., MICCAI 1998) over the brain, whatever the patient's contrast.
        """
        inside = seen[self.brain].astype(np.float64)
        _, bins = self._contrast_bins(self.brain)
        counts = np.bincount(bins, minlength=_CONTRAST_BINS)
        means = np.bincount(bins, inside, minlength=_CONTRAST_BINS) / np.maximum(counts, 1)
        variance = float(inside.var())
        return float(counts @ (means - inside.mean()) ** 2 / inside.size / variance) if variance > 0 else 0.0

    def _contrast_bins(self, known: Mask) -> tuple[FloatArray, npt.NDArray[np.intp]]:
        """Middles of the bins of template intensity, and the bin of every known voxel."""
        low, high = np.percentile(self.intensities[known], [1, 99.5])
        edges = np.linspace(low, high, _CONTRAST_BINS + 1)
        bins = np.clip(np.digitize(self.intensities[known], edges) - 1, 0, _CONTRAST_BINS - 1)
        return (edges[1:] + edges[:-1]) / 2, bins


def _inside(grid: Grid[Mni], box: Box) -> Mask:
    """The voxels in a box of template RAS mm; the grid runs along the template's axes."""
    inside = np.ones(grid.shape, dtype=bool)
    for axis, (low, high) in enumerate(box):
        places = grid.matrix[axis, axis] * np.arange(grid.shape[axis]) + grid.matrix[axis, 3]
        along = (places >= low) & (places <= high)
        inside &= along.reshape([-1 if other == axis else 1 for other in range(3)])
    return inside


def cropped(image: sitk.Image, box: Box) -> sitk.Image:
    """The part of an image on the template's axes that lies in a box of template RAS mm."""
    to_voxel = np.linalg.inv(affine_of_sitk(image))
    corners = np.array(box).T @ to_voxel[:3, :3].T + to_voxel[:3, 3]
    low = np.maximum(0, np.round(corners.min(axis=0))).astype(int)
    high = np.minimum(np.array(image.GetSize()), np.round(corners.max(axis=0)).astype(int) + 1)
    i, j, k = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    return image[i, j, k]
