"""The workspaces of the window, one entry each: its tool bar, its views, and what it cannot do without.

They share the case, cursor, selection, undo, theme, palette, messages and jobs. The window shows their names in a row
as soon as there are two. Which panels a workspace has is told by the panels (:mod:`fusplan.app.panel_table`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fusplan.display.view_state import FOUR_VIEWS, Arrangement

if TYPE_CHECKING:
    from fusplan.session.session import Session


@dataclass(frozen=True, slots=True)
class Lack:
    """What a workspace misses in the open case: a sentence, and the id of the action that brings it."""

    sentence: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSpec:
    """One workspace.

    Attributes:
        key: as :attr:`ViewState.workspace` and panels name it.
        title: one word, for the row at the top.
        sentence: what one does there.
        icon: name of a drawing in ``resources/icons``.
        shortcut: the keys that go there, as Qt writes them.
        tool_bar: ids of actions from the left; None is a line.
        views: the views, row by row.
        lacks: what it misses in a case, or None; while no image is open, the first screen stands in its place.
    """

    key: str
    title: str
    sentence: str
    icon: str
    shortcut: str
    tool_bar: tuple[str | None, ...]
    views: Arrangement = FOUR_VIEWS
    lacks: Callable[[Session], Lack | None]

    @property
    def action_id(self) -> str:
        return f"workspace_{self.key}"


def _lacks_image(session: Session) -> Lack | None:
    return Lack("Plans are made on a T1 head MRI, and none is open.", "open_image") if session.volume is None else None


def _lacks_targets(session: Session) -> Lack | None:
    if session.volume is None:
        return _lacks_image(session)
    if session.plan is None:
        return Lack("A treatment is of the targets of a plan, and this head has no plan yet.", "make_plan")
    if not session.plan.targets:
        return Lack("A treatment is of the targets of a plan, and this plan has none.", "step_targets")
    return None


TOOL_BAR_RIGHT: tuple[str, ...] = ("palette", "present", "theme", "side_area")
"""At the right end of the tool bar, in every workspace."""

WORKSPACES: tuple[WorkspaceSpec, ...] = (
    WorkspaceSpec(
        key="plan",
        title="Plan",
        sentence="Plan targets and lesions on a head",
        icon="plan",
        # Ctrl+1 to Ctrl+3 go to AC, PC and the point between them.
        shortcut="Ctrl+Alt+1",
        tool_bar=(
            *("open_image", "open_plan", "save", None),
            *("undo", "redo", None),
            *("make_plan", None),
            *("mode_crosshair", "mode_place_target", "mode_distance", "mode_angle", None),
            *("axes", "convention", "contours", "lesions", "targets", "uncertainty", None),
            *("reset_views", "zoom_thalamus"),
        ),
        lacks=_lacks_image,
    ),
    WorkspaceSpec(
        key="treatment",
        title="Treatment",
        sentence="See what the sound does there: helmet, focus, heat, and the lesion to expect",
        icon="treatment",
        shortcut="Ctrl+Alt+2",
        tool_bar=(
            *("open_image", "open_plan", "save", None),
            *("undo", "redo", None),
            *("mode_crosshair", "mode_distance", "add_spot", None),
            *("axes", "convention", "contours", "lesions", "spots", None),
            *("temperature_picture", "dose_picture", "focus", "heat_contours", "helmet", "skull_surface", None),
            *("reset_views", "zoom_thalamus", "zoom_target"),
        ),
        lacks=_lacks_targets,
    ),
)
