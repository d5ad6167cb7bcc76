"""The calls to the greedy engine that lay one image over another as a rigid body, from coarse to fine.

Fixed is the first image, moving the second; greedy returns the RAS matrix that moves points of the fixed image to the
moving one.
"""

from __future__ import annotations

from io import StringIO
from typing import Literal, TypeAlias

import numpy as np
import SimpleITK as sitk
from picsl_greedy import Greedy3D

from fusplan.registration.greedy_stages import silenced
from fusplan.registration.working_image import halved, resampled
from fusplan.spatial.points import FloatArray

_HALVED_TO_MM = (1.8, 2.2)
"""A working image whose voxels become this large when they are halved is halved, which is quicker than resampling."""

CoarseStart: TypeAlias = Literal["from_headers", "from_search"]
"""Which of the coarse runs a refinement goes on from."""

SETTINGS = "-float -threads {threads} -seed 1 "

# Of an image the number is its level, mm: 1 is the image as it is (0.75 to 1.4 mm), see `_pyramid`.
HEADERS = "-i fixed4 moving4 -a -dof 6 -ia-identity -n 80 -m NMI -o from_headers"
SEARCH = "-i fixed8 moving8 -a -dof 6 -ia-image-centers -search 1000 15 20 -n 40 -m NMI -o rigid8"
AFTER_SEARCH = "-i fixed4 moving4 -a -dof 6 -ia rigid8 -n 60 -m NMI -o from_search"
MIDDLE = "-i fixed2 moving2 -a -dof 6 -ia {start} -n 40 -m NMI -o middle"
FINE = "-i fixed1 moving1 -a -dof 6 -ia middle -n 10 -m NMI -o fine"


class RigidRun:
    """One rigid registration under way.

    Args:
        fixed, moving: working images (LPS, 0 to 100).
        threads: processor threads.
    """

    def __init__(self, fixed: sitk.Image, moving: sitk.Image, threads: int) -> None:
        self._engine = Greedy3D()
        self._common = SETTINGS.format(threads=threads)
        self._fixed, self._moving = _pyramid(fixed), _pyramid(moving)

    def from_headers(self) -> FloatArray:
        """Begin where the headers put the images; 4 x 4, RAS mm of the first image to the second, to about 0.5 mm."""
        self._execute(HEADERS, 4, from_headers=None)
        return self._found("from_headers")

    def from_search(self) -> FloatArray:
        """Begin with the images' middles upon each other and 1000 turned and shifted starts; as exact."""
        self._execute(SEARCH, 8, rigid8=None)
        self._execute(AFTER_SEARCH, 4, from_search=None)
        return self._found("from_search")

    def refined(self, start: CoarseStart, finest: bool = True) -> FloatArray:
        """What one of these found, refined: to about 0.15 mm, and to 0.05 mm where ``finest`` (C: on a CT)."""
        self._execute(MIDDLE.format(start=start), 2, middle=None)
        if finest:
            self._execute(FINE, 1, fine=None)
        return self._found("fine" if finest else "middle")

    def _found(self, name: str) -> FloatArray:
        return _orthonormal(np.array(self._engine[name], dtype=np.float64))

    def _execute(self, command: str, level: int, **outputs: None) -> None:
        images = {f"fixed{level}": self._fixed[level], f"moving{level}": self._moving[level]}
        with silenced():
            self._engine.execute(self._common + command, out=StringIO(), **images, **outputs)


def _pyramid(image: sitk.Image) -> dict[int, sitk.Image]:
    """The image as it is (1), and at 2, 4 and 8 mm whatever its own spacing is.

    Levels of 2, 4 and 8 times 1.39 mm lost large motions: at 11 mm a head has too few voxels to be found by.
    """
    least_mm, most_mm = _HALVED_TO_MM
    twice_mm = np.array(image.GetSpacing()) * 2
    near_two = least_mm <= twice_mm.min() and twice_mm.max() <= most_mm
    two = halved(image) if near_two else resampled(image, 2.0)
    four = halved(two)
    return {1: image, 2: two, 4: four, 8: halved(four)}


def _orthonormal(matrix: FloatArray) -> FloatArray:
    """The rigid matrix nearest to one that float32 arithmetic has left a little skew."""
    left, _, right = np.linalg.svd(matrix[:3, :3])
    rigid = matrix.copy()
    rigid[:3, :3] = left @ right
    return rigid
