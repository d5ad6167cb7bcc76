"""Opening, saving, exporting, pictures."""

from __future__ import annotations

from collections.abc import Sequence

from fusplan.app.action_spec import ActionSpec
from fusplan.app.conditions import has_image, has_plan
from fusplan.app.menus.panel_actions import section


def file_menu(panels: Sequence[ActionSpec]) -> tuple[ActionSpec, ...]:
    """Actions in order; ``panels`` are those that show the panels of this menu."""
    return (*_OPENING_AND_SAVING, *section(panels), *_PICTURES_AND_LEAVING)


_OPENING_AND_SAVING = (
    ActionSpec(
        id="open_image",
        menu="File",
        text="Open an image…",
        tooltip="Open a head MRI",
        shortcut="Ctrl+O",
        icon="image",
        run=lambda parts: parts.files.open_image(),
    ),
    ActionSpec(
        id="open_folder",
        menu="File",
        text="Open a DICOM folder…",
        tooltip="Open a series of a folder of DICOM files",
        shortcut="Ctrl+Alt+O",
        icon="image",
        run=lambda parts: parts.files.open_folder(),
    ),
    ActionSpec(
        id="open_plan",
        menu="File",
        text="Open a plan…",
        tooltip="Open a plan with its image",
        shortcut="Ctrl+Shift+O",
        icon="plan",
        run=lambda parts: parts.files.open_plan(),
    ),
    ActionSpec(
        id="try_demo",
        menu="File",
        text="Try the built-in head",
        tooltip="Open the head that comes with the program and plan on it",
        shortcut="Ctrl+D",
        icon="head",
        run=lambda parts: parts.files.try_demo(),
        ends_section=True,
    ),
    ActionSpec(
        id="save",
        menu="File",
        text="Save",
        tooltip="Save the plan to its file",
        shortcut="Ctrl+S",
        icon="save",
        run=lambda parts: parts.files.save(),
        enabled=has_plan,
    ),
    ActionSpec(
        id="save_as",
        menu="File",
        text="Save as…",
        tooltip="Save the plan to another file or folder",
        shortcut="Ctrl+Shift+S",
        icon="save_as",
        run=lambda parts: parts.files.save_as(),
        enabled=has_plan,
    ),
)

_PICTURES_AND_LEAVING = (
    ActionSpec(
        id="save_picture",
        menu="File",
        text="Save the window's picture…",
        tooltip="Save a picture of the window as PNG",
        shortcut="Ctrl+Shift+P",
        icon="picture",
        run=lambda parts: parts.window.save_picture(),
    ),
    ActionSpec(
        id="copy_picture",
        menu="File",
        text="Copy the window's picture",
        tooltip="Copy a picture of the window to the clipboard",
        shortcut="Ctrl+Shift+C",
        icon="copy",
        run=lambda parts: parts.window.copy_picture(),
    ),
    ActionSpec(
        id="copy_view_2x",
        menu="File",
        text="Copy the view at 2x",
        tooltip="Copy the view in use, drawn at twice its size, to the clipboard",
        shortcut="Ctrl+Alt+C",
        icon="copy",
        run=lambda parts: parts.pictures.copy(2),
        enabled=has_image,
    ),
    ActionSpec(
        id="copy_view_4x",
        menu="File",
        text="Copy the view at 4x",
        tooltip="Copy the view in use, drawn at four times its size",
        shortcut="Ctrl+Alt+Shift+C",
        icon="copy",
        run=lambda parts: parts.pictures.copy(4),
        enabled=has_image,
    ),
    ActionSpec(
        id="save_view_2x",
        menu="File",
        text="Save the view at 2x…",
        tooltip="Save the view in use, drawn at twice its size, as PNG",
        shortcut="Ctrl+Alt+P",
        icon="picture",
        run=lambda parts: parts.pictures.save(2),
        enabled=has_image,
    ),
    ActionSpec(
        id="save_view_4x",
        menu="File",
        text="Save the view at 4x…",
        tooltip="Save the view in use, drawn at four times its size, as PNG",
        shortcut="Ctrl+Alt+Shift+P",
        icon="picture",
        run=lambda parts: parts.pictures.save(4),
        enabled=has_image,
        ends_section=True,
    ),
    ActionSpec(
        id="close_case",
        menu="File",
        text="Close",
        tooltip="Close what is open and go to the first screen",
        shortcut="Ctrl+W",
        icon="close",
        run=lambda parts: parts.files.close_case(),
        enabled=has_image,
    ),
    ActionSpec(
        id="quit",
        menu="File",
        text="Quit",
        tooltip="End the program",
        shortcut="Ctrl+Q",
        icon="quit",
        run=lambda parts: parts.window.close(),
    ),
)
