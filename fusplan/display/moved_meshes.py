"""Surfaces that move with a rigid nudge."""

from __future__ import annotations

from dataclasses import replace

from fusplan.display.mesh_slices import SliceableMesh
from fusplan.spatial import Affine, ScannerRas


def moved_meshes(
    meshes: tuple[SliceableMesh, ...], motion: Affine[ScannerRas, ScannerRas]
) -> tuple[SliceableMesh, ...]:
    """Surfaces moved in the patient's scanner frame; their triangles stay."""
    return tuple(replace(mesh, vertices=motion.apply(mesh.vertices)) for mesh in meshes)
