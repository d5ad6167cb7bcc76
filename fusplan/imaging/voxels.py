"""The numbers of an image file as float32 intensities, a piece at a time so that little memory is used."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.errors import FusplanError
from fusplan.imaging.byte_stream import (
    CHUNK_BYTES,
    DigestedStream,
    Readable,
    count_rest,
    is_foreign_tail,
    most_bytes,
    open_bytes,
    require_ordinary_file,
    shown,
    skip,
)
from fusplan.imaging.header import (
    FOOTER_START_BYTES,
    DamagedHeaderError,
    ImageHeader,
    ImageTooLargeError,
    TruncatedImageError,
)
from fusplan.imaging.notes import ImageNote, Notes
from fusplan.imaging.padding import around_head

MOST_NON_NUMBERS = 0.05
"""Share of voxels that may be NaN or infinite: some programs mark what lies outside the head that way."""


MOST_BYTES_AFTER_IMAGE = 1 << 26
"""How far behind the numbers a file is read: longer than any footer."""


MANY_BYTES = 200_000_000
MOST_AN_IMAGE_SHRINKS = 400
"""Heads shrink 1.5 to 20 times by gzip, label maps up to 250 times, empty space 1000 times. So an image of many bytes
that shrank more is nearly empty, and minutes of unpacking would end in the same refusal."""


class SeveralVolumesError(FusplanError):
    """A 4-D image, and the user has not said which volume is meant.

    Attributes:
        count: how many there are.
    """

    def __init__(self, message: str, remedy: str, count: int = 0) -> None:
        super().__init__(message, remedy)
        self.count = count


class NoSuchVolumeError(FusplanError):
    """The volume asked for is not in the image."""


class NotNumbersError(FusplanError):
    """Too many voxels are NaN or infinite."""


class ConstantImageError(FusplanError):
    """Every voxel has the same value."""


class AlmostEmptyImageError(FusplanError):
    """A large image packed into so few bytes that it can hold next to nothing."""


def choose_volume(header: ImageHeader, volume_index: int | None) -> int:
    """The volume to read, counted from 0; ``volume_index`` counts from 1.

    Raises:
        SeveralVolumesError: there are several and none was chosen.
        NoSuchVolumeError: there are not that many.
    """
    count = header.volume_count
    if volume_index is None:
        if count > 1:
            raise SeveralVolumesError(
                f"{shown(header.path)} holds {count} volumes; one is needed.",
                f"Say which with --volume N, N from 1 to {count}.",
                count,
            )
        return 0
    if not 1 <= volume_index <= count:
        raise NoSuchVolumeError(
            f"Volume {volume_index} was asked for, but {shown(header.path)} holds {count}.",
            f"Give --volume a number from 1 to {count}." if count > 1 else "Leave --volume out.",
        )
    return volume_index - 1


def _too_short(header: ImageHeader, needed: int) -> TruncatedImageError:
    sizes = " x ".join(str(size) for size in (*header.shape, header.volume_count))
    return TruncatedImageError(
        f"{shown(header.data_path)} is too short: its header describes {sizes} voxels, {needed / 1e6:.1f} MB, and the "
        "file ends before that.",
        "It was cut off or its header is damaged: copy the file again from its source.",
    )


@contextmanager
def within_memory(name: str, voxel_count: int) -> Iterator[None]:
    """Say in a sentence that there is not enough memory for an image. Raises ImageTooLargeError."""
    try:
        yield
    except MemoryError as error:
        raise ImageTooLargeError(
            f"{name} needs {voxel_count * 4 / 1e9:.1f} GB of memory, which this computer does not have free.",
            "Close other programs, or resample the image to 1 mm first.",
        ) from error


def _fill(header: ImageHeader, stream: Readable, flat: npt.NDArray[np.float32]) -> bool:
    """Stored numbers to intensities, from where the stream stands; False when it ends before.

    numpy decodes them, a piece at a time. nibabel's ArrayProxy, read whole, would hold the stored and the scaled
    numbers beside the result (up to 20 bytes a voxel where 4 are wanted); read in pieces, it raises the same bare
    ValueError or OSError for a short file, a failing disk and a large slope, so that the cause could not be told.
    """
    piece = CHUNK_BYTES // header.dtype.itemsize
    for start in range(0, flat.size, piece):
        out = flat[start : start + piece]
        chunk = stream.read(out.size * header.dtype.itemsize)
        if len(chunk) != out.size * header.dtype.itemsize:
            return False
        stored = np.frombuffer(chunk, dtype=header.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            unscaled = header.slope == 1.0 and header.inter == 0.0
            out[:] = stored if unscaled else stored.astype(np.float64) * header.slope + header.inter
    return True


def _require_content(header: ImageHeader, needed: int) -> None:
    packed = require_ordinary_file(header.data_path)
    if needed > max(MANY_BYTES, MOST_AN_IMAGE_SHRINKS * packed):
        raise AlmostEmptyImageError(
            f"{shown(header.data_path)} has {packed / 1e6:.1f} MB and would unpack to {needed / 1e6:.0f} MB: there is "
            "nearly nothing in it.",
            "Choose an image that shows a head; if it does, crop it to the head first.",
        )


@dataclass(frozen=True, slots=True, eq=False)
class StoredVoxels:
    """One volume as it is in a file.

    Attributes:
        data: shape (ni, nj, nk), float32 intensities, Fortran order.
        notes: what was noticed.
        is_packed: whether the file is a gzip file.
        unpacked_sha256: of every byte of a packed file, unpacked, where all were read.
    """

    data: npt.NDArray[np.float32]
    notes: Notes
    is_packed: bool
    unpacked_sha256: str | None


def read_voxels(header: ImageHeader, volume: int) -> StoredVoxels:
    """One volume (counted from 0), and notes about it.

    The rest of the file is read too, so that a gzip checksum is tested and sizes that do not fit are noticed.

    Raises:
        TruncatedImageError, DamagedHeaderError: the file is shorter or longer than its header says.
        ImageTooLargeError: there is not enough memory.
        NotNumbersError, ConstantImageError, AlmostEmptyImageError: the content is no image.
        CannotOpenImageError, DamagedGzipError: the file cannot be read.
    """
    needed = header.data_offset + header.volume_bytes * header.volume_count
    following = header.volume_bytes * (header.volume_count - 1 - volume)
    name = shown(header.path)
    with within_memory(name, header.voxel_count), open_bytes(header.data_path) as opened:
        if needed > most_bytes(header.data_path, opened):
            raise _too_short(header, needed)
        _require_content(header, needed)
        before = header.data_offset + volume * header.volume_bytes
        # What is packed has to be read from its beginning anyway.
        stream: Readable = DigestedStream(opened) if isinstance(opened, gzip.GzipFile) else opened
        if isinstance(stream, DigestedStream):
            skip(stream, before)
        else:
            stream.seek(before)
        flat = np.empty(header.voxel_count, dtype=np.float32)
        if not _fill(header, stream, flat):
            raise _too_short(header, needed)
        if skip(stream, following) < following:
            raise _too_short(header, needed)
        footer, rest, tail_notes = _after_image(stream)
    if rest > header.footer_limit and not header.is_long_footer(footer, rest):
        raise DamagedHeaderError(
            f"{shown(header.data_path)} holds more than the {' x '.join(map(str, header.shape))} voxels that its "
            "header describes, so its sizes are wrong.",
            "The header is damaged: copy the file again from its source.",
        )
    with within_memory(name, header.voxel_count):
        data = flat.reshape(header.shape, order="F")
        notes = (*tail_notes, *clean(name, data))
    if not isinstance(stream, DigestedStream):
        return StoredVoxels(data, notes, False, None)
    return StoredVoxels(data, notes, True, stream.sha256 if rest <= MOST_BYTES_AFTER_IMAGE else None)


def _after_image(stream: Readable) -> tuple[bytes, int, Notes]:
    """The first bytes after the numbers, how many there are, and a note where a gzip file goes on as something else."""
    try:
        footer = stream.read(FOOTER_START_BYTES)
        return footer, len(footer) + count_rest(stream, MOST_BYTES_AFTER_IMAGE), ()
    except gzip.BadGzipFile as error:
        if not is_foreign_tail(error):
            raise
    sentence = "Bytes that are not gzip follow the packed image; its own checksum is right, and they were left out."
    return b"", 0, (ImageNote("trailing bytes", sentence, "notice"),)


def clean(name: str, data: npt.NDArray[np.float32]) -> Notes:
    """Set what is not a number to air where it surrounds the head, else to 0, in place; notes.

    Args:
        name: what the image is called in a refusal.
        data: shape (ni, nj, nk).

    Raises:
        NotNumbersError, ConstantImageError: the content is no image.
    """
    finite = np.isfinite(data)
    non_numbers = data.size - int(np.count_nonzero(finite))
    surrounds = non_numbers > 0 and around_head(~finite)
    if non_numbers > MOST_NON_NUMBERS * data.size and not surrounds:
        raise NotNumbersError(
            f"{non_numbers / data.size:.0%} of the voxels of {name} are not numbers (NaN or infinite); "
            f"at most {MOST_NON_NUMBERS:.0%} can be left out.",
            "Use the image before it was masked or computed, or replace the NaNs by 0.",
        )
    low = float(data.min(where=finite, initial=np.inf))
    high = float(data.max(where=finite, initial=-np.inf))
    if not high > low:
        raise ConstantImageError(
            f"Every voxel of {name} has the same value ({low:g}).",
            "Choose an image that shows a head.",
        )
    if non_numbers == 0:
        return ()
    data[~finite] = min(0.0, low) if surrounds else 0.0
    if surrounds:
        share = non_numbers / data.size
        sentence = f"The background ({share:.0%} of the voxels) is no numbers (NaN or infinite), and was taken as air."
        return (ImageNote("background", sentence, "notice"),)
    sentence = f"{non_numbers} voxels were not numbers (NaN or infinite) and were set to 0."
    return (ImageNote("not numbers", sentence, "notice"),)
