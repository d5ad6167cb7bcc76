"""``fusplan`` and ``fusplan open``: the window."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Annotated

import typer

from fusplan.cli.console import fail
from fusplan.errors import FusplanError


class DesktopMissingError(FusplanError):
    """The window's packages are not installed."""

    def __init__(self) -> None:
        super().__init__(
            "The window needs packages that are not installed (PySide6 and pyqtgraph).",
            'Install them with: pip install "fusplan[desktop]". '
            "The commands plan, demo, targets, export, atlas, register and info work without them.",
        )


def open_(
    path: Annotated[Path | None, typer.Argument(help="A plan or an image to open.")] = None,
    screenshot: Annotated[
        Path | None, typer.Option(help="Write the window's picture to this PNG file and stop.")
    ] = None,
    theme: Annotated[str, typer.Option(help="dark or light.")] = "",
    size: Annotated[str, typer.Option(help="Of the screenshot: WIDTHxHEIGHT in pixels, such as 1400x900.")] = "",
    view: Annotated[
        str, typer.Option(help="Of the screenshot: axial, coronal, sagittal or 3d fills it; grid shows all four.")
    ] = "",
    panel: Annotated[
        str, typer.Option(help="Of the screenshot: the step or panel on the right, such as landmarks or targets.")
    ] = "",
    demo: Annotated[bool, typer.Option("--demo", help="Open the built-in head and plan on it.")] = False,
) -> None:
    """Open the window, with a plan or an image if one is named."""
    if importlib.util.find_spec("PySide6") is None or importlib.util.find_spec("pyqtgraph") is None:
        fail(DesktopMissingError())
    from fusplan.app.main import open_window  # noqa: PLC0415 - Qt is imported only when the window is wanted

    try:
        status = open_window(
            path,
            screenshot=screenshot,
            theme=theme or None,
            size=size or None,
            view=view or None,
            panel=panel or None,
            demo=demo,
        )
    except FusplanError as error:
        fail(error)
    raise typer.Exit(status)
