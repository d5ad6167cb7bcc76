"""The parts of one slice view that are kept between paintings: each is made again only when it has changed."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TypeAlias

from fusplan.display.grey_levels import GreyPicture
from fusplan.display.mesh_slices import CutLines, MeshContour
from fusplan.display.outlines import OutlineSet
from fusplan.display.screen_picture import ScreenPicture, screen_picture
from fusplan.display.slice_blend import ColourPicture, with_layers
from fusplan.display.slice_content import outlines_of
from fusplan.display.slice_layout import laid_out
from fusplan.display.slice_raster import Raster, slice_greys
from fusplan.display.slice_workspace import SliceWorkspace
from fusplan.display.views import SliceView, ViewKind
from fusplan.imaging.volume import Volume
from fusplan.widgets.view_sources import ViewSources

SHORTEST_SEGMENT = 1.2
"""Contours are thinned to segments of this many pixels: nobody sees more, and painting costs by segment."""

PartKey: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DrawnSlice:
    """A slice as it is on the screen. The picture lies in the view's workspace: it holds until the next is made.

    Attributes:
        picture: the image with the outlines in it, a pixel for each of the screen's.
        outlines, lines: which outlines, and where they were cut.
    """

    picture: ScreenPicture
    outlines: OutlineSet
    lines: CutLines

    def nuclei(self) -> tuple[MeshContour, ...]:
        """The contours of the nuclei that are drawn."""
        return self.outlines.nuclei_of(self.lines)


class SliceParts:
    """Makes and keeps plane, samples and picture of one view. Asks no widget: it may be called in any thread.

    Args:
        kind: which slice.
        sources: the case's images and what lies over them.
    """

    def __init__(self, kind: ViewKind, sources: ViewSources) -> None:
        self._kind = kind
        self._sources = sources
        self._layout: tuple[PartKey, tuple[SliceView, float]] | None = None
        self._samples: tuple[PartKey, GreyPicture | ColourPicture] | None = None
        self._drawn: tuple[PartKey, DrawnSlice] | None = None
        self._workspace = SliceWorkspace()
        self._one_at_a_time = threading.Lock()

    @property
    def has_picture(self) -> bool:
        """Whether a picture was made."""
        return self._drawn is not None

    def layout_for(self, volume: Volume, pixels: tuple[int, int]) -> tuple[SliceView, float]:
        """The plane shown now in a view of that width and height, and mm per logical pixel."""
        state = self._sources.case.view.state
        extent, axes = self._sources.extent(volume), self._sources.axes(volume)
        key = (volume, axes, pixels, state.camera(self._kind), state.convention, state.cursor)
        kept = self._layout
        if kept is None or kept[0] != key:
            kept = self._layout = (key, laid_out(self._kind, state, extent, axes, pixels))
        return kept[1]

    def drawn_on(self, volume: Volume, view: SliceView, mm_per_pixel: float, ratio: float) -> DrawnSlice:
        """The slice with the outlines in it; made again only when it has changed.

        ``mm_per_pixel`` is of logical pixels, ``ratio`` how many of the screen's there are for each.
        """
        with self._one_at_a_time:
            outlines, fine_mm = outlines_of(self._sources.shown()), mm_per_pixel / ratio
            raster = Raster.of_pixels(view, fine_mm)
            samples_key, sampled = self._sampled(volume, view, fine_mm)
            key = (samples_key, outlines, raster, ratio)
            kept = self._drawn
            if kept is None or kept[0] != key:
                self._drawn = None  # its memory is about to change
                lines = outlines.cut(view, SHORTEST_SEGMENT * mm_per_pixel, self._workspace)
                picture = screen_picture(sampled, raster, fine_mm, outlines, lines, ratio, self._workspace)
                kept = self._drawn = (key, DrawnSlice(picture, outlines, lines))
            return kept[1]

    def _sampled(
        self, volume: Volume, view: SliceView, mm_per_pixel: float
    ) -> tuple[PartKey, GreyPicture | ColourPicture]:
        """The image under everything, and what it was made from; sampled again only when it would look different."""
        sources, interpolation = self._sources, self._sources.case.view.state.interpolation
        window, source, layers = sources.window(volume), sources.source(volume), sources.layers(volume)
        # Nearest voxels and the borders between two images are as sharp as the screen.
        finest_mm = source.finest_mm if interpolation == "linear" and not layers else 0.0
        raster = Raster.for_view(view, mm_per_pixel, finest_mm)
        key = (*_plane_key(view), raster, volume, window, interpolation, layers)
        kept = self._samples
        if kept is None or kept[0] != key:
            self._samples = None  # its memory is about to change
            greys = slice_greys(source, view, raster, window, interpolation, self._workspace)
            above = ((layer, sources.source(layer.picture)) for layer in layers)
            picture = with_layers(greys, above, view, interpolation, self._workspace) if layers else greys
            kept = self._samples = (key, picture)
        return kept


def _plane_key(view: SliceView) -> PartKey:
    """What decides which points of space a slice shows."""
    return (view.centre, view.right, view.up, view.width_mm, view.height_mm)
