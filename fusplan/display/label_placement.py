"""Where short labels go so that none covers another and their leader lines do not cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fusplan.spatial.points import FloatArray

DEEP_ENOUGH = 0.55
"""Share of a polygon's inner radius that a leader line must reach into it."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What is to be labelled: a text and the place it names, picture mm."""

    text: str
    x_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label: its anchor and the middle of the near end of its text, picture mm."""

    anchor: Anchor
    x_mm: float
    y_mm: float


def spread(wished: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions in the order of ``wished`` (ascending), ``gap`` or more apart, within low..high, nearest to the wishes.

    Least squares under the spacing (pool adjacent violators on ``wished[i] - i * gap``). When they do
    not all fit, they are spread evenly over the room there is.
    """
    count = len(wished)
    if count == 0:
        return []
    if count > 1 and gap * (count - 1) > high - low:
        return [float(value) for value in np.linspace(low, high, count)]
    blocks: list[tuple[float, int]] = []
    for index, value in enumerate(wished):
        blocks.append((value - index * gap, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (first, first_count), (second, second_count) = blocks[-2], blocks[-1]
            total = first_count + second_count
            blocks[-2:] = [((first * first_count + second * second_count) / total, total)]
    flat = [value for value, times in blocks for _ in range(times)]
    last = high - gap * (count - 1)
    return [float(np.clip(value, low, last)) + index * gap for index, value in enumerate(flat)]


def _crosses(a: PlacedLabel, b: PlacedLabel) -> bool:
    """Whether two leader lines cross."""
    p, q = (np.array([label.anchor.x_mm, label.anchor.y_mm]) for label in (a, b))
    along_a = np.array([a.x_mm, a.y_mm]) - p
    along_b = np.array([b.x_mm, b.y_mm]) - q
    denominator = along_a[0] * along_b[1] - along_a[1] * along_b[0]
    if abs(denominator) < 1e-12:
        return False
    between = q - p
    first = (between[0] * along_b[1] - between[1] * along_b[0]) / denominator
    second = (between[0] * along_a[1] - between[1] * along_a[0]) / denominator
    return bool(0 < first < 1 and 0 < second < 1)


def place_in_column(
    anchors: Sequence[Anchor], column_x_mm: float, gap_mm: float, low_mm: float, high_mm: float
) -> tuple[PlacedLabel, ...]:
    """Labels one above the other at ``column_x_mm``, as near to their anchors' heights as the gap allows.

    Args:
        anchors: what to label.
        column_x_mm: where the near ends of the texts stand.
        gap_mm: distance between the middles of two texts.
        low_mm, high_mm: topmost and lowest middle of a text.
    """
    order = sorted(anchors, key=lambda anchor: anchor.y_mm)
    heights = spread([anchor.y_mm for anchor in order], gap_mm, low_mm, high_mm)
    placed = [PlacedLabel(anchor, column_x_mm, height) for anchor, height in zip(order, heights, strict=True)]
    # Exchanging the places of two crossing leaders shortens their sum, so this ends.
    for _ in range(len(placed) ** 2):
        crossing = next(
            ((i, j) for i in range(len(placed)) for j in range(i + 1, len(placed)) if _crosses(placed[i], placed[j])),
            None,
        )
        if crossing is None:
            break
        i, j = crossing
        first, second = placed[i], placed[j]
        placed[i] = PlacedLabel(first.anchor, second.x_mm, second.y_mm)
        placed[j] = PlacedLabel(second.anchor, first.x_mm, first.y_mm)
    return tuple(sorted(placed, key=lambda label: label.y_mm))


@dataclass(frozen=True, slots=True, eq=False)
class InnerPoints:
    """Points inside a polygon, on a raster of about 36 x 36 points, at least 0.1 mm apart.

    Attributes:
        places: shape (n, 2), picture mm; the middle of the polygon's corners where it is a sliver without points.
        distances_mm: shape (n,), from the border, right to about a step of the raster.
    """

    places: FloatArray
    distances_mm: FloatArray

    @classmethod
    def of(cls, polygon: FloatArray) -> InnerPoints:
        """Of a polygon (m, 2), picture mm."""
        places = _inner_raster(polygon)
        if len(places) == 0:
            return cls(polygon.mean(axis=0, keepdims=True), np.zeros(1))
        # Eighty vertices show where the middle is as well as hundreds do.
        return cls(places, _distance_to_border(polygon[:: max(1, len(polygon) // 80)], places))

    @property
    def deepest(self) -> tuple[float, float, float]:
        """The point farthest from the border, and how far it is: x, y, distance in mm."""
        return self._numbered(int(np.argmax(self.distances_mm)))

    def towards(self, x_mm: float) -> tuple[float, float, float]:
        """Of all points at least 0.55 times as deep as the deepest the nearest to this x: a leader from it is short."""
        deep = np.flatnonzero(self.distances_mm >= DEEP_ENOUGH * self.distances_mm.max())
        return self._numbered(int(deep[np.argmin(np.abs(self.places[deep, 0] - x_mm))]))

    def _numbered(self, number: int) -> tuple[float, float, float]:
        return float(self.places[number, 0]), float(self.places[number, 1]), float(self.distances_mm[number])


def _inner_raster(polygon: FloatArray) -> FloatArray:
    """The points (n, 2) of a raster over a polygon's box that lie inside it; may be none for a sliver."""
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    step_mm = max(0.1, float(np.max(high - low)) / 36)
    columns = np.arange(low[0] + step_mm / 2, high[0], step_mm)
    rows = np.arange(low[1] + step_mm / 2, high[1], step_mm)
    grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    return grid[_inside(polygon, grid)] if len(grid) else grid


def _inside(polygon: FloatArray, points: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether points (n, 2) lie inside a polygon (m, 2), by counting crossings of a ray to the right."""
    start, end = polygon, np.roll(polygon, -1, axis=0)
    x, y = points[:, :1], points[:, 1:]
    straddles = (start[:, 1] > y) != (end[:, 1] > y)
    rise = np.where(end[:, 1] == start[:, 1], 1.0, end[:, 1] - start[:, 1])
    crossing_x = start[:, 0] + (y - start[:, 1]) * (end[:, 0] - start[:, 0]) / rise
    return np.asarray((straddles & (x < crossing_x)).sum(axis=1) % 2 == 1)


def _distance_to_border(polygon: FloatArray, points: FloatArray) -> FloatArray:
    """Shape (n,): distance of points (n, 2) to the nearest edge of a polygon (m, 2)."""
    start, edge = polygon, np.roll(polygon, -1, axis=0) - polygon
    length = np.maximum((edge**2).sum(axis=1), 1e-18)
    offsets = points[:, None, :] - start[None]
    along = np.clip((offsets * edge).sum(axis=2) / length, 0, 1)
    return np.asarray(np.linalg.norm(offsets - along[..., None] * edge, axis=2).min(axis=1))
