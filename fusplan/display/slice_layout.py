"""Which part of which plane each slice view shows, from the view state and the size of the view on the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from fusplan.display.view_state import SliceCamera, ViewState
from fusplan.display.views import (
    VIEW_KINDS,
    Convention,
    SliceView,
    ViewAxes,
    ViewKind,
    slice_position_words,
    slice_view,
)
from fusplan.imaging.volume import Volume
from fusplan.spatial import AcPcGeometry, Point, Points, ScannerRas
from fusplan.spatial.points import FloatArray

MARGIN = 1.02
"""The image fits into a view with this much room around it."""

KEEP_INSIDE = 0.94
"""A view follows the cursor when the cursor would lie outside this share of its width or height."""

THALAMUS_VIEW_MM = 105.0
"""About what a view near to the thalami shows: both, 70 mm across with what lies about them, and the ventricles."""

THALAMUS_ABOVE_MM = 6.0
"""The middle of the thalami lies about this far above the AC-PC plane; only where the picture's middle is."""

_SEEN_AXES: dict[ViewKind, tuple[int, int]] = {"axial": (0, 1), "coronal": (0, 2), "sagittal": (1, 2)}


@dataclass(frozen=True, slots=True, eq=False)
class ImageExtent:
    """Where an image lies: the scanner RAS mm of its corners."""

    corners: Points[ScannerRas]

    @classmethod
    def of(cls, volume: Volume) -> ImageExtent:
        """The outer corners of an image's corner voxels."""
        return cls(volume.grid.corners())

    @property
    def centre(self) -> Point[ScannerRas]:
        return self.corners.mean()

    def size_along_mm(self, axes: ViewAxes) -> FloatArray:
        """Shape (3,): extent along the right, anterior and superior axes."""
        along = self.corners.array @ axes.matrix
        return np.asarray(along.max(axis=0) - along.min(axis=0))

    def nearest(self, point: Point[ScannerRas], axes: ViewAxes) -> Point[ScannerRas]:
        """The point itself when it is within the image's extent along the axes, else the nearest that is."""
        along = self.corners.array @ axes.matrix
        return Point.of(
            point.frame, axes.matrix @ np.clip(point.array @ axes.matrix, along.min(axis=0), along.max(axis=0))
        )


def axes_of(state: ViewState, frame: ScannerRas, geometry: AcPcGeometry | None) -> ViewAxes:
    """The axes that slices follow: AC-PC when chosen and known, else the scanner's."""
    if state.axes == "acpc" and geometry is not None:
        return ViewAxes.acpc(geometry)
    return ViewAxes.scanner(frame)


def fitting_mm_per_pixel(extent: ImageExtent, axes: ViewAxes, size_pixels: tuple[int, int]) -> float:
    """The scale at which all three slices of the whole image fit into views of that size: one scale for all."""
    size_mm = extent.size_along_mm(axes) * MARGIN
    return max(
        float(max(size_mm[across] / max(size_pixels[0], 1), size_mm[up] / max(size_pixels[1], 1)))
        for across, up in _SEEN_AXES.values()
    )


def laid_out(
    kind: ViewKind, state: ViewState, extent: ImageExtent, axes: ViewAxes, size_pixels: tuple[int, int]
) -> tuple[SliceView, float]:
    """The slice that a view shows, and its scale in mm per pixel.

    Args:
        kind: which of the three planes.
        state: cursor, zoom, pan and convention.
        extent: of the image.
        axes: the axes to follow, as :func:`axes_of` gives them.
        size_pixels: width and height of the view on the screen.
    """
    middle, mm_per_pixel = _in_the_middle(kind, state.camera(kind), state.convention, extent, axes, size_pixels)
    if state.cursor is None:
        return middle, mm_per_pixel
    normal = middle.normal.array
    place = middle.centre.array
    place = place + normal * ((state.cursor.array - place) @ normal)
    return replace(middle, centre=Point.of(middle.centre.frame, place)), mm_per_pixel


@lru_cache(maxsize=16)
def _in_the_middle(
    kind: ViewKind,
    camera: SliceCamera,
    convention: Convention,
    extent: ImageExtent,
    axes: ViewAxes,
    size_pixels: tuple[int, int],
) -> tuple[SliceView, float]:
    """The slice through the image's middle, zoomed and panned: what stays while the cursor moves."""
    mm_per_pixel = fitting_mm_per_pixel(extent, axes, size_pixels) / camera.zoom
    size_mm = (max(size_pixels[0], 1) * mm_per_pixel, max(size_pixels[1], 1) * mm_per_pixel)
    middle = slice_view(kind, extent.centre, size_mm, axes, convention)
    place = middle.centre.array + middle.right.array * camera.pan_mm[0] + middle.up.array * camera.pan_mm[1]
    return replace(middle, centre=Point.of(middle.centre.frame, place)), mm_per_pixel


TARGET_VIEW_MM = 27.0
"""A lesion with its spots takes a sixth of the view."""


def on_thalamus(state: ViewState, volume: Volume, geometry: AcPcGeometry) -> ViewState:
    """The state with all three views near to the thalami, whatever the size of the views and of the image.

    Args:
        state: as it is.
        volume: the image.
        geometry: AC-PC of the plan; the middle of the views lies above its mid-commissural point.
    """
    axes = axes_of(state, volume.scanner_frame, geometry)
    middle = geometry.mcp.array + THALAMUS_ABOVE_MM * axes.matrix[:, 2]
    return _zoomed_on(state, volume, axes, middle, THALAMUS_VIEW_MM)


def on_target(state: ViewState, volume: Volume, geometry: AcPcGeometry, target: Point[ScannerRas]) -> ViewState:
    """The state with the cursor on a target and all three views so near that its spots are told apart."""
    axes = axes_of(state, volume.scanner_frame, geometry)
    return replace(_zoomed_on(state, volume, axes, target.array, TARGET_VIEW_MM), cursor=target)


def _zoomed_on(state: ViewState, volume: Volume, axes: ViewAxes, middle: FloatArray, size_mm: float) -> ViewState:
    extent = ImageExtent.of(volume)
    zoom = max(1.0, float(extent.size_along_mm(axes).max()) / size_mm)
    for kind in VIEW_KINDS:
        view = slice_view(kind, extent.centre, (1.0, 1.0), axes, state.convention)
        offset = middle - extent.centre.array
        pan_mm = (float(offset @ view.right.array), float(offset @ view.up.array))
        state = state.with_camera(kind, SliceCamera(zoom, pan_mm))
    return state


def following(state: ViewState, views: tuple[SliceView, ...]) -> ViewState:
    """The state with every view that would lose the cursor panned so that the cursor is in its middle."""
    cursor = state.cursor
    if cursor is None:
        return state
    for view in views:
        offset = cursor.array - view.centre.array
        right_mm, up_mm = float(offset @ view.right.array), float(offset @ view.up.array)
        if abs(right_mm) > view.width_mm / 2 * KEEP_INSIDE or abs(up_mm) > view.height_mm / 2 * KEEP_INSIDE:
            camera = state.camera(view.kind)
            pan_mm = (camera.pan_mm[0] + right_mm, camera.pan_mm[1] + up_mm)
            state = state.with_camera(view.kind, replace(camera, pan_mm=pan_mm))
    return state


def wheel_step_mm(volume: Volume, axes: ViewAxes, kind: ViewKind) -> float:
    """How far one notch of the wheel goes: one voxel along the slice's normal."""
    normal = axes.matrix[:, {"axial": 2, "coronal": 1, "sagittal": 0}[kind]]
    directions = volume.affine[:3, :3] / np.linalg.norm(volume.affine[:3, :3], axis=0)
    nearest = int(np.argmax(np.abs(normal @ directions)))
    return volume.spacing_mm[nearest]


def position_words(view: SliceView, state: ViewState, geometry: AcPcGeometry | None) -> str:
    """Where the slice lies, with the frame's name."""
    if state.axes == "acpc" and geometry is not None:
        return f"{slice_position_words(view, geometry)} · AC-PC"
    axis = VIEW_KINDS.index(view.kind)
    value = view.centre.coordinates[2 - axis]
    towards = {"axial": ("superior", "inferior"), "coronal": ("anterior", "posterior"), "sagittal": ("right", "left")}
    word = towards[view.kind][0 if value >= 0 else 1]
    return f"{abs(value):.1f} mm {word} · scanner RAS"
