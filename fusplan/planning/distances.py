"""Signed shortest distances from a lesion's surface: to other nuclei, the midline and the third-ventricle wall."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import StructureRef
from fusplan.planning.plan import Landmarks, Lesion
from fusplan.planning.review import Distance
from fusplan.spatial import AcPcGeometry, Ellipsoid, Points, ScannerRas, Side
from fusplan.spatial.points import FloatArray

REPORT_WITHIN_MM = 8.0
"""Nuclei further from the lesion than this are not listed."""

MIDLINE = "midline"
VENTRICLE_WALL = "third-ventricle wall"

_REFINED_MM = 0.1
_ITERATIONS = 60


def signed_distance_mm(ellipsoid: Ellipsoid[ScannerRas], points: Points[ScannerRas]) -> FloatArray:
    """Distance (n,) of each point from the ellipsoid's surface, negative inside.

    The nearest surface point is y_i = a_i^2 p_i / (a_i^2 + t), where t is the largest root of
    sum (a_i p_i / (a_i^2 + t))^2 = 1; it is bracketed and bisected, which is safe for any form (after D. Eberly,
    *Distance from a point to an ellipse, an ellipsoid, or a hyperellipsoid*).
    """
    axes = np.array(ellipsoid.semi_axes_mm)
    # A point exactly on a symmetry plane of the ellipsoid is nudged off it, where the root is ill defined (by 1e-9 mm).
    place = np.maximum(np.abs((points.array - ellipsoid.centre.array) @ ellipsoid.rotation), 1e-9)
    scaled = place * axes
    shortest = axes.min()
    low = -(shortest**2) + shortest * place[:, int(np.argmin(axes))]
    high = -(shortest**2) + np.linalg.norm(scaled, axis=1)
    for _ in range(_ITERATIONS):
        middle = (low + high) / 2
        outside = ((scaled / (axes**2 + middle[:, None])) ** 2).sum(axis=1) > 1
        low, high = np.where(outside, middle, low), np.where(outside, high, middle)
    root = (low + high) / 2
    nearest = axes**2 * place / (axes**2 + root[:, None])
    return np.asarray(np.linalg.norm(place - nearest, axis=1) * np.sign(root), dtype=np.float64)


def distance_to_midline_mm(ellipsoid: Ellipsoid[ScannerRas], side: Side, geometry: AcPcGeometry) -> float:
    """Distance of the surface from the midplane; negative: how far the lesion reaches across it."""
    right = geometry.axes[:, 0]
    lateral_mm = float((ellipsoid.centre.array - geometry.pc.array) @ right) * (1.0 if side == "right" else -1.0)
    half_width_mm = float(np.linalg.norm(np.array(ellipsoid.semi_axes_mm) * (ellipsoid.rotation.T @ right)))
    return lateral_mm - half_width_mm


def lesion_distances(
    lesion: Lesion, structure: StructureRef, landmarks: Landmarks, atlas: HeadAtlas, grid: LabelGrid
) -> tuple[Distance, ...]:
    """Distances from the lesion's surface: other nuclei within 8 mm (nearest first), midline, ventricle wall.

    A nucleus that the lesion invades has a negative distance: by how much the lesion's surface would have to draw
    back to leave it. Nuclei are those of ``atlas`` other than the one meant (all of it where ``structure`` is a part);
    the border is found on ``grid`` and then to 0.1 mm.
    """
    ellipsoid = lesion.ellipsoid
    own_index = atlas.atlas.whole(structure).index if atlas.atlas.describes(structure) else None
    distances = [
        _to_structure(atlas, index, lesion.side, distance_mm)
        for index, distance_mm in _distances_by_label(ellipsoid, atlas, grid).items()
        if index != own_index and distance_mm <= REPORT_WITHIN_MM
    ]
    distances.sort(key=lambda distance: distance.distance_mm)
    to_midline_mm = distance_to_midline_mm(ellipsoid, lesion.side, landmarks.geometry())
    distances.append(Distance(MIDLINE, to_midline_mm, "midline"))
    wall = landmarks.ventricle_wall(lesion.side)
    if wall is not None:
        distances.append(Distance(VENTRICLE_WALL, to_midline_mm - wall.lateral_mm, "ventricle wall"))
    return tuple(distances)


def _distances_by_label(ellipsoid: Ellipsoid[ScannerRas], atlas: HeadAtlas, grid: LabelGrid) -> dict[int, float]:
    """Signed distance of every labelled structure; the nearest cells are looked at again on a finer grid."""
    # Not argwhere, which keeps the interpreter to itself: a window would stand still for a quarter of a second.
    labelled = np.flatnonzero(grid.labels >= 0)
    cells = np.column_stack(np.unravel_index(labelled, grid.labels.shape))
    if len(cells) == 0:
        return {}
    cells = cells[_may_be_nearest(ellipsoid, grid, cells)]
    labels = grid.labels[tuple(cells.T)]
    places = _places_mm(grid, cells)
    spacing_mm = float(np.cbrt(grid.cell_mm3))
    distances = signed_distance_mm(ellipsoid, Points(ellipsoid.frame, places))
    order = np.lexsort((distances, labels))
    present, first = np.unique(labels[order], return_index=True)
    nearest = {int(label): order[at] for label, at in zip(present, first, strict=True)}
    close = [at for at in nearest.values() if distances[at] <= REPORT_WITHIN_MM + spacing_mm]
    found = {label: float(distances[at]) for label, at in nearest.items()}
    if close:
        steps = np.arange(-spacing_mm, spacing_mm + 1e-9, _REFINED_MM)
        offsets = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
        finer = Points(ellipsoid.frame, (places[close][:, None] + offsets).reshape(-1, 3))
        finer_labels = atlas.labels(finer)
        finer_distances = signed_distance_mm(ellipsoid, finer)
        found = {
            label: min(distance_mm, float(finer_distances[finer_labels == label].min(initial=np.inf)))
            for label, distance_mm in found.items()
        }
    return found


def _may_be_nearest(
    ellipsoid: Ellipsoid[ScannerRas], grid: LabelGrid, cells: npt.NDArray[np.intp]
) -> npt.NDArray[np.bool_]:
    """Which of the cells may be the one of their label that is nearest to the surface.

    The signed distance lies between r - longest and r - shortest semi-axis, r being the distance from the centre.
    """
    labels = grid.labels[tuple(cells.T)]
    from_centre_mm = np.linalg.norm(_places_mm(grid, cells) - ellipsoid.centre.array, axis=1)
    least_mm = np.full(int(labels.max()) + 1, np.inf)
    np.minimum.at(least_mm, labels, from_centre_mm)
    slack_mm = max(ellipsoid.semi_axes_mm) - min(ellipsoid.semi_axes_mm)
    return np.asarray(from_centre_mm <= least_mm[labels] + slack_mm)


def _places_mm(grid: LabelGrid, cells: npt.NDArray[np.intp]) -> FloatArray:
    """(n, 3) scanner RAS places of the centres of (n, 3) cells."""
    return grid.grid.places(cells).array


def _to_structure(atlas: HeadAtlas, index: int, side: Side, distance_mm: float) -> Distance:
    found = atlas.atlas.structures[index]
    name = found.abbreviation if found.side == side else f"{found.abbreviation} ({found.side})"
    return Distance(name, distance_mm, "structure", StructureRef(found.abbreviation, found.side))
