"""Why a target lies as high above the AC-PC plane as it does, and what the other sources say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.presets import CLP_RULE, REMEMBERED_ABOVE_PLANE_MM
from fusplan.atlas.structure_ref import StructureRef
from fusplan.planning.number_words import number
from fusplan.planning.plan import Plan, Target
from fusplan.spatial import AcPcGeometry, Point, Points, ScannerRas, read_acpc

REACH_MM, STEP_MM = 25.0, 0.25
"""How far above and below the plane a nucleus is looked for, and in which steps (derived: thalami end at 20 mm)."""


@dataclass(frozen=True, slots=True)
class HeightSource:
    """How high another source puts it: its name, mm above the plane, where that is."""

    name: str
    above_mm: float
    point: Point[ScannerRas]


@dataclass(frozen=True, slots=True)
class TargetHeight:
    """Why so high.

    Attributes:
        heading: how high.
        sentence: between which heights the aim lies above and below the target, by every atlas.
        sources: the proposals of its side for the same aim, in their order.
    """

    heading: str
    sentence: str
    sources: tuple[HeightSource, ...]


def target_height(target: Target, plan: Plan, atlases: tuple[HeadAtlas, ...]) -> TargetHeight:
    """Some milliseconds.

    Args:
        target: of the plan.
        plan: for its landmarks and proposals.
        atlases: those in the head.
    """
    geometry = plan.landmarks.geometry()
    above_mm = read_acpc(target.point, geometry).above_plane_mm
    heading = height_question(above_mm)
    aim = target.aim
    if aim is None:
        return TargetHeight(heading, "It aims at nothing in particular: no atlas explains its height.", ())
    spans = [_span_words(target, aim, atlas, geometry) for atlas in atlases if atlas.atlas.describes(aim)]
    sentence = f"On the vertical line through it {aim.key} lies {'; '.join(spans)}." if spans else ""
    if aim.key == CLP_RULE.aim_key:
        low, high = REMEMBERED_ABOVE_PLANE_MM
        sentence += f" As remembered, unverified: {low:g} to {high:g} mm above the plane."
    sources = tuple(
        HeightSource(proposal.name, read_acpc(proposal.point, geometry).above_plane_mm, proposal.point)
        for proposal in plan.proposals
        if proposal.aim == aim
    )
    return TargetHeight(heading, sentence, sources)


def height_question(above_mm: float) -> str:
    """``Why 6.5 mm above the plane?``."""
    return f"Why {height_words(above_mm)}?"


def height_words(above_mm: float) -> str:
    """``6.5 mm above the plane``."""
    return f"{short_height_words(above_mm)} the plane"


def short_height_words(above_mm: float) -> str:
    """``6.5 mm above``, where it is known of what."""
    return f"{number(abs(above_mm))}\N{NO-BREAK SPACE}mm {'above' if above_mm >= 0 else 'below'}"


def span_mm(target: Target, aim: StructureRef, atlas: HeadAtlas, geometry: AcPcGeometry) -> tuple[float, float] | None:
    """The lowest and highest place of the aim on the vertical line through a target, mm above the plane.

    None where the line does not meet it.
    """
    above_mm = read_acpc(target.point, geometry).above_plane_mm
    heights_mm = np.arange(-REACH_MM, REACH_MM + STEP_MM / 2, STEP_MM)
    places = target.point.array + (heights_mm - above_mm)[:, None] * geometry.axes[:, 2]
    met = np.flatnonzero(atlas.atlas.members(aim, atlas.labelling(Points(target.point.frame, places))))
    return (float(heights_mm[met[0]]), float(heights_mm[met[-1]])) if len(met) else None


def _span_words(target: Target, aim: StructureRef, atlas: HeadAtlas, geometry: AcPcGeometry) -> str:
    span = span_mm(target, aim, atlas, geometry)
    by = f"by {atlas.atlas.short_title}"
    if span is None:
        return f"nowhere {by}"
    low, high = span
    return f"{number(low)} to {number(high)}\N{NO-BREAK SPACE}mm above the plane {by}"
