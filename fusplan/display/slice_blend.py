"""Several pictures in one slice, one over another: see-through, in colour, by a divide, in fields in turns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from fusplan.display.colour_maps import COLOUR_MAPS
from fusplan.display.grey_levels import GreyPicture
from fusplan.display.image_layers import ImageLayer, Picture
from fusplan.display.slice_raster import Raster, SliceSource, slice_greys
from fusplan.display.slice_workspace import SliceWorkspace
from fusplan.display.view_state import Interpolation
from fusplan.display.views import SliceView
from fusplan.imaging.intensity import IntensityWindow

ColourPicture = npt.NDArray[np.uint32]
"""Shape (rows, columns), 0xFFRRGGBB, as a 32-bit screen has it."""

WHOLE = 256
"""Parts that the colour of a pixel is mixed from."""


@dataclass(frozen=True, slots=True)
class ShownLayer:
    """A layer with its picture.

    Attributes:
        layer: how it lies over what is below.
        picture: its values in the scanner frame of the first image.
        window: the values that get the first and the last colour.
    """

    layer: ImageLayer
    picture: Picture
    window: IntensityWindow

    @property
    def darkest(self) -> int:
        """The level of its lowest values. In colour, level 0 is left to what lies outside the picture: nothing."""
        return 0 if self.layer.colour_map == "grey" else 1


@dataclass(frozen=True, slots=True, eq=False)
class MixTable:
    """What becomes of a pixel below each of the 256 levels of a layer, in 256 parts, for two channels at once.

    Attributes:
        rest: the parts that what is below keeps, shape (256,).
        red_blue, green: the layer's own colours times their parts, shape (256,): 0xRRRRBBBB, 0x0000GGGG.
    """

    rest: npt.NDArray[np.uint32]
    red_blue: npt.NDArray[np.uint32]
    green: npt.NDArray[np.uint32]


def visibility(layer: ImageLayer, window: IntensityWindow) -> npt.NDArray[np.float64]:
    """How much of a layer is seen at each of its 256 levels, 0 to 1, shape (256,)."""
    levels = np.linspace(0.0, 1.0, 256)
    shown = np.full(256, layer.opacity if layer.blend == "opacity" else 1.0)
    if layer.colour_map != "grey":
        shown[0] = 0.0
    threshold = 0.0
    if layer.see_through_below is not None:
        threshold = (layer.see_through_below - window.low) / window.width
        shown[levels < threshold - 0.5 / 255] = 0.0
    if layer.fade_in > 0:
        shown *= np.clip((levels - max(threshold, 0.0)) / layer.fade_in, 0.0, 1.0)
    return np.asarray(np.clip(shown, 0.0, 1.0))


@lru_cache(maxsize=32)
def mix_table(layer: ImageLayer, window: IntensityWindow) -> MixTable:
    """The table of a layer; kept, as the cursor asks for the same again and again."""
    parts = np.round(WHOLE * visibility(layer, window)).astype(np.uint32)
    red, green, blue = (COLOUR_MAPS[layer.colour_map].table.astype(np.uint32) * parts[:, None]).T
    return MixTable(WHOLE - parts, np.ascontiguousarray(red << 16 | blue), np.ascontiguousarray(green))


@lru_cache(maxsize=32)
def fields_of(
    layer: ImageLayer, rows: int, columns: int, mm_per_pixel: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Where a layer lies: in the pixels whose row and column differ, of numbers (rows,) and (columns,) of 0 or 1.

    In a checkerboard the field in the middle belongs to what is below.
    """
    down, across = np.zeros(rows, dtype=np.uint8), np.ones(columns, dtype=np.uint8)
    if layer.blend == "swipe":
        across[round(columns * layer.divide) :] = 0
    elif layer.blend == "checkerboard":
        tile_pixels = max(layer.tile_mm / mm_per_pixel, 1.0)
        down, across = (
            (np.floor((np.arange(count) + 0.5 - count / 2) / tile_pixels + 0.5).astype(int) % 2).astype(np.uint8)
            for count in (rows, columns)
        )
    return down, across


def with_layers(
    first: GreyPicture,
    layers: Iterable[tuple[ShownLayer, SliceSource]],
    view: SliceView,
    interpolation: Interpolation = "linear",
    workspace: SliceWorkspace | None = None,
) -> ColourPicture:
    """A slice of the first image with those of its layers over it, from the lowest on.

    Args:
        first: the slice of the first image, shape (rows, columns).
        layers: with their pictures ready for slicing.
        view: the plane.
        interpolation: of the layers.
        workspace: where the picture stays until the next is made there; by default it has its own memory.

    Raises:
        FrameMismatchError: a layer lies in the scanner frame of another study.
    """
    room = workspace or SliceWorkspace()
    picture = in_colour(first, room)
    raster = Raster(*first.shape)
    for shown, source in layers:
        levels = slice_greys(source, view, raster, shown.window, interpolation, room, "layer", shown.darkest)
        lay_over(picture, levels, shown, view.width_mm / raster.columns)
    return picture


def in_colour(first: GreyPicture, workspace: SliceWorkspace) -> ColourPicture:
    """Greys as a picture that layers can be laid over; it stays in the workspace until the next is made there."""
    from fusplan.display.screen_kernels import spread_greys  # noqa: PLC0415 - loads numba

    picture = workspace.array("colours", first.shape, np.uint32)
    spread_greys(first, picture)
    return picture


def lay_over(picture: ColourPicture, levels: GreyPicture, shown: ShownLayer, mm_per_pixel: float) -> None:
    """Lay a layer over a picture, in place.

    Args:
        picture: what is below, shape (rows, columns).
        levels: the layer's slice, of the same shape: where its values lie in its window; 0 outside it.
        shown: the layer.
        mm_per_pixel: of the picture, for the checkerboard.
    """
    from fusplan.display.screen_kernels import mix_over  # noqa: PLC0415 - loads numba

    table = mix_table(shown.layer, shown.window)
    down, across = fields_of(shown.layer, *picture.shape, mm_per_pixel)
    mix_over(levels, down, across, table.rest, table.red_blue, table.green, picture)
