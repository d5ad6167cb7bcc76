"""Press on AC, PC or a midline point: it follows the pointer, and the AC-PC frame with it."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.display.interaction.stage import (
    NOTHING,
    START_PIXELS,
    Drag,
    PlanEdit,
    Pointer,
    PointerShape,
    Response,
    Stage,
)
from fusplan.display.named_landmarks import LandmarkName, landmark_words, named_landmarks
from fusplan.planning import landmark_edits
from fusplan.planning.plan import Plan
from fusplan.spatial import Point, ScannerRas


def landmark_under(stage: Stage, pointer: Pointer) -> tuple[LandmarkName, Point[ScannerRas]] | None:
    """The landmark at the pointer, AC and PC before midline points."""
    if stage.plan is None or not stage.state.layers.landmarks:
        return None
    return next((found for found in named_landmarks(stage.plan.landmarks) if pointer.is_on(found[1])), None)


def move_named_landmark(plan: Plan, name: LandmarkName, place: Point[ScannerRas]) -> Plan:
    """AC, PC or a midline point put elsewhere. Raises DegenerateLandmarksError."""
    if isinstance(name, int):
        return landmark_edits.move_midline_point(plan, name, place)
    return landmark_edits.move_landmark(plan, name, place)


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkDrag:
    """A landmark follows the pointer within the slice."""

    name: LandmarkName
    begun: Point[ScannerRas]
    start: Pointer
    shape: PointerShape = "grabbing"

    def move(self, stage: Stage, pointer: Pointer) -> Response:
        if self.start.pixels_to(pointer.picture_mm) < START_PIXELS:
            return NOTHING
        place = pointer.dragged(self.begun, self.start)
        name = self.name
        edit = PlanEdit(
            f"Move {landmark_words(name)}",
            lambda plan: move_named_landmark(plan, name, place),
            merge_key=f"drag landmark {name}",
        )
        return Response(state=stage.cursor_at(place), edit=edit)


@dataclass(frozen=True, slots=True)
class DragLandmark:
    """Drags landmarks."""

    def grasp(self, stage: Stage, pointer: Pointer) -> PointerShape | None:
        return "grab" if landmark_under(stage, pointer) is not None else None

    def press(self, stage: Stage, pointer: Pointer) -> tuple[Response, Drag | None]:
        found = landmark_under(stage, pointer)
        if found is None:
            return NOTHING, None
        return Response(state=stage.cursor_at(found[1])), LandmarkDrag(found[0], found[1], pointer)
