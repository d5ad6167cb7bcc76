"""The OpenGL canvas of the 3-D scene: orbit, zoom, pick. Import it only where OpenGL works."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import atan, radians, sin, tan
from typing import Any

import numpy as np
import pyqtgraph.opengl as gl
from OpenGL import GL
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMatrix4x4, QMouseEvent, QPainter, QVector3D
from PySide6.QtOpenGL import QOpenGLFramebufferObject, QOpenGLFramebufferObjectFormat, QOpenGLPaintDevice

from fusplan.display.colours import PICTURE_TEXT
from fusplan.display.scene import (
    PRESETS_DEG,
    Preset,
    Scene,
    SceneLine,
    ScenePlane,
    SceneSurface,
    SurfaceKind,
    far_to_near,
    pick,
)
from fusplan.spatial import Direction, Point, ScannerRas
from fusplan.spatial.points import FloatArray
from fusplan.widgets.scene_items import (
    ForgetDepths,
    PlaneItem,
    Programs,
    SurfaceItem,
    VeilItem,
    line_item,
    lit_shader,
    plane_item,
    update_plane,
)
from fusplan.widgets.stamps import (
    Face,
    NumberedDot,
    Words,
    colour_bar,
    colour_bar_size,
    numbered_dots,
    plate,
    plate_size,
)

FIELD_OF_VIEW_DEG = 28.0
CLICK_PIXELS = 4.0
SHELLS: frozenset[SurfaceKind] = frozenset({"helmet", "skull", "skin"})
SHELLS_FROM_MM = 300.0
"""The eye looks from outside of helmet and skull so far away; nearer, they would only be in the way, and farther away
numbers of spots could not be told apart."""

OVER_EDGE, OVER_GAP, OVER_BAR = 6.0, 4.0, 100.0
"""From the border to what stands over the scene, between its parts, and the length of a colour bar; logical pixels."""

SAMPLES = 4
NEAR_DISTANCE_MM, WHOLE_DISTANCE_MM = 185.0, 480.0
"""Of the eye: the thalami, about 70 mm across, take half of the view; the whole head fits while there are no nuclei."""

PLANES_RANK, FORGET_RANK, LINES_RANK, VEIL_RANK, SEE_THROUGH_RANK = -2, -1, 2, 5, 10
"""The order of drawing; solid surfaces have rank 0."""


@dataclass(frozen=True, slots=True)
class PlaceOfEye:
    """What the eye turns about, its distance from there, azimuth and elevation."""

    centre: tuple[float, float, float]
    distance_mm: float
    azimuth_deg: float
    elevation_deg: float


class SceneCanvas(gl.GLViewWidget):  # type: ignore[misc]
    """Draws a scene.

    Args:
        picked: called with the surface a click met.
        fill_wanted: called on a double click.
    """

    def __init__(self, picked: Callable[[SceneSurface], None], fill_wanted: Callable[[], None]) -> None:
        super().__init__()
        self._picked, self._fill_wanted = picked, fill_wanted
        self._shader = lit_shader()
        self._programs: Programs = {}
        self._scene = Scene((), (), None)
        self._surface_items: dict[SceneSurface, SurfaceItem] = {}
        self._line_items: list[tuple[SceneLine, Any]] = []
        self._plane_items: list[tuple[PlaneItem, VeilItem]] = []
        self._planes: list[ScenePlane] = []
        self._background = ""
        self._axes = np.eye(3)
        self._drawing_from = 0.0
        self.drawing_s = 0.0
        self._press = QPointF()
        self._centred = False
        forget = ForgetDepths()
        forget.setDepthValue(FORGET_RANK)
        self.addItem(forget)
        self.setCameraParams(fov=FIELD_OF_VIEW_DEG, distance=WHOLE_DISTANCE_MM, azimuth=50.0, elevation=25.0)
        self.frameSwapped.connect(self._drawn)

    def show_scene(self, scene: Scene) -> None:
        """Replace what is drawn. What stays is kept as it is; where all stays, nothing is drawn again."""
        wanted = set(scene.surfaces)
        for surface in [surface for surface in self._surface_items if surface not in wanted]:
            self.removeItem(self._surface_items.pop(surface))
        for surface in scene.surfaces:
            if surface not in self._surface_items:
                self._surface_items[surface] = SurfaceItem(surface, self._shader)
                self.addItem(self._surface_items[surface])
        self._show_lines(scene.lines)
        if (scene.numbers, scene.bar, scene.bar_words) != (self._scene.numbers, self._scene.bar, self._scene.bar_words):
            self.update()
        self._scene = scene
        if scene.centre is not None and not self._centred:
            self._centred = bool(scene.surfaces)
            self.look_at(scene.centre)
            self.setCameraPosition(distance=NEAR_DISTANCE_MM if scene.surfaces else WHOLE_DISTANCE_MM)

    def _show_lines(self, lines: Sequence[SceneLine]) -> None:
        if [line for line, _ in self._line_items] == list(lines):
            return
        for _, item in self._line_items:
            self.removeItem(item)
        self._line_items = [(line, line_item(line, self._programs)) for line in lines]
        for _, item in self._line_items:
            item.setDepthValue(LINES_RANK)
            self.addItem(item)

    def show_planes(self, planes: Sequence[ScenePlane]) -> None:
        """The slices as pictures in space; a plane that is the same object as before is not loaded again."""
        before, self._planes = self._planes, list(planes)
        while len(self._plane_items) > len(planes):
            for item in self._plane_items.pop():
                self.removeItem(item)
        while len(self._plane_items) < len(planes):
            item = plane_item(planes[len(self._plane_items)], self._programs)
            item.setDepthValue(PLANES_RANK)
            veil = VeilItem(item)
            veil.setDepthValue(VEIL_RANK)
            self.addItem(item)
            self.addItem(veil)
            self._plane_items.append((item, veil))
        for index, ((item, veil), plane) in enumerate(zip(self._plane_items, planes, strict=True)):
            if index >= len(before) or before[index] is not plane:
                update_plane(item, plane)
                veil.setTransform(item.transform())

    def follow_axes(self, axes: FloatArray) -> None:
        """Let azimuth, elevation and what is up on the screen be those of other axes.

        Args:
            axes: 3 x 3, orthonormal columns right, anterior and superior in scanner RAS.
        """
        if not np.array_equal(axes, self._axes):
            self._axes = np.array(axes, dtype=np.float64)
            self.update()

    def viewMatrix(self) -> QMatrix4x4:  # noqa: N802 - pyqtgraph's name
        """From scanner RAS mm into the eye's frame: x right, y up, z towards the eye."""
        along = np.eye(4)
        along[:3, :3] = self._axes.T
        matrix = QMatrix4x4()
        matrix.translate(0.0, 0.0, -self.opts["distance"])
        matrix.rotate(self.opts["elevation"] - 90, 1, 0, 0)
        matrix.rotate(self.opts["azimuth"] + 90, 0, 0, -1)
        matrix *= QMatrix4x4([float(value) for value in along.ravel()])
        matrix.translate(-self.opts["center"])
        return matrix

    def cameraPosition(self) -> QVector3D:  # noqa: N802 - pyqtgraph's name
        """Where the eye is, scanner RAS mm."""
        inverse, _ = self.viewMatrix().inverted()
        return inverse.map(QVector3D(0.0, 0.0, 0.0))

    def pan(self, dx: float, dy: float, dz: float, relative: str = "view") -> None:  # noqa: ARG002
        """Move the scene with the pointer, in the plane of the screen, however the eye is turned.

        Args:
            dx, dy, dz: pixels to the right, and down (both of the last).
            relative: what pyqtgraph asks for; the scene moves with the pointer all the same.
        """
        matrix = self.viewMatrix()
        right, up = matrix.row(0).toVector3D(), matrix.row(1).toVector3D()
        pixel_mm = 2 * self.opts["distance"] * tan(radians(self.opts["fov"]) / 2) / max(self.width(), 1)
        self.opts["center"] = self.opts["center"] + (right * -dx + up * (dy + dz)) * pixel_mm
        self.update()

    def look_from(self, preset: Preset) -> None:
        """Turn the eye to a preset of the axes, about the same centre."""
        self.look_from_deg(*PRESETS_DEG[preset])

    def look_from_deg(self, azimuth: float, elevation: float) -> None:
        """Turn the eye about the same centre."""
        self.setCameraPosition(azimuth=azimuth, elevation=elevation)

    def look_near(self, centre: Point[ScannerRas]) -> None:
        """Turn about a point, as near as one looks at the thalami."""
        self.look_at(centre)
        self.setCameraPosition(distance=NEAR_DISTANCE_MM)

    def fit(self, middle: Point[ScannerRas], radius_mm: float) -> None:
        """Turn about the middle of a ball, so far away that the whole ball is seen."""
        half = tan(radians(self.opts["fov"]) / 2) * min(self.height() / max(self.width(), 1), 1.0)
        self.look_at(middle)
        self.setCameraPosition(distance=radius_mm / sin(atan(half)))

    @property
    def place_of_eye(self) -> PlaceOfEye:
        """Where the eye is, to go back there."""
        centre = self.opts["center"]
        place = (centre.x(), centre.y(), centre.z())
        return PlaceOfEye(place, self.opts["distance"], self.opts["azimuth"], self.opts["elevation"])

    def go_back_to(self, place: PlaceOfEye) -> None:
        """Look as before."""
        self.setCameraPosition(
            pos=QVector3D(*place.centre),
            distance=place.distance_mm,
            azimuth=place.azimuth_deg,
            elevation=place.elevation_deg,
        )

    def look_at(self, centre: Point[ScannerRas]) -> None:
        """Turn about another point."""
        self.setCameraPosition(pos=QVector3D(*centre.coordinates))

    def reset_centring(self) -> None:
        """Centre anew on what is shown next (another image)."""
        self._centred = False

    @property
    def eye(self) -> FloatArray:
        """Shape (3,): where the eye is, scanner RAS mm."""
        place = self.cameraPosition()
        return np.array([place.x(), place.y(), place.z()])

    def ray_through(self, place: QPointF) -> tuple[FloatArray, FloatArray]:
        """Eye and unit direction, scanner RAS, of the ray through a place of the widget."""
        viewport = self.getViewport()
        inverse, _ = (self.projectionMatrix(viewport, viewport) * self.viewMatrix()).inverted()
        x, y = 2 * place.x() / self.width() - 1, 1 - 2 * place.y() / self.height()
        near, far = inverse.map(QVector3D(x, y, -1)), inverse.map(QVector3D(x, y, 0.999))
        direction = np.array([far.x() - near.x(), far.y() - near.y(), far.z() - near.z()])
        return self.eye, direction / np.linalg.norm(direction)

    def surface_at(self, place: QPointF) -> SceneSurface | None:
        """The surface under a place of the widget."""
        if self._scene.centre is None:
            return None
        frame = self._scene.centre.frame
        eye, direction = self.ray_through(place)
        return pick(self._scene, Point.of(frame, eye), Direction.of(frame, direction))

    def paintGL(self) -> None:  # noqa: N802 - Qt's name
        """Put see-through surfaces in order for the eye's place, then draw."""
        self._drawing_from = time.perf_counter()
        self._put_in_order()
        super().paintGL()
        if self._scene.numbers or self._scene.bar is not None:
            for obstacle in (GL.GL_CULL_FACE, GL.GL_DEPTH_TEST, GL.GL_STENCIL_TEST):
                GL.glDisable(obstacle)
            # Not on the widget: in a picture of the window that would paint below the scene.
            device = QOpenGLPaintDevice(self.size() * self.devicePixelRatioF())
            device.setDevicePixelRatio(self.devicePixelRatioF())
            painter = QPainter(device)
            self._paint_over(painter)
            painter.end()

    def _drawn(self) -> None:
        """The window is on the screen. A frame for other parts of it alone says nothing of the scene."""
        if self._drawing_from:
            self.drawing_s, self._drawing_from = time.perf_counter() - self._drawing_from, 0.0

    def _put_in_order(self) -> None:
        for rank, index in enumerate(far_to_near(self._scene.surfaces, self.eye)):
            surface = self._scene.surfaces[index]
            kept = self._surface_items.get(surface)
            if kept is not None:
                kept.setDepthValue(0 if surface.is_solid else SEE_THROUGH_RANK + rank)
                is_seen = surface.kind not in SHELLS or self.opts["distance"] > SHELLS_FROM_MM
                if kept.visible() != is_seen:  # to set it asks for another painting
                    kept.setVisible(is_seen)
        # See-through items switch the writing of depths off; clearing obeys the same switch.
        GL.glDepthMask(True)

    def render_at(self, scale: float) -> QImage:
        """The scene drawn anew at ``scale`` pixels for each logical pixel, edges smoothed."""
        self.makeCurrent()
        layout = QOpenGLFramebufferObjectFormat()
        layout.setAttachment(QOpenGLFramebufferObject.Attachment.CombinedDepthStencil)
        layout.setSamples(SAMPLES)
        size = QSize(round(self.width() * scale), round(self.height() * scale))
        buffer = QOpenGLFramebufferObject(size, layout)
        buffer.bind()
        GL.glViewport(0, 0, size.width(), size.height())
        self._put_in_order()
        self.paint(region=self.getViewport(), viewport=self.getViewport())
        buffer.release()
        image = buffer.toImage().convertToFormat(QImage.Format.Format_RGB32)
        self.doneCurrent()
        painter = QPainter(image)
        painter.scale(scale, scale)
        self._paint_over(painter)
        painter.end()
        return image

    def seen_at(self, places: Sequence[Point[ScannerRas]]) -> FloatArray:
        """Where the eye sees points: (n, 2) logical pixels of the widget, to the right and down."""
        viewport = self.getViewport()
        matrix = self.projectionMatrix(viewport, viewport) * self.viewMatrix()
        mapped = [matrix.map(QVector3D(*place.coordinates)) for place in places]
        half = np.array([self.width() / 2, self.height() / 2])
        return np.asarray(half + np.array([(place.x(), -place.y()) for place in mapped]) * half)

    def _paint_over(self, painter: QPainter) -> None:
        """Numbers, and what the helmet's colours mean."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = Face(self.font().toString(), 0.85)
        numbers, bar = self._scene.numbers, self._scene.bar
        is_far = self.opts["distance"] > SHELLS_FROM_MM
        if bar is not None and is_far:
            left, bottom = OVER_EDGE, self.height() - OVER_EDGE
            if self._scene.bar_words:
                words = [Words(self._scene.bar_words, face, PICTURE_TEXT)]
                bottom -= plate_size(words)[1]
                plate(painter, left, bottom, words)
                bottom -= OVER_GAP
            colour_bar(painter, left, bottom - colour_bar_size(bar, face, OVER_BAR)[1], bar, face, OVER_BAR)
        if numbers and (self._scene.helmet is None or not is_far):
            places = self.seen_at([number.point for number in numbers])
            dots = [NumberedDot(number.words, number.colour, number.is_open) for number in numbers]
            numbered_dots(painter, places, dots, face)

    def set_background(self, colour: str) -> None:
        """The colour behind everything."""
        if colour != self._background:
            self._background = colour
            self.setBackgroundColor(QColor(colour))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._press = event.position()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mouseReleaseEvent(event)
        moved = event.position() - self._press
        if event.button() == Qt.MouseButton.LeftButton and moved.manhattanLength() < CLICK_PIXELS:
            surface = self.surface_at(event.position())
            if surface is not None:
                self._picked(surface)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()
        self._fill_wanted()
