"""Headers of FreeSurfer's MGH and MGZ files.

Layout after FreeSurfer's MghFormat page: big-endian, header in the first 284 bytes, numbers next, then a footer of
any length.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fusplan.imaging.byte_stream import open_bytes, shown
from fusplan.imaging.header import (
    DamagedHeaderError,
    ImageHeader,
    NotAnImageError,
    Transform,
    VoxelTypeError,
    require_three_dimensions,
)
from fusplan.spatial.points import FloatArray

MGH_DATA_OFFSET = 284
MOST_FOOTER_BYTES = 1 << 26
"""The footer holds scan parameters and tags such as the command history."""

_LAYOUT = np.dtype(
    [
        ("version", ">i4"),
        ("dims", ">i4", (4,)),
        ("type", ">i4"),
        ("dof", ">i4"),
        ("good_ras", ">i2"),
        ("delta", ">f4", (3,)),
        ("direction", ">f4", (3, 3)),
        ("centre", ">f4", (3,)),
    ]
)
_TYPES = {0: ">u1", 1: ">i4", 3: ">f4", 4: ">i2", 10: ">u2"}

_CORONAL = np.array([[-1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Rows: the directions of the three axes that FreeSurfer assumes when a file gives none (left, inferior, anterior)."""


def _affine(shape: tuple[int, int, int], delta: FloatArray, direction: FloatArray, centre: FloatArray) -> FloatArray:
    """4 x 4 voxel indices to RAS mm; ``centre`` is the place of voxel (ni/2, nj/2, nk/2), ``direction`` has rows."""
    matrix = np.eye(4)
    matrix[:3, :3] = direction.T * delta
    matrix[:3, 3] = centre - matrix[:3, :3] @ (np.array(shape) / 2.0)
    return matrix


def read_mgh_header(path: Path) -> ImageHeader:
    """The header of an .mgh or .mgz file.

    Raises:
        NotAnImageError, DamagedHeaderError, VoxelTypeError, NotThreeDimensionalError, ImageTooLargeError: see there.
        FileMissingError, CannotOpenImageError, DamagedGzipError: the file cannot be read at all.
    """
    with open_bytes(path) as stream:
        start = stream.read(MGH_DATA_OFFSET)
    if len(start) < MGH_DATA_OFFSET:
        raise DamagedHeaderError(
            f"{shown(path)} ends within its header: {len(start)} of {MGH_DATA_OFFSET} bytes are there.",
            "The file was cut off: copy it again from its source.",
        )
    fields = np.frombuffer(start[: _LAYOUT.itemsize], dtype=_LAYOUT)[0]
    if int(fields["version"]) != 1:
        raise NotAnImageError(
            f"{shown(path)} is not an MGH image: it starts with {int(fields['version'])}, where version 1 is expected.",
            "Choose a FreeSurfer (.mgh, .mgz) or NIfTI image; if it should be one, copy it again from its source.",
        )
    code = int(fields["type"])
    if code not in _TYPES:
        raise VoxelTypeError(
            f"The voxels of {shown(path)} have the MGH type {code}, which cannot be read.",
            "Convert the image with FreeSurfer, for example `mri_convert --out_data_type float`.",
        )
    return _header_of(path, fields, np.dtype(_TYPES[code]))


@np.errstate(all="ignore")
def _header_of(path: Path, fields: np.void, dtype: np.dtype[np.generic]) -> ImageHeader:
    shape, volumes = require_three_dimensions(shown(path), tuple(int(size) for size in fields["dims"]))
    delta = np.asarray(fields["delta"], dtype=np.float64)
    good = int(fields["good_ras"]) > 0
    direction = np.asarray(fields["direction"], dtype=np.float64)
    own = _affine(shape, delta, direction, np.asarray(fields["centre"], dtype=np.float64))
    i, j, k = (float(value) for value in (np.abs(delta) if good else np.ones(3)))
    return ImageHeader(
        path=path,
        data_path=path,
        format_name="FreeSurfer MGH",
        shape=shape,
        volume_count=volumes,
        dtype=dtype,
        data_offset=MGH_DATA_OFFSET,
        footer_limit=MOST_FOOTER_BYTES,
        slope=1.0,
        inter=0.0,
        spacing_mm=(i, j, k),
        transforms=(Transform("MGH header", "scanner", own),) if good else (),
        assumed=Transform(
            "assumed",
            "FreeSurfer's default: 1 mm, axes left, inferior, anterior; zero in the middle",
            _affine(shape, np.ones(3), _CORONAL, np.zeros(3)),
        ),
        notes=(),
    )
