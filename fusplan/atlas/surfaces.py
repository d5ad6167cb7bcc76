"""Closed surfaces of nuclei by marching cubes, from smooth functions and so without steps.

A structure is where ``min(log g_own - log largest other g, log sum of g, distance from the midplane)`` is
positive, with g = density / level: the very region that ``labels`` draws.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from skimage import measure

from fusplan.atlas.lattice import Lattice
from fusplan.atlas.mixture_atlas import MixtureAtlas
from fusplan.atlas.nuclei_atlas import THALAMUS, AtlasStructure
from fusplan.atlas.structure_ref import StructureRef
from fusplan.spatial import Mni, Points, Side
from fusplan.spatial.points import FloatArray
from fusplan.spatial.triangles import Surface

SURFACE_SPACING_MM = 0.5
"""Spacing of the lattice that marching cubes follows."""

STEEPEST = 2.0
"""The implicit function is cut off at plus and minus this, so that it is near linear about zero."""


def structure_surface(
    atlas: MixtureAtlas, structure: StructureRef, spacing_mm: float = SURFACE_SPACING_MM
) -> Surface[Mni] | None:
    """The surface of one structure, or None for one so small that it is nowhere the most probable.

    A part is cut flat where it leaves its whole. Raises UnknownStructureError.
    """
    whole, part = atlas.whole(structure), atlas.part(structure.key)
    lattice = _lattice(*atlas.tight_box_mm(whole), spacing_mm)
    points = Points(atlas.frame, lattice.places_mm)
    inside = _inside_structure(atlas, whole, points)
    if part is not None:
        inside = np.minimum(inside, part.behind_cut_mm(points, atlas.acpc))
    return _marching_cubes(atlas, lattice, inside)


def thalamus_surface(atlas: MixtureAtlas, side: Side, spacing_mm: float = SURFACE_SPACING_MM) -> Surface[Mni] | None:
    """The surface of all that counts as thalamus on one side."""
    part = atlas.sides[side]
    thalamic = np.array([atlas.structures[index].group == THALAMUS for index in part.indices])
    lattice = _lattice(*part.box_mm(), spacing_mm)
    points = Points(atlas.frame, lattice.places_mm)
    return _marching_cubes(atlas, lattice, _inside(atlas, side, points, thalamic))


def _inside_structure(atlas: MixtureAtlas, structure: AtlasStructure, points: Points[Mni]) -> FloatArray:
    return _inside(atlas, structure.side, points, atlas.sides[structure.side].indices == structure.index)


def _inside(atlas: MixtureAtlas, side: Side, points: Points[Mni], own: npt.NDArray[np.bool_]) -> FloatArray:
    """Positive (n,) where one of the chosen structures is the most probable and more probable than outside."""
    part = atlas.sides[side]
    faint = 1e-6
    result = np.full(len(points), -STEEPEST)
    for rows, values in part.field.chunks(points.array):
        relative = values / part.levels
        mine = np.log(relative[:, own].max(axis=1) + faint)
        others = np.log(relative[:, ~own].max(axis=1, initial=0.0) + faint)
        result[rows] = np.minimum(mine - others, np.log(relative.sum(axis=1) + faint))
    lateral_mm = atlas.acpc.from_pc.apply(points).array[:, 0]
    return np.asarray(np.minimum(result, lateral_mm if side == "right" else -lateral_mm))


def _lattice(lowest_mm: FloatArray, highest_mm: FloatArray, spacing_mm: float) -> Lattice:
    return Lattice.holding(lowest_mm - spacing_mm, highest_mm + spacing_mm, spacing_mm)


def _marching_cubes(atlas: MixtureAtlas, lattice: Lattice, inside: FloatArray) -> Surface[Mni] | None:
    """The closed zero surface of values (n,) on a lattice."""
    values = np.clip(inside, -STEEPEST, STEEPEST).reshape(lattice.shape)
    # Every surface is closed: nothing is inside on the border of the lattice or beyond.
    values = np.pad(values, 1, constant_values=-STEEPEST)
    # A value of exactly zero would make triangles without area.
    values = np.where(np.abs(values) < 1e-6, 1e-6, values)
    if values.max() <= 0:
        return None
    vertices, faces, _, _ = measure.marching_cubes(values, 0.0, gradient_direction="ascent")
    places = (vertices.astype(np.float64) - 1) * lattice.spacing_mm + lattice.first_mm
    triangles = np.ascontiguousarray(faces, dtype=np.int32)
    triangles.flags.writeable = False
    return Surface(Points(atlas.frame, places), triangles)
