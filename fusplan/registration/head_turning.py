"""How a head may lie in its header, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fusplan.spatial.points import FloatArray

_DIRECTIONS: Final = (("left", "right"), ("back", "front"), ("down", "up"))

NEAR_A_RIGHT_ANGLE: Final = 0.8
"""Cosine: a head within 37 degrees of one lies turned by it, not at an odd angle."""

MEND_THE_HEADER: Final = (
    "read the image anew from the scanner's own files, or have the header mended by someone who knows which side is "
    "which"
)


@dataclass(frozen=True, slots=True)
class HeaderTurn:
    """One way in which a head may lie in its header.

    Attributes:
        axes: for right, anterior and superior of the head the header's axis along which it lies (0 right, 1 anterior,
            2 superior).
        signs: 1, or -1 where it leads the other way.
    """

    axes: tuple[int, int, int] = (0, 1, 2)
    signs: tuple[int, int, int] = (1, 1, 1)

    @classmethod
    def of_pose(cls, matrix: FloatArray) -> HeaderTurn:
        """How a head lies whose pose is known: the nearest turning by right angles, none where there is none near.

        Args:
            matrix: from the template to the header's right, anterior, superior, 3 x 3 or larger.
        """
        directions = matrix[:3, :3] / np.linalg.norm(matrix[:3, :3], axis=0)
        along = np.abs(directions).argmax(axis=0)
        components = directions[along, range(3)]
        if np.abs(components).min() < NEAR_A_RIGHT_ANGLE or len(set(along.tolist())) < 3:
            return cls()
        signs = np.sign(components).astype(int)
        return cls((int(along[0]), int(along[1]), int(along[2])), (int(signs[0]), int(signs[1]), int(signs[2])))

    @property
    def is_none(self) -> bool:
        """Whether the head lies as the header says, or mirrored, which is not told apart."""
        return self.axes == (0, 1, 2) and self.signs[1:] == (1, 1)

    def turned(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values on axes right, anterior and superior of the header, on those of the head."""
        i, j, k = (slice(None, None, sign) for sign in self.signs)
        return values.transpose(self.axes)[i, j, k]

    @property
    def words(self) -> str:
        """How the head lies: "upside down"."""
        _, front, up = self.signs
        if self.axes == (0, 1, 2):
            return " and ".join([*(["upside down"] if up < 0 else []), *(["back to front"] if front < 0 else [])])
        return f"with its axes named wrongly (up in the head is {self._called(2)}, its front {self._called(1)})"

    def _called(self, axis: int) -> str:
        return _DIRECTIONS[self.axes[axis]][self.signs[axis] > 0]

    @property
    def finding(self) -> str:
        """What seems to be, and what cannot be known."""
        return (
            f"the head seems to lie {self.words} in its header; whether it is a mirror image as well cannot be told, "
            "so left and right are not known"
        )

    @property
    def sentence(self) -> str:
        """What seems to be, what cannot be known, and what to do."""
        return f"{self.finding}. Nothing was turned: {MEND_THE_HEADER}"
