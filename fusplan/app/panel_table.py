"""Every panel of the area on the right, one entry each: its step, its action, its keys, and what makes it.

The list of steps, the area on the right, the actions that show panels and what is loaded ahead come from here.
"""

from __future__ import annotations

from fusplan.app.conditions import has_image, has_plan
from fusplan.app.panel_spec import PanelSpec
from fusplan.display.step_standings import (
    atlas_state,
    image_state,
    landmarks_state,
    lesions_state,
    review_state,
    targets_state,
)
from fusplan.widgets.history_panel import HistoryPanel
from fusplan.widgets.image_panel import ImagePanel

PANELS: tuple[PanelSpec, ...] = (
    PanelSpec(
        key="image",
        title="Image",
        sentence="Show the step: image",
        icon="image",
        shortcut="Alt+1",
        factory=ImagePanel,
        standing=image_state,
        order=1,
    ),
    PanelSpec(
        key="landmarks",
        title="Landmarks",
        sentence="Show the step: AC, PC and midline",
        icon="landmarks",
        shortcut="Alt+2",
        factory="fusplan.widgets.landmarks_panel:LandmarksPanel",
        standing=landmarks_state,
        # They come with the alignment, and are looked at after it.
        order=3,
    ),
    PanelSpec(
        key="atlas",
        title="Atlas",
        sentence="Show the step: alignment of the atlas",
        icon="atlas",
        shortcut="Alt+3",
        factory="fusplan.widgets.atlas_panel:AtlasPanel",
        standing=atlas_state,
        order=2,
    ),
    PanelSpec(
        key="targets",
        title="Targets",
        sentence="Show the step: targets",
        icon="target",
        shortcut="Alt+4",
        factory="fusplan.widgets.targets_panel:TargetsPanel",
        standing=targets_state,
        order=4,
    ),
    PanelSpec(
        key="lesions",
        title="Lesions",
        sentence="Show the step: lesions",
        icon="lesion",
        shortcut="Alt+5",
        factory="fusplan.widgets.lesions_panel:LesionsPanel",
        standing=lesions_state,
        order=5,
    ),
    PanelSpec(
        key="review",
        title="Review and export",
        sentence="Show the step: review and export",
        icon="review",
        shortcut="Alt+6",
        factory="fusplan.widgets.review_panel:ReviewPanel",
        standing=review_state,
        order=6,
    ),
    PanelSpec(
        key="history",
        title="History",
        sentence="List every change of the plan and go to any of them",
        icon="history",
        shortcut="Ctrl+H",
        factory=lambda case, _desk: HistoryPanel(case),
        menu="Edit",
        enabled=has_plan,
    ),
    PanelSpec(
        key="where_am_i",
        title="Where am I",
        sentence="The cursor's nucleus and its coordinates in every frame",
        icon="where",
        shortcut="Ctrl+G",
        factory="fusplan.widgets.where_am_i_panel:WhereAmIPanel",
        enabled=has_image,
    ),
    PanelSpec(
        key="measure",
        title="Measurements",
        sentence="List distances and angles",
        icon="measure",
        shortcut="Ctrl+M",
        factory="fusplan.widgets.measure_panel:MeasurePanel",
        enabled=has_image,
        action="measurements",
    ),
    PanelSpec(
        key="second_image",
        title="Second image",
        sentence="Load another image of the same person and blend it",
        icon="second_image",
        shortcut="Ctrl+I",
        factory="fusplan.widgets.second_image_panel:SecondImagePanel",
        enabled=has_image,
    ),
    PanelSpec(
        key="export",
        title="Export…",
        sentence="Choose what to export, and where to",
        icon="export",
        shortcut="Ctrl+E",
        factory="fusplan.widgets.review_panel:ExportPanel",
        menu="File",
        enabled=has_plan,
    ),
)
