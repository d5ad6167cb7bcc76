"""The numbers of an image file as float32 intensities, a piece at a time so that little memory is used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.errors import FusplanError
from fusplan.imaging.byte_stream import CHUNK_BYTES, open_bytes, shown
from fusplan.imaging.header import DamagedHeaderError, ImageHeader, ImageTooLargeError, TruncatedImageError

MOST_NON_NUMBERS = 0.05
"""Share of voxels that may be NaN or infinite: some programs mark what lies outside the head that way."""


class SeveralVolumesError(FusplanError):
    """A 4-D image, and the user has not said which volume is meant."""


class NoSuchVolumeError(FusplanError):
    """The volume asked for is not in the image."""


class NotNumbersError(FusplanError):
    """Too many voxels are NaN or infinite."""


class ConstantImageError(FusplanError):
    """Every voxel has the same value."""


@dataclass(slots=True)
class _Tally:
    """What is noticed while the numbers pass."""

    low: float = np.inf
    high: float = -np.inf
    non_numbers: int = 0


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


def _room_for(header: ImageHeader) -> npt.NDArray[np.float32]:
    try:
        return np.empty(header.voxel_count, dtype=np.float32)
    except MemoryError as error:
        raise ImageTooLargeError(
            f"{shown(header.path)} needs {header.voxel_count * 4 / 1e9:.1f} GB of memory, which this computer does not "
            "have free.",
            "Close other programs, or resample the image to 1 mm first.",
        ) from error


def _convert(header: ImageHeader, chunk: bytes, out: npt.NDArray[np.float32], tally: _Tally) -> None:
    """Stored numbers to intensities; what is not a number becomes 0 and is counted."""
    stored = np.frombuffer(chunk, dtype=header.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        if header.slope == 1.0 and header.inter == 0.0:
            out[:] = stored
        else:
            out[:] = stored.astype(np.float64) * header.slope + header.inter
    finite = np.isfinite(out)
    bad = out.size - int(np.count_nonzero(finite))
    if bad:
        tally.non_numbers += bad
        out[~finite] = 0.0
        if bad == out.size:
            return
    tally.low = min(tally.low, float(out.min(where=finite, initial=np.inf)))
    tally.high = max(tally.high, float(out.max(where=finite, initial=-np.inf)))


def read_voxels(header: ImageHeader, volume: int) -> tuple[npt.NDArray[np.float32], tuple[str, ...]]:
    """One volume (counted from 0), shape ``header.shape``, float32, Fortran order, and notes about it.

    The rest of the file is read too, so that a gzip checksum is tested and sizes that do not fit are noticed.

    Raises:
        TruncatedImageError, DamagedHeaderError: the file is shorter or longer than its header says.
        ImageTooLargeError: there is not enough memory.
        NotNumbersError, ConstantImageError: the content is no image.
        CannotOpenImageError, DamagedGzipError: the file cannot be read.
    """
    needed = header.data_offset + header.volume_bytes * header.volume_count
    tally = _Tally()
    with open_bytes(header.data_path) as stream:
        if needed > stream.most_bytes:
            raise _too_short(header, needed)
        stream.skip(header.data_offset + volume * header.volume_bytes)
        flat = _room_for(header)
        piece = CHUNK_BYTES // header.dtype.itemsize
        for start in range(0, header.voxel_count, piece):
            out = flat[start : start + piece]
            chunk = stream.read(out.size * header.dtype.itemsize)
            if len(chunk) != out.size * header.dtype.itemsize:
                raise _too_short(header, needed)
            _convert(header, chunk, out, tally)
        following = header.volume_bytes * (header.volume_count - 1 - volume)
        rest = stream.count_rest(following + header.footer_limit)
    if rest < following:
        raise _too_short(header, needed)
    if rest > following + header.footer_limit:
        raise DamagedHeaderError(
            f"{shown(header.data_path)} holds more than the {' x '.join(map(str, header.shape))} voxels that its "
            "header describes, so its sizes are wrong.",
            "The header is damaged: copy the file again from its source.",
        )
    return flat.reshape(header.shape, order="F"), _content_notes(header, tally)


def _content_notes(header: ImageHeader, tally: _Tally) -> tuple[str, ...]:
    share = tally.non_numbers / header.voxel_count
    if share > MOST_NON_NUMBERS:
        raise NotNumbersError(
            f"{share:.0%} of the voxels of {shown(header.path)} are not numbers (NaN or infinite); at most "
            f"{MOST_NON_NUMBERS:.0%} can be left out.",
            "Use the image before it was masked or computed, or replace the NaNs by 0.",
        )
    if not tally.high > tally.low:
        raise ConstantImageError(
            f"Every voxel of {shown(header.path)} has the same value ({tally.low:g}).",
            "Choose an image that shows a head.",
        )
    if tally.non_numbers == 0:
        return ()
    return (f"{tally.non_numbers} voxels were not numbers (NaN or infinite) and were set to 0.",)
