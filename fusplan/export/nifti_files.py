"""Numbers on a grid as NIfTI files, placed so that every reader puts them where they belong."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import numpy.typing as npt

from fusplan.export.notice import RESEARCH_ONLY
from fusplan.planning.atomic_file import write_atomically
from fusplan.spatial import Grid, ScannerRas

INTENT_NONE, INTENT_LABEL = 0, 1002
_XFORM_SCANNER = 1
_LARGEST_QFORM_ERROR_MM = 1e-3


def write_nifti(values: npt.NDArray[np.generic], grid: Grid[ScannerRas], path: Path, intent: int = INTENT_NONE) -> None:
    """Numbers of a grid's shape as ``.nii.gz`` in scanner RAS mm. Raises FileNotWritableError."""
    affine = grid.matrix
    image = nib.Nifti1Image(values, affine)
    image.header.set_xyzt_units("mm")
    image.header.set_intent(intent)
    image.header["descrip"] = RESEARCH_ONLY.encode("ascii")
    image.set_sform(affine, code=_XFORM_SCANNER)
    image.set_qform(affine, code=_XFORM_SCANNER)
    corners = np.array([[i, j, k, 1.0] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    corners[:, :3] *= np.array(values.shape) - 1
    error_mm = np.abs((image.header.get_qform() - affine) @ corners.T).max()
    if error_mm > _LARGEST_QFORM_ERROR_MM:
        # A qform has no shear: better none than one that puts the numbers elsewhere for programs that prefer it.
        image.set_qform(None, code=0)
    write_atomically(path, gzip.compress(image.to_bytes(), compresslevel=6, mtime=0))
