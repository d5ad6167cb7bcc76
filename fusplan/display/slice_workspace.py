"""Memory that one view's slices are made in, again and again.

A slice needs some megabytes for a moment. Fresh memory comes from the system page by page as it is first touched, which
would take a tenth of the time of a cursor move.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


class SliceWorkspace:
    """Arrays by name, kept as long as the same size is asked for. For one thread at a time."""

    def __init__(self) -> None:
        self._kept: dict[str, npt.NDArray[Any]] = {}

    def array(self, name: str, shape: tuple[int, ...], kind: type[np.generic]) -> npt.NDArray[Any]:
        """The array of that name: zeros at first, afterwards with what was left in it."""
        kept = self._kept.get(name)
        if kept is None or kept.shape != shape or kept.dtype != kind:
            kept = self._kept[name] = np.zeros(shape, dtype=kind)
        return kept
