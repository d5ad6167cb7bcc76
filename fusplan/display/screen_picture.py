"""Slices as pixels of the screen, the outlines drawn into them.

A window system's painter takes milliseconds for the smooth thin outlines of some dozen nuclei; drawn straight into
the picture by compiled loops, which run beside the window's thread, they cost a fraction of that.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.display.grey_levels import GreyPicture
from fusplan.display.mesh_slices import NO_LINES, CutLines
from fusplan.display.outlines import NO_OUTLINES, OutlineSet
from fusplan.display.slice_blend import ColourPicture
from fusplan.display.slice_raster import Raster
from fusplan.display.slice_workspace import SliceWorkspace

ScreenPicture: TypeAlias = npt.NDArray[np.uint32]
"""Shape (rows, columns), 0xFFRRGGBB."""


def screen_picture(
    picture: GreyPicture | ColourPicture,
    raster: Raster,
    mm_per_pixel: float = 1.0,
    outlines: OutlineSet = NO_OUTLINES,
    lines: CutLines = NO_LINES,
    ratio: float = 1.0,
    workspace: SliceWorkspace | None = None,
) -> ScreenPicture:
    """A slice, sampled as finely as it needs, as the pixels of a view with outlines in it.

    Args:
        picture: the slice.
        raster: the pixels of the view.
        mm_per_pixel: of those.
        outlines, lines: what is drawn, and where it was cut.
        ratio: pixels for each logical pixel, by which lines are wider.
        workspace: where the picture stays until the next is made in it; by default it has its own memory.
    """
    from fusplan.display.screen_kernels import draw_slice  # noqa: PLC0415 - loads numba

    room = workspace or SliceWorkspace()
    shape = (raster.rows, raster.columns)
    out = room.array("pixels", shape, np.uint32)
    draw_slice(
        _greys_of(picture, out),
        lines.points,
        lines.starts,
        lines.closed,
        lines.owners,
        outlines.colours,
        outlines.widths * (ratio / 2),
        outlines.fills,
        mm_per_pixel,
        room.array("coverage", shape, np.uint8),
        room.array("touched", (raster.rows * raster.columns,), np.int32),
        out,
    )
    return out


def _greys_of(picture: GreyPicture | ColourPicture, out: ScreenPicture) -> GreyPicture:
    """The greys that are still to be spread over ``out``: of a picture in colour, which is put there, none."""
    if picture.dtype == np.uint8:
        return picture  # type: ignore[return-value]
    if picture.shape == out.shape:
        np.copyto(out, picture)
    else:
        from fusplan.display.screen_kernels import enlarge_colours  # noqa: PLC0415 - loads numba

        enlarge_colours(picture, out)  # type: ignore[arg-type]
    return np.zeros((0, 0), dtype=np.uint8)
