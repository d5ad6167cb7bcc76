"""Which strategies the left button has in each mode, the first that grasps wins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from fusplan.display.interaction.crosshair import Crosshair
from fusplan.display.interaction.drag_landmark import DragLandmark
from fusplan.display.interaction.drag_lesion import DragLesion, SelectLesion
from fusplan.display.interaction.drag_measurement import DragMeasurement
from fusplan.display.interaction.drag_target import DragTarget
from fusplan.display.interaction.measure import Measure
from fusplan.display.interaction.place_target import PlaceTarget
from fusplan.display.interaction.stage import Drag, Pointer, PointerShape, Response, Stage, Strategy
from fusplan.display.interaction.window_level import WindowLevel
from fusplan.display.view_state import Mode

STRATEGIES: Mapping[Mode, tuple[Strategy, ...]] = MappingProxyType(
    {
        "crosshair": (DragLesion(), DragTarget(), DragLandmark(), DragMeasurement(), SelectLesion(), Crosshair()),
        "place_target": (PlaceTarget(),),
        "measure_distance": (Measure(),),
        "measure_angle": (Measure(),),
        "window_level": (WindowLevel(),),
    }
)

MODE_WORDS: Mapping[Mode, str] = MappingProxyType(
    {
        "crosshair": "Click or drag to move the cursor",
        "place_target": "Click where the new target shall be; Esc to stop",
        "measure_distance": "Click or drag from one end to the other; Esc to stop",
        "measure_angle": "Click the end of one leg, the corner, and the end of the other leg; Esc to stop",
        "window_level": "Drag: right for a wider window, up for a higher level",
    }
)


def strategy_at(stage: Stage, pointer: Pointer) -> tuple[Strategy, PointerShape]:
    """The strategy a press here would belong to, and the pointer's shape."""
    for strategy in STRATEGIES[stage.state.mode]:
        shape = strategy.grasp(stage, pointer)
        if shape is not None:
            return strategy, shape
    return Crosshair(), "cross"


def press(stage: Stage, pointer: Pointer) -> tuple[Response, Drag | None]:
    """The left button went down."""
    strategy, _ = strategy_at(stage, pointer)
    return strategy.press(stage, pointer)


def escape(stage: Stage) -> Response:
    """Esc: drop what is half done first, then return to the crosshair."""
    if stage.state.pending:
        return Response(state=replace(stage.state, pending=()))
    return Response(state=replace(stage.state, mode="crosshair"))
