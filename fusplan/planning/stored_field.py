"""Fields beside a plan file, as NIfTI images that other programs read too; the plan says what the numbers mean.

The NIfTI header rounds the grid's matrix to float32 and knows few units: the plan's file has both as they are.
"""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np

from fusplan.imaging.packed_nifti import pack, unpack
from fusplan.notice import RESEARCH_ONLY
from fusplan.planning.plan_format.stored_fields import StoredFieldModel
from fusplan.planning.stored_file import PackedFile, StoredKind, changed_error, read_stored
from fusplan.spatial import Grid, ScannerRas
from fusplan.spatial.field import Field

_NIFTI_XFORM_SCANNER = 1


def pack_field(kind: StoredKind, field: Field[ScannerRas]) -> PackedFile:
    """A field ready to be stored beside a plan; the same field gives the same file."""
    image = nib.Nifti1Image(np.asarray(field.values), field.grid.matrix)
    image.header.set_xyzt_units("mm")
    image.header["descrip"] = RESEARCH_ONLY.encode("ascii")
    image.header["intent_name"] = field.unit.encode("ascii")
    image.set_sform(field.grid.matrix, code=_NIFTI_XFORM_SCANNER)
    return PackedFile.of(kind, pack(image))


def read_field(kind: StoredKind, model: StoredFieldModel, plan_path: Path, frame: ScannerRas) -> Field[ScannerRas]:
    """The field that a plan file names, in the scanner frame of the plan's image, every number as it was.

    Raises:
        StoredFileMissingError: the file is not there or cannot be read.
        StoredFileChangedError: it is not the one that the plan was saved with.
    """
    changed = changed_error(kind, model.stored, plan_path)
    try:
        values = unpack(read_stored(kind, model.stored, plan_path))
        if values.shape != model.shape or values.dtype != np.dtype(model.kind):
            raise changed
        grid = Grid.of(model.shape, np.array(model.voxel_to_scanner_ras_mm), frame, model.sha256[:12])
        outside = float("nan") if model.outside is None else model.outside
        return Field(grid, values, model.unit, outside)
    except ValueError as error:
        raise changed from error
