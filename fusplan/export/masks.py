"""``masks/``: one NIfTI mask (0 and 1) a file for every lesion and for what is aimed at, as some programs take them.

A lesion is written twice: on the grid of the image, and as ``..._fine`` on a small box of finer voxels. Unlike in the
label maps each mask is whole, also where lesions overlap.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from fusplan.atlas.labelling import Flags
from fusplan.export.aimed_structures import AimedStructure
from fusplan.export.label_maps import lesion_labels, supersampled_lesion_labels, write_map
from fusplan.export.names_in_files import file_stem
from fusplan.export.own_folder import make_own_folder
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Lesion, Plan

MASKS_FOLDER = "masks"

_WORDS = """\
Binary masks (0 and 1), NIfTI, world coordinates scanner RAS mm. Names ending in _image-grid lie on the planning
image's grid, those ending in _fine on a box of voxels of at most 0.25 mm about the lesion.
"""


def lesion_mask_names(lesion: Lesion) -> tuple[str, str]:
    """The two files of a lesion: on the image's grid, and fine."""
    stem = file_stem(lesion.id)
    return f"{stem}_image-grid.nii.gz", f"{stem}_fine.nii.gz"


def structure_mask_name(aimed: AimedStructure) -> str:
    """The file of a structure by one atlas."""
    return f"{aimed.file_stem}_image-grid.nii.gz"


def write_masks(plan: Plan, volume: Volume, structures: Mapping[str, Flags], folder: Path, licence: str = "") -> None:
    """The folder ``masks`` in ``folder``.

    Args:
        plan, volume: whose lesions, and the image whose grid the masks lie on.
        structures: masks of structures on that grid, by the names of their files.
        folder: that holds ``masks``.
        licence: of the atlases, as from ``licence_words``.

    Raises:
        FileNotWritableError.
    """
    made = folder / MASKS_FOLDER
    make_own_folder(made, f"{_WORDS}{licence}", volume.notes)
    for lesion in plan.lesions:
        coarse_name, fine_name = lesion_mask_names(lesion)
        write_map(lesion_labels((lesion,), volume.grid), volume.grid, made / coarse_name)
        write_map(*supersampled_lesion_labels((lesion,), volume.grid), made / fine_name)
    for name, inside in structures.items():
        write_map(inside.astype(np.int16), volume.grid, made / name)
