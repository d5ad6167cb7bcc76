"""Surfaces: closed, of the volume the raster has, smooth."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.atlas.mixture_atlas import MixtureAtlas
from fusplan.atlas.structure_ref import StructureRef, clp
from fusplan.atlas.surfaces import structure_surface, thalamus_surface
from fusplan.spatial import Affine, Points, ScannerRas
from fusplan.spatial.triangles import Surface
from tests.atlas.conftest import Raster


def test_the_volume_of_a_cube_is_closed_form() -> None:
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=float) * 2 + 5
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], dtype=np.int32)
    cube = Surface(Points(ScannerRas("s"), corners), faces)
    assert cube.volume_mm3 == pytest.approx(8)
    assert cube.euler_characteristic == 2
    assert cube.is_closed


COMPARED = {"morel": ("CL", "CM", "MDpc", "PuM", "RN"), "julich": ("CL", "CM", "MD", "PUm", "STN")}


def test_a_surface_is_closed_and_holds_the_volume_of_the_raster(raster: Raster) -> None:
    for abbreviation in COMPARED[raster.atlas.name]:
        structure = raster.atlas.structure(abbreviation, "left")
        surface = structure_surface(raster.atlas, structure.ref)
        assert surface is not None
        assert surface.is_closed
        assert surface.euler_characteristic % 2 == 0
        assert surface.volume_mm3 == pytest.approx(raster.volumes_mm3[structure.index], rel=0.04)


def test_a_compact_nucleus_is_one_piece_without_handles(morel: MixtureAtlas) -> None:
    surface = structure_surface(morel, StructureRef("RN", "right"))
    assert surface is not None
    assert surface.euler_characteristic == 2


def test_the_surface_of_clp(morel: MixtureAtlas) -> None:
    for side in ("left", "right"):
        surface = structure_surface(morel, clp(side))
        assert surface is not None
        assert surface.is_closed
        assert surface.volume_mm3 == pytest.approx(morel.volume_mm3(clp(side)), rel=0.03)
        anterior_mm = morel.acpc.from_pc.apply(surface.vertices).array[:, 1]
        assert anterior_mm.max() <= 4.0 + 0.25


def test_the_surface_of_the_thalamus(morel: MixtureAtlas) -> None:
    stated = sum(one.volume_mm3 for one in morel.structures if one.side == "right" and one.thalamic)
    surface = thalamus_surface(morel, "right", spacing_mm=0.8)
    assert surface is not None
    assert surface.is_closed
    assert surface.volume_mm3 == pytest.approx(stated, rel=0.02)


def test_a_surface_lies_on_the_border_of_the_labels(morel: MixtureAtlas) -> None:
    """A quarter of a millimetre inwards the label is the structure's, outwards it is not, almost everywhere."""
    structure = morel.structure("CM", "left")
    surface = structure_surface(morel, structure.ref)
    assert surface is not None
    a, b, c = (surface.vertices.array[surface.faces[:, corner]] for corner in range(3))
    normals = np.cross(b - a, c - a)
    length = np.linalg.norm(normals, axis=1)
    big = length > 0.02
    middle, outward = ((a + b + c) / 3)[big], (normals / np.maximum(length, 1e-9)[:, None])[big]
    inner = morel.labels(Points(morel.frame, middle - 0.25 * outward)) == structure.index
    outer = morel.labels(Points(morel.frame, middle + 0.25 * outward)) == structure.index
    assert inner.mean() > 0.97
    assert outer.mean() < 0.03


def test_a_carried_surface_changes_volume_by_the_determinant(morel: MixtureAtlas) -> None:
    surface = structure_surface(morel, StructureRef("RN", "left"))
    assert surface is not None
    carried = surface.carried(Affine(morel.frame, ScannerRas("p"), np.diag([0.9, 0.95, 1.0, 1.0])))
    assert carried.volume_mm3 == pytest.approx(0.855 * surface.volume_mm3)
