"""What the name of a structure says: its side, its abbreviation, and whether it is part of the thalamus."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fusplan.spatial import Side

_WORDS: dict[str, Side] = {"left": "left", "lh": "left", "right": "right", "rh": "right"}
_LETTERS: dict[str, Side] = {"l": "left", "r": "right"}
_SEPARATOR = r"[\s_\-.,:()]+"
_WORD_FIRST = re.compile(rf"^(left|right|lh|rh){_SEPARATOR}(.+)$", re.IGNORECASE)
_WORD_LAST = re.compile(rf"^(.+?){_SEPARATOR}(left|right|lh|rh)\)?$", re.IGNORECASE)
_WORD_INSIDE = re.compile(r"^(.+?)[-_](lh|rh)[-_](.+)$", re.IGNORECASE)
_LETTER_FIRST = re.compile(r"^([LR])[_\-. ](.+)$", re.IGNORECASE)
_LETTER_LAST = re.compile(r"^(.+?)[_\-. (]([LR])\)?$", re.IGNORECASE)

THALAMIC_PREFIXES = (
    "thal", "av", "ad", "am", "avn", "ld", "lp", "va", "vla", "vlp", "vl", "vm", "vpl", "vpm", "vpi", "vp", "vim",
    "md", "cm", "pf", "spf", "cl", "cem", "mv", "pv", "pc", "pt", "pul", "pu", "lgn", "mgn", "cgl", "cgm", "li", "sg",
    "l-sg", "po", "ant", "re",
)  # fmt: skip
"""Abbreviations of thalamic nuclei as atlases write them, and the geniculate bodies. A prefix counts when the rest is
a subdivision of at most three letters (``VLpd``, ``PuMl``) or a bracket."""

_THALAMIC_WORDS = re.compile(
    r"thalam|pulvinar|geniculate|mediodorsal|centromedian|parafascic|intralaminar|central.?lateral|ventr\w*.?"
    r"(anterior|lateral|posterior|medial)|antero\w*(ventral|dorsal|medial)|lateral.?(dorsal|posterior)|laterodorsal",
    re.IGNORECASE,
)
_NOT_THALAMIC_WORDS = re.compile(
    r"sub.?thalam|hypo.?thalam|epi.?thalam|zona|reticular|habenul|mam+illo|ventricle|white|cortex|pallid|putamen|caudate"
    r"|cerebell|accumbens|amygdal|hippocamp|nigra|red nucleus|capsule|corpus|ventral.?(dc|diencephalon)|vessel|plexus"
    r"|striatum|^put$|^gp[ei]?$|^cau$|^acc$|ventral.?striat|ventral.?pallid|insula|commissure|cla",
    re.IGNORECASE,
)

_CENTRAL_LATERAL = re.compile(
    r"^(cl|cel|central[ _-]?lateral([ _-]nucleus)?|centrolateral([ _-]nucleus)?)$", re.IGNORECASE
)


_SAYING_LITTLE = frozenset(
    {"thal", "tha", "thalamus", "thalamic", "nucleus", "nuclei", "nuc", "part", "of", "the", "central"}
)
"""Words that may stand beside the abbreviation CL without making it another structure."""


@dataclass(frozen=True, slots=True)
class SidedName:
    """A name without the word that says its side, and that side (None when it says none)."""

    base: str
    side: Side | None


def sided_names(names: Sequence[str]) -> tuple[SidedName, ...]:
    """Base and side of each name of one table.

    A lone letter L or R counts as a side only when the same name is there with the other letter: ``L-Sg`` is a nucleus.
    """
    lettered = [_lettered(name) for name in names]
    sides_of: dict[str, set[Side]] = {}
    for found in lettered:
        if found is not None and found.side is not None:
            sides_of.setdefault(found.base.lower(), set()).add(found.side)
    result = []
    for name, letter in zip(names, lettered, strict=True):
        worded = _worded(name)
        if worded is not None:
            result.append(worded)
        elif letter is not None and len(sides_of[letter.base.lower()]) == 2:
            result.append(letter)
        else:
            result.append(SidedName(name.strip(), None))
    return tuple(result)


def _worded(name: str) -> SidedName | None:
    stripped = name.strip()
    if found := _WORD_FIRST.match(stripped):
        return SidedName(found[2].strip(), _WORDS[found[1].lower()])
    if found := _WORD_LAST.match(stripped):
        return SidedName(found[1].strip(" ,("), _WORDS[found[2].lower()])
    if found := _WORD_INSIDE.match(stripped):
        return SidedName(f"{found[1]}-{found[3]}", _WORDS[found[2].lower()])
    return None


def _lettered(name: str) -> SidedName | None:
    stripped = name.strip()
    if found := _LETTER_LAST.match(stripped):
        return SidedName(found[1].strip(), _LETTERS[found[2].lower()])
    if found := _LETTER_FIRST.match(stripped):
        return SidedName(found[2].strip(), _LETTERS[found[1].lower()])
    return None


def abbreviation_of(base: str) -> str:
    """A short name without blanks, at most 24 characters, of a name without its side: ``2-AV`` gives ``AV``."""
    numbered = re.match(r"^\d+-(.+)$", base)
    words = re.sub(r"\s+", "_", (numbered[1] if numbered else base).strip())
    return words[:24].strip("_-") or "unnamed"


def is_thalamic(abbreviation: str, name: str) -> bool:
    """Whether a structure is part of the thalamus (or a geniculate body), as far as its names tell."""
    if _NOT_THALAMIC_WORDS.search(name) or _NOT_THALAMIC_WORDS.match(abbreviation):
        return False
    if _THALAMIC_WORDS.search(name) or _THALAMIC_WORDS.search(abbreviation):
        return True
    plain = abbreviation.lower()
    fitting = [prefix for prefix in THALAMIC_PREFIXES if plain.startswith(prefix)]
    rest = plain.removeprefix(max(fitting, key=len)) if fitting else None
    return rest is not None and re.fullmatch(r"[-_]?[a-z0-9]{0,3}(\(\w+\))?", rest) is not None


def is_whole_thalamus(abbreviation: str, name: str) -> bool:
    """Whether a structure is the thalamus as a whole."""
    plain = re.compile(r"(whole[ _-]?)?thal(amus)?([ _-]?(proper|whole))?\*?", re.IGNORECASE)
    return plain.fullmatch(abbreviation) is not None or plain.fullmatch(name) is not None


def is_central_lateral(abbreviation: str, name: str) -> bool:
    """Whether a structure is called the central lateral nucleus."""
    if _CENTRAL_LATERAL.match(abbreviation) is not None or _CENTRAL_LATERAL.match(name) is not None:
        return True
    words = [word for word in re.split(r"[\s_\-./()]+", name.lower()) if word and word not in _SAYING_LITTLE]
    return words in (["cl"], ["cel"])
