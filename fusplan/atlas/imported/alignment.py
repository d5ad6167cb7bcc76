"""Whether an atlas lies where the thalamus lies, the right way round: the check at import, with causes.

An atlas is compared with the built-in thalamus (Morel and Julich figures together). What this can tell: swapped sides,
a mirrored or shifted affine, wrong units, another brain. What it cannot tell: one MNI152 template taken for another,
which moves the thalamus by about a millimetre.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Generic, Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from fusplan.atlas.imported.label_atlas import LabelAtlas, LabelStructure
from fusplan.atlas.imported.raw_atlas import listed
from fusplan.atlas.imported.structure_names import is_whole_thalamus
from fusplan.errors import FusplanError
from fusplan.spatial import Points, Side
from fusplan.spatial.frames import Frame
from fusplan.spatial.points import FloatArray

F = TypeVar("F", bound=Frame)
Verdict: TypeAlias = Literal["ok", "warning", "error"]
Sides = npt.NDArray[np.int8]
WhereThalamus: TypeAlias = Callable[[Points[F]], Sides]
"""Points (n,) of a frame to ``OUT``, ``LEFT`` or ``RIGHT``: in which thalamus each lies."""

OUT, LEFT, RIGHT = 0, 1, 2
_CODES: dict[Side, int] = {"left": LEFT, "right": RIGHT}
_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}
SIDES: tuple[Side, Side] = ("left", "right")

CONTAINED_OK = 0.75
CONTAINED_POSSIBLE = 0.5
"""Share of the thalamic structures that lies inside the built-in thalamus. FreeSurfer's thalamus of one head has 0.8
to 0.9; a shift by 8 mm leaves about a half (own judgement)."""

SWAPPED = 0.5
"""More of the left structures inside the right thalamus than this means swapped sides (own judgement)."""

OFFSET_OK_MM, OFFSET_POSSIBLE_MM = 3.0, 6.0
"""Distance of the centroids where an atlas describes the whole thalamus; methods differ by 1 to 3 (own judgement)."""

WHOLE_MM3 = (3000.0, 14_000.0)
"""Volume of one whole thalamus: 6000 to 8000 in adults; wide for children, atrophy and definitions (own judgement)."""

NUCLEUS_LARGEST_MM3 = 5000.0
"""No single nucleus is larger: the pulvinar, the largest, has 1700 to 3000 mm3 (C, facts of two atlases; own
judgement for the limit)."""

SIDES_RATIO = 3.0
"""The same nucleus on both sides rarely differs in volume by more than this factor (own judgement)."""

SMALL_MM3 = 50.0
"""Differences between sides are not looked at in smaller nuclei."""

DESCRIBES_WHOLE = 0.6
"""From this share of the built-in thalamus on an atlas counts as one of the whole thalamus."""

_UNITS = ((10.0, "centimetres"), (1000.0, "metres"), (0.1, "tenths of a millimetre"), (0.001, "micrometres"))

NEAR_MM = 25.0
"""Neighbours of the thalamus (subthalamic and red nucleus, pallidum) lie nearer to it than this (own judgement)."""


class AtlasAlignmentError(FusplanError):
    """An atlas does not lie where the thalamus is, or is the wrong way round."""


class SidesSwappedError(AtlasAlignmentError):
    """The left structures of an atlas lie on the right."""


class ImplausibleVolumesError(AtlasAlignmentError):
    """Structures of an atlas are of impossible sizes."""


@dataclass(frozen=True, slots=True)
class AlignmentFinding:
    """One part of the check, for a person."""

    name: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Thalamic structures of one side against the built-in thalamus.

    Attributes:
        volume_mm3, reference_mm3: of the structures and of the built-in thalamus of this side.
        inside, inside_other: share of the structures in the thalamus of their own and of the other side.
        dice: twice the common volume by the sum of volumes.
        is_whole: whether the structures together are about the whole thalamus, by name or by volume.
        offset_mm: from the centroid of the built-in thalamus to that of the structures, RAS.
    """

    side: Side
    volume_mm3: float
    reference_mm3: float
    inside: float
    inside_other: float
    dice: float
    is_whole: bool
    offset_mm: tuple[float, float, float]

    @property
    def distance_mm(self) -> float:
        """Length of the offset."""
        return float(np.linalg.norm(self.offset_mm))


@dataclass(frozen=True, slots=True, eq=False)
class ThalamusReference(Generic[F]):
    """The built-in thalamus in one frame.

    Attributes:
        where: tells of any points in which thalamus they lie.
        places_mm, volume_mm3: of each side, points (n, 3) that fill it evenly, and its volume.
    """

    where: WhereThalamus[F]
    places_mm: Mapping[Side, FloatArray]
    volume_mm3: Mapping[Side, float]


def check_alignment(atlas: LabelAtlas[F], reference: ThalamusReference[F]) -> tuple[AlignmentFinding, ...]:
    """Compare an atlas with the built-in thalamus in the same frame.

    Raises:
        SidesSwappedError, ImplausibleVolumesError, AtlasAlignmentError: with the cause.
    """
    volumes = check_volumes(atlas)
    thalamic = [one for one in atlas.structures if one.thalamic]
    if not thalamic:
        return (*volumes, _nothing_thalamic(atlas, reference))
    overlaps = [
        _overlap(atlas, [one for one in thalamic if one.side == side], side, reference)
        for side in SIDES
        if any(one.side == side for one in thalamic)
    ]
    for overlap in overlaps:
        _refuse_misplaced(atlas, overlap, reference.where)
    return (*volumes, *(_finding(overlap) for overlap in overlaps))


def check_volumes(atlas: LabelAtlas[F]) -> tuple[AlignmentFinding, ...]:
    """Volumes by themselves, and left against right. Raises ImplausibleVolumesError."""
    for side in SIDES:
        whole = [one for one in atlas.structures if one.side == side and one.thalamic]
        total = sum(one.volume_mm3 for one in whole)
        parts = [one for one in whole if not is_whole_thalamus(one.abbreviation, one.name)]
        low, high = WHOLE_MM3
        if total > high or (len(parts) < len(whole) and total < low):
            raise ImplausibleVolumesError(
                f"The {side} thalamus has {total:.0f} mm3 in this atlas; {low:.0f} to {high:.0f} mm3 are possible.",
                "Check the voxel size in its header (millimetres), and that the table belongs to the map.",
            )
        large = [one for one in parts if one.volume_mm3 > NUCLEUS_LARGEST_MM3]
        if large:
            raise ImplausibleVolumesError(
                f"{large[0].name} ({side}) has {large[0].volume_mm3:.0f} mm3; no nucleus has more than "
                f"{NUCLEUS_LARGEST_MM3:.0f} mm3.",
                "Check the voxel size in its header (millimetres), and that the table belongs to the map.",
            )
    uneven = _uneven(atlas)
    if uneven:
        words = f"Left and right differ more than {SIDES_RATIO:g} times in volume: {listed(uneven)}."
        return (AlignmentFinding("volumes", "warning", words),)
    return (AlignmentFinding("volumes", "ok", "The volumes are plausible, left and right alike."),)


def _uneven(atlas: LabelAtlas[F]) -> list[str]:
    of_side = {side: {one.abbreviation: one for one in atlas.structures if one.side == side} for side in SIDES}
    found = []
    for abbreviation, left in of_side["left"].items():
        right = of_side["right"].get(abbreviation)
        if right is None:
            continue
        small, large = sorted((left.volume_mm3, right.volume_mm3))
        if large > SMALL_MM3 and large > SIDES_RATIO * small:
            found.append(f"{abbreviation} ({left.volume_mm3:.0f} and {right.volume_mm3:.0f} mm3)")
    return found


def require_left_of_right(atlas: LabelAtlas[F]) -> AlignmentFinding:
    """The one thing that can be told without knowing where the thalamus is. Raises SidesSwappedError."""
    pairs = _pairs(atlas)
    if not pairs:
        return AlignmentFinding("sides", "warning", "No structure is there on both sides: sides could not be compared.")
    differences = np.array([right.centroid.x - left.centroid.x for left, right in pairs])
    if float((differences < 0).mean()) > 0.5:
        raise _swapped(atlas, f"{pairs[0][0].name}: left lies {-differences[0]:.0f} mm to the right of right")
    return AlignmentFinding("sides", "ok", "Every left structure lies to the left of its right partner.")


def _pairs(atlas: LabelAtlas[F]) -> list[tuple[LabelStructure[F], LabelStructure[F]]]:
    right = {one.abbreviation: one for one in atlas.structures if one.side == "right"}
    return [
        (one, right[one.abbreviation]) for one in atlas.structures if one.side == "left" and one.abbreviation in right
    ]


def _sample(atlas: LabelAtlas[F], structures: Iterable[LabelStructure[F]]) -> FloatArray:
    """Centres (n, 3) of the voxels of structures, mm of the frame."""
    cells = np.argwhere(np.isin(atlas.label_map, [one.index for one in structures]))
    return atlas.grid.places(cells).array


def _overlap(
    atlas: LabelAtlas[F],
    structures: list[LabelStructure[F]],
    side: Side,
    reference: ThalamusReference[F],
) -> Overlap:
    places = _sample(atlas, structures)
    found = reference.where(Points(atlas.frame, places))
    reference_mm3 = reference.volume_mm3[side]
    volume_mm3 = len(places) * atlas.grid.cell_mm3
    inside = float((found == _CODES[side]).mean())
    named_whole = any(is_whole_thalamus(one.abbreviation, one.name) for one in structures)
    is_whole = named_whole or volume_mm3 >= DESCRIBES_WHOLE * reference_mm3
    offset = places.mean(axis=0) - reference.places_mm[side].mean(axis=0)
    return Overlap(
        side,
        volume_mm3,
        reference_mm3,
        inside,
        float((found == _CODES[_OTHER[side]]).mean()),
        2 * inside * volume_mm3 / (volume_mm3 + reference_mm3),
        is_whole,
        (float(offset[0]), float(offset[1]), float(offset[2])),
    )


def _refuse_misplaced(atlas: LabelAtlas[F], overlap: Overlap, where: WhereThalamus[F]) -> None:
    if overlap.inside_other > SWAPPED and overlap.inside_other > overlap.inside:
        raise _swapped(
            atlas,
            f"{overlap.inside_other:.0%} of what it calls {overlap.side} lies in the {_OTHER[overlap.side]} thalamus",
        )
    misplaced = overlap.is_whole and overlap.distance_mm > OFFSET_POSSIBLE_MM
    if overlap.inside >= CONTAINED_POSSIBLE and not misplaced:
        return
    raise AtlasAlignmentError(
        f"The atlas does not lie on the thalamus: {overlap.inside:.0%} of its {overlap.side} thalamic structures are "
        f"inside the built-in {overlap.side} thalamus (at least {CONTAINED_POSSIBLE:.0%} were expected), and their "
        f"middle lies {_offset_words(overlap)} of where it should (at most {OFFSET_POSSIBLE_MM:g} mm)."
        f"{_what_would_fit(atlas, overlap.side, where)}",
        "Declare the template the atlas was made in (or 'patient' for the patient's own space), or mend the matrix in "
        "its header.",
    )


def _swapped(atlas: LabelAtlas[F], what: str) -> SidesSwappedError:
    return SidesSwappedError(
        f"Left and right are swapped in {atlas.title}: {what}.",
        "Left is at negative x in RAS. Swap the sides in the table or the folders, or mend the mirrored matrix.",
    )


def _what_would_fit(atlas: LabelAtlas[F], side: Side, where: WhereThalamus[F]) -> str:
    """A sentence about a mirrored, turned or scaled affine under which the atlas would lie right; or nothing."""
    places = _sample(atlas, [one for one in atlas.structures if one.thalamic and one.side == side])
    for signs in list(product((1.0, -1.0), repeat=3))[1:]:
        found = where(Points(atlas.frame, places * signs))
        if max(float((found == code).mean()) for code in (LEFT, RIGHT)) > CONTAINED_OK:
            axes = " and ".join(axis for axis, sign in zip("xyz", signs, strict=True) if sign < 0)
            return f" It would fit with {axes} mirrored: the header's matrix is not in RAS."
    for factor, unit in _UNITS:
        found = where(Points(atlas.frame, places * factor))
        if max(float((found == code).mean()) for code in (LEFT, RIGHT)) > CONTAINED_OK:
            return f" It would fit if the header's numbers were {unit}, not millimetres."
    return ""


def _offset_words(overlap: Overlap) -> str:
    words = (("right", "left"), ("in front", "behind"), ("above", "below"))
    parts = [
        f"{abs(value):.0f} mm {positive if value > 0 else negative}"
        for value, (positive, negative) in zip(overlap.offset_mm, words, strict=True)
        if abs(value) >= 0.5
    ]
    return ", ".join(parts) or "0 mm"


def _finding(overlap: Overlap) -> AlignmentFinding:
    inside_ok = overlap.inside >= CONTAINED_OK
    offset_ok = not overlap.is_whole or overlap.distance_mm <= OFFSET_OK_MM
    words = f"{overlap.inside:.0%} of the {overlap.side} thalamic structures lie inside the built-in thalamus"
    if overlap.is_whole:
        words += f" (Dice {overlap.dice:.2f}, middles {overlap.distance_mm:.1f} mm apart)"
    advice = "" if inside_ok and offset_ok else "; look at the outlines before relying on it"
    return AlignmentFinding(
        f"overlap {overlap.side}", "ok" if inside_ok and offset_ok else "warning", f"{words}{advice}."
    )


def _nothing_thalamic(atlas: LabelAtlas[F], reference: ThalamusReference[F]) -> AlignmentFinding:
    """Without thalamic structures only nearness can be looked at. Raises AtlasAlignmentError when all is far away."""
    places = _sample(atlas, atlas.structures)
    thalami = np.concatenate(list(reference.places_mm.values()))
    low, high = thalami.min(axis=0) - NEAR_MM, thalami.max(axis=0) + NEAR_MM
    near = float(np.all((places >= low) & (places <= high), axis=1).mean())
    names = listed([one.abbreviation for one in atlas.structures])
    if near == 0:
        raise AtlasAlignmentError(
            f"Nothing in this atlas lies near the thalamus: {names}.",
            "Declare the template it was made in, or mend the matrix in its header.",
        )
    require_left_of_right(atlas)
    return AlignmentFinding(
        "overlap",
        "warning",
        f"No structure is named as part of the thalamus ({names}), so its place was not checked against the thalamus.",
    )
