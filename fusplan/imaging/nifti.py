"""Headers of NIfTI-1 and NIfTI-2, single files and pairs, in either byte order.

nibabel decodes the fields and knows the codes. Here is what it would believe, mend in silence or raise bare errors
for, and what a person is told instead. Of two transforms the one that nibabel documents is taken: the sform when its
code is above zero, else the qform when its code is above zero, else none.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from nibabel.affines import from_matvec
from nibabel.filename_parser import parse_filename, types_filenames
from nibabel.nifti1 import Nifti1Header, Nifti1Pair, data_type_codes
from nibabel.nifti2 import Nifti2Header
from nibabel.quaternions import quat2mat
from nibabel.spatialimages import HeaderDataError
from nibabel.volumeutils import shape_zoom_affine

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
from fusplan.imaging.notes import ImageNote
from fusplan.spatial.points import FloatArray

HEADER_KINDS = {"NIfTI-1": Nifti1Header, "NIfTI-2": Nifti2Header}

MOST_BYTES_AFTER_IMAGE = 4096
"""A NIfTI file ends with its numbers. A little padding is forgiven; more, or a whole slice in any direction, means
that the header's sizes are wrong."""

LEAST_SQUARE_OF_W = -1e-5
"""Rounding may make the last three of a unit quaternion's four numbers a little longer than one; nibabel's own limit
(4e-7) refuses headers that were computed in single precision."""

CODES = {1: "scanner", 2: "aligned to another image", 3: "Talairach", 4: "MNI", 5: "another template"}
"""What sform and qform codes lead to, in words."""

HANDEDNESS = {-1.0: -1.0, 0.0: 1.0, 1.0: 1.0}
"""What the first pixdim means for the third axis of the qform."""

OTHER_UNITS = {1: ("metres", 1000.0), 3: ("micrometres", 0.001)}
"""Units of length other than the usual millimetre, and their millimetres. (nibabel leaves lengths as they are.)"""

_COPY_AGAIN = "The header is damaged: copy the file again from its source."


class ImagePartMissingError(FileUnreadableError):
    """One file of a .hdr/.img pair is not there."""


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
        start = stream.read(Nifti2Header.sizeof_hdr)
    name, header = _decoded(header_path, start)
    _check_magic(header_path, name, header, pair)
    return _header_of(header_path, data_path, name, header)


def _pair(path: Path) -> tuple[Path, Path]:
    """Header and image file of a pair, whichever was named, in the case of the named one; one may be gzipped."""
    stem, ending, packed, half = parse_filename(path.absolute(), Nifti1Pair.files_types, (".gz",))
    missing = "image" if half == "header" else "header"
    other = Path(types_filenames(stem + ending, Nifti1Pair.files_types)[missing]).name
    for candidate in (other + (packed or ""), other + ("" if packed else ".gz")):
        partner = path.with_name(candidate)
        if os.path.isfile(partner):  # noqa: PTH113 (Path.is_file raises where a folder may not be searched)
            return (path, partner) if half == "header" else (partner, path)
    raise ImagePartMissingError(
        f"{shown(path)} is one half of a pair, and its {missing} {other} is not beside it.",
        f"Put {other} into the same folder, or convert the image to one .nii.gz file.",
    )


def _decoded(path: Path, start: bytes) -> tuple[str, Nifti1Header]:
    """The kind of a header and its fields as nibabel decodes them.

    Kind and byte order are told by the header's size, which stands first. nibabel guesses the order from the number
    of axes, so that damage there would swap every other field; its ``from_fileobj`` also unpacks extensions, which
    are not needed and may be damaged; and its checks mend sizes and codes without saying so.
    """
    for order, byte_order in (("<", "little"), (">", "big")):
        for name, kind in HEADER_KINDS.items():
            size = kind.sizeof_hdr
            if int.from_bytes(start[:4], byte_order) != size:  # type: ignore[arg-type]
                continue
            if len(start) < size:
                raise DamagedHeaderError(
                    f"{shown(path)} ends within its header: {len(start)} of {size} bytes are there.",
                    "The file was cut off: copy it again from its source.",
                )
            return name, kind(start[:size], endianness=order, check=False)
    raise NotAnImageError(
        f"{shown(path)} is not a NIfTI file: it does not start with a header of 348 (NIfTI-1) or 540 (NIfTI-2) bytes.",
        "Choose a NIfTI (.nii, .nii.gz, .hdr/.img) or FreeSurfer (.mgh, .mgz) image; if it should be one, copy it "
        "again from its source.",
    )


def _check_magic(path: Path, name: str, header: Nifti1Header, pair: bool) -> None:
    magic = bytes(header["magic"])[:3]
    expected = header.pair_magic if pair else header.single_magic
    if magic == expected:
        return
    if pair and name == "NIfTI-1" and magic != header.single_magic:
        raise NotAnImageError(
            f"{shown(path)} is not a NIfTI header (its mark is {magic!r}, not 'ni1'); it may be an old Analyze header, "
            "which does not say which side is left.",
            "Convert the image from its source to NIfTI, for example with dcm2niix.",
        )
    raise DamagedHeaderError(
        f"{shown(path)} carries the mark {magic!r}, where {expected!r} is expected for a {name} "
        f"{'pair of header and image' if pair else 'single file'}.",
        "Name the file as what it is (.nii for header and image in one, .hdr and .img for a pair), or copy it again.",
    )


def _axis_sizes(path: Path, header: Nifti1Header) -> tuple[int, ...]:
    """The sizes of all axes. (``get_data_shape`` believes any number of axes.)"""
    axes = int(header["dim"][0])
    if not 1 <= axes <= 7:
        raise DamagedHeaderError(
            f"The header of {shown(path)} says that the image has {axes} axes; NIfTI allows 1 to 7.", _COPY_AGAIN
        )
    return tuple(int(size) for size in header["dim"][1 : 1 + axes])


def _voxel_type(path: Path, header: Nifti1Header) -> np.dtype[np.generic]:
    code = int(header["datatype"])
    if code not in data_type_codes or data_type_codes.label[code] in ("none", "all"):
        raise DamagedHeaderError(
            f"The header of {shown(path)} gives the voxel type {code}, which NIfTI does not know.", _COPY_AGAIN
        )
    dtype: np.dtype[np.generic] = header.get_data_dtype()
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        what = "complex numbers" if dtype.kind == "c" else f"of the type {data_type_codes.label[code]}"
        raise VoxelTypeError(
            f"The voxels of {shown(path)} are {what}, not one intensity each.",
            "Choose the magnitude or grey-value image, or convert this one.",
        )
    return dtype


def _data_offset(path: Path, header: Nifti1Header, pair: bool) -> int:
    """Where the numbers start. (``get_data_offset`` cuts fractions off and stumbles over NaN.)"""
    offset = float(header["vox_offset"])
    if not 0 <= offset < 2**40 or offset != int(offset):
        raise DamagedHeaderError(
            f"The header of {shown(path)} says that the image starts at byte {offset:g}, which cannot be.", _COPY_AGAIN
        )
    if not pair and offset < header.single_vox_offset:
        raise DamagedHeaderError(
            f"The header of {shown(path)} says that the image starts at byte {offset:g}, within the header itself.",
            _COPY_AGAIN,
        )
    return int(offset)


def _scaling(path: Path, header: Nifti1Header) -> tuple[float, float]:
    """Slope and intercept; a slope of zero, or one that is not a number, means none."""
    try:
        slope, inter = header.get_slope_inter()
    except HeaderDataError as error:
        raise DamagedHeaderError(
            f"The header of {shown(path)} scales intensities by {header['scl_slope']} and adds {header['scl_inter']}.",
            _COPY_AGAIN,
        ) from error
    return (1.0, 0.0) if slope is None else (slope, inter)


def _qform(header: Nifti1Header) -> FloatArray:
    """4 x 4 as the NIfTI standard defines it; NaN where the quaternion cannot be one.

    ``get_qform`` raises for quaternions rounded in single precision, for a handedness of 0 (which means 1) and for
    sizes with a sign; a transform that is not the one used must not prevent reading. Any other handedness is damage,
    and which side is left would be a guess.
    """
    b, c, d = (float(header[f"quatern_{letter}"]) for letter in "bcd")
    square_of_w = 1.0 - (b * b + c * c + d * d)
    w = np.sqrt(max(square_of_w, 0.0)) if square_of_w > LEAST_SQUARE_OF_W else np.nan
    handedness = HANDEDNESS.get(float(header["pixdim"][0]), np.nan)
    columns = quat2mat((w, b, c, d)) * np.abs(header["pixdim"][1:4]) * (1.0, 1.0, handedness)
    return np.asarray(from_matvec(columns, [float(header[f"qoffset_{letter}"]) for letter in "xyz"]))


def _transforms(header: Nifti1Header, mm_per_unit: float) -> tuple[list[Transform], list[ImageNote]]:
    """The declared transforms, sform first, and a note for every code that NIfTI does not know."""
    found, unknown = [], []
    for name, matrix in (("sform", header.get_sform()), ("qform", _qform(header))):
        code = int(header[f"{name}_code"])
        if code in CODES:
            found.append(Transform(name, CODES[code], np.diag([mm_per_unit] * 3 + [1.0]) @ matrix))
        elif code != 0:
            sentence = f"The header's {name} has the code {code}, which NIfTI does not know; it was not used."
            unknown.append(ImageNote("unknown code", sentence))
    return found, unknown


def _unit(header: Nifti1Header) -> tuple[float, list[ImageNote]]:
    """Millimetres per unit of length, and a note when that is not one. (nibabel's reading of units stumbles.)"""
    code = int(header["xyzt_units"]) & 7
    if code in OTHER_UNITS:
        name, mm_per_unit = OTHER_UNITS[code]
        sentence = f"The header gives lengths in {name}; they were turned into mm."
        return mm_per_unit, [ImageNote("unit of length", sentence)]
    if code in (0, 2):
        return 1.0, []
    return 1.0, [ImageNote("unit of length", f"The header's unit of length ({code}) is unknown; mm were assumed.")]


def _bits(header: Nifti1Header, dtype: np.dtype[np.generic]) -> list[ImageNote]:
    """A note when the header's two statements about the size of a voxel differ."""
    bits, bits_of_type = int(header["bitpix"]), dtype.itemsize * 8
    if bits == bits_of_type:
        return []
    sentence = f"The header gives {bits} bits for a voxel, but its voxel type has {bits_of_type}."
    return [ImageNote("voxel bits", sentence)]


@np.errstate(all="ignore")
def _header_of(path: Path, data_path: Path, name: str, header: Nifti1Header) -> ImageHeader:
    pair = data_path != path
    shape, volumes = require_three_dimensions(shown(path), _axis_sizes(path, header))
    dtype = _voxel_type(path, header)
    slope, inter = _scaling(path, header)
    mm_per_unit, unit_notes = _unit(header)
    spacing_mm = np.abs(header["pixdim"][1:4].astype(np.float64)) * mm_per_unit
    transforms, code_notes = _transforms(header, mm_per_unit)
    i, j, k = spacing_mm.tolist()
    smallest_slice_bytes = np.prod(sorted(shape)[:2]).item() * dtype.itemsize
    return ImageHeader(
        path=path,
        data_path=data_path,
        format_name=name + (" pair" if pair else ""),
        shape=shape,
        volume_count=volumes,
        dtype=dtype,
        data_offset=_data_offset(path, header, pair),
        footer_limit=min(MOST_BYTES_AFTER_IMAGE, smallest_slice_bytes - 1),
        slope=slope,
        inter=inter,
        spacing_mm=(i, j, k),
        transforms=tuple(transforms),
        assumed=Transform(
            "assumed",
            "axes right, anterior, superior; zero in the middle",
            shape_zoom_affine(shape, spacing_mm, x_flip=False),
        ),
        notes=(*unit_notes, *code_notes, *_bits(header, dtype)),
    )
