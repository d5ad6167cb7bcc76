"""A template's brain as it is looked for in an image at 8 mm: upright and nodding to both sides, with and without its
head. So small that it is kept in a file beside the template, and read in a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.imaging.template_image import TemplateImage
from fusplan.spatial.points import FloatArray

CoarseImage: TypeAlias = npt.NDArray[np.float32]

COARSE_MM: Final = 8.0
BLUR_MM: Final = 3.4
"""Standard deviation: 8 mm wide at half height."""

LEAST_BLUR_VOXELS: Final = 0.55
"""Of the image, so that its own voxels do not show in how bright it is (0.5 %, C)."""

NODS_DEG: Final = (-20.0, 0.0, 20.0)
_ROOM_MM: Final = 24.0
"""Of a nodding brain beyond the template's image."""


@dataclass(frozen=True, slots=True, eq=False)
class CoarseTemplate:
    """The brain on a grid of 8 mm along right, anterior and superior.

    Attributes:
        head: shape (nods, ni, nj, nk), the brain as a whole head shows it, of mean 0 and length 1 in the mask, else 0.
        extracted: the same without what is around the brain.
        masks: same shape, where the brain is.
    """

    head: CoarseImage
    extracted: CoarseImage
    masks: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, template: TemplateImage) -> CoarseTemplate:
        """Made from the template itself, once a process."""
        if template.sha256 not in _MADE:
            _MADE[template.sha256] = cls._made(template)
        return _MADE[template.sha256]

    @classmethod
    def _made(cls, template: TemplateImage) -> CoarseTemplate:
        spacing_mm = np.abs(np.diag(template.grid.matrix)[:3])
        image = _roomy(coarsened(template.data, spacing_mm))
        brain = _roomy(coarsened(template.data * template.brain_mask, spacing_mm))
        inside = _roomy(coarsened(template.brain_mask.astype(np.float32), spacing_mm))
        masks = np.stack([_nodding(inside, nod_deg) > 0.5 for nod_deg in NODS_DEG])
        head, extracted = (
            np.stack([_normed(_nodding(seen, nod_deg), mask) for nod_deg, mask in zip(NODS_DEG, masks, strict=True)])
            for seen in (image, brain)
        )
        occupied = np.argwhere(masks.any(axis=0))
        box = (slice(None), *(slice(low, high + 1) for low, high in zip(occupied.min(0), occupied.max(0), strict=True)))
        return cls(head[box], extracted[box], masks[box])

    def write(self, path: Path) -> None:
        """As a file for :meth:`read`."""
        np.savez_compressed(path, head=self.head, extracted=self.extracted, masks=self.masks)

    @classmethod
    def read(cls, path: Path) -> CoarseTemplate:
        """What was written. Raises OSError, ValueError or KeyError: it is no such file."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(stored["head"], stored["extracted"], stored["masks"])


_MADE: dict[str, CoarseTemplate] = {}
"""By the template's content."""


def coarsened(values: npt.NDArray[np.float32], spacing_mm: FloatArray) -> CoarseImage:
    """An image at 8 mm about the same middle, blurred to that; what is outside the image counts as 0.

    Args:
        values: shape (ni, nj, nk).
        spacing_mm: along its axes.
    """
    for axis in range(3):
        shares = _shares(values.shape[axis], float(spacing_mm[axis]))
        values = np.moveaxis(np.tensordot(shares, values, axes=(1, axis)), 0, axis)
    return np.ascontiguousarray(values, dtype=np.float32)


def _shares(count: int, spacing_mm: float) -> CoarseImage:
    """What every voxel along one axis gives to each coarse one, (coarse voxels, voxels)."""
    cells = max(1, int(np.ceil(count * spacing_mm / COARSE_MM - 1e-3)))
    places_mm = (np.arange(count) - (count - 1) / 2) * spacing_mm
    cells_mm = (np.arange(cells) - (cells - 1) / 2) * COARSE_MM
    blur_mm = max(BLUR_MM, LEAST_BLUR_VOXELS * spacing_mm)
    off = (places_mm[None] - cells_mm[:, None]) / blur_mm
    return np.asarray(np.exp(-(off**2) / 2) * (spacing_mm / blur_mm / np.sqrt(2 * np.pi)), dtype=np.float32)


def _roomy(values: CoarseImage) -> CoarseImage:
    return np.pad(values, int(_ROOM_MM / COARSE_MM))


def _nodding(values: CoarseImage, nod_deg: float) -> CoarseImage:
    """Turned about the right axis through the middle."""
    from scipy import ndimage  # noqa: PLC0415 - takes 0.2 s to import, which reading what is stored need not pay

    return np.asarray(ndimage.rotate(values, nod_deg, axes=(1, 2), reshape=False, order=1))


def _normed(values: CoarseImage, mask: npt.NDArray[np.bool_]) -> CoarseImage:
    brain = np.where(mask, values - values[mask].mean(), 0)
    return np.asarray(brain / np.linalg.norm(brain), dtype=np.float32)
