"""Lists of points that are chosen, named or dropped: shown in the panel of targets, or of landmarks if that is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtCore import QObject, Signal

from fusplan.app.side_area import SideArea
from fusplan.session.messages import Message, MessageAction
from fusplan.widgets.case import Case

if TYPE_CHECKING:
    from fusplan.widgets.point_file_part import PointFilePart


class PointFiles(QObject):
    """Leads files of points to the panel that takes them.

    Signals:
        plan_wanted: a plan shall be made first.
    """

    plan_wanted = Signal()

    def __init__(self, case: Case, side: SideArea, parent: QObject) -> None:
        super().__init__(parent)
        self._case = case
        self._side = side

    def choose(self) -> None:
        """Ask for a file."""
        if self._case.plan is not None:
            self._part().choose()

    def offer(self, path: Path) -> None:
        """Show what a file holds; without a plan say what is needed first."""
        if self._case.plan is not None:
            self._part().open(path)
            return
        text = f"{path.name} is a list of points; points go into a plan, and none is open."
        remedy = "Open a plan, or a head MRI and make a plan on it."
        actions: tuple[MessageAction, ...] = ()
        kind: Literal["warning", "error"] = "error"
        if self._case.volume is not None:
            kind = "warning"
            remedy = "Make a plan on this head, then add the points."
            actions = (MessageAction("Make a plan", self.plan_wanted.emit),)
        self._case.say(Message(kind, text, remedy, actions, "points-need-plan"))

    def _part(self) -> PointFilePart:
        if self._side.current not in ("landmarks", "targets"):
            self._side.show_panel("targets")
        self._side.show()
        # Both panels have one; they are imported when first shown.
        panel = self._side.panel(self._side.current)
        return cast("PointFilePart", panel.points)  # type: ignore[union-attr]
