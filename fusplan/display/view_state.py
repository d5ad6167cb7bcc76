"""What the person looks at: cursor, axes, zoom, window/level, layers and mode, as one frozen value.

None of it belongs to the plan, so none of it is undone. :class:`ViewStateHolder` is the only place where it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from fusplan.display.image_layers import FIRST_STACK, ImageStack
from fusplan.display.layer_table import FIRST_LAYERS, Layers
from fusplan.display.views import Convention, ViewKind
from fusplan.imaging.intensity import IntensityWindow
from fusplan.signals import Signal
from fusplan.spatial import Point, ScannerRas

AxesKind: TypeAlias = Literal["scanner", "acpc"]
Interpolation: TypeAlias = Literal["linear", "nearest"]
ViewName: TypeAlias = Literal["axial", "coronal", "sagittal", "scene"]
Arrangement: TypeAlias = tuple[tuple[ViewName, ...], ...]
"""Rows of views from the top down, each from left to right."""

FOUR_VIEWS: Arrangement = (("axial", "coronal"), ("sagittal", "scene"))

Mode: TypeAlias = Literal["crosshair", "place_target", "measure_distance", "measure_angle", "window_level"]

TREATMENT = "treatment"
"""Key of the workspace that shows what the treatment does."""

SMALLEST_ZOOM, LARGEST_ZOOM = 0.25, 40.0
"""Zoom 1 fits the whole image into the view."""


@dataclass(frozen=True, slots=True)
class SliceCamera:
    """How one slice view looks at its plane.

    Attributes:
        zoom: 1 fits the image into the view; 2 shows everything twice as large.
        pan_mm: where the middle of the view lies, mm to the screen's right and up from the image's centre.
    """

    zoom: float = 1.0
    pan_mm: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Selection:
    """The things that keys and handles act on, by id; a spot by its number among those of the target, from 1."""

    target_id: str | None = None
    lesion_id: str | None = None
    measurement_id: str | None = None
    spot: int | None = None


@dataclass(frozen=True, slots=True)
class ViewState:
    """All that decides what the views show besides the plan and the images.

    Attributes:
        cursor: where the three slices meet; None while no image is open.
        cameras: per slice view; a view that is missing has :class:`SliceCamera` defaults.
        windows: window/level by image fingerprint; an image that is missing has its own default.
        layers: what is drawn over the image.
        image_layers: the pictures that lie over the first image.
        filling: the view that fills the grid alone, or None for all of the workspace.
        workspace: key of the workspace that is shown.
        new_target_name: name of a target placed in mode ``place_target``.
        pending: the points of a measurement that is being made.
    """

    cursor: Point[ScannerRas] | None = None
    axes: AxesKind = "scanner"
    convention: Convention = "radiological"
    interpolation: Interpolation = "linear"
    cameras: Mapping[str, SliceCamera] = field(default_factory=dict)
    windows: Mapping[str, IntensityWindow] = field(default_factory=dict)
    layers: Layers = FIRST_LAYERS
    image_layers: ImageStack = FIRST_STACK
    mode: Mode = "crosshair"
    selection: Selection = Selection()
    filling: ViewName | None = None
    workspace: str = "plan"
    presenting: bool = False
    new_target_name: str = "Target"
    pending: tuple[Point[ScannerRas], ...] = ()

    def camera(self, view: ViewKind) -> SliceCamera:
        return self.cameras.get(view, SliceCamera())

    def window_of(self, fingerprint: str) -> IntensityWindow | None:
        """The window/level a person chose for this image, or None when nobody has."""
        return self.windows.get(fingerprint)

    def with_camera(self, view: ViewKind, camera: SliceCamera) -> ViewState:
        """The state with another camera for one view; its zoom is kept within limits."""
        zoom = min(max(camera.zoom, SMALLEST_ZOOM), LARGEST_ZOOM)
        return replace(self, cameras={**self.cameras, view: replace(camera, zoom=zoom)})

    def with_convention(self, convention: Convention) -> ViewState:
        """The state with the patient's right on the other side, if it is another; every view keeps its place."""
        if convention == self.convention:
            return self
        mirrored = {
            view: replace(camera, pan_mm=(-camera.pan_mm[0], camera.pan_mm[1])) if view != "sagittal" else camera
            for view, camera in self.cameras.items()
        }
        return replace(self, convention=convention, cameras=mirrored)

    def with_window(self, fingerprint: str, window: IntensityWindow) -> ViewState:
        """The state with another window/level for one image."""
        return replace(self, windows={**self.windows, fingerprint: window})

    def with_layers(self, **changes: Any) -> ViewState:
        """The state with some layers changed."""
        return replace(self, layers=replace(self.layers, **changes))

    def with_image_layer(self, key: str, **changes: Any) -> ViewState:
        """The state with some settings of one image layer changed. Raises KeyError."""
        return replace(self, image_layers=self.image_layers.changed(key, **changes))

    def with_selection(self, **changes: Any) -> ViewState:
        """The state with another target, lesion, measurement or spot selected; another target has no spot selected."""
        if changes.get("target_id", self.selection.target_id) != self.selection.target_id:
            changes = {"spot": None, **changes}
        return replace(self, selection=replace(self.selection, **changes))


ViewChange: TypeAlias = Callable[[ViewState], ViewState]


class ViewStateHolder:
    """Holds the current :class:`ViewState` and tells listeners ``(before, after)`` when it changes."""

    def __init__(self, state: ViewState | None = None) -> None:
        self._state = state if state is not None else ViewState()
        self._changed: Signal[ViewState, ViewState] = Signal(ViewState, ViewState)

    @property
    def state(self) -> ViewState:
        return self._state

    def update(self, **changes: Any) -> None:
        """Change fields of the state by name: ``update(cursor=point)``. TypeError for a name it does not have."""
        self.become(replace(self._state, **changes))

    def change(self, how: ViewChange) -> None:
        """Change the state by a function: ``change(lambda state: state.with_layers(contours=False))``."""
        self.become(how(self._state))

    def become(self, state: ViewState) -> None:
        """Replace the state and tell the listeners, unless nothing changed."""
        before = self._state
        if state == before:
            return
        self._state = state
        self._changed.emit(before, state)

    def connect(self, listener: Callable[[ViewState, ViewState], object]) -> Callable[[], None]:
        """Call ``listener(before, after)`` after every change; the function returned ends that."""
        return self._changed.connect(listener)
