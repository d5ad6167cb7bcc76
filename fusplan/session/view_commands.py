"""Actions that change only what is looked at: axes, layers, modes, the cursor. None of it is undone."""

from __future__ import annotations

from typing import Literal, TypeAlias

from fusplan.display.view_state import Mode, ViewName, ViewState
from fusplan.display.views import Convention
from fusplan.session.session import Session
from fusplan.spatial import Point

NamedPoint: TypeAlias = Literal["ac", "pc", "mcp"]
"""AC, PC, and the point midway between them."""


class ViewCommands:
    """What actions do to the view of one case."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def _state(self) -> ViewState:
        return self._session.view.state

    def enter(self, workspace: str) -> None:
        """Go to another workspace; everything about the case stays."""
        self._session.view.update(workspace=workspace)

    def set_mode(self, mode: Mode) -> None:
        """What the left mouse button does."""
        self._session.view.update(mode=mode)

    def toggle_axes(self) -> None:
        """Scanner axes or AC-PC axes."""
        self._session.view.update(axes="scanner" if self._state.axes == "acpc" else "acpc")

    def toggle_convention(self) -> None:
        """Which side of the head is on the left of the screen."""
        other: Convention = "neurological" if self._state.convention == "radiological" else "radiological"
        self._session.view.become(self._state.with_convention(other))

    def toggle_interpolation(self) -> None:
        """Smooth or voxel by voxel."""
        self._session.view.update(interpolation="nearest" if self._state.interpolation == "linear" else "linear")

    def toggle_layer(self, name: str) -> None:
        """Show or hide one layer, by its field's name."""
        shown = self._state.layers.shows(name)
        self._session.view.become(self._state.with_layers(**{name: not shown}))

    def next_atlas(self) -> None:
        """Draw the next atlas of those that are in the patient."""
        names = list(self._session.atlases)
        if names:
            current = self._state.layers.atlas
            following = names[(names.index(current) + 1) % len(names)] if current in names else names[0]
            self._session.view.become(self._state.with_layers(atlas=following))

    def reset_window(self) -> None:
        """Forget the window/level chosen for the image."""
        if self._session.volume is not None:
            fingerprint = self._session.volume.fingerprint
            kept = {key: value for key, value in self._state.windows.items() if key != fingerprint}
            self._session.view.update(windows=kept)

    def reset_cameras(self) -> None:
        """No zoom and pan in any view."""
        self._session.view.update(cameras={})

    def zoom_on_thalamus(self) -> None:
        """All slices near to the thalami."""
        self._session.look_at_thalami()

    def zoom_on_target(self) -> None:
        """All slices near to the target whose treatment is shown."""
        self._session.look_at_target()

    def fill(self, view: ViewName | None) -> None:
        """Let one view fill the window, or None for the grid."""
        self._session.view.update(filling=view)

    def go_middle(self) -> None:
        """The cursor to the middle of the image."""
        if self._session.volume is not None:
            self._session.view.update(cursor=self._session.middle())

    def go_target(self, step: int) -> None:
        """The cursor to the target so many places further in the list."""
        plan = self._session.plan
        if plan is None or not plan.targets:
            return
        ids = [target.id for target in plan.targets]
        chosen = self._state.selection.target_id
        start = -1 if step > 0 else 0
        place = ids.index(chosen) if chosen in ids else start
        target = plan.targets[(place + step) % len(ids)]
        self._session.view.become(self._state.with_selection(target_id=target.id, lesion_id=None))
        self._session.view.update(cursor=target.point)

    def go_landmark(self, name: NamedPoint) -> None:
        """The cursor to AC, PC or the mid-commissural point."""
        plan = self._session.plan
        if plan is None:
            return
        ac, pc = plan.landmarks.ac.point, plan.landmarks.pc.point
        places = {"ac": ac, "pc": pc, "mcp": Point.of(ac.frame, (ac.array + pc.array) / 2)}
        self._session.view.update(cursor=places[name])
