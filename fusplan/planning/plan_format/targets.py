"""Targets and proposals in a plan file, with what they aim at and where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, Self

from pydantic import model_validator

from fusplan.atlas.structure_ref import StructureRef
from fusplan.planning.plan import Proposal, Target
from fusplan.planning.plan_format.fields import (
    SCANNER,
    Colour,
    Coordinates,
    Distance,
    Model,
    ScannerFrame,
    Side,
    Text,
)
from fusplan.planning.plan_format.upgrade_step import Upgrade, changed_each
from fusplan.planning.provenance import Provenance, SourceKind
from fusplan.spatial import Point, ScannerRas


class StructureModel(Model):
    """A structure: its abbreviation in an atlas, or of a part cut out of one, and its side."""

    key: Text
    side: Side

    @classmethod
    def of(cls, structure: StructureRef) -> StructureModel:
        return cls(key=structure.key, side=structure.side)

    def value(self) -> StructureRef:
        return StructureRef(self.key, self.side)


_NEEDED: Final[Mapping[SourceKind, tuple[str, ...]]] = {
    "atlas centroid": ("atlas",),
    "atlas best cover": ("atlas",),
    "preset": ("key",),
    "nucleus centroid": ("atlas", "key"),
    "other": ("key",),
}


class ProvenanceModel(Model):
    """Where a position came from."""

    kind: Literal[
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
    key: Text | None
    atlas: Text | None
    citation: Text | None
    sentence: str
    confidence: Literal["V", "C", "M", "derived"]
    uncertainty_mm: Distance | None

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Self:
        for field in _NEEDED.get(self.kind, ()):
            if getattr(self, field) is None:
                raise ValueError(f"{field} may not be null where kind is {self.kind!r}")
        return self

    @classmethod
    def of(cls, provenance: Provenance) -> ProvenanceModel:
        return cls(
            kind=provenance.kind,
            key=provenance.key,
            atlas=provenance.atlas,
            citation=provenance.citation,
            sentence=provenance.sentence,
            confidence=provenance.confidence,
            uncertainty_mm=provenance.uncertainty_mm,
        )

    def value(self) -> Provenance:
        return Provenance(**self.model_dump())


class ProposalModel(Model):
    """A proposed position."""

    name: Text
    side: Side
    frame: ScannerFrame
    mm: Coordinates
    aim: StructureModel
    provenance: ProvenanceModel

    @classmethod
    def of(cls, proposal: Proposal) -> ProposalModel:
        return cls(
            name=proposal.name,
            side=proposal.side,
            frame=SCANNER,
            mm=proposal.point.coordinates,
            aim=StructureModel.of(proposal.aim),
            provenance=ProvenanceModel.of(proposal.provenance),
        )

    def value(self, frame: ScannerRas) -> Proposal:
        point = Point.of(frame, self.mm)
        return Proposal(self.name, self.side, point, self.provenance.value(), self.aim.value())


class TargetModel(Model):
    """A target; ``colour`` is null where the program chooses it, ``aim`` where it aims at nothing in particular."""

    id: Text
    name: Text
    side: Side
    frame: ScannerFrame
    mm: Coordinates
    aim: StructureModel | None
    provenance: ProvenanceModel
    locked: bool
    colour: Colour | None

    @classmethod
    def of(cls, target: Target) -> TargetModel:
        return cls(
            id=target.id,
            name=target.name,
            side=target.side,
            frame=SCANNER,
            mm=target.point.coordinates,
            aim=None if target.aim is None else StructureModel.of(target.aim),
            provenance=ProvenanceModel.of(target.provenance),
            locked=target.locked,
            colour=target.colour,
        )

    def value(self, frame: ScannerRas) -> Target:
        return Target(
            id=self.id,
            name=self.name,
            side=self.side,
            point=Point.of(frame, self.mm),
            provenance=self.provenance.value(),
            locked=self.locked,
            colour=self.colour,
            aim=None if self.aim is None else self.aim.value(),
        )


def _with_colours(content: dict[str, Any]) -> dict[str, Any]:
    """Version 3 knows chosen colours of targets. Version 2 did not."""
    return changed_each(content, "targets", lambda target: {"colour": None, **target})


def _may_be_a_consensus(content: dict[str, Any]) -> dict[str, Any]:
    """Version 5 knows positions where the atlases agree. What version 4 says, it says alike."""
    return content


UPGRADES: Final[Mapping[int, Upgrade]] = {2: _with_colours, 4: _may_be_a_consensus}
