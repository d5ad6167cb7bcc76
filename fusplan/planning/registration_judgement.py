"""What a person did to a registration after it was computed, as values: a judgement, and nudges by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Judgement: TypeAlias = Literal["none", "accepted", "distrusted"]
"""What a person said after looking at the pictures."""

JUDGEMENT_SENTENCES: Final[Mapping[Judgement, str]] = {
    "accepted": "Accepted by a person who looked at the pictures.",
    "distrusted": "Judged by a person who looked at the pictures: do not trust this registration.",
}


@dataclass(frozen=True, slots=True)
class HandNudge:
    """How far an atlas was moved by hand, all nudges added up.

    Attributes:
        translation_mm: to the right, anterior and superior of the AC-PC frame.
        rotation_deg: about the right, anterior and superior axes through the mid-commissural point, right-handed:
            pitch (nose up), roll (right side down), yaw (nose to the left).
    """

    translation_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def is_none(self) -> bool:
        return all(abs(value) < 5e-3 for value in (*self.translation_mm, *self.rotation_deg))

    @property
    def sentence(self) -> str:
        """How far, for a person."""
        right, anterior, superior = self.translation_mm
        pitch, roll, yaw = self.rotation_deg
        return (
            f"Nudged by hand along the AC-PC axes: right {right:+.2f} mm, anterior {anterior:+.2f} mm, superior "
            f"{superior:+.2f} mm; pitch {pitch:+.2f} deg, roll {roll:+.2f} deg, yaw {yaw:+.2f} deg."
        )

    def plus(self, other: HandNudge) -> HandNudge:
        """Both, added up axis by axis (exact for translations, and for rotations about one axis)."""
        return HandNudge(_sum(self.translation_mm, other.translation_mm), _sum(self.rotation_deg, other.rotation_deg))


NOT_NUDGED: Final = HandNudge()


def _sum(first: tuple[float, float, float], second: tuple[float, float, float]) -> tuple[float, float, float]:
    return (first[0] + second[0], first[1] + second[1], first[2] + second[2])
