"""How the views look: axes, layers, arrangement, the window itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fusplan.app.action_spec import ActionSpec
from fusplan.app.conditions import CONDITIONS, has_image, has_plan, has_targets
from fusplan.display.layer_table import LAYER_TABLE, LayerAction


def view_menu(panels: Sequence[ActionSpec], workspaces: Sequence[ActionSpec]) -> tuple[ActionSpec, ...]:
    """Actions in order; ``panels`` are those that show the panels of this menu, ``workspaces`` go to those."""
    return (*workspaces, *_PICTURE, *_layers(), *_ARRANGEMENT, *panels, *_WINDOW)


def _layers() -> Iterator[ActionSpec]:
    for layer in LAYER_TABLE:
        if layer.action is not None:
            yield _switch(layer.name, layer.action)
        if layer.name == "contour_labels":
            # It chooses what these two layers draw.
            yield _NEXT_ATLAS


def _switch(layer: str, action: LayerAction) -> ActionSpec:
    return ActionSpec(
        id=action.id,
        menu="View",
        text=action.text,
        tooltip=action.tooltip,
        shortcut=action.shortcut,
        icon=action.icon,
        run=lambda parts: parts.view.toggle_layer(layer),
        enabled=CONDITIONS[action.needs],
        checked=lambda session: session.view.state.layers.shows(layer),
        ends_section=action.ends_section,
    )


_PICTURE = (
    ActionSpec(
        id="axes",
        menu="View",
        text="AC-PC axes",
        tooltip="Cut the slices along the AC-PC axes instead of the scanner's",
        shortcut="A",
        icon="axes",
        run=lambda parts: parts.view.toggle_axes(),
        enabled=has_plan,
        checked=lambda session: session.view.state.axes == "acpc",
    ),
    ActionSpec(
        id="convention",
        menu="View",
        text="Neurological convention",
        tooltip="Show the left side of the head on the left",
        shortcut="N",
        icon="convention",
        run=lambda parts: parts.view.toggle_convention(),
        enabled=has_image,
        checked=lambda session: session.view.state.convention == "neurological",
    ),
    ActionSpec(
        id="interpolation",
        menu="View",
        text="Show voxels as they are",
        tooltip="Nearest-neighbour instead of linear interpolation",
        shortcut="I",
        icon="interpolation",
        run=lambda parts: parts.view.toggle_interpolation(),
        enabled=has_image,
        checked=lambda session: session.view.state.interpolation == "nearest",
    ),
    ActionSpec(
        id="reset_window",
        menu="View",
        text="Default window and level",
        tooltip="Forget the brightness chosen for this image",
        shortcut="Shift+W",
        icon="window_level",
        run=lambda parts: parts.view.reset_window(),
        enabled=has_image,
    ),
    ActionSpec(
        id="reset_views",
        menu="View",
        text="Fit the views",
        tooltip="Undo zoom and pan in every view",
        shortcut="Home",
        icon="reset_view",
        run=lambda parts: parts.view.reset_cameras(),
        enabled=has_image,
    ),
    ActionSpec(
        id="zoom_thalamus",
        menu="View",
        text="Zoom on the thalami",
        tooltip="Show both thalami large in all three slices",
        shortcut="Shift+Home",
        icon="zoom_in",
        run=lambda parts: parts.view.zoom_on_thalamus(),
        enabled=has_plan,
    ),
    ActionSpec(
        id="zoom_target",
        menu="View",
        text="Zoom on the target",
        tooltip="Show the selected target large in all three slices, with the cursor on it",
        shortcut="Ctrl+Home",
        icon="zoom_in",
        run=lambda parts: parts.view.zoom_on_target(),
        enabled=has_targets,
        ends_section=True,
    ),
)

_NEXT_ATLAS = ActionSpec(
    id="next_atlas",
    menu="View",
    text="Next atlas",
    tooltip="Draw the nuclei of the next atlas",
    shortcut="Shift+A",
    icon="atlas",
    run=lambda parts: parts.view.next_atlas(),
    enabled=has_plan,
)

_ARRANGEMENT = (
    ActionSpec(
        id="view_all",
        menu="View",
        text="All four views",
        tooltip="Show axial, coronal, sagittal and 3-D",
        shortcut="0",
        icon="view_all",
        run=lambda parts: parts.view.fill(None),
        enabled=has_image,
    ),
    ActionSpec(
        id="view_axial",
        menu="View",
        text="Axial only",
        tooltip="Let the axial view fill the window",
        shortcut="1",
        icon="view_axial",
        run=lambda parts: parts.view.fill("axial"),
        enabled=has_image,
    ),
    ActionSpec(
        id="view_coronal",
        menu="View",
        text="Coronal only",
        tooltip="Let the coronal view fill the window",
        shortcut="2",
        icon="view_coronal",
        run=lambda parts: parts.view.fill("coronal"),
        enabled=has_image,
    ),
    ActionSpec(
        id="view_sagittal",
        menu="View",
        text="Sagittal only",
        tooltip="Let the sagittal view fill the window",
        shortcut="3",
        icon="view_sagittal",
        run=lambda parts: parts.view.fill("sagittal"),
        enabled=has_image,
    ),
    ActionSpec(
        id="view_scene",
        menu="View",
        text="3-D only",
        tooltip="Let the 3-D view fill the window",
        shortcut="4",
        icon="view_3d",
        run=lambda parts: parts.view.fill("scene"),
        enabled=has_image,
        ends_section=True,
    ),
)

_WINDOW = (
    ActionSpec(
        id="side_area",
        menu="View",
        text="Steps and panels",
        tooltip="Show or hide the area on the right",
        shortcut="Ctrl+B",
        icon="panel",
        run=lambda parts: parts.window.toggle_side_area(),
    ),
    ActionSpec(
        id="theme",
        menu="View",
        text="Dark or light",
        tooltip="Change between the dark and the light theme",
        shortcut="Ctrl+T",
        icon="theme",
        run=lambda parts: parts.window.toggle_theme(),
    ),
    ActionSpec(
        id="present",
        menu="View",
        text="Present",
        tooltip="Full screen without panels, with large names of nuclei",
        shortcut="F5",
        icon="present",
        run=lambda parts: parts.window.toggle_presenting(),
        enabled=has_image,
        checked=lambda session: session.view.state.presenting,
    ),
    ActionSpec(
        id="full_screen",
        menu="View",
        text="Full screen",
        tooltip="Let the window fill the screen, and back",
        shortcut="F11",
        icon="full_screen",
        run=lambda parts: parts.window.toggle_full_screen(),
    ),
)
