"""Whether this computer can draw the 3-D scene, found out without risk to the rest of the program."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

WITHOUT_OPENGL = ("offscreen", "minimal", "minimalegl", "vnc", "linuxfb")
"""Qt platforms that draw widgets without OpenGL."""

OLDEST_VERSION = (2, 1)


def opengl_problem() -> str | None:
    """Why the 3-D scene cannot be drawn, in a sentence for a person, or None when it can."""
    platform = QGuiApplication.platformName()
    if platform in WITHOUT_OPENGL:
        return f"The display system in use ({platform}) draws without OpenGL."
    context = QOpenGLContext()
    if not context.create():
        return "OpenGL could not be started: the graphics driver offers none."
    surface = QOffscreenSurface()
    surface.setFormat(context.format())
    surface.create()
    if not surface.isValid() or not context.makeCurrent(surface):
        return "OpenGL could not be started: the graphics driver refused to draw."
    version = context.format().version()
    context.doneCurrent()
    if tuple(version) < OLDEST_VERSION:
        return f"OpenGL {version[0]}.{version[1]} is too old; 2.1 is needed."
    try:
        import pyqtgraph.opengl  # noqa: F401, PLC0415 - loads the system's OpenGL library
    except Exception as error:  # the OpenGL bindings raise many kinds of errors where a library is missing
        return f"The OpenGL library could not be loaded ({type(error).__name__})."
    return None
