"""What an atlas's own file names and grid say about its template, against what was declared."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from fusplan.atlas.imported.raw_atlas import RawAtlas
from fusplan.atlas.imported.template_maps import BUILT_IN_TEMPLATE, PATIENT_SPACE, declared_space
from fusplan.errors import FusplanError

_NAMED = re.compile(r"(?:space|tpl)-([A-Za-z0-9]+)")

FSL_GRIDS = (
    ((182, 218, 182), (90.0, -126.0, -72.0)),
    ((91, 109, 91), (90.0, -126.0, -72.0)),
)
"""Shape and first voxel (RAS mm) of the MNI152NLin6Asym images of FSL at 1 and 2 mm."""

GRIDS_2009: dict[str, tuple[int, int, int]] = {
    "MNI152NLin2009cAsym": (193, 229, 193),
    "MNI152NLin2009bAsym": (394, 466, 378),
}
"""Shapes of the 2009 templates as they are distributed (V for 2009c, M for 2009b)."""


CONFORMED_GRID = (256, 256, 256)
"""FreeSurfer works on 256 x 256 x 256 voxels of 1 mm in the patient's own space (V: mri_convert --conform)."""


class OtherTemplateNamedError(FusplanError):
    """The file's own name or grid says another space than was declared."""


def space_notes(path: Path, raw: RawAtlas, declared: str) -> tuple[str, ...]:
    """Notes about the grid where it is that of another template.

    Raises:
        OtherTemplateNamedError: the file's name (``space-...`` or ``tpl-...``) says another template.
    """
    found = _NAMED.search(path.name)
    if found is not None and not _same(found[1], declared):
        raise OtherTemplateNamedError(
            f"{path.name} says that it lies in {found[1]}, but {declared} was declared.",
            "Declare what the name says; rename the file only if you know that the name is wrong.",
        )
    if declared == PATIENT_SPACE:
        return ()
    if raw.whole_grid.shape == CONFORMED_GRID and raw.maker.startswith("FreeSurfer"):
        raise OtherTemplateNamedError(
            f"{path.name} lies on FreeSurfer's own grid of one head (256 x 256 x 256), but {declared} was declared.",
            "Declare 'patient': FreeSurfer's results lie in the patient's own space.",
        )
    return tuple(
        f"Its grid is that of {other}, though {declared} was declared; the two differ by about a millimetre, which the "
        "overlap cannot show. Make sure of the template."
        for other in _templates_of_grid(raw)
        if other != declared and {other, declared} != {BUILT_IN_TEMPLATE, "MNI152NLin2009bAsym"}
    )


def _same(named: str, declared: str) -> bool:
    if named.lower() in ("t1w", "native", "orig", "scanner", "individual", "anat"):
        return declared == PATIENT_SPACE
    try:
        return declared_space(named) == declared
    except FusplanError:
        return False


def _templates_of_grid(raw: RawAtlas) -> list[str]:
    first = np.abs(raw.whole_grid.matrix[:3, 3])
    found = [
        "MNI152NLin6Asym"
        for shape, corner in FSL_GRIDS
        if raw.whole_grid.shape == shape and np.allclose(first, np.abs(corner), atol=1.0)
    ]
    return found + [template for template, shape in GRIDS_2009.items() if raw.whole_grid.shape == shape]
