"""Whether an imported atlas's CL may serve for CLp. FreeSurfer's may not."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.atlas.imported.raw_atlas import Maker, RawAtlas
from fusplan.atlas.imported.structure_names import is_central_lateral

FREESURFER_CL_IS_NOT_CLP = (
    "FreeSurfer's label CL is not CLp: as the most probable label it holds 15 to 19 mm3 of the dorsal rostral part of "
    "CL, about 11 mm in front of the PC and 16 mm above the AC-PC plane (computed from HCPex v1.1), where CL of the "
    "Morel atlas has 823 to 847 mm3. CLp is never proposed from it."
)
"""Facts of the project, confidence C."""

THOMAS_CL = (
    "THOMAS makes its CL in another way than its other nuclei; it overlaps them, and its authors ask to use it with "
    "judgement and caution."
)
"""README of HIPS-THOMAS (V)."""

CLP_MOST_ANTERIOR_OF_PC_MM = 4.0
"""CLp is the part of CL at most this far in front of the PC in the template: the built-in atlases' own rule (facts of
the Morel label map, C)."""

SMALLEST_CL_MM3, LARGEST_CL_MM3 = 200.0, 2000.0
"""CL of the Morel atlas has 823 to 847 mm3, what is left of it in most-probable maps 15 to 19 (C); the limits between
are own judgement."""

SMALLEST_CLP_MM3 = 50.0
"""CLp of the Morel atlas has 435 to 441 mm3 (C); less than a lesion is no target (own judgement)."""


@dataclass(frozen=True, slots=True)
class CentralLateral:
    """What is said of CL.

    Attributes:
        abbreviation: the nucleus whose posterior part is CLp; None when there is none to be trusted.
        note: what it is, or why not.
        warnings: to be said wherever the atlas is chosen.
    """

    abbreviation: str | None
    note: str
    warnings: tuple[str, ...] = ()


def central_lateral_of(raw: RawAtlas) -> CentralLateral:
    """The verdict on the CL of an atlas, by whose it is and by its volume."""
    found = [one for one in raw.structures if is_central_lateral(one.abbreviation, one.name)]
    if raw.maker == "FreeSurfer thalamic nuclei":
        return CentralLateral(None, FREESURFER_CL_IS_NOT_CLP, (FREESURFER_CL_IS_NOT_CLP,))
    if not found:
        return CentralLateral(None, "It names no central lateral nucleus.")
    names = {one.abbreviation for one in found}
    if {one.side for one in found} != {"left", "right"} or len(names) != 1:
        return CentralLateral(None, "It does not describe one central lateral nucleus on both sides.")
    smallest, largest = (pick(one.volume_mm3 for one in found) for pick in (min, max))
    if smallest < SMALLEST_CL_MM3 or largest > LARGEST_CL_MM3:
        words = (
            f"Its CL has {smallest:.0f} to {largest:.0f} mm3 where that of the Morel atlas has 823 to 847 mm3, so its "
            "posterior part is not taken for CLp."
        )
        return CentralLateral(None, words, (words,))
    return CentralLateral(names.pop(), *_usable(raw.maker))


def _usable(maker: Maker) -> tuple[str, tuple[str, ...]]:
    note = (
        "CLp is taken as the part of its CL at most 4 mm in front of the PC in the template: a working definition of "
        "this program, not one of the atlas."
    )
    return (f"{THOMAS_CL} {note}", (THOMAS_CL,)) if maker == "THOMAS" else (note, ())
