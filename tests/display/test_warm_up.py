from __future__ import annotations

from typing import get_args

from fusplan.display import mesh_kernels, screen_kernels, slice_kernels
from fusplan.display.image_layers import SECOND_LAYER, Look
from fusplan.display.mesh_slices import SliceableMesh, cut_meshes
from fusplan.display.slice_blend import ShownLayer, with_layers
from fusplan.display.slice_raster import Raster, SliceSource, slice_greys
from fusplan.display.views import ViewAxes, slice_view
from fusplan.display.warm_up import warm_up
from fusplan.imaging.intensity import IntensityWindow
from fusplan.spatial import Point, Points
from tests.fixtures.meshes import ball
from tests.fixtures.small_heads import head


def compiled_forms() -> set[tuple[str, str]]:
    return {
        (name, str(signature))
        for module in (mesh_kernels, screen_kernels, slice_kernels)
        for name, function in vars(module).items()
        for signature in getattr(function, "signatures", ())
    }


def test_nothing_is_left_to_compile_for_a_real_head() -> None:
    warm_up()
    warm = compiled_forms()
    volume = head(12.0)
    centre = Point(volume.scanner_frame, 0.0, -16.0, 10.0)
    vertices, faces = ball()
    mesh = SliceableMesh.prepare("MD", Points(volume.scanner_frame, vertices.array + centre.array), faces)
    source = SliceSource.of(volume)
    for kind in ("axial", "coronal", "sagittal"):
        view = slice_view(kind, centre, (80.0, 60.0), ViewAxes.scanner(volume.scanner_frame))
        assert cut_meshes([mesh, mesh], view)
        for interpolation in ("linear", "nearest"):
            greys = slice_greys(source, view, Raster(30, 40), IntensityWindow(0.0, 200.0), interpolation)
            for look in get_args(Look):
                layer = ShownLayer(SECOND_LAYER.looking(look), volume, IntensityWindow(0.0, 200.0))
                with_layers(greys, [(layer, source)], view, interpolation)
    assert compiled_forms() == warm
