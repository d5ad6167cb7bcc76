"""What people call AC, PC and points on the midline in lists of points.

The six midline structures are the ones that the template's own midline consists of (``template.json``): fiducials of
the AFIDs protocol (Lau et al. 2019) that lie on the midline by definition. Names that say less, such as ``ACPC-1``,
and edges instead of centres, such as AFNI's ``AC superior edge``, are not taken: what they mean would be a guess.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

LandmarkRole: TypeAlias = Literal["ac", "pc", "midline"]

_COMMISSURES: dict[str, LandmarkRole] = {
    "ac": "ac",
    "anterior commissure": "ac",
    "commissura anterior": "ac",
    "pc": "pc",
    "posterior commissure": "pc",
    "commissura posterior": "pc",
}

_MIDLINE = re.compile(
    r"mid ?line|(first |another )?mid ?sag(ittal)?( plane)?|inter ?hemispheric( fissure)?|falx( cerebri)?|msp|xzpoint"
)

MIDLINE_STRUCTURES = frozenset(
    {
        "infracollicular sulcus",
        "pmj",
        "pontomesencephalic junction",
        "superior interpeduncular fossa",
        "intermammillary sulcus",
        "genu of cc",
        "genu of corpus callosum",
        "genu of the corpus callosum",
        "splenium of cc",
        "splenium of corpus callosum",
        "splenium of the corpus callosum",
    }
)
"""Names of structures on the midline, as AFIDs files and the built-in template write them."""

AFIDS_COUNT = 32
AFIDS_ROLES: dict[int, LandmarkRole] = {
    1: "ac",
    2: "pc",
    3: "midline",
    4: "midline",
    5: "midline",
    11: "midline",
    19: "midline",
    20: "midline",
}
"""Numbers of the AFIDs protocol, for files that have the numbers only."""


def landmark_role(name: str) -> LandmarkRole | None:
    """Which landmark a point is by its name, or None: ``AC``, ``ac_1``, ``Anterior commissure (AC)``, ``Midline 2``."""
    words = re.sub(r"\([^)]*\)", " ", name.casefold())
    words = " ".join(re.sub(r"[_\-.,:]+", " ", words).split())
    words = re.sub(r" ?\d+$", "", words)
    words = re.sub(r" (point|pt|landmark|centre|center)$", "", words)
    if words in _COMMISSURES:
        return _COMMISSURES[words]
    if words in MIDLINE_STRUCTURES or _MIDLINE.fullmatch(words):
        return "midline"
    return None
