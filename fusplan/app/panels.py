"""Which panel belongs to which step and tool. A new panel is one entry here; the window makes it when first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias, get_args

from PySide6.QtWidgets import QWidget

from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.history_panel import HistoryPanel
from fusplan.widgets.image_panel import ImagePanel
from fusplan.widgets.steps_panel import Step

Tool: TypeAlias = Literal["history", "where_am_i", "measure", "second_image", "export"]
TOOLS: tuple[Tool, ...] = get_args(Tool)

PanelFactory: TypeAlias = Callable[[Case, Desk], QWidget]
"""Makes a panel; one that asks nothing of the program is given by ``of_case``."""


def of_case(make: Callable[[Case], QWidget]) -> PanelFactory:
    """The factory of a panel that needs the case alone."""
    return lambda case, _desk: make(case)


def _image(case: Case, desk: Desk) -> QWidget:
    return ImagePanel(case, desk)


def _landmarks(case: Case, desk: Desk) -> QWidget:
    from fusplan.widgets.landmarks_panel import LandmarksPanel  # noqa: PLC0415 - loaded when first shown

    return LandmarksPanel(case, desk)


def _atlas(case: Case, desk: Desk) -> QWidget:
    from fusplan.widgets.atlas_panel import AtlasPanel  # noqa: PLC0415 - loaded when first shown

    return AtlasPanel(case, desk)


def _measure(case: Case, desk: Desk) -> QWidget:
    from fusplan.widgets.measure_panel import MeasurePanel  # noqa: PLC0415 - loaded when first shown

    return MeasurePanel(case, desk)


def _second_image(case: Case, desk: Desk) -> QWidget:
    from fusplan.widgets.second_image_panel import SecondImagePanel  # noqa: PLC0415 - loaded when first shown

    return SecondImagePanel(case, desk)


def _review(case: Case, desk: Desk) -> QWidget:
    from fusplan.widgets.review_panel import ReviewPanel  # noqa: PLC0415 - loaded when first shown

    return ReviewPanel(case, desk)


def _export(case: Case, desk: Desk) -> QWidget:
    from fusplan.widgets.review_panel import ExportPanel  # noqa: PLC0415 - loaded when first shown

    return ExportPanel(case, desk)


def _where_am_i(case: Case, desk: Desk) -> QWidget:
    from fusplan.widgets.where_am_i_panel import WhereAmIPanel  # noqa: PLC0415 - loaded when first shown

    return WhereAmIPanel(case, desk)


def _targets(case: Case, desk: Desk) -> QWidget:
    from fusplan.widgets.targets_panel import TargetsPanel  # noqa: PLC0415 - loaded when first shown

    return TargetsPanel(case, desk)


def _lesions(case: Case, desk: Desk) -> QWidget:
    from fusplan.widgets.lesions_panel import LesionsPanel  # noqa: PLC0415 - loaded when first shown

    return LesionsPanel(case, desk)


panels: dict[Step, PanelFactory] = {
    "image": _image,
    "landmarks": _landmarks,
    "atlas": _atlas,
    "targets": _targets,
    "lesions": _lesions,
    "review": _review,
}

tools: dict[Tool, PanelFactory] = {
    "history": of_case(HistoryPanel),
    "where_am_i": _where_am_i,
    "measure": _measure,
    "second_image": _second_image,
    "export": _export,
}
