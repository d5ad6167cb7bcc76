"""The actions that go from one workspace to another, made from the table of workspaces."""

from __future__ import annotations

from collections.abc import Sequence

from fusplan.app.action_spec import ActionSpec
from fusplan.app.menus.panel_actions import section
from fusplan.app.workspaces import WorkspaceSpec


def workspace_actions(workspaces: Sequence[WorkspaceSpec]) -> tuple[ActionSpec, ...]:
    """One for each workspace, in order; none while there is nowhere else to go."""
    return section([_enters(workspace) for workspace in workspaces]) if len(workspaces) > 1 else ()


def _enters(workspace: WorkspaceSpec) -> ActionSpec:
    return ActionSpec(
        id=workspace.action_id,
        menu="View",
        text=workspace.title,
        tooltip=workspace.sentence,
        shortcut=workspace.shortcut,
        icon=workspace.icon,
        run=lambda parts: parts.view.enter(workspace.key),
        checked=lambda session: session.view.state.workspace == workspace.key,
    )
