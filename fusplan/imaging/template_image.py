"""The template head that registration aligns: image, brain mask and landmarks in one named template space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.spatial import Field, Grid, Mni, Point, Points


@dataclass(frozen=True, slots=True)
class TemplateLandmarks:
    """AC, PC and midline points of a template, template RAS mm, with their source."""

    ac: Point[Mni]
    pc: Point[Mni]
    midline: Points[Mni]
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class TemplateImage:
    """A template: T1 image and brain mask on one grid, and expert landmarks.

    Attributes:
        data: shape (ni, nj, nk), float32, T1 intensities.
        brain_mask: same shape, True inside the brain.
        grid: where the voxels lie in the template.
        landmarks: AC, PC and midline points.
        sha256: of the T1 file.
    """

    data: npt.NDArray[np.float32]
    brain_mask: npt.NDArray[np.bool_]
    grid: Grid[Mni]
    landmarks: TemplateLandmarks
    sha256: str

    def __post_init__(self) -> None:
        if not self.data.shape == self.brain_mask.shape == self.grid.shape:
            raise ValueError(
                f"image {self.data.shape} and mask {self.brain_mask.shape} must share a grid of {self.grid.shape}"
            )

    @property
    def frame(self) -> Mni:
        return self.grid.frame

    @property
    def brain(self) -> Field[Mni]:
        """The brain mask as a field: 1 inside, 0 outside and beyond."""
        return Field(self.grid, self.brain_mask.astype(np.float32), "1", outside=0.0)
