"""When an action can be used, and when a switch is on: plain functions of the case, named for the table of actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fusplan.widgets.case import Case


def _can_undo(case: Case) -> bool:
    return case.document is not None and case.document.history.undo_label is not None


def _can_redo(case: Case) -> bool:
    return case.document is not None and case.document.history.redo_label is not None


ENABLED: Mapping[str, Callable[[Case], bool]] = {
    "always": lambda _: True,
    "has_image": lambda case: case.volume is not None,
    "has_plan": lambda case: case.plan is not None,
    "has_targets": lambda case: case.plan is not None and bool(case.plan.targets),
    "can_undo": _can_undo,
    "can_redo": _can_redo,
    "has_second_image": lambda case: case.second_image is not None,
}

CHECKED: Mapping[str, Callable[[Case], bool]] = {
    "axes_acpc": lambda case: case.view.state.axes == "acpc",
    "neurological": lambda case: case.view.state.convention == "neurological",
    "nearest": lambda case: case.view.state.interpolation == "nearest",
    "contours": lambda case: case.view.state.layers.contours,
    "contour_labels": lambda case: case.view.state.layers.contour_labels,
    "lesions": lambda case: case.view.state.layers.lesions,
    "targets": lambda case: case.view.state.layers.targets,
    "uncertainty": lambda case: case.view.state.layers.uncertainty,
    "landmarks": lambda case: case.view.state.layers.landmarks,
    "measurements": lambda case: case.view.state.layers.measurements,
    "crosshair": lambda case: case.view.state.layers.crosshair,
    "head_surface": lambda case: case.view.state.layers.head_surface,
    "mode_crosshair": lambda case: case.view.state.mode == "crosshair",
    "mode_place_target": lambda case: case.view.state.mode == "place_target",
    "mode_distance": lambda case: case.view.state.mode == "measure_distance",
    "mode_angle": lambda case: case.view.state.mode == "measure_angle",
    "mode_window": lambda case: case.view.state.mode == "window_level",
    "presenting": lambda case: case.view.state.presenting,
}
