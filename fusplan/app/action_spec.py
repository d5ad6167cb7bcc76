"""One thing the program can do, and the parts of a window that do it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fusplan.app.conditions import Condition, always

if TYPE_CHECKING:
    from fusplan.app.help_opening import HelpOpening
    from fusplan.app.main_window import MainWindow
    from fusplan.app.point_files import PointFiles
    from fusplan.app.view_pictures import ViewPictures
    from fusplan.session.file_controller import FileController
    from fusplan.session.plan_controller import PlanController
    from fusplan.session.session import Session
    from fusplan.session.view_commands import ViewCommands


@dataclass(frozen=True, slots=True)
class WindowParts:
    """What the actions of one window are carried out by."""

    files: FileController
    planning: PlanController
    view: ViewCommands
    pictures: ViewPictures
    points: PointFiles
    help: HelpOpening
    window: MainWindow


Run: TypeAlias = Callable[[WindowParts], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec:
    """One thing the program can do.

    Attributes:
        id: unique name.
        menu: where it stands; a menu is there as soon as an action names it.
        text: its name in the menu and the palette.
        tooltip: what it does, one sentence.
        shortcut: its keys, as Qt writes them.
        icon: name of a drawing in ``resources/icons``.
        run: does it.
        enabled: when it can be used.
        checked: for a switch, when it is on.
        text_now: its name while a case is open, if that depends on the case.
        ends_section: whether a line follows it in the menu.
    """

    id: str
    menu: str
    text: str
    tooltip: str
    shortcut: str
    icon: str
    run: Run
    enabled: Condition = always
    checked: Condition | None = None
    text_now: Callable[[Session], str] | None = None
    ends_section: bool = False


def menus_of(table: Iterable[ActionSpec]) -> tuple[str, ...]:
    """The menus that actions stand in, in the order in which the table first names them."""
    return tuple(dict.fromkeys(spec.menu for spec in table))
