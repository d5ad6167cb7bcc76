"""The scene's surfaces, lines and slice pictures as OpenGL items: lit from the eye, smooth, see-through in order."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyqtgraph.opengl as gl
from OpenGL import GL
from OpenGL.GL.shaders import compileProgram, compileShader
from pyqtgraph.opengl import shaders
from pyqtgraph.opengl.GLGraphicsItem import GLGraphicsItem
from pyqtgraph.opengl.items.GLMeshItem import DirtyFlag
from PySide6.QtGui import QColor, QMatrix4x4

from fusplan.display.scene import SceneLine, ScenePlane, SceneSurface

Programs: TypeAlias = dict[str, Any]
"""Shader programs of one view by the class of item they draw."""

BACKGROUND_GREY = 3
"""Greys up to this are air around the head and stay see-through."""

PLANE_BRIGHTNESS = 0.72
"""Slices in space are a little darker than on their own, so that the nuclei before them stand out."""

VEIL = 0.3
"""How much of a solid thing the slices before it hide."""

_VERTEX = """
uniform mat4 u_mvp;
uniform mat3 u_normal;
attribute vec4 a_position;
attribute vec3 a_normal;
attribute vec4 a_color;
varying vec4 v_color;
varying vec3 v_normal;
void main() {
    v_normal = u_normal * a_normal;
    v_color = a_color;
    gl_Position = u_mvp * a_position;
}
"""

# A lamp at the eye, a little ambient light, a soft highlight; see-through shells are denser towards their rim.
_FRAGMENT = """
#ifdef GL_ES
precision mediump float;
#endif
varying vec4 v_color;
varying vec3 v_normal;
void main() {
    vec3 normal = normalize(v_normal);
    float facing = abs(normal.z);
    float side = 0.5 + 0.5 * normal.y;
    float light = 0.26 + 0.10 * side + 0.66 * facing;
    float shine = 0.22 * pow(facing, 24.0);
    float rim = pow(1.0 - facing, 2.5);
    float alpha = v_color.a >= 0.999 ? 1.0 : clamp(v_color.a + 0.55 * rim * (1.0 - v_color.a), 0.0, 1.0);
    gl_FragColor = vec4(min(v_color.rgb * light + shine, 1.0), alpha);
}
"""

# A slice's picture; the air about the head is left out, depth and all, so that a slice behind shows through it.
_PLANE_VERTEX = """
uniform mat4 u_mvp;
attribute vec4 a_position;
attribute vec2 a_texcoord;
varying vec2 v_texcoord;
void main() {
    v_texcoord = a_texcoord;
    gl_Position = u_mvp * a_position;
}
"""
_PLANE_FRAGMENT = """
#ifdef GL_ES
precision mediump float;
#endif
uniform sampler2D u_texture;
varying vec2 v_texcoord;
void main() {
    vec4 colour = texture2D(u_texture, v_texcoord);
    if (colour.a < 0.5) {
        discard;
    }
    gl_FragColor = colour;
}
"""

# What is drawn after the slices' depths are forgotten shows through them; where something solid was drawn the
# stencil is 1, and there the slices before it are laid over it once more as a veil.
_SOLID = {
    GL.GL_DEPTH_TEST: True,
    GL.GL_BLEND: False,
    GL.GL_CULL_FACE: False,
    GL.GL_STENCIL_TEST: True,
    "glDepthMask": (True,),
    "glStencilFunc": (GL.GL_ALWAYS, 1, 0xFF),
    "glStencilOp": (GL.GL_KEEP, GL.GL_KEEP, GL.GL_REPLACE),
}
_SEE_THROUGH = {
    GL.GL_DEPTH_TEST: True,
    GL.GL_STENCIL_TEST: False,
    GL.GL_BLEND: True,
    GL.GL_CULL_FACE: True,
    "glCullFace": (GL.GL_BACK,),
    "glDepthMask": (False,),
    "glBlendFuncSeparate": (GL.GL_SRC_ALPHA, GL.GL_ONE_MINUS_SRC_ALPHA, GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA),
}
_BLENDED = {**_SEE_THROUGH, GL.GL_CULL_FACE: False, "glDepthMask": (True,)}
_PLANE = {**_SOLID, GL.GL_STENCIL_TEST: False}
_VEIL = {
    GL.GL_DEPTH_TEST: True,
    GL.GL_BLEND: True,
    GL.GL_CULL_FACE: False,
    GL.GL_STENCIL_TEST: True,
    "glDepthMask": (False,),
    "glStencilFunc": (GL.GL_EQUAL, 1, 0xFF),
    "glStencilOp": (GL.GL_KEEP, GL.GL_KEEP, GL.GL_KEEP),
    "glBlendColor": (0.0, 0.0, 0.0, VEIL),
    "glBlendFunc": (GL.GL_CONSTANT_ALPHA, GL.GL_ONE_MINUS_CONSTANT_ALPHA),
}


def lit_shader() -> Any:
    """The shader of all surfaces; one for each view, because it belongs to that view's OpenGL context."""
    return shaders.ShaderProgram(None, [shaders.VertexShader(_VERTEX), shaders.FragmentShader(_FRAGMENT)])


class SurfaceItem(gl.GLMeshItem):  # type: ignore[misc]
    """One surface, drawn with the normals it comes with."""

    def __init__(self, surface: SceneSurface, shader: Any) -> None:
        self._surface = surface
        self.vertexes: np.ndarray[Any, np.dtype[np.float32]] | None = None
        colour = QColor(surface.colour)
        colour.setAlphaF(surface.opacity)
        super().__init__(color=colour.getRgbF(), shader=shader, glOptions=_SOLID if surface.is_solid else _SEE_THROUGH)

    def parseMeshData(self) -> DirtyFlag:  # noqa: N802 - pyqtgraph's name
        """Hand the arrays over once, as they are."""
        if self.vertexes is not None:
            return DirtyFlag(0)
        self.vertexes = np.ascontiguousarray(self._surface.vertices)
        self.normals = np.ascontiguousarray(self._surface.normals)
        self.faces = np.ascontiguousarray(self._surface.triangles, dtype=np.uint32)
        if self._surface.rgb is None:
            return DirtyFlag.POSITION | DirtyFlag.NORMAL | DirtyFlag.FACES
        alpha = np.full((len(self._surface.rgb), 1), round(255 * self._surface.opacity), dtype=np.uint8)
        self.colors = np.ascontiguousarray(np.hstack([self._surface.rgb, alpha]))
        return DirtyFlag.POSITION | DirtyFlag.NORMAL | DirtyFlag.FACES | DirtyFlag.COLOR


class _OwnProgram:
    """Mixed into items whose class keeps one shader program for all contexts: here each view has its own.

    A program belongs to the OpenGL context it was made in, and every view has a context.
    """

    _kept_by: Any
    _programs: Programs

    def getShaderProgram(self) -> Any:  # noqa: N802 - pyqtgraph's name
        """The program of this view, made when it is first needed."""
        name = self._kept_by.__name__
        self._kept_by._shaderProgram = self._programs.get(name)
        self._programs[name] = self._kept_by.getShaderProgram()
        return self._programs[name]


class LineItem(_OwnProgram, gl.GLLinePlotItem):  # type: ignore[misc]
    """A line in space."""

    _kept_by = gl.GLLinePlotItem


class PlaneItem(gl.GLImageItem):  # type: ignore[misc]
    """A picture in space; ``programs`` are those of the view it is drawn in."""

    def __init__(self, picture: np.ndarray[Any, np.dtype[np.uint8]], programs: Programs) -> None:
        super().__init__(picture, smooth=True, glOptions=_PLANE)
        self._programs = programs

    def getShaderProgram(self) -> Any:  # noqa: N802 - pyqtgraph's name
        """The program of this view, made when it is first needed."""
        program = self._programs.get("plane")
        if program is None:
            parts = {GL.GL_VERTEX_SHADER: _PLANE_VERTEX, GL.GL_FRAGMENT_SHADER: _PLANE_FRAGMENT}
            program = compileProgram(*(compileShader(text, kind) for kind, text in parts.items()))
            for place, name in enumerate(("a_position", "a_texcoord")):
                GL.glBindAttribLocation(program, place, name)
            GL.glLinkProgram(program)
            self._programs["plane"] = program
        return program


class VeilItem(PlaneItem):
    """A slice once more, faintly, over the solid things behind it: one sees them, and that they lie behind."""

    def __init__(self, plane: PlaneItem) -> None:
        super().__init__(plane.data, plane._programs)
        self._plane = plane
        self.setGLOptions(_VEIL)

    def paint(self) -> None:
        """Draw with the slice's own texture, which it has made ready just before."""
        self.texture, self.m_vbo_position = self._plane.texture, self._plane.m_vbo_position
        self._needUpdate = False
        super().paint()


class ForgetDepths(GLGraphicsItem):  # type: ignore[misc]
    """Drawn after the slices: what comes later is hidden by none of them."""

    def paint(self) -> None:
        """Clear depths and stencil."""
        GL.glDepthMask(True)
        GL.glClear(GL.GL_DEPTH_BUFFER_BIT | GL.GL_STENCIL_BUFFER_BIT)


def line_item(line: SceneLine, programs: Programs) -> LineItem:
    """A line; ``programs`` are those of the view it is drawn in."""
    colour = QColor(line.colour)
    colour.setAlphaF(line.opacity)
    item = LineItem(
        pos=line.points.astype(np.float32),
        color=colour.getRgbF(),
        width=line.width,
        antialias=True,
        mode="lines" if line.are_pairs else "line_strip",
    )
    item._programs = programs
    # A faint line hides nothing that is drawn later.
    item.setGLOptions(_BLENDED if line.opacity >= 1.0 else {**_BLENDED, "glDepthMask": (False,)})
    return item


def plane_item(plane: ScenePlane, programs: Programs) -> PlaneItem:
    """A slice's picture in space; ``programs`` are those of the view it is drawn in."""
    item = PlaneItem(_rgba(plane), programs)
    item.setTransform(_placement(plane))
    return item


def update_plane(item: PlaneItem, plane: ScenePlane) -> None:
    """Another picture or place for a slice that is shown already."""
    item.setData(_rgba(plane))
    item.setTransform(_placement(plane))


def _rgba(plane: ScenePlane) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Shape (columns, rows, 4)."""
    greys = plane.picture.T
    picture = np.empty((*greys.shape, 4), dtype=np.uint8)
    picture[..., :3] = (greys * PLANE_BRIGHTNESS).astype(np.uint8)[..., None]
    picture[..., 3] = np.where(greys > BACKGROUND_GREY, 255, 0)
    return picture


def _placement(plane: ScenePlane) -> QMatrix4x4:
    rows, columns = plane.picture.shape
    normal = np.cross(plane.across, plane.down)
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1] = plane.across / columns, plane.down / rows
    matrix[:3, 2], matrix[:3, 3] = normal / np.linalg.norm(normal), plane.corner
    return QMatrix4x4([float(value) for value in matrix.ravel()])
