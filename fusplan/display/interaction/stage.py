"""What a strategy is given and what it answers: frozen values, so that every gesture is tested without a window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeAlias

import numpy as np

from fusplan.display.treated_spots import TreatedSpots
from fusplan.display.view_state import ViewState
from fusplan.display.views import REACH_MM, SliceView
from fusplan.imaging.intensity import IntensityWindow
from fusplan.planning.plan import Plan
from fusplan.spatial import Point, Points, ScannerRas
from fusplan.spatial.points import FloatArray

Button: TypeAlias = Literal["left", "middle", "right"]
PointerShape: TypeAlias = Literal["cross", "grab", "grabbing", "resize", "rotate", "move", "forbidden", "level"]

GRASP_PIXELS = 8.0
"""A thing is grasped when the pointer is this near to it on the screen."""

START_PIXELS = 4.0
"""A drag begins only after the pointer has moved this far, so that a click never moves what it selects."""


@dataclass(frozen=True, slots=True, eq=False)
class Pointer:
    """Where the pointer is on a slice.

    Attributes:
        view: the slice.
        picture_mm: shape (2,), mm from the left and from the top border of the slice.
        mm_per_pixel: size of one screen pixel.
    """

    view: SliceView
    picture_mm: FloatArray
    mm_per_pixel: float
    shift: bool = False
    control: bool = False
    alt: bool = False

    @property
    def point(self) -> Point[ScannerRas]:
        """The point of the slice under the pointer."""
        return self.view.to_scanner(self.picture_mm[None, :])[0]

    def pixels_to(self, picture_mm: FloatArray) -> float:
        """Distance on the screen to a place given in picture mm."""
        return float(np.linalg.norm(self.picture_mm - picture_mm)) / self.mm_per_pixel

    def is_on(self, point: Point[ScannerRas]) -> bool:
        """Whether the pointer is on a point that is near enough to the slice to be drawn."""
        gathered = Points.gather([point])
        if abs(float(self.view.depth_mm(gathered)[0])) > REACH_MM:
            return False
        return self.pixels_to(self.view.to_picture(gathered)[0]) <= GRASP_PIXELS

    def dragged(self, point: Point[ScannerRas], since: Pointer) -> Point[ScannerRas]:
        """``point`` moved within the slice as far as the pointer has moved since; its depth stays."""
        moved = self.point.array - since.point.array
        return Point.of(point.frame, point.array + moved)


@dataclass(frozen=True, slots=True)
class PlanEdit:
    """An edit for the document: ``label`` names it in the history, edits with one ``merge_key`` merge."""

    label: str
    apply: Callable[[Plan], Plan]
    merge_key: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What a gesture leads to: another view state, an edit of the plan, a sentence for the status line."""

    state: ViewState | None = None
    edit: PlanEdit | None = None
    notice: str | None = None


NOTHING = Response()


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What there is to act on.

    Attributes:
        state: what is shown.
        plan: the current plan, or None before a registration.
        no_plan_reason: why targets cannot be placed while there is no plan.
        fingerprint: of the first image.
        window: its window/level in use.
        spots: of the target whose treatment is shown; None outside of its workspace.
    """

    state: ViewState
    plan: Plan | None
    no_plan_reason: str
    fingerprint: str
    window: IntensityWindow
    spots: TreatedSpots | None = None

    def cursor_at(self, point: Point[ScannerRas]) -> ViewState:
        return replace(self.state, cursor=point)


class Drag(Protocol):
    """A drag under way: made by a press, asked for every move."""

    @property
    def shape(self) -> PointerShape: ...

    def move(self, stage: Stage, pointer: Pointer) -> Response:
        """The pointer moved with the button held."""


class Strategy(Protocol):
    """One thing the left button can do."""

    def grasp(self, stage: Stage, pointer: Pointer) -> PointerShape | None:
        """The pointer's shape when a press here would be this strategy's, else None."""

    def press(self, stage: Stage, pointer: Pointer) -> tuple[Response, Drag | None]:
        """The button went down where :meth:`grasp` said yes."""
