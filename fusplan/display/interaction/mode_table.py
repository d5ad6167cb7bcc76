"""What the left button can do, one entry each: its strategies, its words, and its action in the Plan menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.display.interaction.crosshair import Crosshair
from fusplan.display.interaction.drag_landmark import DragLandmark
from fusplan.display.interaction.drag_lesion import DragLesion, SelectLesion
from fusplan.display.interaction.drag_measurement import DragMeasurement
from fusplan.display.interaction.drag_spot import DragSpot
from fusplan.display.interaction.drag_target import DragTarget
from fusplan.display.interaction.measure import Measure
from fusplan.display.interaction.place_target import PlaceTarget
from fusplan.display.interaction.stage import Strategy
from fusplan.display.interaction.window_level import WindowLevel
from fusplan.display.view_state import Mode

ModeNeed: TypeAlias = Literal["always", "has_image", "has_plan"]
"""What must be open before the mode can be chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeSpec:
    """One mode of the pointer.

    Attributes:
        key: as :attr:`ViewState.mode` has it.
        strategies: what a press can begin; the first that grasps wins.
        hint: for the status line, what to do in a view.
        action: id of the action that chooses it, unique among all actions.
        text: the action's name in the menu and the palette.
        tooltip: what it does, one sentence.
        shortcut: its keys, as Qt writes them.
        icon: name of a drawing in ``resources/icons``.
        needs: when it can be chosen.
    """

    key: Mode
    strategies: tuple[Strategy, ...]
    hint: str
    action: str
    text: str
    tooltip: str
    shortcut: str
    icon: str
    needs: ModeNeed = "has_plan"


MODE_TABLE: tuple[ModeSpec, ...] = (
    ModeSpec(
        key="crosshair",
        strategies=(
            DragSpot(),
            DragLesion(),
            DragTarget(),
            DragLandmark(),
            DragMeasurement(),
            SelectLesion(),
            Crosshair(),
        ),
        hint="Click or drag to move the cursor",
        action="mode_crosshair",
        text="Move the cursor",
        tooltip="Pointer mode: move the cursor and drag things",
        shortcut="Escape",
        icon="crosshair",
        needs="always",
    ),
    ModeSpec(
        key="place_target",
        strategies=(PlaceTarget(),),
        hint="Click where the new target shall be; Esc to stop",
        action="mode_place_target",
        text="Place a target",
        tooltip="Pointer mode: the next click places a target",
        shortcut="P",
        icon="target",
    ),
    ModeSpec(
        key="measure_distance",
        strategies=(Measure(),),
        hint="Click or drag from one end to the other; Esc to stop",
        action="mode_distance",
        text="Measure a distance",
        tooltip="Pointer mode: two clicks measure a distance",
        shortcut="M",
        icon="measure",
    ),
    ModeSpec(
        key="measure_angle",
        strategies=(Measure(),),
        hint="Click the end of one leg, the corner, and the end of the other leg; Esc to stop",
        action="mode_angle",
        text="Measure an angle",
        tooltip="Pointer mode: three clicks measure an angle",
        shortcut="Shift+M",
        icon="angle",
    ),
    ModeSpec(
        key="window_level",
        strategies=(WindowLevel(),),
        hint="Drag: right for a wider window, up for a higher level",
        action="mode_window",
        text="Window and level",
        tooltip="Pointer mode: drag to change brightness and contrast",
        shortcut="W",
        icon="window_level",
        needs="has_image",
    ),
)
"""Every mode, in the order of the menu."""
