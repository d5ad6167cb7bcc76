"""Headers of FreeSurfer's MGH and MGZ files, decoded by nibabel."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from nibabel.freesurfer.mghformat import MGHHeader, data_type_codes

from fusplan.imaging.byte_stream import open_bytes, shown
from fusplan.imaging.header import (
    DamagedHeaderError,
    ImageHeader,
    NotAnImageError,
    Transform,
    VoxelTypeError,
    require_three_dimensions,
)

MGH_DATA_OFFSET = 284
"""First byte of the numbers (FreeSurfer's MghFormat page)."""

MOST_FOOTER_BYTES = 1 << 26
"""The footer holds scan parameters and tags such as the command history."""

SCAN_PARAMETER_BYTES = 20
"""TR, flip angle, TE, TI and field of view, each a float."""

TAGS = range(1, 128)
TAGS_WITHOUT_LENGTH = (1, 2)
"""A tag is a small number and the length of what follows, but for the two oldest (FreeSurfer's tags.h)."""

FREESURFER_DEFAULT = ((-1, 0, 0), (0, 0, -1), (0, 1, 0))
"""Rows: the directions that FreeSurfer assumes when a file gives none (left, inferior, anterior). nibabel takes left,
superior, posterior instead, and then says that the file had given them."""


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
    # Not from_fileobj, which believes the sizes and looks for the footer behind them.
    header = MGHHeader(start, check=False)
    if header["version"] != 1:
        raise NotAnImageError(
            f"{shown(path)} is not an MGH image: it starts with {header['version']}, where version 1 is expected.",
            "Choose a FreeSurfer (.mgh, .mgz) or NIfTI image; if it should be one, copy it again from its source.",
        )
    if int(header["type"]) not in data_type_codes:
        raise VoxelTypeError(
            f"The voxels of {shown(path)} have the MGH type {header['type']}, which cannot be read.",
            "Convert the image with FreeSurfer, for example `mri_convert --out_data_type float`.",
        )
    stored = np.frombuffer(start, MGHHeader.template_dtype, count=1)[0]
    return _header_of(path, header, has_directions=stored["goodRASFlag"] > 0)


@np.errstate(all="ignore")
def _header_of(path: Path, header: MGHHeader, has_directions: bool) -> ImageHeader:
    shape, volumes = require_three_dimensions(shown(path), tuple(int(size) for size in header["dims"]))
    smallest_slice_bytes = int(np.prod(sorted(shape)[:2])) * header.get_data_dtype().itemsize
    default = MGHHeader()
    default.set_data_shape(shape)
    default["Mdc"] = FREESURFER_DEFAULT
    i, j, k = np.abs((header if has_directions else default)["delta"].astype(np.float64)).tolist()
    own = Transform("MGH header", "scanner", header.get_affine().astype(np.float64))
    return ImageHeader(
        path=path,
        data_path=path,
        format_name="FreeSurfer MGH",
        shape=shape,
        volume_count=volumes,
        dtype=header.get_data_dtype(),
        data_offset=header.get_data_offset(),
        footer_limit=smallest_slice_bytes - 1,
        slope=1.0,
        inter=0.0,
        spacing_mm=(i, j, k),
        transforms=(own,) if has_directions else (),
        assumed=Transform(
            "assumed",
            "FreeSurfer's default: 1 mm, axes left, inferior, anterior; zero in the middle",
            default.get_affine().astype(np.float64),
        ),
        notes=(),
        is_long_footer=_is_footer,
    )


def _is_footer(start: bytes, length: int) -> bool:
    """Whether what follows the numbers is tags, and not the rest of an image whose sizes are wrong."""
    if length > MOST_FOOTER_BYTES or len(start) < SCAN_PARAMETER_BYTES + 12:
        return False
    tag, tag_length = struct.unpack_from(">iq", start, SCAN_PARAMETER_BYTES)
    return tag in TAGS and (tag in TAGS_WITHOUT_LENGTH or 0 <= tag_length <= length)
