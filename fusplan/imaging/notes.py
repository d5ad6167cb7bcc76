"""What a reader of images noticed, as values: a person sees the sentence, programs ask for the kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.harmless import harmless

NoteKind: TypeAlias = Literal[
    "no transform",
    "handedness",
    "transforms disagree",
    "unusable transform",
    "unknown code",
    "unit of length",
    "voxel size",
    "voxel bits",
    "shear",
    "not numbers",
    "background",
    "chosen volume",
    "trailing bytes",
    "series",
    "compression",
    "privacy",
]

Severity: TypeAlias = Literal["notice", "warning"]
"""A notice says what was done and needs no thought; a warning is to be looked at before anything is planned."""


@dataclass(frozen=True, slots=True)
class ImageNote:
    """Something about an image that a person who plans on it should know.

    Attributes:
        kind: what it is about.
        sentence: for a person; says what was found and what was done about it.
        severity: how serious it is.
    """

    kind: NoteKind
    sentence: str
    severity: Severity = "warning"

    def __post_init__(self) -> None:
        object.__setattr__(self, "sentence", harmless(self.sentence))

    @property
    def verdict(self) -> Literal["ok", "warning"]:
        """As checks have it."""
        return "warning" if self.severity == "warning" else "ok"

    @property
    def as_json(self) -> dict[str, str]:
        """For ``--json`` and the files of programs."""
        return {"kind": self.kind, "severity": self.severity, "sentence": self.sentence}


Notes: TypeAlias = tuple[ImageNote, ...]


def unique(notes: Iterable[ImageNote]) -> Notes:
    """The notes without repetitions, in order."""
    return tuple(dict.fromkeys(notes))


def notes_words(notes: Iterable[ImageNote]) -> str:
    """The notes in one line, for places that hold free text; empty when there are none."""
    return " ".join(note.sentence for note in notes)
