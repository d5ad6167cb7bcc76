"""Where a slice lies, which way it faces and what stands at its borders.

Picture coordinates are millimetres: x from the left border to the right, y from the top border down.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np

from fusplan.spatial import AcPcGeometry, Direction, Grid, Point, Points, ScannerRas
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray, read_only

ViewKind: TypeAlias = Literal["axial", "coronal", "sagittal"]
VIEW_KINDS: tuple[ViewKind, ...] = ("axial", "coronal", "sagittal")
Convention: TypeAlias = Literal["radiological", "neurological"]

RIGHT_IS: dict[Convention, str] = {
    "radiological": "the patient's right is on the left of the picture.",
    "neurological": "the patient's right is on the right of the picture.",
}
CONVENTION_WORDS: dict[Convention, str] = {
    convention: f"{convention.capitalize()} view: {words}" for convention, words in RIGHT_IS.items()
}

SCALE_BAR_LENGTHS_MM = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)

REACH_MM = 3.0
"""Points further than this from a slice are neither drawn nor grasped in it."""

SECOND_LETTER_FROM_DEG = 22.5
"""A border further than this from an anatomical axis is named by two letters."""


@dataclass(frozen=True, slots=True, eq=False)
class ViewAxes:
    """The right, anterior and superior directions that the three slice planes follow.

    Attributes:
        name: shown to a person: ``scanner axes`` or ``AC-PC axes``.
        frame: the scanner frame the directions are given in.
        matrix: 3 x 3, orthonormal columns right, anterior, superior in scanner RAS.
    """

    name: str
    frame: ScannerRas
    matrix: FloatArray

    def __post_init__(self) -> None:
        matrix = read_only(self.matrix)
        if matrix.shape != (3, 3) or not np.allclose(matrix.T @ matrix, np.eye(3), atol=1e-6):
            raise ValueError("view axes need an orthonormal 3 x 3 matrix")
        object.__setattr__(self, "matrix", matrix)

    @classmethod
    def scanner(cls, frame: ScannerRas) -> ViewAxes:
        """Along the scanner's own axes."""
        return cls("scanner axes", frame, np.eye(3))

    @classmethod
    def acpc(cls, geometry: AcPcGeometry) -> ViewAxes:
        """Along the AC-PC axes, so that a tilted head looks straight."""
        return cls("AC-PC axes", geometry.ac.frame, geometry.axes)


@dataclass(frozen=True, slots=True, eq=False)
class SliceView:
    """One slice picture: its middle, its two picture directions and its size.

    Attributes:
        kind: axial, coronal or sagittal.
        centre: the middle of the picture, scanner RAS mm.
        right, up: unit directions towards the right and the upper border of the picture.
        width_mm, height_mm: size of the picture.
        axes: the anatomical axes it follows; the border letters are named after them.
        convention: which way left and right are shown.
    """

    kind: ViewKind
    centre: Point[ScannerRas]
    right: Direction[ScannerRas]
    up: Direction[ScannerRas]
    width_mm: float
    height_mm: float
    axes: ViewAxes
    convention: Convention

    @property
    def normal(self) -> Direction[ScannerRas]:
        """At a right angle to the picture: superior for axial, anterior for coronal, right for sagittal."""
        return _normal(self.axes, self.kind)

    def to_picture(self, points: Points[ScannerRas]) -> FloatArray:
        """Shape (n, 2): where points are seen, picture mm, projected at a right angle onto the slice."""
        require_same_frame(self.centre.frame, points.frame)
        offsets = points.array - self.centre.array
        across = self.width_mm / 2 + offsets @ self.right.array
        down = self.height_mm / 2 - offsets @ self.up.array
        return np.asarray(np.column_stack([across, down]))

    def seen_at(self, point: Point[ScannerRas]) -> FloatArray:
        """Shape (2,): the same of one point."""
        require_same_frame(self.centre.frame, point.frame)
        offset = point.array - self.centre.array
        across, up = float(offset @ self.right.array), float(offset @ self.up.array)
        return np.array([self.width_mm / 2 + across, self.height_mm / 2 - up])

    def depth_mm(self, points: Points[ScannerRas]) -> FloatArray:
        """Shape (n,): signed distance of points from the slice, positive along :attr:`normal`."""
        require_same_frame(self.centre.frame, points.frame)
        return np.asarray((points.array - self.centre.array) @ self.normal.array)

    def to_scanner(self, picture_mm: FloatArray) -> Points[ScannerRas]:
        """The points of the slice seen at picture mm, shape (n, 2)."""
        across = picture_mm[:, :1] - self.width_mm / 2
        up = self.height_mm / 2 - picture_mm[:, 1:2]
        places = self.centre.array + across * self.right.array + up * self.up.array
        return Points(self.centre.frame, places)

    def pixels(self, pixel_mm: float) -> Grid[ScannerRas]:
        """The square pixels of this picture, about ``pixel_mm`` large: a grid of (rows from the top, columns, 1).

        A whole number of them fills the width; the height is rounded to whole pixels about the centre.
        """
        columns = max(1, round(self.width_mm / pixel_mm))
        size_mm = self.width_mm / columns
        rows = max(1, round(self.height_mm / size_mm))
        right, up = self.right.array, self.up.array
        matrix = np.eye(4)
        matrix[:3, :3] = np.column_stack([-up, right, np.cross(right, up)]) * size_mm
        matrix[:3, 3] = self.centre.array - matrix[:3, :2] @ ((rows - 1) / 2, (columns - 1) / 2)
        return Grid.of((rows, columns, 1), matrix, self.centre.frame, "pixels")

    def raster(self, step_mm: float) -> tuple[Points[ScannerRas], tuple[int, int]]:
        """Points every ``step_mm`` from the top left corner, row by row, and (rows, columns).

        The first row and column lie on the borders; the last reach or pass the opposite ones.
        """
        rows = int(np.ceil(self.height_mm / step_mm - 1e-9)) + 1
        columns = int(np.ceil(self.width_mm / step_mm - 1e-9)) + 1
        down, across = np.meshgrid(np.arange(rows) * step_mm, np.arange(columns) * step_mm, indexing="ij")
        return self.to_scanner(np.column_stack([across.ravel(), down.ravel()])), (rows, columns)


@lru_cache(maxsize=64)
def _normal(axes: ViewAxes, kind: ViewKind) -> Direction[ScannerRas]:
    return Direction.of(axes.frame, axes.matrix[:, {"axial": 2, "coronal": 1, "sagittal": 0}[kind]])


def slice_view(
    kind: ViewKind,
    centre: Point[ScannerRas],
    size_mm: tuple[float, float],
    axes: ViewAxes,
    convention: Convention = "radiological",
) -> SliceView:
    """The slice of a kind through a point.

    Axial pictures have anterior at the top, coronal ones superior; ``convention`` decides which side the
    patient's right is on. Sagittal pictures have anterior on the left and superior at the top in both.

    Args:
        kind: which of the three planes.
        centre: the middle of the picture, scanner RAS mm.
        size_mm: width and height.
        axes: which right, anterior and superior directions to follow.
        convention: radiological or neurological.
    """
    require_same_frame(axes.frame, centre.frame)
    lateral, anterior, superior = axes.matrix.T
    across = -lateral if convention == "radiological" else lateral
    right, up = {"axial": (across, anterior), "coronal": (across, superior), "sagittal": (-anterior, superior)}[kind]
    frame = centre.frame
    return SliceView(
        kind, centre, Direction.of(frame, right), Direction.of(frame, up), size_mm[0], size_mm[1], axes, convention
    )


@dataclass(frozen=True, slots=True)
class BorderLetters:
    """What lies beyond each border of a picture: R, L, A, P, S, I, two letters where oblique."""

    left: str
    right: str
    top: str
    bottom: str


def direction_letters(direction: Direction[ScannerRas], axes: ViewAxes) -> str:
    """The nearest anatomical side, followed by the next where the direction leans that way.

    A direction more than 22.5 degrees off the nearest axis gets two letters, such as ``AS``.
    """
    require_same_frame(axes.frame, direction.frame)
    parts = axes.matrix.T @ direction.array
    order = np.argsort(-np.abs(parts))
    letters = [("RL", "AP", "SI")[axis][0 if parts[axis] > 0 else 1] for axis in order]
    if abs(parts[order[0]]) >= np.cos(np.radians(SECOND_LETTER_FROM_DEG)) - 1e-9:
        return letters[0]
    return letters[0] + letters[1]


def border_letters(view: SliceView) -> BorderLetters:
    """The letters at the four borders of a picture."""
    return _letters(view.right, view.up, view.axes)


@lru_cache(maxsize=64)
def _letters(right: Direction[ScannerRas], up: Direction[ScannerRas], axes: ViewAxes) -> BorderLetters:
    return BorderLetters(
        left=direction_letters(Direction.of(right.frame, -right.array), axes),
        right=direction_letters(right, axes),
        top=direction_letters(up, axes),
        bottom=direction_letters(Direction.of(up.frame, -up.array), axes),
    )


def scale_bar_length_mm(width_mm: float) -> float:
    """The longest bar of a round length that takes at most a fifth of the picture's width."""
    fitting = [length for length in SCALE_BAR_LENGTHS_MM if length <= width_mm / 5]
    return fitting[-1] if fitting else SCALE_BAR_LENGTHS_MM[0]


def slice_position_words(view: SliceView, geometry: AcPcGeometry) -> str:
    """Where the slice lies in AC-PC millimetres, for people: never a sign to guess."""
    require_same_frame(geometry.pc.frame, view.centre.frame)
    right_mm, anterior_mm, superior_mm = (geometry.axes.T @ (view.centre.array - geometry.pc.array)).tolist()
    if view.kind == "axial":
        return f"{abs(superior_mm):.1f} mm {'above' if superior_mm >= 0 else 'below'} the AC-PC plane"
    if view.kind == "coronal":
        return f"{abs(anterior_mm):.1f} mm {'in front of' if anterior_mm >= 0 else 'behind'} PC"
    if abs(right_mm) < 0.05:
        return "in the midplane"
    return f"{abs(right_mm):.1f} mm {'right' if right_mm > 0 else 'left'} of the midplane"
