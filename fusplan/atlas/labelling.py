"""What lies at points, or in the cells of a grid: the structure of each, and the parts of structures it lies in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Labels: TypeAlias = npt.NDArray[np.int16]
Flags: TypeAlias = npt.NDArray[np.bool_]

OUTSIDE: Final = -1
"""Label of a point that belongs to no structure."""


class LabelledPlaces(Protocol):
    """A :class:`Labelling` of points, or a grid of labels; arrays of one shape."""

    @property
    def labels(self) -> Labels: ...
    @property
    def parts(self) -> Mapping[str, Flags]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Labelling:
    """What lies at n points.

    Attributes:
        labels: (n,), index of the structure or ``OUTSIDE``.
        parts: by the key of each part that the atlas offers: (n,), whether the point lies in it, on either side.
    """

    labels: Labels
    parts: Mapping[str, Flags]
