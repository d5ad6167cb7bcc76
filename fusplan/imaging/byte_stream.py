"""The bytes of an image file, plain or gzipped, with every way of being damaged turned into one sentence."""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeAlias

from fusplan.errors import FileMissingError, FileUnreadableError
from fusplan.harmless import harmless

Stream: TypeAlias = BinaryIO | gzip.GzipFile


class DigestedStream:
    """A stream that is read forwards only, and the sha256 of what was read of it."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def read(self, count: int) -> bytes:
        chunk = self._stream.read(count)
        self._digest.update(chunk)
        return chunk

    @property
    def sha256(self) -> str:
        """Of everything read so far, as hex."""
        return self._digest.hexdigest()


Readable: TypeAlias = Stream | DigestedStream

GZIP_MAGIC = b"\x1f\x8b"

MOST_GZIP_CAN_SHRINK = 1032
"""Deflate shrinks at best 1032 to 1 (zlib's technical notes): more cannot come out of a gzip file."""

CHUNK_BYTES = 1 << 22


class CannotOpenImageError(FileUnreadableError):
    """The file is there but may not be opened, or is not an ordinary file."""


class DamagedGzipError(FileUnreadableError):
    """A gzipped image is cut off or its checksum is wrong."""


def shown(path: Path) -> str:
    """The file's name as it can be printed anywhere."""
    return harmless(os.fsencode(path.name).decode("utf-8", errors="replace"))


def _damaged(path: Path, cause: str) -> DamagedGzipError:
    return DamagedGzipError(
        f"{shown(path)} is a damaged gzip file: {cause}.",
        "It was probably not copied or downloaded to the end: copy it again, or test it with `gzip -t`.",
    )


def _cannot_open(path: Path, error: OSError) -> CannotOpenImageError:
    reason = error.strerror or "the system refused"
    return CannotOpenImageError(
        f"{shown(path)} cannot be read: {reason[:1].lower()}{reason[1:]}.",
        "Check that the file is yours to read and that its disk is connected.",
    )


def require_ordinary_file(path: Path) -> int:
    """The size of an ordinary file in bytes.

    Raises:
        FileMissingError: there is none.
        CannotOpenImageError: it is a folder, a device or a pipe, or its name is not allowed.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileMissingError(path, "image") from error
    except OSError as error:
        raise _cannot_open(path, error) from error
    except ValueError as error:
        raise CannotOpenImageError(f"{path!r} is not a possible file name.", "Give the name of an image.") from error
    if stat.S_ISDIR(found.st_mode):
        raise CannotOpenImageError(
            f"{shown(path) or path} is a folder, not an image file.",
            "Name one file of it: .nii, .nii.gz, .hdr/.img, .mgh or .mgz.",
        )
    if not stat.S_ISREG(found.st_mode):
        raise CannotOpenImageError(f"{shown(path)} is not an ordinary file.", "Give the name of an image file.")
    return found.st_size


@contextmanager
def open_bytes(path: Path) -> Iterator[Stream]:
    """The bytes of an ordinary file, unpacked where its content (not its name, as in nibabel) is gzip.

    What goes wrong while it is read, within the ``with``, is raised as one of these.

    Raises:
        FileMissingError, CannotOpenImageError: as :func:`require_ordinary_file`, or the system refuses.
        DamagedGzipError: the content is cut off or does not agree with its checksum.
    """
    require_ordinary_file(path)
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP_MAGIC
            file.seek(0)
            yield gzip.GzipFile(fileobj=file) if packed else file
    except EOFError as error:
        raise _damaged(path, "it ends before its content does") from error
    except gzip.BadGzipFile as error:
        tail = "bytes that are not gzip follow its content"
        cause = tail if is_foreign_tail(error) else "its content does not agree with its checksum"
        raise _damaged(path, cause) from error
    except zlib.error as error:
        raise _damaged(path, "its content does not agree with its checksum") from error
    except OSError as error:
        raise _cannot_open(path, error) from error


def most_bytes(path: Path, stream: Stream) -> int:
    """More bytes than this cannot come out of the stream, which is that of the file."""
    size = require_ordinary_file(path)
    return size * MOST_GZIP_CAN_SHRINK if isinstance(stream, gzip.GzipFile) else size


def skip(stream: Readable, count: int) -> int:
    """Read past ``count`` bytes; how many of them were there."""
    left = count
    while left > 0 and (chunk := stream.read(min(left, CHUNK_BYTES))):
        left -= len(chunk)
    return count - left


def count_rest(stream: Readable, limit: int) -> int:
    """Read to the end, which checks a gzip file's checksum, but at most just over ``limit`` bytes."""
    total = 0
    while total <= limit and (chunk := stream.read(CHUNK_BYTES)):
        total += len(chunk)
    return total


def is_foreign_tail(error: gzip.BadGzipFile) -> bool:
    """Whether bytes that are no gzip follow a gzip file's content, whose own checksum was tested before."""
    return "CRC" not in str(error) and "length" not in str(error)


def unpacked_sha256(*paths: Path) -> str:
    """The sha256 (hex) of the files' bytes, one after the other, of gzip files unpacked.

    Raises as :func:`open_bytes`.
    """
    digest = hashlib.sha256()
    for path in paths:
        with open_bytes(path) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
    return digest.hexdigest()


def fingerprint_of(*paths: Path) -> str:
    """The sha256 (hex) of the files' bytes, one after the other. Raises CannotOpenImageError."""
    digest = hashlib.sha256()
    for path in paths:
        require_ordinary_file(path)
        try:
            with path.open("rb") as file:
                hashlib.file_digest(file, lambda: digest)
        except OSError as error:
            raise _cannot_open(path, error) from error
    return digest.hexdigest()
