"""One colour for every nucleus, the same in every picture, table and label map.

CLp is warm and bright, CL its paler kin, the other nuclei are muted tones of about equal lightness, one hue for
each group; a lesion is cyan. Amber against cyan stays distinct in all three kinds of colour blindness.
"""

from __future__ import annotations

import colorsys
from collections import defaultdict
from collections.abc import Iterable

from fusplan.atlas.structure_ref import CLP_KEY

AMBER = "#f6b73c"
PALE_AMBER = "#d9a86a"
LESION = "#56d4ea"

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("#a9a4d6", ("md",)),
    ("#cf9fb8", ("cm", "pf", "spf", "cem", "mv", "pv")),
    ("#7fb3a6", ("pum", "pul", "pui", "pua")),
    ("#8fb4d9", ("vpl", "vpm", "vpi")),
    ("#9aa9bd", ("vl", "vim", "va", "vm")),
    ("#b3bf9a", ("lp", "ld", "av", "am", "ad")),
    ("#bfb4a8", ("hb", "li", "po", "sg", "mgn", "lgn", "cgm", "cgl")),
)
_OTHER = "#8d97a3"

_OF_THEIR_OWN = {CLP_KEY: AMBER, "CL": PALE_AMBER}

_DARKEST, _LIGHTEST = 0.42, 0.82
"""Lightness (HLS) over which the nuclei of one group are spread where each needs a colour of its own."""


def nucleus_colour(abbreviation: str) -> str:
    """The colour (``#rrggbb``) of a nucleus by the group its abbreviation begins with."""
    if abbreviation in _OF_THEIR_OWN:
        return _OF_THEIR_OWN[abbreviation]
    lowered = abbreviation.lower()
    matches = [
        (len(prefix), colour) for colour, prefixes in _GROUPS for prefix in prefixes if lowered.startswith(prefix)
    ]
    return max(matches)[1] if matches else _OTHER


def distinct_colours(abbreviations: Iterable[str]) -> dict[str, str]:
    """A colour (``#rrggbb``) of its own for each nucleus: the hue of its group in different lightness."""
    groups: dict[str, list[str]] = defaultdict(list)
    for abbreviation in sorted(set(abbreviations)):
        groups[nucleus_colour(abbreviation)].append(abbreviation)
    return {
        abbreviation: base if len(members) == 1 else _with_lightness(base, position / (len(members) - 1))
        for base, members in groups.items()
        for position, abbreviation in enumerate(members)
    }


def _with_lightness(colour: str, fraction: float) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    made = colorsys.hls_to_rgb(hue, _DARKEST + fraction * (_LIGHTEST - _DARKEST), saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in made)
