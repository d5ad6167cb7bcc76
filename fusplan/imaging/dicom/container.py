"""Where the DICOM bytes are: the files of a folder and its folders, one file, or the members of a zip.

A zip is read in memory, member by member, and never unpacked onto the disk: so no path in it can lead anywhere, and
no copy of a patient's data is left behind. What it claims to hold is added up before anything is unpacked.
"""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from fusplan.errors import FileMissingError, FileUnreadableError
from fusplan.imaging.byte_stream import CannotOpenImageError, require_ordinary_file
from fusplan.imaging.dicom.directory import directory_alone, directory_of, found_beside

MOST_FILES = 20_000
"""Files looked at in one folder or zip. A long examination has a few thousand images."""

MOST_FILE_BYTES = 2 << 30
MOST_UNPACKED_BYTES = 8 << 30
"""Limits of one file and of all that a zip says it holds: above any examination, below what hurts."""

MOST_DEFLATE_CAN_SHRINK = 1032
"""As for gzip: a member that claims more was not made by an honest program."""

PREAMBLE_BYTES = 128
MAGIC = b"DICM"
_ZIP_MAGIC = b"PK\x03\x04"


class TooManyFilesError(FileUnreadableError):
    """A folder or zip holds more files than one examination."""


class UnsafeZipError(FileUnreadableError):
    """A zip claims sizes that no honest zip has, or more than can be handled."""


class LockedZipError(FileUnreadableError):
    """A zip is protected by a password."""


class DamagedZipError(FileUnreadableError):
    """A zip is cut off, or its checksums are wrong."""


class Container(Protocol):
    """Named files, to be opened one at a time."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every file in it, sorted."""

    def open(self, name: str) -> BinaryIO:
        """The bytes of one file. Raises OSError, or ValueError when it is too large or damaged."""

    def start(self, name: str) -> bytes:
        """The first bytes of a file, enough to recognise DICOM; fewer when it is shorter. Raises as ``open``."""

    def stamp(self, name: str) -> tuple[int, int]:
        """Two numbers that are others when a file has changed; costs no reading. Raises OSError."""


class FolderContainer:
    """The files of a folder, by default with those of its folders; links to folders are not followed."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self._folder = folder
        self.names = names

    def open(self, name: str) -> BinaryIO:
        path = self._folder / name
        if not path.is_file():  # a pipe would wait for ever
            raise ValueError("not an ordinary file")
        if path.stat().st_size > MOST_FILE_BYTES:
            raise ValueError("too large")
        return path.open("rb")

    def start(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read(PREAMBLE_BYTES + len(MAGIC))

    def stamp(self, name: str) -> tuple[int, int]:
        status = (self._folder / name).stat()
        return status.st_size, status.st_mtime_ns


class ZipContainer:
    """The members of a zip."""

    def __init__(self, archive: zipfile.ZipFile, names: tuple[str, ...]) -> None:
        self._archive = archive
        self.names = names

    def open(self, name: str) -> BinaryIO:
        return io.BytesIO(self._read(name, MOST_FILE_BYTES))

    def start(self, name: str) -> bytes:
        return self._read(name, PREAMBLE_BYTES + len(MAGIC))

    def stamp(self, name: str) -> tuple[int, int]:
        member = self._archive.getinfo(name)
        return member.file_size, member.CRC

    def _read(self, name: str, most_bytes: int) -> bytes:
        try:
            with self._archive.open(name) as member:
                return member.read(most_bytes)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise ValueError("damaged or packed in an unknown way") from error


def is_dicom(path: Path) -> bool:
    """Whether a path is a folder, a zip, or a file whose content is DICOM: what :func:`open_container` can open."""
    try:
        if path.is_dir():
            return True
        if not path.is_file():
            return False
        with path.open("rb") as file:
            start = file.read(PREAMBLE_BYTES + len(MAGIC))
    except (OSError, ValueError):
        return False
    return looks_like_dicom(start) or start.startswith(_ZIP_MAGIC)


def looks_like_dicom(start: bytes) -> bool:
    """Whether the first bytes of a file are those of DICOM part 10, or of an old file without its preamble."""
    has_magic = start[PREAMBLE_BYTES:] == MAGIC
    # Without a preamble the first element is one of group 0008, little endian, with a small element number.
    return has_magic or (len(start) > PREAMBLE_BYTES and start[:2] == b"\x08\x00" and start[3] == 0)


@contextmanager
def open_container(path: Path) -> Iterator[Container]:
    """The files at a path: a folder with its folders, a zip, or the folder around one file (without its folders).

    Of a DICOMDIR they are those that it names, and the DICOMDIR.

    Raises:
        FileMissingError, CannotOpenImageError: it is not there, or cannot be opened.
        TooManyFilesError: it holds more than one examination.
        UnsafeZipError, LockedZipError, DamagedZipError: it is a zip that cannot be used.
        DirectoryAloneError: it is a DICOMDIR without its files.
    """
    if os.path.isdir(path):  # noqa: PTH112 (Path.is_dir raises for impossible names)
        yield FolderContainer(path, _files_below(path))
        return
    require_ordinary_file(path)
    if _is_zip(path):
        with _opened_zip(path) as archive:
            yield ZipContainer(archive, _safe_members(archive))
        return
    referenced = directory_of(path)
    yield FolderContainer(path.parent, _files_beside(path) if referenced is None else _on_the_disc(path, referenced))


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_ZIP_MAGIC)) == _ZIP_MAGIC
    except OSError:
        return False


def _files_below(folder: Path) -> tuple[str, ...]:
    def refuse(error: OSError) -> None:
        if error.filename == os.fspath(folder):
            raise CannotOpenImageError(
                f"The folder cannot be read: {error.strerror or 'the system refused'}.",
                "Check that the folder is yours to read and that its disk is connected.",
            ) from error

    if not folder.exists():
        raise FileMissingError(folder, "folder")
    names: list[str] = []
    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders.sort()
        names += (os.path.relpath(Path(parent) / name, folder) for name in files)
        _require_few(len(names))
    return tuple(sorted(names))


def _files_beside(path: Path) -> tuple[str, ...]:
    names = sorted(entry.name for entry in os.scandir(path.parent) if entry.is_file())
    _require_few(len(names))
    return tuple(names)


def _on_the_disc(path: Path, referenced: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """A DICOMDIR and those of its files that are there."""
    _require_few(len(referenced))
    found = found_beside(path.parent, referenced)
    if not found:
        raise directory_alone(len(referenced))
    return tuple(sorted({path.name, *found}))


def _require_few(count: int) -> None:
    if count > MOST_FILES:
        raise TooManyFilesError(
            f"The folder holds more than {MOST_FILES} files.",
            "Choose the folder of the one examination, or one DICOM file of the series.",
        )


@contextmanager
def _opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise DamagedZipError(
            "The zip file is damaged.", "Copy or download it again, or unpack it and open the folder."
        ) from error
    with archive:
        yield archive


def _safe_members(archive: zipfile.ZipFile) -> tuple[str, ...]:
    """The files of a zip whose claims are believable."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    _require_few(len(members))
    if any(member.flag_bits & 1 for member in members):
        raise LockedZipError("The zip file is protected by a password.", "Unpack it and open the folder.")
    for member in members:
        if member.file_size > member.compress_size * MOST_DEFLATE_CAN_SHRINK + 1024:
            raise _unsafe("it claims to hold more than such a file can hold")
    if max((member.file_size for member in members), default=0) > MOST_FILE_BYTES:
        raise _unsafe(f"a file in it has more than {MOST_FILE_BYTES >> 30} GB")
    if sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
        raise _unsafe(f"it holds more than {MOST_UNPACKED_BYTES >> 30} GB")
    return tuple(sorted({member.filename for member in members}))


def _unsafe(cause: str) -> UnsafeZipError:
    return UnsafeZipError(
        f"The zip file was not opened: {cause}.",
        "If you trust it, unpack it yourself and open the folder of the series.",
    )
