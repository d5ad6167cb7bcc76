"""How a head may lie in its header, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy.typing as npt

_DIRECTIONS: Final = (("left", "right"), ("back", "front"), ("down", "up"))


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
    def sentence(self) -> str:
        """What seems to be, what cannot be known, and what to do."""
        return (
            f"the head seems to lie {self.words} in its header; whether it is a mirror image as well cannot be told, "
            "so left and right are not known. Nothing was turned: read the image anew from the scanner's own files, or "
            "have the header mended by someone who knows which side is which"
        )
