"""The 3-D view: the scene where OpenGL works, else a sentence that says why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from fusplan.display.drawn_layers import surfaces_of
from fusplan.display.head_surface import head_surface
from fusplan.display.mesh_slices import SliceableMesh
from fusplan.display.scene import (
    HEAD_COLOUR,
    HEAD_OPACITY,
    PRESETS_DEG,
    HelmetSight,
    Preset,
    Scene,
    ScenePlane,
    SceneSurface,
    make_surface,
    pause_ms,
    plan_lines,
    plan_numbers,
    plan_surfaces,
    scene_centre,
    surface_of_mesh,
)
from fusplan.display.slice_layout import laid_out
from fusplan.display.slice_raster import Raster, slice_greys
from fusplan.display.views import VIEW_KINDS, SliceView, ViewKind
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.widgets.opengl_support import opengl_problem
from fusplan.widgets.theme import current_palette, set_role
from fusplan.widgets.view_sources import ViewSources

if TYPE_CHECKING:
    from fusplan.widgets.scene_canvas import PlaceOfEye, SceneCanvas

PLANE_PIXELS = 320
"""The slices in space are pictures of this many pixels across."""

SAME_PLACE_MM = 1e-6
"""Slices nearer to each other than this are the same."""


@dataclass(frozen=True, slots=True, eq=False)
class _KeptPlane:
    """A slice in space and what it was made from."""

    volume: Volume
    window: IntensityWindow
    view: SliceView
    plane: ScenePlane

    def shows(self, volume: Volume, window: IntensityWindow, view: SliceView) -> bool:
        """Whether it would be the same picture at the same place."""
        same = self.volume is volume and self.window == window and self.view.axes is view.axes
        moved_mm = np.abs(self.view.centre.array - view.centre.array).max()
        return same and self.view.convention == view.convention and bool(moved_mm < SAME_PLACE_MM)


class SceneView(QWidget):
    """Nuclei, lesions, targets and slices in space.

    Signals:
        noticed: a sentence for the status line.
        fill_wanted: a double click asks for the whole grid, or for all four views again.
    """

    noticed = Signal(str)
    fill_wanted = Signal()

    def __init__(self, sources: ViewSources, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sources = sources
        self._canvas: SceneCanvas | None = None
        self._asked = False
        self._structures: dict[SliceableMesh, SceneSurface] = {}
        self._head: tuple[Volume, SceneSurface | None] | None = None
        self._planes: dict[ViewKind, _KeptPlane] = {}
        self._opened_to: tuple[float, float] | None = None
        self._eye_before: PlaceOfEye | None = None
        self._zoom_buttons: list[QToolButton] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._draw)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 100)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("3-D scene")
        self.setAutoFillBackground(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._words = QLabel("")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._words.setMargin(24)
        set_role(self._words, "muted")
        self._column.addWidget(self._words)
        self._buttons = self._preset_buttons()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(480, 400)

    @property
    def problem(self) -> str | None:
        """Why there is no 3-D scene, or None where there is one (or nobody has looked yet)."""
        return self._words.text() or None if self._asked and self._canvas is None else None

    @property
    def canvas(self) -> SceneCanvas | None:
        """The OpenGL canvas, once the view has been shown where OpenGL works."""
        return self._canvas

    def refresh(self) -> None:
        """Something has changed: see soon whether the scene has, and draw it again."""
        if not self._timer.isActive():
            self._timer.start(round(pause_ms(self._canvas.drawing_s if self._canvas is not None else 0.0)))

    def look_anew(self) -> None:
        """Another image is open: the eye goes to what is shown next."""
        if self._canvas is not None:
            self._canvas.reset_centring()

    def look_from(self, preset: Preset) -> None:
        """Turn the eye to a preset."""
        if self._canvas is not None:
            self._canvas.look_from(preset)

    def render_image(self, scale: float = 1.0) -> QImage:
        """The view as it is now at ``scale`` pixels for each logical pixel, with changes that wait to be drawn."""
        if self._timer.isActive():
            self._timer.stop()
            self._draw()
        if self._canvas is None:
            image = QImage(self.size() * scale, QImage.Format.Format_RGB32)
            image.setDevicePixelRatio(scale)
            image.fill(QColor(current_palette().picture))
            self.render(image)
            return image
        picture = self._canvas.render_at(scale)
        picture.setDevicePixelRatio(scale)
        return picture

    def showEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)  # type: ignore[arg-type]
        self.refresh()

    # Drawing

    def _draw(self) -> None:
        if not self.isVisible():
            return
        self._prepare_canvas()
        if self._canvas is None:
            return
        self._canvas.set_background(current_palette().picture)
        scene = self.scene()
        self._canvas.show_scene(scene)
        self._canvas.show_planes(self.planes())
        self._follow_helmet(self._canvas, scene.helmet)
        volume = self._sources.case.volume
        if volume is not None:
            self._canvas.follow_axes(self._sources.axes(volume).matrix)
        self._buttons.setVisible(not self._sources.case.view.state.presenting)

    def _follow_helmet(self, canvas: SceneCanvas, helmet: HelmetSight | None) -> None:
        """The eye goes back to see a helmet as a whole, and returns to where it was when there is none any more."""
        eye_deg = None if helmet is None else helmet.eye_deg
        if eye_deg == self._opened_to:
            return
        was_there, self._opened_to = self._opened_to is not None, eye_deg
        if eye_deg is not None and was_there:
            canvas.look_from_deg(*eye_deg)  # another target: the head is open on the other side
            return
        for button in self._zoom_buttons:
            button.setVisible(helmet is not None)
        self._place_buttons()
        if helmet is not None:
            self._eye_before = canvas.place_of_eye
            canvas.look_from_deg(*helmet.eye_deg)
            self.look_at_helmet()
        elif self._eye_before is not None:
            canvas.go_back_to(self._eye_before)

    def look_at_helmet(self) -> None:
        """See the helmet as a whole, if there is one."""
        helmet = self.scene().helmet
        if self._canvas is not None and helmet is not None:
            self._canvas.fit(helmet.middle, helmet.radius_mm)

    def look_at_centre(self) -> None:
        """See the thalami large, or what else the eye turns about at first."""
        centre = self.scene().centre
        if self._canvas is not None and centre is not None:
            self._canvas.look_near(centre)

    def _prepare_canvas(self) -> None:
        """The canvas, made when the view is shown for the first time."""
        if self._asked:
            return
        self._asked = True
        problem = opengl_problem()
        if problem is not None:
            self._words.setText(f"No 3-D view here. {problem} Slices, targets and lesions work as always.")
            return
        from fusplan.widgets.scene_canvas import SceneCanvas  # noqa: PLC0415 - needs the system's OpenGL library

        self._canvas = SceneCanvas(self._go_to, self.fill_wanted.emit)
        self._words.hide()
        self._column.addWidget(self._canvas)
        self._canvas.show()
        self._buttons.show()
        self._place_buttons()

    def scene(self) -> Scene:
        """What is shown now, as values."""
        shown = self._sources.shown()
        layers = shown.state.layers
        styles = {mesh: group.style(mesh.name) for group in surfaces_of(shown) for mesh in group.meshes}
        made = {
            mesh: self._structures.get(mesh) or surface_of_mesh(mesh, style)
            for mesh, style in styles.items()
            if style.in_scene > 0
        }
        # What is switched off for a while is not made again.
        drawn = {*shown.meshes, *made}
        self._structures = {mesh: kept for mesh, kept in {**self._structures, **made}.items() if mesh in drawn}
        surfaces = [*made.values(), *plan_surfaces(shown)]
        sights = shown.sights
        head = self._head_of(self._sources.case.volume) if layers.head_surface and sights is None else None
        if head is not None:
            surfaces.append(head)
        if sights is not None:
            surfaces += [sights.head.cut_bone] if layers.skull_surface else []
            surfaces += [sights.head.cut_skin] if layers.head_surface else []
        scene = Scene(tuple(surfaces), tuple(plan_lines(shown)), scene_centre(shown), tuple(plan_numbers(shown)))
        if sights is None:
            return scene
        from fusplan.display.helmet_scene import with_helmet  # noqa: PLC0415 - loaded with a treatment

        return with_helmet(scene, sights, layers.helmet, layers.beams, layers.element_colour)

    def _head_of(self, volume: Volume | None) -> SceneSurface | None:
        if volume is None:
            return None
        if self._head is None or self._head[0] is not volume:
            found = head_surface(volume)
            made = make_surface("head", "Head", *found, HEAD_COLOUR, HEAD_OPACITY) if found is not None else None
            self._head = (volume, made)
        return self._head[1]

    def planes(self) -> tuple[ScenePlane, ...]:
        """The three slices as pictures in space, whole and without zoom."""
        case, volume = self._sources.case, self._sources.case.volume
        if volume is None or not case.view.state.layers.scene_slices:
            self._planes = {}
            return ()
        return tuple(self._plane(kind, volume) for kind in VIEW_KINDS)

    def _plane(self, kind: ViewKind, volume: Volume) -> ScenePlane:
        """One slice; the same object as long as it shows the same."""
        extent, axes, window = self._sources.extent(volume), self._sources.axes(volume), self._sources.window(volume)
        state = replace(self._sources.case.view.state, cameras={})
        view, mm_per_pixel = laid_out(kind, state, extent, axes, (PLANE_PIXELS, PLANE_PIXELS))
        kept = self._planes.get(kind)
        if kept is None or not kept.shows(volume, window, view):
            greys = slice_greys(self._sources.source(volume), view, Raster.for_view(view, mm_per_pixel), window)
            kept = self._planes[kind] = _KeptPlane(volume, window, view, ScenePlane.of(view, greys))
        return kept.plane

    def _go_to(self, surface: SceneSurface) -> None:
        """A surface was clicked: the cursor goes to its middle."""
        self._sources.case.view.update(cursor=surface.place)
        self.noticed.emit(f"Cursor at the middle of {surface.name}")

    # Presets

    def _preset_buttons(self) -> QWidget:
        row = QFrame(self)
        set_role(row, "overlay")
        layout = QHBoxLayout(row)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        for preset in PRESETS_DEG:
            button = QToolButton(row)
            button.setText(preset.capitalize())
            button.setToolTip(f"Look from {preset}")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, name=preset: self.look_from(name))
            layout.addWidget(button)
        for words, tooltip, look in (
            ("Helmet", "See the helmet as a whole", self.look_at_helmet),
            ("Thalami", "See the thalami large", self.look_at_centre),
        ):
            button = QToolButton(row)
            button.setText(words)
            button.setToolTip(tooltip)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, go=look: go())
            button.hide()
            layout.addWidget(button)
            self._zoom_buttons.append(button)
        row.hide()
        return row

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._place_buttons()

    def _place_buttons(self) -> None:
        self._buttons.adjustSize()
        self._buttons.move(self.width() - self._buttons.width() - 8, 8)
        self._buttons.raise_()
