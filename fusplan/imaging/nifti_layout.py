"""Where the fields of a NIfTI header are and what their codes mean (nifti1.h, nifti2.h)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_FIELDS_1: list[tuple[str, str, int]] = [
    ("sizeof_hdr", "i4", 0),
    ("dim", "8i2", 40),
    ("datatype", "i2", 70),
    ("bitpix", "i2", 72),
    ("pixdim", "8f4", 76),
    ("vox_offset", "f4", 108),
    ("scl_slope", "f4", 112),
    ("scl_inter", "f4", 116),
    ("xyzt_units", "u1", 123),
    ("qform_code", "i2", 252),
    ("sform_code", "i2", 254),
    ("quatern", "3f4", 256),
    ("qoffset", "3f4", 268),
    ("srow", "(3,4)f4", 280),
    ("magic", "S4", 344),
]
_FIELDS_2: list[tuple[str, str, int]] = [
    ("sizeof_hdr", "i4", 0),
    ("magic", "S4", 4),
    ("datatype", "i2", 12),
    ("bitpix", "i2", 14),
    ("dim", "8i8", 16),
    ("pixdim", "8f8", 104),
    ("vox_offset", "i8", 168),
    ("scl_slope", "f8", 176),
    ("scl_inter", "f8", 184),
    ("qform_code", "i4", 344),
    ("sform_code", "i4", 348),
    ("quatern", "3f8", 352),
    ("qoffset", "3f8", 376),
    ("srow", "(3,4)f8", 400),
    ("xyzt_units", "i4", 500),
]

VOXEL_TYPES = {
    2: "u1",
    4: "i2",
    8: "i4",
    16: "f4",
    64: "f8",
    256: "i1",
    512: "u2",
    768: "u4",
    1024: "i8",
    1280: "u8",
}
"""Voxel types that hold one intensity: code and numpy type without byte order."""

REFUSED_TYPES = {
    1: "single bits",
    32: "complex numbers",
    128: "colours (RGB)",
    1536: "128-bit floating-point numbers",
    1792: "complex numbers",
    2048: "complex numbers",
    2304: "colours (RGBA)",
}
"""Voxel types that do not, in words."""

CODES = {1: "scanner", 2: "aligned to another image", 3: "Talairach", 4: "MNI", 5: "another template"}
"""What sform and qform codes lead to."""

MM_PER_UNIT = {1: 1000.0, 3: 0.001}
"""Units of length other than the usual millimetre."""

UNIT_NAMES = {1: "metres", 3: "micrometres"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two versions of the format."""

    name: str
    layout: np.dtype[np.void]
    size: int
    magic_single: bytes
    magic_pair: bytes


def _layout(fields: list[tuple[str, str, int]], size: int) -> np.dtype[np.void]:
    names, formats, offsets = zip(*fields, strict=True)
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": size})


KINDS = (
    Kind("NIfTI-1", _layout(_FIELDS_1, 348), 348, b"n+1", b"ni1"),
    Kind("NIfTI-2", _layout(_FIELDS_2, 540), 540, b"n+2", b"ni2"),
)
