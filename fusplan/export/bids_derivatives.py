"""``bids/``: the label maps as a small BIDS derivatives data set (``dseg`` with TSV and JSON).

The subject is ``01`` whatever the image is called: a file name may say who was scanned.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fusplan import __version__
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.export.label_maps import (
    LESION_MAP_WORDS,
    SUPERSAMPLED_SPACING_MM,
    LabelArray,
    LabelRow,
    image_notes_field,
    lesion_labels,
    lesion_rows,
    licence_fields,
    nuclei_map_words,
    nucleus_rows,
    supersampled_lesion_labels,
    write_map,
    write_note,
    write_table,
)
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.own_folder import make_own_folder
from fusplan.imaging.volume import Volume
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.plan import Plan

BIDS_FOLDER = "bids"
BIDS_VERSION = "1.10.0"
ANATOMY = "sub-01/anat"
LESIONS = "sub-01_space-T1w_desc-lesions_dseg"
LESIONS_FINE = "sub-01_space-T1w_res-fine_desc-lesions_dseg"
NUCLEI = "sub-01_space-T1w_desc-nuclei_dseg"

_WORDS = """\
A BIDS derivatives data set: planned lesions and thalamic nuclei as discrete segmentations in the space of the
planning image (space-T1w: scanner RAS mm of that image). To use it beside a raw data set, rename sub-01.
"""


def write_bids(plan: Plan, volume: Volume, atlas: HeadAtlas, nuclei: LabelArray, folder: Path) -> None:
    """The folder ``bids`` in ``folder``; ``nuclei`` as from ``nuclei_labels``. Raises FileNotWritableError."""
    made = folder / BIDS_FOLDER
    make_own_folder(made, _WORDS, volume.notes)
    _write_description(plan, made / "dataset_description.json")
    place = made / ANATOMY
    place.mkdir(parents=True)
    reference: dict[str, Any] = {"SpatialReference": f"The planning image, sha256 {plan.image.sha256}", "Manual": False}
    reference |= image_notes_field(volume)
    write_map(lesion_labels(plan.lesions, volume.grid), volume.grid, _map(place, LESIONS))
    _write_sidecars(lesion_rows(plan), LESION_MAP_WORDS, reference, place, LESIONS)
    write_map(*supersampled_lesion_labels(plan.lesions, volume.grid), _map(place, LESIONS_FINE))
    fine = {"Resolution": f"Voxels of at most {SUPERSAMPLED_SPACING_MM} mm that divide those of the planning image"}
    _write_sidecars(lesion_rows(plan), LESION_MAP_WORDS, reference | fine, place, LESIONS_FINE)
    write_map(nuclei, volume.grid, _map(place, NUCLEI))
    about = reference | licence_fields(atlas.atlas)
    _write_sidecars(nucleus_rows(atlas.atlas), nuclei_map_words(atlas.atlas), about, place, NUCLEI)


def _map(place: Path, stem: str) -> Path:
    return place / f"{stem}.nii.gz"


def _write_sidecars(rows: tuple[LabelRow, ...], words: str, more: dict[str, Any], place: Path, stem: str) -> None:
    write_table(rows, place / f"{stem}.tsv")
    write_note(words, place / f"{stem}.json", more)


def _write_description(plan: Plan, path: Path) -> None:
    content = {
        "Name": "fusplan: planned lesions and thalamic nuclei",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [{"Name": "fusplan", "Version": __version__, "Description": RESEARCH_ONLY}],
        "SourceDatasets": [{"Version": f"planning image, sha256 {plan.image.sha256}"}],
    }
    write_atomically(path, (json.dumps(content, indent=2) + "\n").encode("utf-8"))
