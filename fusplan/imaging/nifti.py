"""Headers of NIfTI-1 and NIfTI-2, single files and pairs, in either byte order.

Layout, codes and the rules for transforms are those of the NIfTI standard (nifti1.h, nifti2.h); where it leaves a
choice, the one that nibabel documents is taken: the sform when its code is above zero, else the qform when its
code is above zero, else none.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from fusplan.errors import FileUnreadableError
from fusplan.imaging.byte_stream import open_bytes, shown
from fusplan.imaging.header import (
    DamagedHeaderError,
    ImageHeader,
    NotAnImageError,
    Transform,
    VoxelTypeError,
    require_three_dimensions,
)
from fusplan.imaging.nifti_layout import (
    CODES,
    KINDS,
    MM_PER_UNIT,
    REFUSED_TYPES,
    UNIT_NAMES,
    VOXEL_TYPES,
    Kind,
)
from fusplan.spatial.points import FloatArray

MOST_BYTES_AFTER_IMAGE = 4096
"""A NIfTI file ends with its numbers. A little padding is forgiven; more, or a whole slice in any direction, means
that the header's sizes are wrong."""


class ImagePartMissingError(FileUnreadableError):
    """One file of a .hdr/.img pair is not there."""


def _fields(path: Path, start: bytes) -> tuple[Kind, npt.NDArray[np.void], str]:
    """The kind, the fields and the byte order of a header."""
    for order in ("<", ">"):
        for kind in KINDS:
            size = int(np.frombuffer(start[:4].ljust(4, b"\0"), dtype=f"{order}i4")[0])
            if size != kind.size:
                continue
            if len(start) < kind.size:
                raise DamagedHeaderError(
                    f"{shown(path)} ends within its header: {len(start)} of {kind.size} bytes are there.",
                    "The file was cut off: copy it again from its source.",
                )
            return kind, np.frombuffer(start[: kind.size], dtype=kind.layout.newbyteorder(order))[0], order
    raise NotAnImageError(
        f"{shown(path)} is not a NIfTI file: it does not start with a header of 348 (NIfTI-1) or 540 (NIfTI-2) bytes.",
        "Choose a NIfTI (.nii, .nii.gz, .hdr/.img) or FreeSurfer (.mgh, .mgz) image; if it should be one, copy it "
        "again from its source.",
    )


def _check_magic(path: Path, kind: Kind, magic: bytes, pair: bool) -> None:
    magic = magic[:3]
    if magic == (kind.magic_pair if pair else kind.magic_single):
        return
    if pair and kind.size == 348 and magic not in (b"n+1", b"ni1"):
        raise NotAnImageError(
            f"{shown(path)} is not a NIfTI header (its mark is {magic!r}, not 'ni1'); it may be an old Analyze header, "
            "which does not say which side is left.",
            "Convert the image from its source to NIfTI, for example with dcm2niix.",
        )
    raise DamagedHeaderError(
        f"{shown(path)} carries the mark {magic!r}, where {(kind.magic_pair if pair else kind.magic_single)!r} is "
        f"expected for a {kind.name} {'pair of header and image' if pair else 'single file'}.",
        "Name the file as what it is (.nii for header and image in one, .hdr and .img for a pair), or copy it again.",
    )


def _pair(path: Path) -> tuple[Path, Path]:
    """Header and image file of a pair, whichever was named, in the case of the named one."""
    name = path.name
    zipped = name[-3:] if name.lower().endswith(".gz") else ""
    stem = name[: len(name) - len(zipped)]
    upper = stem[-3:].isupper()
    is_header = stem.lower().endswith(".hdr")
    ending = "img" if is_header else "hdr"
    other = stem[:-3] + (ending.upper() if upper else ending)
    for candidate in (other + zipped, other + (".gz" if not zipped else "")):
        partner = path.with_name(candidate)
        try:
            found = partner.is_file()
        except OSError:
            found = False
        if found:
            return (path, partner) if is_header else (partner, path)
    missing = "image" if is_header else "header"
    raise ImagePartMissingError(
        f"{shown(path)} is one half of a pair, and its {missing} {other} is not beside it.",
        f"Put {other} into the same folder, or convert the image to one .nii.gz file.",
    )


def _whole_number(path: Path, value: float, what: str) -> int:
    if not np.isfinite(value) or value != round(value) or not 0 <= value < 2**40:
        raise DamagedHeaderError(
            f"The header of {shown(path)} gives {value} as {what}, which should be a whole number, not negative.",
            "The header is damaged: copy the file again from its source.",
        )
    return int(value)


def _voxel_type(path: Path, code: int, order: str) -> np.dtype[np.generic]:
    if code in VOXEL_TYPES:
        return np.dtype(order + VOXEL_TYPES[code])
    if code in REFUSED_TYPES:
        raise VoxelTypeError(
            f"The voxels of {shown(path)} are {REFUSED_TYPES[code]}, not one intensity each.",
            "Choose the magnitude or grey-value image, or convert this one.",
        )
    raise DamagedHeaderError(
        f"The header of {shown(path)} gives the voxel type {code}, which NIfTI does not know.",
        "The header is damaged: copy the file again from its source.",
    )


def _scaling(path: Path, slope: float, inter: float) -> tuple[float, float]:
    """Slope and intercept; a slope of zero, or one that is not a number, means none (as nibabel documents)."""
    if not np.isfinite(slope) or slope == 0:
        return 1.0, 0.0
    if not np.isfinite(inter):
        raise DamagedHeaderError(
            f"The header of {shown(path)} scales intensities by {slope} and adds {inter}.",
            "The header is damaged: copy the file again from its source.",
        )
    return slope, inter


def quaternion_rotation(b: float, c: float, d: float) -> FloatArray:
    """The rotation of a qform from the last three of its unit quaternion; NaN when they cannot be that."""
    rest = 1.0 - (b * b + c * c + d * d)
    if not rest > -1e-5:
        return np.full((3, 3), np.nan)
    a = float(np.sqrt(max(rest, 0.0)))
    a, b, c, d = np.array([a, b, c, d]) / np.sqrt(a * a + b * b + c * c + d * d)
    return np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )


def _qform(fields: npt.NDArray[np.void], spacing: FloatArray) -> FloatArray:
    handedness = -1.0 if float(fields["pixdim"][0]) == -1.0 else 1.0
    matrix = np.eye(4)
    b, c, d = (float(value) for value in fields["quatern"])
    matrix[:3, :3] = quaternion_rotation(b, c, d) * (spacing * (1.0, 1.0, handedness))
    matrix[:3, 3] = fields["qoffset"]
    return matrix


def _sform(fields: npt.NDArray[np.void]) -> FloatArray:
    matrix = np.eye(4)
    matrix[:3] = fields["srow"]
    return matrix


def _scaled(matrix: FloatArray, mm_per_unit: float) -> FloatArray:
    return np.asarray(np.diag([mm_per_unit] * 3 + [1.0]) @ matrix)


def centred_ras(shape: tuple[int, int, int], spacing_mm: FloatArray) -> FloatArray:
    """4 x 4: axes right, anterior, superior in storage order, zero at the middle of the image."""
    matrix = np.diag([*spacing_mm, 1.0])
    matrix[:3, 3] = -spacing_mm * (np.array(shape) - 1) / 2
    return matrix


def _transforms(fields: npt.NDArray[np.void], spacing: FloatArray, mm_per_unit: float) -> tuple[list[Transform], str]:
    """The declared transforms, sform first, and a note about codes that NIfTI does not know (or nothing)."""
    found, unknown = [], ""
    for name, matrix in (("sform", _sform(fields)), ("qform", _qform(fields, spacing))):
        code = int(fields[f"{name}_code"])
        if code in CODES:
            found.append(Transform(name, CODES[code], _scaled(matrix, mm_per_unit)))
        elif code != 0:
            unknown += f"The header's {name} has the code {code}, which NIfTI does not know; it was not used. "
    return found, unknown.strip()


def _unit(fields: npt.NDArray[np.void]) -> tuple[float, str]:
    """Millimetres per unit of length and a note when that is not one."""
    code = int(fields["xyzt_units"]) & 7
    if code in MM_PER_UNIT:
        return MM_PER_UNIT[code], f"The header gives lengths in {UNIT_NAMES[code]}; they were turned into mm."
    return 1.0, "" if code in (0, 2) else f"The header's unit of length ({code}) is unknown; mm were assumed."


def read_nifti_header(path: Path) -> ImageHeader:
    """The header of a .nii, .nii.gz, .hdr or .img file.

    Raises:
        NotAnImageError, DamagedHeaderError, VoxelTypeError, NotThreeDimensionalError, ImageTooLargeError: see there.
        ImagePartMissingError: half a pair.
        FileMissingError, CannotOpenImageError, DamagedGzipError: the file cannot be read at all.
    """
    pair = path.name.lower().removesuffix(".gz").endswith((".hdr", ".img"))
    if pair:
        with open_bytes(path):
            header_path, data_path = _pair(path)
    else:
        header_path = data_path = path
    with open_bytes(header_path) as stream:
        start = stream.read(540)
    kind, fields, order = _fields(header_path, start)
    _check_magic(header_path, kind, bytes(fields["magic"]), pair)
    return _header_of(header_path, data_path, kind, fields, order)


def _sizes(path: Path, fields: npt.NDArray[np.void]) -> tuple[int, ...]:
    """The sizes of all axes, without trailing ones."""
    axes = int(fields["dim"][0])
    if not 1 <= axes <= 7:
        raise DamagedHeaderError(
            f"The header of {shown(path)} says that the image has {axes} axes; NIfTI allows 1 to 7.",
            "The header is damaged: copy the file again from its source.",
        )
    return tuple(int(size) for size in fields["dim"][1 : 1 + axes])


def _data_offset(path: Path, kind: Kind, pair: bool, fields: npt.NDArray[np.void]) -> int:
    offset = _whole_number(path, float(fields["vox_offset"]), "the place where the image starts")
    if not pair and offset < kind.size + 4:
        raise DamagedHeaderError(
            f"The header of {shown(path)} says that the image starts at byte {offset}, within the header itself.",
            "The header is damaged: copy the file again from its source.",
        )
    return offset


def _smallest_slice(shape: tuple[int, int, int]) -> int:
    """Voxels of the smallest slice along an axis."""
    return shape[0] * shape[1] * shape[2] // max(shape)


@np.errstate(all="ignore")
def _header_of(path: Path, data_path: Path, kind: Kind, fields: npt.NDArray[np.void], order: str) -> ImageHeader:
    shape, volumes = require_three_dimensions(shown(path), _sizes(path, fields))
    dtype = _voxel_type(path, int(fields["datatype"]), order)
    slope, inter = _scaling(path, float(fields["scl_slope"]), float(fields["scl_inter"]))
    mm_per_unit, unit_note = _unit(fields)
    spacing = np.abs(np.asarray(fields["pixdim"][1:4], dtype=np.float64))
    transforms, code_note = _transforms(fields, spacing, mm_per_unit)
    notes = [unit_note, code_note]
    if int(fields["bitpix"]) != dtype.itemsize * 8:
        notes.append(
            f"The header gives {int(fields['bitpix'])} bits for a voxel, but its voxel type has {dtype.itemsize * 8}."
        )
    i, j, k = (float(value) for value in spacing * mm_per_unit)
    return ImageHeader(
        path=path,
        data_path=data_path,
        format_name=kind.name + (" pair" if data_path != path else ""),
        shape=shape,
        volume_count=volumes,
        dtype=dtype,
        data_offset=_data_offset(path, kind, data_path != path, fields),
        footer_limit=min(MOST_BYTES_AFTER_IMAGE, _smallest_slice(shape) * dtype.itemsize - 1),
        slope=slope,
        inter=inter,
        spacing_mm=(i, j, k),
        transforms=tuple(transforms),
        assumed=Transform(
            "assumed", "axes right, anterior, superior; zero in the middle", centred_ras(shape, spacing * mm_per_unit)
        ),
        notes=tuple(note for note in notes if note),
    )
