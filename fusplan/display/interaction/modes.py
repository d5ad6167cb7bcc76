"""What the left button does in the mode that is chosen: the first of its strategies that grasps wins."""

from __future__ import annotations

from dataclasses import replace

from fusplan.display.interaction.crosshair import Crosshair
from fusplan.display.interaction.mode_table import MODE_TABLE, ModeSpec
from fusplan.display.interaction.stage import Drag, Pointer, PointerShape, Response, Stage, Strategy
from fusplan.display.view_state import Mode

_MODES = {mode.key: mode for mode in MODE_TABLE}


def mode_of(key: Mode) -> ModeSpec:
    """The entry of a mode."""
    return _MODES[key]


def strategy_at(stage: Stage, pointer: Pointer) -> tuple[Strategy, PointerShape]:
    """The strategy a press here would belong to, and the pointer's shape."""
    for strategy in mode_of(stage.state.mode).strategies:
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
