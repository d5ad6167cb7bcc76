"""``masks/``: one NIfTI mask (0 and 1) for every lesion and for CLp, for programs that take one structure a file.

A lesion is written twice: on the grid of the image, and as ``..._fine`` on a small box of finer voxels. Unlike in the
label maps each mask is whole, also where lesions overlap.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fusplan.atlas.structure_ref import StructureRef
from fusplan.export.label_maps import PART_LABELS, LabelArray, lesion_labels, supersampled_lesion_labels, write_map
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


def structure_mask_name(structure: StructureRef, atlas: str) -> str:
    """The file of a structure by one atlas."""
    return f"{file_stem(structure.key.lower())}-{structure.side}_{file_stem(atlas)}_image-grid.nii.gz"


def write_masks(
    plan: Plan, volume: Volume, atlas_name: str, nuclei: LabelArray, folder: Path, licence: str = ""
) -> None:
    """The folder ``masks`` in ``folder``; ``nuclei`` as from ``nuclei_labels``, ``licence`` as from ``licence_words``.

    Raises:
        FileNotWritableError.
    """
    made = folder / MASKS_FOLDER
    make_own_folder(made, f"{_WORDS}{licence}")
    for lesion in plan.lesions:
        coarse_name, fine_name = lesion_mask_names(lesion)
        write_map(lesion_labels((lesion,), volume.grid), volume.grid, made / coarse_name)
        write_map(*supersampled_lesion_labels((lesion,), volume.grid), made / fine_name)
    for structure, label in PART_LABELS.items():
        write_map((nuclei == label).astype(np.int16), volume.grid, made / structure_mask_name(structure, atlas_name))
