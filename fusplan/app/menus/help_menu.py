"""Help pages, keys, problem reports."""

from __future__ import annotations

from collections.abc import Sequence

from fusplan.app.action_spec import ActionSpec


def help_menu(panels: Sequence[ActionSpec]) -> tuple[ActionSpec, ...]:
    """Actions in order; ``panels`` are those that show the panels of this menu."""
    return (*_ENTRIES, *panels)


_ENTRIES = (
    ActionSpec(
        id="help",
        menu="Help",
        text="Help pages",
        tooltip="Read the help, without any network",
        shortcut="Ctrl+F1",
        icon="help",
        run=lambda parts: parts.help.show("index"),
    ),
    ActionSpec(
        id="help_tutorial",
        menu="Help",
        text="Tutorial",
        tooltip="From a head MRI to coordinates in a file",
        shortcut="Ctrl+F2",
        icon="help",
        run=lambda parts: parts.help.show("tutorial"),
    ),
    ActionSpec(
        id="help_anatomy",
        menu="Help",
        text="Anatomy of CLp",
        tooltip="What CLp is, what lies next to it, what is unverified",
        shortcut="Ctrl+F3",
        icon="help",
        run=lambda parts: parts.help.show("anatomy"),
    ),
    ActionSpec(
        id="help_frames",
        menu="Help",
        text="Coordinate frames",
        tooltip="Axes, origins and signs, with an example",
        shortcut="Ctrl+F5",
        icon="help",
        run=lambda parts: parts.help.show("frames"),
    ),
    ActionSpec(
        id="help_accuracy",
        menu="Help",
        text="Accuracy and doubt",
        tooltip="Where uncertainty and verdicts come from",
        shortcut="Ctrl+F6",
        icon="help",
        run=lambda parts: parts.help.show("accuracy"),
    ),
    ActionSpec(
        id="help_evidence",
        menu="Help",
        text="Evidence",
        tooltip="The open series and the sham-controlled trial",
        shortcut="Ctrl+F7",
        icon="help",
        run=lambda parts: parts.help.show("evidence"),
    ),
    ActionSpec(
        id="help_formats",
        menu="Help",
        text="File formats",
        tooltip="Every format that is read or written",
        shortcut="Ctrl+F8",
        icon="help",
        run=lambda parts: parts.help.show("formats"),
        ends_section=True,
    ),
    ActionSpec(
        id="shortcuts",
        menu="Help",
        text="Keys and mouse",
        tooltip="Show all shortcuts",
        shortcut="F1",
        icon="keyboard",
        run=lambda parts: parts.window.show_shortcuts(),
    ),
    ActionSpec(
        id="palette",
        menu="Help",
        text="Find an action…",
        tooltip="Type a few letters and run any action",
        shortcut="Ctrl+K",
        icon="search",
        run=lambda parts: parts.window.show_palette(),
        ends_section=True,
    ),
    ActionSpec(
        id="copy_report",
        menu="Help",
        text="Copy a problem report",
        tooltip="Copy versions and the end of the log to the clipboard",
        shortcut="Ctrl+Shift+R",
        icon="copy",
        run=lambda parts: parts.window.copy_report(),
    ),
    ActionSpec(
        id="open_logs",
        menu="Help",
        text="Open the log folder",
        tooltip="Show the folder of logs and autosaved plans",
        shortcut="Ctrl+Shift+L",
        icon="folder",
        run=lambda parts: parts.window.open_log_folder(),
    ),
    ActionSpec(
        id="about",
        menu="Help",
        text="About fusplan",
        tooltip="Version, licence, and what the program is not for",
        shortcut="Shift+F1",
        icon="info",
        run=lambda parts: parts.window.show_about(),
    ),
)
