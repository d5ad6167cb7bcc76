"""Surfaces that move with a rigid nudge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusplan.display.mesh_slices import SliceableMesh
from fusplan.spatial import Affine, Points, ScannerRas


def moved_meshes(
    meshes: tuple[SliceableMesh, ...], motion: Affine[ScannerRas, ScannerRas]
) -> tuple[SliceableMesh, ...]:
    """Surfaces moved in the patient's scanner frame; their triangles stay, and the balls about them move with them."""
    return tuple(_moved(mesh, motion) for mesh in meshes)


def _moved(mesh: SliceableMesh, motion: Affine[ScannerRas, ScannerRas]) -> SliceableMesh:
    middles = motion.apply(Points(mesh.vertices.frame, mesh.blocks[:, :3])).array
    blocks = np.column_stack([middles, mesh.blocks[:, 3]])
    return replace(mesh, vertices=motion.apply(mesh.vertices), blocks=blocks)
