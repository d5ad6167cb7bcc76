"""The parts of one slice view that are kept between paintings: each is made again only when it has changed."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from fusplan.display.grey_levels import GreyPicture
from fusplan.display.mesh_slices import MeshContour
from fusplan.display.screen_picture import ScreenPicture, draw_outlines, screen_picture
from fusplan.display.slice_blend import ColourPicture, blended
from fusplan.display.slice_content import edges_on, nuclei_on
from fusplan.display.slice_layout import laid_out
from fusplan.display.slice_raster import Raster, slice_greys
from fusplan.display.views import SliceView, ViewKind
from fusplan.imaging.volume import Volume
from fusplan.widgets.view_sources import ViewSources

SHORTEST_SEGMENT = 1.2
"""Contours are thinned to segments of this many pixels: nobody sees more, and painting costs by segment."""

PartKey: TypeAlias = tuple[object, ...]


class SliceParts:
    """Makes and keeps plane, contours and picture of one view. Asks no widget: it may be called in any thread.

    Args:
        kind: which slice.
        sources: the case's images and what lies over them.
    """

    def __init__(self, kind: ViewKind, sources: ViewSources) -> None:
        self._kind = kind
        self._sources = sources
        self._layout: tuple[PartKey, tuple[SliceView, float]] | None = None
        self._samples: tuple[PartKey, GreyPicture | ColourPicture] | None = None
        self._picture: tuple[PartKey, ScreenPicture] | None = None
        self._contours: tuple[PartKey, tuple[MeshContour, ...]] | None = None
        self._edges: tuple[PartKey, tuple[MeshContour, ...]] | None = None

    @property
    def has_picture(self) -> bool:
        """Whether a picture was made."""
        return self._picture is not None

    def layout_for(self, volume: Volume, pixels: tuple[int, int]) -> tuple[SliceView, float]:
        """The plane shown now in a view of that width and height, and mm per logical pixel."""
        state = self._sources.case.view.state
        extent, axes = self._sources.extent(volume), self._sources.axes(volume)
        key = (volume, axes, pixels, state.camera(self._kind), state.convention, state.cursor)
        kept = self._layout
        if kept is None or kept[0] != key:
            kept = self._layout = (key, laid_out(self._kind, state, extent, axes, pixels))
        return kept[1]

    def contours_on(self, view: SliceView, mm_per_pixel: float) -> tuple[MeshContour, ...]:
        """The nuclei on the slice; cut again only when the plane or the nuclei have changed."""
        shown = self._sources.shown()
        layers = shown.state.layers
        key = (*_plane_key(view), shown.meshes, layers.contours, layers.atlas, layers.hidden_structures)
        kept = self._contours
        if kept is None or kept[0] != key:
            kept = self._contours = (key, nuclei_on(shown, view, SHORTEST_SEGMENT * mm_per_pixel))
        return kept[1]

    def edges_on(self, view: SliceView, mm_per_pixel: float) -> tuple[MeshContour, ...]:
        """The template's edges on the slice, cut again likewise."""
        shown = self._sources.shown()
        key = (*_plane_key(view), shown.edges, shown.state.layers.template_edges)
        kept = self._edges
        if kept is None or kept[0] != key:
            kept = self._edges = (key, edges_on(shown, view, SHORTEST_SEGMENT * mm_per_pixel))
        return kept[1]

    def picture_on(self, volume: Volume, view: SliceView, mm_per_pixel: float, ratio: float) -> ScreenPicture:
        """The slice with the outlines in it, a pixel for each of the screen's; made again only when it has changed."""
        contours, edges = self.contours_on(view, mm_per_pixel), self.edges_on(view, mm_per_pixel)
        raster = Raster.of_pixels(view, mm_per_pixel / ratio)
        sampled = self._sampled(volume, view, mm_per_pixel / ratio)
        kept = self._picture
        # The parts are remembered themselves: others cannot have their identity while they are.
        parts = (sampled, contours, edges, raster)
        if (
            kept is None
            or any(one is not two for one, two in zip(kept[0][:3], parts[:3], strict=True))
            or kept[0][3] != raster
        ):
            picture = screen_picture(sampled, raster)
            draw_outlines(picture, contours, edges, mm_per_pixel / ratio, ratio)
            kept = self._picture = (parts, picture)
        return kept[1]

    def _sampled(self, volume: Volume, view: SliceView, mm_per_pixel: float) -> GreyPicture | ColourPicture:
        """The image under everything; sampled again only when it would look different."""
        state, second = self._sources.case.view.state, self._sources.case.blended_image
        window, source = self._sources.window(volume), self._sources.source(volume)
        # The template comes in the patient's own intensities: one window shows both.
        is_template = state.blend.source == "template"
        other = window if is_template else self._sources.window(second) if second is not None else None
        is_blended = second is not None and other is not None and state.blend.visible
        # Nearest voxels and the borders between two images are as sharp as the screen.
        finest_mm = source.finest_mm if state.interpolation == "linear" and not is_blended else 0.0
        raster = Raster.for_view(view, mm_per_pixel, finest_mm)
        key = (*_plane_key(view), raster, volume.fingerprint, window, state.interpolation, other, state.blend, second)
        kept = self._samples
        if kept is None or kept[0] != key:
            picture = slice_greys(source, view, raster, window, state.interpolation)
            if second is not None and other is not None and state.blend.visible:
                above = slice_greys(self._sources.source(second), view, raster, other, state.interpolation)
                picture = blended(picture, above, state.blend, view.width_mm / raster.columns)
            kept = self._samples = (key, np.ascontiguousarray(picture))
        return kept[1]


def _plane_key(view: SliceView) -> PartKey:
    """What decides which points of space a slice shows."""
    return (view.centre, view.right, view.up, view.width_mm, view.height_mm)
