"""Whether a CT that was laid over a head is of that head: skin upon skin, brain inside the skull, the vault whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.errors import FusplanError
from fusplan.simulation.head_rays import BoolArray, last_crossing
from fusplan.simulation.head_shell import HeadShell
from fusplan.simulation.skull import BONE_FROM_HU, SKIN_FROM_HU, Skull, SkullWarning
from fusplan.spatial.points import FloatArray

SKIN_APART_MM = (4.0, 6.0)
"""90th percentile of the distance of both images' skin: told of, refused. C: 1.9 mm with a CT of the same head, 2.9 and
7.9 mm with the same CT over two other heads."""

TABLE_SPREAD_MM = (1.5, 3.0)
"""Spread of the distance of both images' outer table: told of, refused. C, as above: 0.4; 2.1 and 3.9 mm."""

GAP_SPREAD_MM = (2.0, 3.5)
"""Spread of the gap between brain and inner table: told of, refused. C, as above: 1.0; 2.4 and 4.9 mm."""

BRAIN_OUTSIDE = 0.12
"""Share of the rays on which the brain lies in bone or outside it: told of. C, as above: 0.05; 0.06 and 0.18."""

IN_VIEW = (0.985, 0.75)
"""Share of the vault that lies within the CT: less is told of, refused."""

CONTRAST_HU = (150.0, 700.0)
"""Of vessels filled with contrast agent, 4 mm and more within the brain's edge (brain 20 to 45 HU; M, unverified)."""

CONTRAST_DEPTH_MM = 4.0

LARGEST_CONTRAST_SHARE = 0.004
"""Of the brain above the horizontal: calcifications of choroid plexus and pineal gland are fewer (derived)."""


class AnotherHeadError(FusplanError):
    """A CT does not fit the head that it is laid over."""

    def __init__(self, name: str, fit: CtFit) -> None:
        super().__init__(
            f"{name} does not fit this head: where it was laid, its skin is up to {fit.skin_apart_mm[1]:.0f} mm away "
            f"from the planning image's, and the gap between brain and skull varies by {fit.gap_spread_mm:.1f} mm.",
            "It may be of another person, or its header may turn or mirror it (upside down, back to front). Give the "
            "CT of this person, read from the scanner's own files.",
        )


class CroppedCtError(FusplanError):
    """A CT does not hold the vault."""

    def __init__(self, name: str, in_view: float) -> None:
        super().__init__(
            f"{name} holds only {100 * in_view:.0f} % of this head's skull above the horizontal.",
            "Give a CT that reaches from the skull's base to the air above its top.",
        )


@dataclass(frozen=True, slots=True)
class CtFit:
    """How a CT, where it was laid, agrees with the planning image on rays over the vault.

    Attributes:
        in_view: share of the rays whose skull, by the planning image, lies within the CT.
        skin_apart_mm: median and 90th percentile of the distance between both images' skin, along the rays in view.
        table_spread_mm: half the distance from the 16th to the 84th percentile of the distance between both images'
            outer table.
        brain_outside: share of these rays on which the brain's edge lies more than a millimetre outside the CT's inner
            table, or on which there is no bone.
        gap_spread_mm: the same of the gap between brain edge and inner table, which is even in one head and uneven
            where another head's skull lies over it.
        contrast_share: share of the brain that has the CT numbers of vessels filled with contrast agent.
    """

    in_view: float
    skin_apart_mm: tuple[float, float]
    table_spread_mm: float
    brain_outside: float
    gap_spread_mm: float
    contrast_share: float

    @property
    def is_another_head(self) -> bool:
        """Whether two of skin, outer table and brain contradict that this is the same head, or cannot be compared."""
        # Written so that not-a-number contradicts.
        contradicting = [not measure <= refused for measure, (_, refused) in self._measures]
        return sum(contradicting) >= 2

    @property
    def is_doubtful(self) -> bool:
        """Whether any of them does, a little."""
        return self.brain_outside > BRAIN_OUTSIDE or any(not measure <= told for measure, (told, _) in self._measures)

    @property
    def _measures(self) -> tuple[tuple[float, tuple[float, float]], ...]:
        return (
            (self.skin_apart_mm[1], SKIN_APART_MM),
            (self.table_spread_mm, TABLE_SPREAD_MM),
            (self.gap_spread_mm, GAP_SPREAD_MM),
        )


def ct_fit(skull: Skull, shell: HeadShell) -> CtFit:
    """Measure how well a CT's skull fits the shell that the planning image shows."""
    rays, upper = shell.rays, shell.upper
    hounsfield = skull.hounsfield
    values, distances = rays.seen(hounsfield)[upper], rays.distances_mm
    in_view = hounsfield.grid.contains(rays.points_at(shell.outer_mm))[upper]
    skin_apart = np.abs(last_crossing(values > SKIN_FROM_HU, distances) - shell.skin_mm[upper])[in_view]
    table_apart = (last_crossing(values > BONE_FROM_HU, distances) - shell.outer_mm[upper])[in_view]
    gap = (_first_bone(values, distances) - shell.brain_mm[upper])[in_view]
    return CtFit(
        in_view=float(in_view.mean()),
        skin_apart_mm=_percentiles(skin_apart, 50, 90),
        table_spread_mm=_spread(table_apart),
        brain_outside=float(np.mean(~(gap > -1.0))) if len(gap) else 1.0,
        gap_spread_mm=_spread(gap),
        contrast_share=_contrast_share(values, distances, shell.brain_mm[upper]),
    )


def require_same_head(name: str, fit: CtFit) -> tuple[SkullWarning, ...]:
    """What is doubtful about a CT's fit.

    Raises:
        CroppedCtError: most of the vault is missing.
        AnotherHeadError: it is of another person, or turned or mirrored by its header.
    """
    if fit.in_view < IN_VIEW[1]:
        raise CroppedCtError(name, fit.in_view)
    if fit.is_another_head:
        raise AnotherHeadError(name, fit)
    found = (_doubt(fit), _cropped(fit), _contrast(fit))
    return tuple(warning for warning in found if warning is not None)


def _doubt(fit: CtFit) -> SkullWarning | None:
    if not fit.is_doubtful:
        return None
    return SkullWarning(
        "registration",
        f"The CT may be of another head: its skin over the vault lies up to {fit.skin_apart_mm[1]:.1f} mm from the "
        f"planning image's, its outer table varies by {fit.table_spread_mm:.1f} mm about where that shows it, and the "
        f"gap between brain and bone by {fit.gap_spread_mm:.1f} mm. Look at it over the planning image.",
        sdr_unreliable=True,
    )


def _cropped(fit: CtFit) -> SkullWarning | None:
    if fit.in_view >= IN_VIEW[0]:
        return None
    return SkullWarning(
        "cropped",
        f"The CT ends within the head: {100 * (1 - fit.in_view):.0f} % of the skull above the horizontal is not on it, "
        "and the elements that beam through there count as meeting no bone.",
    )


def _contrast(fit: CtFit) -> SkullWarning | None:
    if fit.contrast_share <= LARGEST_CONTRAST_SHARE:
        return None
    return SkullWarning(
        "contrast",
        f"{100 * fit.contrast_share:.1f} % of the brain has {CONTRAST_HU[0]:g} to {CONTRAST_HU[1]:g} HU: the CT seems "
        "to be taken with contrast agent, whose vessels at the skull count as bone.",
        sdr_unreliable=True,
    )


def _first_bone(values: FloatArray, distances: FloatArray) -> FloatArray:
    """Distance (n,) of the first bone beyond the deep brain; not-a-number where none is."""
    bone: BoolArray = (values > BONE_FROM_HU) & (distances > 40.0)
    return np.where(bone.any(axis=1), distances[np.argmax(bone, axis=1)], np.nan)


def _percentiles(values: FloatArray, low: float, high: float) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if known.size == 0:
        return (float("nan"), float("nan"))
    return (float(np.percentile(known, low)), float(np.percentile(known, high)))


def _spread(values: FloatArray) -> float:
    low, high = _percentiles(values, 16, 84)
    return (high - low) / 2


def _contrast_share(values: FloatArray, distances: FloatArray, brain_mm: FloatArray) -> float:
    weight = np.where(distances < brain_mm[:, None] - CONTRAST_DEPTH_MM, distances**2, 0.0)
    is_filled = (values > CONTRAST_HU[0]) & (values < CONTRAST_HU[1])
    return float((weight * is_filled).sum() / max(weight.sum(), 1e-9))
