"""The transforms of an image's header: the one that places the image, and those that other programs may use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from nibabel.affines import apply_affine

from fusplan.imaging.header import Transform
from fusplan.imaging.placement import DISAGREEMENT_MM, corners, is_usable
from fusplan.imaging.read import holds_series, read_header
from fusplan.spatial.points import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class HeaderTransforms:
    """The transforms of one image.

    Attributes:
        shape: voxels along the three axes.
        used: the one that places the image in this program.
        others: further ones of the same header that could place it.
    """

    shape: tuple[int, int, int]
    used: Transform
    others: tuple[Transform, ...] = ()

    @property
    def all(self) -> tuple[Transform, ...]:
        return (self.used, *self.others)

    @property
    def apart_mm(self) -> float:
        """The largest distance in the image between the places that two of the transforms give to one voxel."""
        places = corners(self.shape)
        here = apply_affine(self.used.matrix, places)
        there = [apply_affine(other.matrix, places) for other in self.others]
        return max((float(np.linalg.norm(here - other, axis=1).max()) for other in there), default=0.0)

    @property
    def disagree(self) -> bool:
        return self.apart_mm > DISAGREEMENT_MM

    def to_used(self, other: Transform) -> FloatArray:
        """4 x 4: places in mm by ``other`` to places in mm by the transform that is used."""
        return np.asarray(self.used.matrix @ np.linalg.inv(other.matrix))


def header_transforms(path: Path) -> HeaderTransforms | None:
    """The transforms of a NIfTI or MGH image; None for DICOM, which has but one, and for an image that declares none.

    Raises:
        FusplanError: the header cannot be read.
    """
    if holds_series(path):
        return None
    header = read_header(path)
    usable = [one for one in header.transforms if is_usable(one.matrix, header.shape)]
    return HeaderTransforms(header.shape, usable[0], tuple(usable[1:])) if usable else None
