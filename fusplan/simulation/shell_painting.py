"""A head given as shells about a centre, painted as CT numbers on a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.compiled import compiled
from fusplan.simulation.head_rays import LARGEST_POLAR_DEG, MAP_STEP_DEG
from fusplan.simulation.head_shell import HeadShell
from fusplan.simulation.skull import AIR_HU
from fusplan.spatial import Field, Grid, ScannerRas
from fusplan.spatial.grid import shape_of
from fusplan.spatial.points import FloatArray

SOFT_WITHIN_MM = 1.0
"""So far below the inner table all is soft tissue: the edge of bone is steeper than 300 HU a mm."""

PAINTED_SPACING_MM = 1.0
MARGIN_MM = 3.0


@dataclass(frozen=True, slots=True)
class BonePaint:
    """The CT numbers of a painted skull.

    Attributes:
        table_hu, diploe_hu: of cortical bone and of the spongy bone between the tables.
        outer_table_mm, inner_table_mm: thickness of the cortical layers.
        slope_hu_per_mm: how fast the numbers rise from the edge of bone, where they are 300 HU, so that the edge is
            where linear interpolation finds it, between voxels too.
    """

    table_hu: float
    diploe_hu: float
    outer_table_mm: float
    inner_table_mm: float
    slope_hu_per_mm: float


def paint_shell(shell: HeadShell, paint: BonePaint) -> Field[ScannerRas]:
    """The CT numbers (HU) of a head: air, soft tissue, bone between the tables; 1 mm voxels along the head's axes.

    Bone reaches as far down as the shell is known; below that, and inside, all is soft tissue.
    """
    rays = shell.rays
    reach = float(np.nanmax(shell.skin_mm)) + MARGIN_MM
    below = reach * -np.cos(np.radians(LARGEST_POLAR_DEG))
    across = int(np.ceil(2 * reach / PAINTED_SPACING_MM)) + 1
    up = int(np.ceil((reach + below) / PAINTED_SPACING_MM)) + 1
    to_head = np.diag([PAINTED_SPACING_MM] * 3 + [1.0])
    to_head[:3, 3] = (-reach, -reach, -below)
    to_scanner = np.eye(4)
    to_scanner[:3, :3], to_scanner[:3, 3] = rays.axes, rays.centre.array
    values = np.empty((across, across, up), dtype=np.float32)
    inner, outer, skin = (rays.map_of(found) for found in (shell.inner_mm, shell.outer_mm, shell.skin_mm))
    layers = np.array(
        [paint.table_hu, paint.diploe_hu, paint.outer_table_mm, paint.inner_table_mm, paint.slope_hu_per_mm]
    )
    _paint(values, to_head[:3, 3].copy(), PAINTED_SPACING_MM, 1 / MAP_STEP_DEG, inner, outer, skin, layers)
    grid = Grid.of(shape_of(values), to_scanner @ to_head, rays.centre.frame, f"{rays.centre.frame.study_id}:shell")
    return Field(grid, values, "HU", outside=AIR_HU)


@compiled
def _looked_up(found: FloatArray, row: float, column: float) -> float:
    i, j = min(int(row), found.shape[0] - 2), min(int(column), found.shape[1] - 2)
    u, v = min(row - i, 1.0), column - j
    low = found[i, j] * (1 - v) + found[i, j + 1] * v
    high = found[i + 1, j] * (1 - v) + found[i + 1, j + 1] * v
    return float(low * (1 - u) + high * u)


@compiled
def _bone(below_outer: float, above_inner: float, layers: FloatArray) -> float:
    """CT number at a depth (mm) below the outer and a height above the inner table; negative ones lie outside bone."""
    table, diploe, outer_mm, inner_mm, slope = layers[0], layers[1], layers[2], layers[3], layers[4]
    deep = max(0.0, min(1.0, below_outer - outer_mm + 0.5, above_inner - inner_mm + 0.5))
    plateau = table + deep * (diploe - table)
    return float(min(plateau, max(40.0, 300.0 + slope * min(below_outer, above_inner))))


@compiled
def _paint(
    values: npt.NDArray[np.float32],
    first: FloatArray,
    spacing: float,
    per_degree: float,
    inner: FloatArray,
    outer: FloatArray,
    skin: FloatArray,
    layers: FloatArray,
) -> None:
    degrees = 180.0 / np.pi
    last_row = inner.shape[0] - 1.0
    beyond, within = skin.max() + 0.5, inner.min() - SOFT_WITHIN_MM
    within = min(within, skin.min() - 0.5)
    for i in range(values.shape[0]):
        x = first[0] + spacing * i
        for j in range(values.shape[1]):
            y = first[1] + spacing * j
            column = (np.arctan2(y, x) * degrees % 360.0) * per_degree
            for k in range(values.shape[2]):
                z = first[2] + spacing * k
                r = np.sqrt(x * x + y * y + z * z)
                if r > beyond or r < within:
                    values[i, j, k] = -1000.0 if r > beyond else 40.0
                    continue
                row = min(np.arccos(z / max(r, 1e-6)) * degrees * per_degree, last_row + 1.0)
                to_skin = _looked_up(skin, row, column) - r
                if to_skin < -0.5:
                    values[i, j, k] = -1000.0
                    continue
                value = 40.0
                if row <= last_row:
                    below_outer = _looked_up(outer, row, column) - r
                    value = _bone(below_outer, r - _looked_up(inner, row, column), layers)
                share = min(1.0, to_skin + 0.5)
                values[i, j, k] = share * value + (1 - share) * -1000.0
