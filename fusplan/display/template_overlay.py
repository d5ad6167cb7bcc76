"""The template over a patient while the cursor moves: its image in the patient's frame, and its edges as surfaces.

Made once for a registration, in the background: afterwards a slice of it costs as little as a slice of the patient.
The image keeps the template's own grid: only the local displacement is resampled, the affine map places the voxels.
So a rigid nudge of the atlas moves the same overlay elsewhere without any resampling.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from skimage import measure

from fusplan.display.carry_kernel import carry
from fusplan.display.mesh_slices import SliceableMesh
from fusplan.display.moved_meshes import moved_meshes
from fusplan.display.outlines import BRAIN_EDGE, FLUID_EDGE
from fusplan.display.template_edges import DEEP_MM, fluid_level
from fusplan.imaging.intensity import robust_window
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.progress import Progress
from fusplan.spatial import Affine, Mni, ScannerRas, Warp
from fusplan.spatial.points import FloatArray
from fusplan.spatial.warp import Displacements

MAP_STEP = 3
"""A registration is smooth: it is inverted at every third grid point and interpolated between."""

BRIGHT_PERCENT = 95.0

SMALLEST_PIECE_FACES = 300
"""Smaller closed pieces of fluid are single sulci of an average brain: they say nothing about one person's fit."""


@dataclass(frozen=True, slots=True, eq=False)
class TemplateOverlay:
    """A template where its registration puts it.

    Attributes:
        mni_to_scanner: the registration.
        volume: the template's T1 in the patient's scanner frame and in its scale of intensities.
        edges: the surface of its brain and the walls of its fluid spaces, scanner RAS mm.
    """

    mni_to_scanner: Warp[Mni, ScannerRas]
    volume: Volume
    edges: tuple[SliceableMesh, ...]

    def moved_to(self, mni_to_scanner: Warp[Mni, ScannerRas]) -> TemplateOverlay | None:
        """The same overlay under a registration that differs by a rigid motion only, else None."""
        if mni_to_scanner.displacements.digest != self.mni_to_scanner.displacements.digest:
            return None
        motion = self.mni_to_scanner.affine.inverse().then(mni_to_scanner.affine)
        volume = replace(self.volume, grid=self.volume.grid.moved(motion))
        return TemplateOverlay(mni_to_scanner, volume, moved_meshes(self.edges, motion))


def template_overlay(
    template: TemplateImage, mni_to_scanner: Warp[Mni, ScannerRas], patient: Volume, progress: Progress
) -> TemplateOverlay:
    """The template carried to a patient: some seconds. Raises JobCancelled."""
    progress.report(0.0, "Carrying the template to your image")
    volume = _as_bright_as(patient, _carried(template, mni_to_scanner), template)
    progress.report(0.5, "Finding the template's edges")
    edges = []
    for name, (vertices, faces) in (
        (BRAIN_EDGE, _brain_surface(template)),
        (FLUID_EDGE, _fluid_surface(template)),
    ):
        places = mni_to_scanner.apply(template.grid.places(vertices))
        edges.append(SliceableMesh.prepare(name, places, faces))
    return TemplateOverlay(mni_to_scanner, volume, tuple(edges))


def _carried(template: TemplateImage, mni_to_scanner: Warp[Mni, ScannerRas]) -> Volume:
    """The template resampled on its own grid, so that the affine map alone leads from there to the patient."""
    data = np.empty(template.data.shape, dtype=np.float32)
    carry(np.ascontiguousarray(template.data), _undisplaced(template, mni_to_scanner.displacements), MAP_STEP, data)
    grid = template.grid.moved(mni_to_scanner.affine).derived(template.grid.shape, np.eye(4), "carried")
    return Volume(data, grid, template.sha256)


def _as_bright_as(patient: Volume, carried: Volume, template: TemplateImage) -> Volume:
    """The carried template in the patient's intensities, so that one window shows both alike.

    Background goes to background, and the brightest twentieth of the brain to that of the patient at the same places.
    """
    inside = np.argwhere(template.brain_mask[::4, ::4, ::4]) * 4
    indices = patient.grid.indices(carried.grid.places(inside)).T
    seen = ndimage.map_coordinates(patient.data, indices, order=1, mode="constant", cval=np.nan)
    seen = seen[np.isfinite(seen)]
    own = carried.data[tuple(inside.T)]
    low = robust_window(patient).low
    bright = float(np.percentile(own, BRIGHT_PERCENT))
    wanted = float(np.percentile(seen, BRIGHT_PERCENT)) - low if seen.size else bright
    factor = wanted / bright if wanted > 0 and bright > 0 else 1.0
    return replace(carried, data=carried.data * np.float32(factor) + np.float32(low))


def _undisplaced(template: TemplateImage, displacements: Displacements[Mni]) -> npt.NDArray[np.float32]:
    """For every third grid point q the step in voxels to the point m with m + displacement(m) = q: (a, b, c, 3)."""
    shape = [-(-size // MAP_STEP) + 1 for size in template.data.shape]
    indices: FloatArray = np.indices(shape).reshape(3, -1).T.astype(np.float64) * MAP_STEP
    places = template.grid.places(indices)
    still = Warp(displacements, Affine(template.frame, template.frame, np.eye(4)))
    found = still.inverse().apply(places).array - places.array
    voxels = found @ template.grid.from_frame.matrix[:3, :3].T
    return np.ascontiguousarray(voxels.reshape(*shape, 3), dtype=np.float32)


def _brain_surface(template: TemplateImage) -> tuple[FloatArray, npt.NDArray[np.int32]]:
    """Vertices in voxel indices and triangles of the brain's border."""
    smooth = ndimage.gaussian_filter(template.brain_mask.astype(np.float32), 1.0)
    vertices, faces, _, _ = measure.marching_cubes(smooth, 0.5, step_size=2)
    return np.asarray(vertices, dtype=np.float64), np.asarray(faces, dtype=np.int32)


def _fluid_surface(template: TemplateImage) -> tuple[FloatArray, npt.NDArray[np.int32]]:
    """The walls of ventricles and cisterns deep in the brain; open where they come near its border."""
    spacing_mm = template.grid.cell_mm3 ** (1 / 3)
    # Every second voxel is near enough for a depth of ten millimetres, and eight times quicker.
    depth_mm = ndimage.distance_transform_edt(template.brain_mask[::2, ::2, ::2]) * 2 * spacing_mm
    level = fluid_level(template)
    smooth = ndimage.gaussian_filter(template.data, 0.5)
    field = np.where(template.brain_mask, level - smooth, -level).astype(np.float32)
    vertices, faces, _, _ = measure.marching_cubes(field, 0.0)
    nearest = np.minimum(np.round(vertices / 2).astype(int), np.array(depth_mm.shape) - 1)
    deep = depth_mm[nearest[:, 0], nearest[:, 1], nearest[:, 2]] >= DEEP_MM
    kept = _large_pieces(np.asarray(faces, dtype=np.int32)[deep[faces].all(axis=1)], len(vertices))
    used, numbers = np.unique(kept, return_inverse=True)
    return np.asarray(vertices[used], dtype=np.float64), numbers.reshape(-1, 3).astype(np.int32)


def _large_pieces(faces: npt.NDArray[np.int32], vertex_count: int) -> npt.NDArray[np.int32]:
    """The triangles of connected pieces that are large enough to mean something."""
    ones = np.ones(len(faces) * 2, dtype=np.int8)
    rows, columns = np.concatenate([faces[:, 0], faces[:, 1]]), np.concatenate([faces[:, 1], faces[:, 2]])
    graph = coo_array((ones, (rows, columns)), shape=(vertex_count, vertex_count))
    _, piece = connected_components(graph, directed=False)
    sizes = np.bincount(piece[faces[:, 0]], minlength=int(piece.max()) + 1)
    return np.asarray(faces[sizes[piece[faces[:, 0]]] >= SMALLEST_PIECE_FACES])
