"""Oblique slices through an image: a plane in scanner RAS mm, and the image's values on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from fusplan.compiled import CompiledFunction
from fusplan.imaging.volume import Volume
from fusplan.spatial import Affine, Direction, Point, Points, ScannerRas, Voxel
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray

Interpolation: TypeAlias = Literal["linear", "nearest"]
View: TypeAlias = Literal["axial", "coronal", "sagittal"]

Stored = TypeVar("Stored", bound=np.generic)


@dataclass(frozen=True, slots=True)
class SlicePlane:
    """A rectangle of square pixels in space. Row 0 is the top row (the far end of ``up``), column 0 the left one.

    Attributes:
        origin: the centre of the rectangle.
        right: direction in which columns count up.
        up: direction in which rows count down; at a right angle to ``right``.
        width_mm, height_mm: size along ``right`` and ``up``; rounded to whole pixels, never less than one.
        pixel_mm: edge of a pixel.
    """

    origin: Point[ScannerRas]
    right: Direction[ScannerRas]
    up: Direction[ScannerRas]
    width_mm: float
    height_mm: float
    pixel_mm: float

    def __post_init__(self) -> None:
        require_same_frame(self.origin.frame, self.right.frame)
        require_same_frame(self.origin.frame, self.up.frame)
        if abs(float(self.right.array @ self.up.array)) > 1e-6:
            raise ValueError("a slice plane needs directions at a right angle")
        sizes = np.array([self.width_mm, self.height_mm, self.pixel_mm])
        if not (np.all(np.isfinite(sizes)) and np.all(sizes > 0)):
            raise ValueError(f"a slice plane needs positive sizes, got {sizes}")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (max(1, round(self.height_mm / self.pixel_mm)), max(1, round(self.width_mm / self.pixel_mm)))

    @property
    def normal(self) -> Direction[ScannerRas]:
        """Towards the viewer: ``right`` x ``up``."""
        return Direction.of(self.origin.frame, np.cross(self.right.array, self.up.array))

    @property
    def _pixel_to_scanner(self) -> FloatArray:
        """Shape (3, 3): columns are the steps of a row and a column and the place of pixel (0, 0), in mm."""
        rows, columns = self.shape
        row_step = -self.up.array * self.pixel_mm
        column_step = self.right.array * self.pixel_mm
        start = self.origin.array - row_step * (rows - 1) / 2 - column_step * (columns - 1) / 2
        return np.column_stack([row_step, column_step, start])

    def pixel_to_scanner(self, row: float, column: float) -> Point[ScannerRas]:
        """The place of a pixel; whole numbers are pixel centres."""
        return Point.of(self.origin.frame, self._pixel_to_scanner @ (row, column, 1.0))

    def scanner_to_pixel(self, point: Point[ScannerRas]) -> tuple[float, float, float]:
        """Row and column of the point's foot on the plane, and its distance from the plane along ``normal`` in mm."""
        right_mm, up_mm, off_mm = self.in_plane_mm(Points.gather([point]))[0]
        rows, columns = self.shape
        row = (rows - 1) / 2 - up_mm / self.pixel_mm
        column = (columns - 1) / 2 + right_mm / self.pixel_mm
        return float(row), float(column), float(off_mm)

    def in_plane_mm(self, points: Points[ScannerRas]) -> FloatArray:
        """Shape (n, 3): mm along ``right``, ``up`` and ``normal`` from the origin."""
        require_same_frame(self.origin.frame, points.frame)
        axes = np.column_stack([self.right.array, self.up.array, self.normal.array])
        return np.asarray((points.array - self.origin.array) @ axes)

    def plane_points(self) -> Points[ScannerRas]:
        """The centres of all pixels, row after row from the top."""
        rows, columns = self.shape
        row, column = np.mgrid[:rows, :columns].reshape(2, -1)
        steps = self._pixel_to_scanner
        places = np.outer(row, steps[:, 0]) + np.outer(column, steps[:, 1]) + steps[:, 2]
        return Points(self.origin.frame, places)


def anatomical_plane(
    view: View,
    centre: Point[ScannerRas],
    axes: tuple[Direction[ScannerRas], Direction[ScannerRas], Direction[ScannerRas]],
    size_mm: tuple[float, float],
    pixel_mm: float,
) -> SlicePlane:
    """An axial, coronal or sagittal plane of a head whose ``axes`` lead right, anterior and superior.

    The patient's right is at the right of axial and coronal pictures, anterior at the right of sagittal ones.
    ``size_mm`` is width and height.
    """
    right, anterior, superior = axes
    across, up = {
        "axial": (right, anterior),
        "coronal": (right, superior),
        "sagittal": (anterior, superior),
    }[view]
    return SlicePlane(centre, across, up, size_mm[0], size_mm[1], pixel_mm)


def _linear(data: npt.NDArray[np.float32], steps: FloatArray, fill: float, out: npt.NDArray[np.float32]) -> None:
    """Trilinear values at voxel indices row * steps[:, 0] + column * steps[:, 1] + steps[:, 2]."""
    ni, nj, nk = data.shape
    rows, columns = out.shape
    for row in range(rows):
        for column in range(columns):
            x = row * steps[0, 0] + column * steps[0, 1] + steps[0, 2]
            y = row * steps[1, 0] + column * steps[1, 1] + steps[1, 2]
            z = row * steps[2, 0] + column * steps[2, 1] + steps[2, 2]
            # Voxels reach half a voxel beyond their centres.
            inside = x >= -0.5 and y >= -0.5 and z >= -0.5 and x <= ni - 0.5 and y <= nj - 0.5 and z <= nk - 0.5
            if not inside:
                out[row, column] = fill
                continue
            x = min(max(x, 0.0), ni - 1.0)
            y = min(max(y, 0.0), nj - 1.0)
            z = min(max(z, 0.0), nk - 1.0)
            # Unsigned indices spare the compiled code the test for negative ones, float32 half the arithmetic.
            i, j, k = np.uint32(x), np.uint32(y), np.uint32(z)
            i2, j2, k2 = np.uint32(min(i + 1, ni - 1)), np.uint32(min(j + 1, nj - 1)), np.uint32(min(k + 1, nk - 1))
            u, v, w = np.float32(x - i), np.float32(y - j), np.float32(z - k)
            near_low = data[i, j, k] + (data[i2, j, k] - data[i, j, k]) * u
            near_high = data[i, j2, k] + (data[i2, j2, k] - data[i, j2, k]) * u
            far_low = data[i, j, k2] + (data[i2, j, k2] - data[i, j, k2]) * u
            far_high = data[i, j2, k2] + (data[i2, j2, k2] - data[i, j2, k2]) * u
            near = near_low + (near_high - near_low) * v
            far = far_low + (far_high - far_low) * v
            out[row, column] = near + (far - near) * w


def _nearest(data: npt.NDArray[np.generic], steps: FloatArray, fill: float, out: npt.NDArray[np.generic]) -> None:
    """The value of the voxel that holds each pixel's centre."""
    ni, nj, nk = data.shape
    rows, columns = out.shape
    for row in range(rows):
        for column in range(columns):
            x = row * steps[0, 0] + column * steps[0, 1] + steps[0, 2] + 0.5
            y = row * steps[1, 0] + column * steps[1, 1] + steps[1, 2] + 0.5
            z = row * steps[2, 0] + column * steps[2, 1] + steps[2, 2] + 0.5
            if x >= 0 and y >= 0 and z >= 0 and x < ni and y < nj and z < nk:
                out[row, column] = data[int(x), int(y), int(z)]
            else:
                out[row, column] = fill


_linear_compiled = CompiledFunction(_linear)
_nearest_compiled = CompiledFunction(_nearest)


def _voxel_steps(voxel_to_scanner: Affine[Voxel, ScannerRas], plane: SlicePlane) -> FloatArray:
    """Shape (3, 3): voxel indices per row, per column, and of pixel (0, 0)."""
    require_same_frame(voxel_to_scanner.target, plane.origin.frame)
    inverse = voxel_to_scanner.inverse().matrix
    steps = plane._pixel_to_scanner
    found = inverse[:3, :3] @ steps
    found[:, 2] += inverse[:3, 3]
    return np.asarray(found)


def reslice(
    volume: Volume, plane: SlicePlane, interpolation: Interpolation = "linear", fill: float = 0.0
) -> npt.NDArray[np.float32]:
    """The volume's intensities on a plane, shape ``plane.shape``, row 0 at the top; ``fill`` outside the image.

    Raises:
        FrameMismatchError: the plane lies in another image's scanner frame.
    """
    if interpolation == "nearest":
        return reslice_labels(volume.data, volume.voxel_to_scanner, plane, fill)
    return reslice_array(volume.data, volume.voxel_to_scanner, plane, fill)


def reslice_array(
    data: npt.NDArray[np.float32],
    voxel_to_scanner: Affine[Voxel, ScannerRas],
    plane: SlicePlane,
    fill: float = 0.0,
) -> npt.NDArray[np.float32]:
    """Trilinear values of a (ni, nj, nk) float32 array, such as a density, on a plane. See :func:`reslice`."""
    out = np.empty(plane.shape, dtype=np.float32)
    _linear_compiled(np.asarray(data, dtype=np.float32), _voxel_steps(voxel_to_scanner, plane), float(fill), out)
    return out


def reslice_labels(
    data: npt.NDArray[Stored], voxel_to_scanner: Affine[Voxel, ScannerRas], plane: SlicePlane, fill: float = 0
) -> npt.NDArray[Stored]:
    """Nearest-voxel values of a (ni, nj, nk) array, such as a label map, on a plane; keeps its type."""
    native = data.astype(data.dtype.newbyteorder("="), copy=False)
    out = np.empty_like(native, shape=plane.shape)
    _nearest_compiled(native, _voxel_steps(voxel_to_scanner, plane), float(fill), out)
    return out
