"""The OpenGL canvas of the 3-D scene: orbit, zoom, pick. Import it only where OpenGL works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyqtgraph.opengl as gl
from OpenGL import GL
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QVector3D
from PySide6.QtOpenGL import QOpenGLFramebufferObject, QOpenGLFramebufferObjectFormat

from fusplan.display.scene import PRESETS_DEG, Preset, Scene, ScenePlane, SceneSurface, far_to_near, pick
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

FIELD_OF_VIEW_DEG = 28.0
CLICK_PIXELS = 4.0
SAMPLES = 4
NEAR_DISTANCE_MM, WHOLE_DISTANCE_MM = 185.0, 480.0
"""Of the eye: the thalami, about 70 mm across, take half of the view; the whole head fits while there are no nuclei."""

PLANES_RANK, FORGET_RANK, LINES_RANK, VEIL_RANK, SEE_THROUGH_RANK = -2, -1, 2, 5, 10
"""The order of drawing; solid surfaces have rank 0."""


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
        self._surface_items: dict[int, tuple[SceneSurface, SurfaceItem]] = {}
        self._line_items: list[Any] = []
        self._plane_items: list[tuple[PlaneItem, VeilItem]] = []
        self._press = QPointF()
        self._centred = False
        forget = ForgetDepths()
        forget.setDepthValue(FORGET_RANK)
        self.addItem(forget)
        self.setCameraParams(fov=FIELD_OF_VIEW_DEG, distance=WHOLE_DISTANCE_MM, azimuth=50.0, elevation=25.0)

    def show_scene(self, scene: Scene) -> None:
        """Replace what is drawn; surfaces that stay are kept as they are."""
        wanted = {id(surface): surface for surface in scene.surfaces}
        for key in [key for key in self._surface_items if key not in wanted]:
            self.removeItem(self._surface_items.pop(key)[1])
        for key, surface in wanted.items():
            if key not in self._surface_items:
                self._surface_items[key] = (surface, SurfaceItem(surface, self._shader))
                self.addItem(self._surface_items[key][1])
        for item in self._line_items:
            self.removeItem(item)
        self._line_items = [line_item(line, self._programs) for line in scene.lines]
        for item in self._line_items:
            item.setDepthValue(LINES_RANK)
            self.addItem(item)
        self._scene = scene
        if scene.centre is not None and not self._centred:
            self._centred = bool(scene.surfaces)
            self.look_at(scene.centre)
            self.setCameraPosition(distance=NEAR_DISTANCE_MM if scene.surfaces else WHOLE_DISTANCE_MM)

    def show_planes(self, planes: Sequence[ScenePlane]) -> None:
        """The slices as pictures in space."""
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
        for (item, veil), plane in zip(self._plane_items, planes, strict=True):
            update_plane(item, plane)
            veil.setTransform(item.transform())

    def look_from(self, preset: Preset) -> None:
        """Turn the eye to a preset, about the same centre."""
        azimuth, elevation = PRESETS_DEG[preset]
        self.setCameraPosition(azimuth=azimuth, elevation=elevation)

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
        self._put_in_order()
        super().paintGL()

    def _put_in_order(self) -> None:
        for rank, index in enumerate(far_to_near(self._scene.surfaces, self.eye)):
            surface = self._scene.surfaces[index]
            kept = self._surface_items.get(id(surface))
            if kept is not None:
                kept[1].setDepthValue(0 if surface.is_solid else SEE_THROUGH_RANK + rank)
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
        return image

    def set_background(self, colour: str) -> None:
        """The colour behind everything."""
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
