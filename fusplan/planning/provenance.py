"""Where a position came from, in fields: nothing about it has to be read out of a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Confidence: TypeAlias = Literal["V", "C", "M", "derived"]
"""V read in the source, C computed from published data, M from memory of the literature (unverified),
derived: worked out for this program, not a published clinical coordinate."""

SourceKind: TypeAlias = Literal[
    "consensus",
    "atlas centroid",
    "atlas best cover",
    "AC-PC rule",
    "preset",
    "nucleus centroid",
    "placed by hand",
    "moved by hand",
    "mirrored",
    "file",
    "other",
]
"""How a position was found: proposed as where all atlases agree best near the AC-PC rule, by one atlas (the centroid of
what is aimed at, or where a lesion covers most of it) or by the rule; asked for as a preset or as the centroid of a
nucleus; by a person; read from a file of points; ``other`` is what an older plan file says and no version of this
program wrote."""

BY_A_PERSON: Final[frozenset[SourceKind]] = frozenset(("placed by hand", "moved by hand", "mirrored"))


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a position came from.

    Attributes:
        kind: how it was found.
        sentence: how it was found, for a person, without the source.
        confidence: V, C, M or derived; see :data:`Confidence`.
        uncertainty_mm: 1-sigma-like radius stated for it, if any.
        key: of the preset (``vim``), abbreviation of the nucleus (``VPL``), or the identifier of an ``other`` source.
        atlas: name of the atlas that it was computed with.
        citation: the source alone; None where there is none to cite.
    """

    kind: SourceKind
    sentence: str
    confidence: Confidence
    uncertainty_mm: float | None = None
    key: str | None = None
    atlas: str | None = None
    citation: str | None = None

    @property
    def method(self) -> str:
        """Short identifier for tables and other programs, such as ``morel-best-cover``, ``preset:vim``, ``user``."""
        if self.kind in BY_A_PERSON:
            return "user"
        return {
            "consensus": "consensus",
            "atlas centroid": f"{self.atlas}-centroid",
            "atlas best cover": f"{self.atlas}-best-cover",
            "AC-PC rule": "acpc-rule",
            "preset": f"preset:{self.key}",
            "nucleus centroid": f"nucleus:{self.atlas}:{self.key}",
            "file": "file",
        }.get(self.kind, self.key or "other")

    @property
    def words(self) -> str:
        """The sentence with its source."""
        return self.sentence if self.citation is None else f"{self.sentence} Source: {self.citation}"

    def moved_by_hand(self) -> Provenance:
        """Of the same position after a person has changed it; remembers where it started."""
        if self.kind in BY_A_PERSON:
            return self
        return Provenance(
            "moved by hand", f"Moved by hand; started from: {self.sentence}", "derived", citation=self.citation
        )
