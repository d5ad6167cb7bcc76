"""A registration as files that ITK, ANTs and 3D Slicer read: a displacement field and an affine transform.

Both files follow ITK: LPS millimetres, and a transform moves *points*. The displacement field moves a template
point within template space, the affine then moves it into the patient:

    patient point = affine(template point + displacement(template point))

Resampling programs use point transforms from the output grid to the input image, so this same pair, unchanged,
resamples the *patient's image onto the template grid*:
``antsApplyTransforms -i patient -r template -t affine.txt -t warp.nii.gz`` (ANTs applies the last named first).
"""

from __future__ import annotations

import nibabel as nib
import numpy as np
import numpy.typing as npt

from fusplan.imaging.packed_nifti import pack, unpack
from fusplan.notice import RESEARCH_ONLY
from fusplan.spatial import Affine, Mni, ScannerRas
from fusplan.spatial.lps import flip_ras_lps_matrix
from fusplan.spatial.warp import Displacements

_FLIP = np.array([-1.0, -1.0, 1.0], dtype=np.float32)
"""float32, so that turning the vectors round loses nothing."""

_NIFTI_INTENT_VECTOR = 1007
"""Not 1006 (displacement): ITK takes the components of 1007 as they are, LPS; of 1006 it takes them for RAS."""

_NIFTI_XFORM_MNI_152 = 4


def displacement_field_file(displacements: Displacements[Mni]) -> bytes:
    """The bytes of a ``.nii.gz`` displacement field: 5-D (ni, nj, nk, 1, 3), float32, LPS mm, intent vector.

    The same displacements give the same bytes. The grid's matrix is rounded to float32 by the format.
    """
    vectors = (displacements.vectors_mm * _FLIP)[:, :, :, np.newaxis, :]
    image = nib.Nifti1Image(vectors, displacements.grid.matrix)
    image.header.set_intent(_NIFTI_INTENT_VECTOR)
    image.header.set_xyzt_units("mm")
    image.header["descrip"] = RESEARCH_ONLY.encode("ascii")
    image.set_sform(displacements.grid.matrix, code=_NIFTI_XFORM_MNI_152)
    image.set_qform(displacements.grid.matrix, code=_NIFTI_XFORM_MNI_152)
    return pack(image)


def read_displacement_vectors(content: bytes) -> npt.NDArray[np.float32]:
    """The vectors of :func:`displacement_field_file`, shape (ni, nj, nk, 3), RAS mm, exactly as they were given.

    Raises:
        ValueError: the bytes are not such a file.
    """
    try:
        stored = unpack(content).astype(np.float32, copy=False)
    except ValueError as error:
        raise ValueError(f"not a displacement field: {error}") from error
    if stored.ndim != 5 or stored.shape[3:] != (1, 3):
        raise ValueError(f"a displacement field has five axes (ni, nj, nk, 1, 3), found {stored.shape}")
    return np.asarray(stored[:, :, :, 0, :] * _FLIP)


def affine_transform_text(affine: Affine[Mni, ScannerRas]) -> str:
    """The text of an ITK affine transform (LPS mm) that moves template points to the patient."""
    matrix = flip_ras_lps_matrix(affine.matrix)
    numbers = [*matrix[:3, :3].ravel().tolist(), *matrix[:3, 3].tolist()]
    return "\n".join(
        [
            "#Insight Transform File V1.0",
            "#Transform 0",
            f"# {RESEARCH_ONLY}",
            f"# Moves points of {affine.source.template} to the patient's scanner frame, LPS mm, after the warp.",
            "Transform: AffineTransform_double_3_3",
            "Parameters: " + " ".join(repr(float(number)) for number in numbers),
            "FixedParameters: 0 0 0",
            "",
        ]
    )
