"""Straight rays from the elements to a point, and where and how steeply they meet the skull."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.simulation.ray_kernel import FloatVolume, bone_gradients, find_tables
from fusplan.simulation.skull import BONE_FROM_HU
from fusplan.spatial import Field, ScannerRas
from fusplan.spatial.points import FloatArray
from fusplan.spatial.trilinear import interpolate_scalars

RAY_STEP_MM = 0.25
TABLE_REACH_MM = 40.0
"""How far behind the outer table the inner one is looked for (C: no skull is thicker along a ray; teeth and the far
side of the head lie beyond)."""

NORMAL_SIGMA_MM = 2.0
"""Smoothing of the bone whose gradient is the normal (C: 0.6 deg off on a shell of 1.5 mm voxels, with 1.5 mm 0.9)."""

SOFT_HU, HARD_HU = 0.0, 1000.0
"""The bone fraction goes from 0 to 1 between them: so wide that partial volumes tell where the edge lies (C)."""


@dataclass(frozen=True, slots=True, eq=False)
class RayTrace:
    """Rays and the skull, arrays (n,) or (n, 3), scanner RAS mm; not-a-number where a ray meets no bone.

    Attributes:
        starts_mm: where each begins.
        towards_mm: unit vector of its direction.
        lengths_mm: to the point that all lead to.
        outer_mm, inner_mm: way from the start to the outer and the inner table.
    """

    starts_mm: FloatArray
    towards_mm: FloatArray
    lengths_mm: FloatArray
    outer_mm: FloatArray
    inner_mm: FloatArray

    @property
    def thickness_mm(self) -> FloatArray:
        """Of the skull along each ray."""
        return self.inner_mm - self.outer_mm

    def every(self, count: int) -> RayTrace:
        """The first of every ``count`` rays."""
        return RayTrace(*(getattr(self, name)[::count] for name in RayTrace.__slots__))

    def places_mm(self, way_mm: FloatArray) -> FloatArray:
        """(n, 3) after so long a way (n,) from each start, or (n, m, 3) after ways (n, m)."""
        if way_mm.ndim == 2:
            return self.starts_mm[:, None] + self.towards_mm[:, None] * way_mm[..., None]
        return self.starts_mm + self.towards_mm * way_mm[:, None]


@dataclass(frozen=True, slots=True, eq=False)
class RayVolume:
    """CT numbers as the loops want them: float32, the last axis fastest.

    Attributes:
        values: (ni, nj, nk), without a copy of what lies so, or the other way round, already.
        to_index: 4 x 4, scanner RAS mm to indices of ``values``.
        spacing_mm: (3,) along the axes of ``values``.
    """

    values: FloatVolume
    to_index: FloatArray
    spacing_mm: FloatArray

    @classmethod
    def of(cls, hounsfield: Field[ScannerRas]) -> RayVolume:
        to_index, spacing = hounsfield.grid.from_frame.matrix, np.array(hounsfield.grid.spacing_mm)
        values = np.asarray(hounsfield.values, dtype=np.float32).view()
        values.flags.writeable = False  # always, so that the loops are compiled for one kind of array
        if values.flags.f_contiguous:
            return cls(values.T, to_index[[2, 1, 0, 3]], spacing[::-1].copy())
        if not values.flags.c_contiguous:
            values = np.ascontiguousarray(values)
            values.flags.writeable = False
        return cls(values, to_index, spacing)

    def indices(self, places_mm: FloatArray) -> FloatArray:
        """Continuous indices (n, 3) of places (n, 3)."""
        return np.ascontiguousarray(places_mm @ self.to_index[:3, :3].T + self.to_index[:3, 3])


def trace_rays(volume: RayVolume, starts_mm: FloatArray, target_mm: FloatArray) -> RayTrace:
    """Follow a straight ray from each start (n, 3) to one point (3,), scanner RAS mm of the volume."""
    way = target_mm - starts_mm
    lengths = np.linalg.norm(way, axis=1)
    towards = way / lengths[:, None]
    ends = np.repeat(volume.indices(target_mm[None]), len(starts_mm), axis=0)
    outer, inner = np.empty(len(starts_mm)), np.empty(len(starts_mm))
    find_tables(
        volume.values, volume.indices(starts_mm), ends, lengths, RAY_STEP_MM, BONE_FROM_HU, TABLE_REACH_MM, outer, inner
    )  # fmt: skip
    return RayTrace(starts_mm, towards, lengths, outer, inner)


def incidence_deg(volume: RayVolume, rays: RayTrace, table_mm: FloatArray) -> FloatArray:
    """Angle (n,) between each ray and the normal of the bone where it has gone so far (n,)."""
    gradients = np.empty_like(rays.starts_mm)
    sigma = NORMAL_SIGMA_MM / volume.spacing_mm
    bone_gradients(volume.values, volume.indices(rays.places_mm(table_mm)), sigma, SOFT_HU, HARD_HU, gradients)
    normals = gradients @ volume.to_index[:3, :3]
    lengths = np.linalg.norm(normals, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = np.abs((normals * rays.towards_mm).sum(axis=1)) / lengths
        return np.asarray(np.degrees(np.arccos(np.clip(cosines, 0.0, 1.0))))


def sample_along(volume: RayVolume, rays: RayTrace, way_mm: FloatArray) -> FloatArray:
    """CT numbers (n, m) after ways (n, m) from the starts; not-a-number along rays without bone."""
    places = rays.places_mm(way_mm).reshape(-1, 3)
    known = np.isfinite(places).all(axis=1)
    numbers = np.full(len(places), np.nan)
    numbers[known] = interpolate_scalars(volume.values, volume.indices(places[known]))
    return numbers.reshape(way_mm.shape)
