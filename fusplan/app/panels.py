"""Which panel belongs to which step and tool. A new panel is one entry here; the window makes it when first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias, get_args

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.history_panel import HistoryPanel
from fusplan.widgets.steps_panel import STEP_TITLES, Step
from fusplan.widgets.theme import GAP, GAP_LARGE, set_role, space

Tool: TypeAlias = Literal["history", "where_am_i", "measure", "second_image", "export"]
TOOLS: tuple[Tool, ...] = get_args(Tool)

PanelFactory: TypeAlias = Callable[[Case, Desk], QWidget]
"""Makes a panel; one that asks nothing of the program is given by ``of_case``."""

_WORDS: dict[str, tuple[str, str]] = {
    "image": (
        STEP_TITLES["image"],
        "Open a T1 head MRI of about 1 mm. Scroll through it, and set brightness with the right mouse button.",
    ),
    "landmarks": (
        STEP_TITLES["landmarks"],
        "AC, PC and the midline define the AC-PC frame. They are found with the atlas; drag them where they belong.",
    ),
    "atlas": (
        STEP_TITLES["atlas"],
        "The atlas is aligned to the head in about half a minute. Look at the edges before you trust it.",
    ),
    "targets": (STEP_TITLES["targets"], "Where the beam is aimed. Several proposals are compared; you decide."),
    "lesions": (STEP_TITLES["lesions"], "The planned ellipsoids, what they cover of CLp, and what they spill into."),
    "review": (STEP_TITLES["review"], "Everything computed about the plan, and the files it can be written to."),
    "where_am_i": ("Where am I", "The nucleus at the cursor, and its coordinate in every frame."),
    "measure": ("Measurements", "Distances and angles; they are part of the plan."),
    "second_image": ("Second image", "Another image of the same person over the first."),
    "export": ("Export", "What is written, and where to."),
}


class PlainPanel(QFrame):
    """A heading and a sentence: what a step is about."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        set_role(self, "panel")
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        heading = QLabel(title)
        set_role(heading, "heading")
        words = QLabel(sentence)
        words.setWordWrap(True)
        set_role(words, "muted")
        layout.addWidget(heading)
        layout.addWidget(words)
        layout.addStretch(1)


def of_case(make: Callable[[Case], QWidget]) -> PanelFactory:
    """The factory of a panel that needs the case alone."""
    return lambda case, _desk: make(case)


def _plain(name: str) -> PanelFactory:
    return lambda _case, _desk: PlainPanel(*_WORDS[name])


panels: dict[Step, PanelFactory] = {
    "image": _plain("image"),
    "landmarks": _plain("landmarks"),
    "atlas": _plain("atlas"),
    "targets": _plain("targets"),
    "lesions": _plain("lesions"),
    "review": _plain("review"),
}

tools: dict[Tool, PanelFactory] = {
    "history": of_case(HistoryPanel),
    "where_am_i": _plain("where_am_i"),
    "measure": _plain("measure"),
    "second_image": _plain("second_image"),
    "export": _plain("export"),
}

readout_panel: PanelFactory | None = None
"""A small panel that stays in sight below the others (where am I), once there is one."""
