"""What a person reads of a registration: its measures, how it was made, and how far it was nudged by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from fusplan.display.facts import Fact
from fusplan.planning.plan import RegistrationRecord
from fusplan.planning.registration_judgement import HandNudge
from fusplan.registration.request import QualityMeasure, Verdict

Unit: TypeAlias = Literal["mm", "°"]


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure: its verdict, name, number with unit, and what the number means."""

    verdict: Verdict
    name: str
    value: str
    explanation: str


def measure_rows(measures: tuple[QualityMeasure, ...]) -> tuple[MeasureRow, ...]:
    """All measures, the worst first, otherwise in their order."""
    severity = {"error": 0, "warning": 1, "ok": 2}
    return tuple(_row(measure) for measure in sorted(measures, key=lambda one: severity[one.verdict]))


def _row(measure: QualityMeasure) -> MeasureRow:
    number = f"{measure.value:.2f}" if np.isfinite(measure.value) else "unknown"
    limits = [
        f"{word} beyond {limit:g}"
        for word, limit in (("look twice", measure.warning_limit), ("do not trust", measure.error_limit))
        if limit is not None
    ]
    sentence = measure.sentence[:1].upper() + measure.sentence[1:]
    explanation = f"{sentence} ({', '.join(limits)})." if limits else f"{sentence}."
    return MeasureRow(measure.verdict, measure.name, f"{number} {measure.unit or ''}".strip(), explanation)


def making_facts(record: RegistrationRecord) -> tuple[Fact, ...]:
    """Template, engine, time and versions."""
    total_s = sum(seconds for _, seconds in record.seconds)
    stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in record.seconds)
    facts = [Fact("Template", record.template), Fact("Engine", record.engine, record.engine_words)]
    if record.seconds:
        facts.append(Fact("Took", f"{total_s:.0f} s", stages))
    return (*facts, *(Fact(name, number) for name, number in record.versions))


@dataclass(frozen=True, slots=True)
class NudgeAxis:
    """One way to move an atlas by hand.

    Attributes:
        key: unique.
        name: of the two directions, the negative one first.
        less, more: what a step down and a step up does, for a person.
        unit: mm or degrees.
        place: index among right, anterior, superior.
    """

    key: str
    name: str
    less: str
    more: str
    unit: Unit
    place: int

    def nudge(self, amount: float) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """Translation in mm and rotation in degrees of a step."""
        step = (
            amount if self.place == 0 else 0.0,
            amount if self.place == 1 else 0.0,
            amount if self.place == 2 else 0.0,
        )
        still = (0.0, 0.0, 0.0)
        return (step, still) if self.unit == "mm" else (still, step)

    def words(self, nudged: HandNudge) -> str:
        """How far the atlas was moved this way, with its sign and unit."""
        value = (nudged.translation_mm if self.unit == "mm" else nudged.rotation_deg)[self.place]
        if abs(value) < 5e-3:
            return f"0 {self.unit}" if self.unit == "mm" else "0°"
        sign = "+" if value > 0 else "-"
        return f"{sign}{abs(value):.2f} mm" if self.unit == "mm" else f"{sign}{abs(value):.2f}°"


NUDGE_AXES: tuple[NudgeAxis, ...] = (
    NudgeAxis("right", "Left / right", "Move the atlas to the left", "Move the atlas to the right", "mm", 0),
    NudgeAxis("anterior", "Back / front", "Move the atlas backwards", "Move the atlas forwards", "mm", 1),
    NudgeAxis("superior", "Down / up", "Move the atlas down", "Move the atlas up", "mm", 2),
    NudgeAxis("pitch", "Pitch", "Turn the nose down", "Turn the nose up", "°", 0),
    NudgeAxis("roll", "Roll", "Turn the right side up", "Turn the right side down", "°", 1),
    NudgeAxis("yaw", "Yaw", "Turn the nose to the right", "Turn the nose to the left", "°", 2),
)
"""Along and about the AC-PC axes through the mid-commissural point."""

NUDGE_STEPS = (0.2, 0.5, 1.0, 2.0)
"""mm or degrees of one step."""
