"""What the target panel says of each target: name, colour, source, how sure, and where in words."""

from __future__ import annotations

import colorsys
import math
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from fusplan.atlas.presets import PRESETS
from fusplan.display.target_standing import NOT_KNOWN, TargetStanding
from fusplan.planning.plan import Plan, Target
from fusplan.planning.provenance import Confidence, Provenance
from fusplan.spatial import AcPcGeometry, Side, read_acpc

CONFIDENCE_WORDS: Mapping[Confidence, str] = {
    "V": "read in the source",
    "C": "computed from published data",
    "M": "from memory of the literature, unverified",
    "derived": "worked out for this program, not published",
}

TARGET_COLOURS = ("#56d4ea", "#b7e36a", "#ff9d7a", "#c9a6ff", "#7fb0ff", "#f2a7d0")
"""Bright on grey pictures and apart from CLp's amber; the first is that of lesions."""

TARGET_COLOUR_NAMES: Mapping[str, str] = dict(
    zip(TARGET_COLOURS, ("Cyan", "Green", "Coral", "Violet", "Blue", "Pink"), strict=True)
)

CLASH = 40.0
"""Colours nearer to each other than this, as points of red, green and blue from 0 to 255, are taken for one another
(derived: the two nearest of the palette are 58 apart)."""


def other_colours(hues: int = 8) -> tuple[str, ...]:
    """Colours beside the palette, row by row: light, strong, deep; round the circle of hues from red on."""
    shades = ((0.85, 0.9), (0.66, 0.85), (0.48, 0.75))
    return tuple(
        _hexadecimal(colorsys.hls_to_rgb(hue / hues, lightness, saturation))
        for lightness, saturation in shades
        for hue in range(hues)
    )


def _hexadecimal(colour: Iterable[float]) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour)


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target as listed.

    Attributes:
        id, name, side, locked: of the target.
        colour: ``#rrggbb``.
        place: side and where it lies from PC and the AC-PC plane, in words.
        standing: the nucleus by every atlas, the distance to the ventricle's wall, and whether that is its aim.
        source: where the position came from and how sure that is, short.
    """

    id: str
    name: str
    side: Side
    locked: bool
    colour: str
    place: str
    source: str
    standing: TargetStanding = NOT_KNOWN


def target_rows(plan: Plan, standings: Mapping[str, TargetStanding] | None = None) -> tuple[TargetRow, ...]:
    """The targets of a plan in its order, with where they lie by their ids as far as that is known."""
    geometry, known = plan.landmarks.geometry(), standings or {}
    colours = target_colours(plan.targets)
    return tuple(_row(target, geometry, colours[target.id], known.get(target.id, NOT_KNOWN)) for target in plan.targets)


def target_colours(targets: tuple[Target, ...]) -> dict[str, str]:
    """A colour for every target by its id: the one chosen for it, else one of the palette.

    That of the palette is its own while it clashes with no other's, chosen or not, else the next that is free.
    """
    chosen = {target.id: target.colour for target in targets if target.colour is not None}
    for target in targets:
        if target.colour is not None:
            continue
        fixed = {"clp-left": 0, "clp-right": 1}.get(target.id)
        start = fixed if fixed is not None else zlib.crc32(target.id.encode())
        wanted = [TARGET_COLOURS[(start + step) % len(TARGET_COLOURS)] for step in range(len(TARGET_COLOURS))]
        free = [colour for colour in wanted if not any(_clash(colour, other) for other in chosen.values())]
        chosen[target.id] = (free or wanted)[0]
    return {target.id: chosen[target.id] for target in targets}


def automatic_colour(targets: tuple[Target, ...], target_id: str) -> str:
    """The colour that a target has, or would have, while none is chosen for it."""
    return target_colours(tuple(replace(one, colour=None) if one.id == target_id else one for one in targets))[
        target_id
    ]


def _clash(one: str, other: str) -> bool:
    first, second = (tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5)) for colour in (one, other))
    return math.dist(first, second) < CLASH


def source_words(provenance: Provenance) -> str:
    """The method for a person: ``Morel best cover``, ``preset Vim, standard``, ``placed by hand``."""
    kind, key = provenance.kind, provenance.key or ""
    atlas = (provenance.atlas or "").replace("-", " ").capitalize()
    return {
        "consensus": "consensus",
        "atlas centroid": f"{atlas} centroid",
        "atlas best cover": f"{atlas} best cover",
        "preset": "preset " + next((preset.name for preset in PRESETS if preset.key == key), key),
        "nucleus centroid": f"{atlas} {key} centroid",
        "mirrored": "mirrored",
        "file": "File",
        "other": key.replace("-", " ").capitalize(),
    }.get(kind, kind)


def confidence_words(provenance: Provenance) -> str:
    """How sure the source is, and the uncertainty it states: ``computed from published data, ± 2.5 mm``."""
    words = CONFIDENCE_WORDS[provenance.confidence]
    return words if provenance.uncertainty_mm is None else f"{words}, ± {provenance.uncertainty_mm:g} mm (1 sigma)"


def _row(target: Target, geometry: AcPcGeometry, colour: str, standing: TargetStanding) -> TargetRow:
    return TargetRow(
        id=target.id,
        name=target.name,
        side=target.side,
        locked=target.locked,
        colour=colour,
        place=_capitalised(read_acpc(target.point, geometry).words),
        source=f"{source_words(target.provenance)} ({target.provenance.confidence})",
        standing=standing,
    )


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]
