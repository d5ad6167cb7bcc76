"""Whether an image shows a brain without its head, which must be aligned to a template without its head."""

from __future__ import annotations

import numpy as np

from fusplan.imaging.volume import Volume

LEAST_CONSTANT_SHARE = 0.2
"""At least this share of voxels carries one and the same value around an extracted brain."""

BRAIN_LITRES = (0.6, 2.2)
"""What is not background has the volume of a brain (adult brain with ventricles 1.1 to 1.8 litres, with margin)."""

LARGEST_TOUCHING_SHARE = 0.10
"""An extracted brain hardly touches the faces of the image, a head does (neck, cut nose)."""

SAMPLED_EVERY_MM = 2.0


def looks_brain_extracted(volume: Volume) -> bool:
    """True when an exactly constant background surrounds something the size of a brain."""
    i, j, k = (max(1, round(SAMPLED_EVERY_MM / spacing_mm)) for spacing_mm in volume.spacing_mm)
    coarse = volume.data[::i, ::j, ::k]
    values, counts = np.unique(coarse, return_counts=True)
    if counts.max() / coarse.size <= LEAST_CONSTANT_SHARE:
        return False
    foreground = coarse != values[counts.argmax()]
    litres = float(foreground.sum()) * (i * j * k) * volume.grid.cell_mm3 / 1e6
    faces = (
        foreground[0],
        foreground[-1],
        foreground[:, 0],
        foreground[:, -1],
        foreground[..., 0],
        foreground[..., -1],
    )
    touching = max(float(face.mean()) for face in faces)
    return BRAIN_LITRES[0] < litres < BRAIN_LITRES[1] and touching < LARGEST_TOUCHING_SHARE
