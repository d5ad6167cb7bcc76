"""Two images in one slice: opacity, colour map, swipe, checkerboard."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.display.grey_levels import GreyPicture
from fusplan.display.view_state import Blend

ColourPicture = npt.NDArray[np.uint8]
"""Shape (rows, columns, 4): blue, green, red, 255, the order of a 32-bit screen."""

_STOPS = np.array([0.0, 0.35, 0.7, 1.0])
_STOP_COLOURS = np.array([[0, 0, 0], [130, 30, 70], [240, 130, 40], [255, 245, 200]], dtype=np.float64)


def colour_table() -> npt.NDArray[np.uint8]:
    """256 x 3, red, green, blue: from black over wine red and orange to pale yellow, lightness always growing."""
    places = np.linspace(0, 1, 256)
    columns = [np.interp(places, _STOPS, _STOP_COLOURS[:, channel]) for channel in range(3)]
    return np.round(np.column_stack(columns)).astype(np.uint8)


_TABLE = colour_table()


def blended(first: GreyPicture, second: GreyPicture, blend: Blend, mm_per_pixel: float) -> GreyPicture | ColourPicture:
    """Two slices of one shape as one picture.

    Args:
        first, second: greys, shape (rows, columns).
        blend: how the second lies over the first.
        mm_per_pixel: of the pictures, for the checkerboard.
    """
    if not blend.visible:
        return first
    if blend.kind == "opacity":
        weight = round(256 * min(max(blend.amount, 0.0), 1.0))
        return ((first.astype(np.uint16) * (256 - weight) + second.astype(np.uint16) * weight) >> 8).astype(np.uint8)
    if blend.kind == "swipe":
        divide = round(first.shape[1] * blend.amount)
        return np.hstack([second[:, :divide], first[:, divide:]])
    if blend.kind == "checkerboard":
        return _checkerboard(first, second, blend.tile_mm / mm_per_pixel)
    return _coloured(first, second, blend.amount)


def _checkerboard(first: GreyPicture, second: GreyPicture, tile_pixels: float) -> GreyPicture:
    """Fields in turns; the one in the middle belongs to ``first``."""
    rows, columns = first.shape
    down, across = (
        np.floor((np.arange(count) + 0.5 - count / 2) / max(tile_pixels, 1.0) + 0.5).astype(int)
        for count in (rows, columns)
    )
    return np.where((down[:, None] + across[None, :]) % 2 == 0, first, second)


def _coloured(first: GreyPicture, second: GreyPicture, amount: float) -> ColourPicture:
    """The second image in colour over the first in grey; what is dark in the second stays see-through."""
    colour = _TABLE[second].astype(np.float32)
    weight = (np.minimum(second.astype(np.float32) / 96.0, 1.0) * amount)[..., None]
    mixed = first.astype(np.float32)[..., None] * (1 - weight) + colour * weight
    picture = np.full((*first.shape, 4), 255, dtype=np.uint8)
    picture[..., :3] = mixed[..., ::-1]
    return picture
