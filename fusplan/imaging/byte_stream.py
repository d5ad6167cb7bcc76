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
from typing import BinaryIO

from fusplan.errors import FileMissingError, FileUnreadableError

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
    return os.fsencode(path.name).decode("utf-8", errors="replace")


def _damaged(path: Path, cause: str) -> DamagedGzipError:
    return DamagedGzipError(
        f"{shown(path)} is a damaged gzip file: {cause}.",
        "It was probably not copied or downloaded to the end: copy it again, or test it with `gzip -t`.",
    )


class ByteStream:
    """Reads an image file from its start, unpacking gzip whatever the file is called.

    Attributes:
        path: the file.
        compressed: whether its content is gzip.
        most_bytes: more bytes than this cannot come out of it.
    """

    def __init__(self, path: Path, file: BinaryIO, size: int) -> None:
        self.path = path
        self.compressed = file.read(2) == GZIP_MAGIC
        file.seek(0)
        self.most_bytes = size * MOST_GZIP_CAN_SHRINK if self.compressed else size
        self._stream: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=file) if self.compressed else file

    def read(self, count: int) -> bytes:
        """The next ``count`` bytes, fewer only at the end. Raises DamagedGzipError, CannotOpenImageError."""
        try:
            return self._stream.read(count)
        except EOFError as error:
            raise _damaged(self.path, "it ends before its content does") from error
        except (zlib.error, gzip.BadGzipFile) as error:
            raise _damaged(self.path, "its content does not agree with its checksum") from error
        except OSError as error:
            raise _cannot_open(self.path, error) from error

    def skip(self, count: int) -> None:
        """Pass over bytes; at the end of the file there is nothing more to pass over."""
        while count > 0:
            passed = len(self.read(min(count, CHUNK_BYTES)))
            if passed == 0:
                return
            count -= passed

    def count_rest(self, limit: int) -> int:
        """Read to the end, which checks a gzip file's checksum, but at most just over ``limit`` bytes."""
        total = 0
        while total <= limit:
            passed = len(self.read(CHUNK_BYTES))
            if passed == 0:
                break
            total += passed
        return total


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
            "Name one file of it: .nii, .nii.gz, .hdr/.img, .mgh or .mgz. A folder of DICOM files must first be "
            "converted to NIfTI, for example with dcm2niix.",
        )
    if not stat.S_ISREG(found.st_mode):
        raise CannotOpenImageError(f"{shown(path)} is not an ordinary file.", "Give the name of an image file.")
    return found.st_size


@contextmanager
def open_bytes(path: Path) -> Iterator[ByteStream]:
    """The bytes of an ordinary file, unpacked where gzipped. Raises as :func:`require_ordinary_file`."""
    size = require_ordinary_file(path)
    try:
        file = path.open("rb")
    except OSError as error:
        raise _cannot_open(path, error) from error
    with file:
        yield ByteStream(path, file, size)


def fingerprint_of(*paths: Path) -> str:
    """The sha256 (hex) of the files' bytes, one after the other. Raises CannotOpenImageError."""
    digest = hashlib.sha256()
    for path in paths:
        require_ordinary_file(path)
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    digest.update(chunk)
        except OSError as error:
            raise _cannot_open(path, error) from error
    return digest.hexdigest()
