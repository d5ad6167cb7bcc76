"""Loads the compiled loops of the slice views before the first image: a second's work while nobody waits."""

from __future__ import annotations

import numpy as np

from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.display.drawn_layers import Shown
from fusplan.display.image_layers import SECOND_LAYER
from fusplan.display.mesh_slices import SliceableMesh
from fusplan.display.screen_picture import screen_picture
from fusplan.display.slice_blend import ShownLayer, with_layers
from fusplan.display.slice_content import outlines_of
from fusplan.display.slice_raster import Raster, SliceSource, slice_greys
from fusplan.display.view_state import ViewState
from fusplan.display.views import VIEW_KINDS, ViewAxes, slice_view
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.spatial import Point, Points

_CORNERS_MM = np.array([[1.0, 1.0, 1.0], [-1.0, -1.0, 1.0], [-1.0, 1.0, -1.0], [1.0, -1.0, -1.0]]) * 3
_FACES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])


def warm_up() -> None:
    """Draw three slices of a grain of an image, with an outline; takes what loading compiled code takes."""
    volume = Volume.of_array(np.ones((9, 9, 9), dtype=np.float32), np.diag([1.0, 1.0, 1.0, 1.0]), "0" * 64)
    frame = volume.scanner_frame
    centre = Point(frame, 4.0, 4.0, 4.0)
    mesh = SliceableMesh.prepare(CLP_KEY, Points(frame, _CORNERS_MM + centre.array), _FACES)
    shown = Shown(ViewState(), meshes=(mesh,))
    source = SliceSource.of(volume)
    window = IntensityWindow(0.0, 2.0)
    for kind in VIEW_KINDS:
        view = slice_view(kind, centre, (8.0, 8.0), ViewAxes.scanner(frame))
        fine, coarse = Raster(24, 24), Raster(12, 12)
        slice_greys(source, view, fine, window, "nearest")
        screen_picture(slice_greys(source, view, fine, window), fine)
        outlines = outlines_of(shown)
        coarse_greys = slice_greys(source, view, coarse, window)
        with_layers(coarse_greys, [(ShownLayer(SECOND_LAYER, volume, window), source)], view)
        screen_picture(coarse_greys, fine, 8.0 / 24, outlines, outlines.cut(view, 0.0))
