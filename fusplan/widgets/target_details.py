"""The selected target: name, colour and aim to edit, where it came from, how sure that is, its place in every frame."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from fusplan.display.interaction.nudge import CONTROL_NUDGE_MM, NUDGE_MM, SHIFT_NUDGE_MM
from fusplan.display.target_rows import TARGET_COLOUR_NAMES, automatic_colour, confidence_words, other_colours
from fusplan.export.coordinate_frames import HeadFrames
from fusplan.planning import edits
from fusplan.planning.plan import Plan, Target
from fusplan.session.editing import apply_edit
from fusplan.spatial import Point, ScannerRas, read_acpc
from fusplan.widgets.aim_choice import NOTHING, AimChoice
from fusplan.widgets.case import Case
from fusplan.widgets.colour_choice import ColourChoice
from fusplan.widgets.coordinate_list import CoordinateList
from fusplan.widgets.go_to_field import GoToField
from fusplan.widgets.height_view import HeightView
from fusplan.widgets.theme import GAP_SMALL, set_role

NUDGE_HINT = (
    f"Arrow keys in a slice move it by {NUDGE_MM:g} mm, with Shift {SHIFT_NUDGE_MM:g}, with Ctrl "
    f"{CONTROL_NUDGE_MM:.1f} mm; or drag it."
)
LOCKED_HINT = "Locked: unlock it to drag it or to move it with the arrow keys."


class TargetDetails(QWidget):
    """Shows one target of the case."""

    def __init__(self, case: Case, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self._target: Target | None = None
        self._frames: HeadFrames | None = None
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the target")
        self.name.setToolTip("The target's name; Enter keeps it")
        self.name.setMaxLength(edits.LONGEST_NAME)
        self.name.editingFinished.connect(self._rename)
        self.colour = ColourChoice(TARGET_COLOUR_NAMES, other_colours(), "Colour of the target")
        self.colour.chosen.connect(self._recolour)
        self.aim = AimChoice()
        self.aim.chosen.connect(self._aim)
        self.place = _wrapped("plain")
        self.source = _wrapped("small")
        self.hint = _wrapped("small")
        self.explanation = HeightView(case)
        self.coordinates = CoordinateList()
        self.typed = GoToField(case, words=("Move", "Move the target there"), take=self._move)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_SMALL)
        for widget in (
            self.name,
            self.colour,
            self.aim,
            self.place,
            self.hint,
            self.coordinates,
            self.typed,
            self.source,
        ):
            layout.addWidget(widget)
        layout.insertWidget(layout.indexOf(self.place) + 1, self.explanation)

    def show_target(self, target: Target) -> None:
        """Show a target of the open plan."""
        plan, volume = self._case.plan, self._case.volume
        if plan is None or volume is None:
            return
        if self._target is None or target.id != self._target.id or not self.name.hasFocus():
            self.name.setText(target.name)
        self._target = target
        self.colour.show_colour(target.colour, automatic_colour(plan.targets, target.id))
        self.aim.show_aim(target.aim.key if target.aim is not None else None)
        provenance = target.provenance
        confidence = confidence_words(provenance)
        self.source.setText(f"{provenance.words.rstrip('.')}.\n{confidence[:1].upper()}{confidence[1:]}.")
        self.hint.setText(LOCKED_HINT if target.locked else NUDGE_HINT)
        frames = HeadFrames.of(volume, plan)
        self._frames = frames
        self.typed.show_frames(frames)
        self.typed.setEnabled(not target.locked)
        self._show_place(target.point, plan)
        self.explanation.show_target(target)

    def follow(self, target: Target) -> bool:
        """Show where the target lies while it is moved: what takes no time. False where more has changed than that."""
        plan, shown = self._case.plan, self._target
        if plan is None or shown is None or replace(shown, point=target.point) != target:
            return False
        self._target = target
        self.explanation.follow(self._show_place(target.point, plan))
        return True

    def _show_place(self, point: Point[ScannerRas], plan: Plan) -> float:
        """Its place in every frame; returns how high that is above the AC-PC plane, mm."""
        reading = read_acpc(point, plan.landmarks.geometry())
        self.place.setText(reading.words[:1].upper() + reading.words[1:])
        if self._frames is not None:
            self.coordinates.show_readings(self._frames.read(point))
        return reading.above_plane_mm

    def _move(self, point: Point[ScannerRas]) -> None:
        """Put the target at a typed place. Raises TargetLockedError."""
        target, document = self._target, self._case.document
        if target is None or document is None:
            return
        document.apply(f"Move {target.name} to a typed place", lambda plan: edits.move_target(plan, target.id, point))
        self._case.view.update(cursor=point)

    def _rename(self) -> None:
        target, wanted = self._target, self.name.text().strip()
        if target is None or wanted == target.name:
            return
        label = f"Rename {target.name} to {wanted}"
        if not apply_edit(self._case, label, lambda plan: edits.rename_target(plan, target.id, wanted)):
            self.name.setText(target.name)

    def _recolour(self, colour: str) -> None:
        """Give the target a colour, or with "" the automatic one."""
        target = self._target
        if target is None:
            return
        label = f"Colour {target.name}" if colour else f"Give {target.name} its automatic colour"
        wanted = colour or None
        if not apply_edit(self._case, label, lambda plan: edits.set_target_colour(plan, target.id, wanted)):
            self.show_target(target)

    def _aim(self, key: str) -> None:
        """Say what the target aims at, or with "" that it aims at nothing in particular."""
        target = self._target
        if target is None:
            return
        label = f"Aim {target.name} at {key or NOTHING}"
        if not apply_edit(self._case, label, lambda plan: edits.aim_target(plan, target.id, key or None)):
            self.show_target(target)


def _wrapped(role: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    set_role(label, role)  # type: ignore[arg-type]
    return label
