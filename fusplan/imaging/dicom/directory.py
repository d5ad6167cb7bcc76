"""DICOMDIR: the list of files on a disc. It names its files; the images are in those."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import MediaStorageDirectoryStorage

from fusplan.errors import FileUnreadableError
from fusplan.imaging.dicom.elements import ElementReader, quiet_pydicom

MOST_PARTS = 8
"""Folders above a file, and the file: as many as DICOM allows in a file's name on a disc."""


class DirectoryError(ValueError):
    """A file is a DICOMDIR: no image, but the list of them."""

    def __init__(self, referenced: tuple[tuple[str, ...], ...]) -> None:
        super().__init__(referenced)
        self.referenced = referenced


class DirectoryAloneError(FileUnreadableError):
    """A DICOMDIR without the files it names."""


def directory_alone(count: int) -> DirectoryAloneError:
    """Nothing that a DICOMDIR names is there."""
    return DirectoryAloneError(
        f"The DICOMDIR is only the list of a disc: it names {count} file{'s' * (count != 1)}, and none of them is "
        "beside it.",
        "Copy the whole disc with its folders, or open the folder of the images instead.",
    )


def referenced_files(dataset: Dataset) -> tuple[tuple[str, ...], ...]:
    """The names in a DICOMDIR, each as folders and file; names that lead elsewhere are left out."""
    reader = ElementReader()
    records = dataset.get("DirectoryRecordSequence") or ()
    found = (reader.texts(record, "ReferencedFileID") for record in records)
    return tuple(dict.fromkeys(parts for parts in found if 0 < len(parts) <= MOST_PARTS and all(map(_plain, parts))))


def _plain(part: str) -> bool:
    return bool(part) and part not in (".", "..") and not any(sign in part for sign in "/\\:\0")


def directory_of(path: Path) -> tuple[tuple[str, ...], ...] | None:
    """The names in a file when it is a DICOMDIR, else None."""
    with quiet_pydicom():
        try:
            meta = pydicom.filereader.read_file_meta_info(path)
            if meta.get("MediaStorageSOPClassUID") != MediaStorageDirectoryStorage:
                return None
            return referenced_files(pydicom.dcmread(path, specific_tags=["DirectoryRecordSequence"]))
        except Exception:  # a damaged file makes pydicom raise nearly anything; it is told when it is read
            return None


def found_beside(folder: Path, referenced: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Those of the files that are there, as paths below ``folder``, however a disc wrote upper and lower case."""
    listings: dict[Path, dict[str, str]] = {}

    def there(parts: tuple[str, ...]) -> str | None:
        place = folder
        for part in parts:
            if place not in listings:
                listings[place] = _names_in(place)
            name = listings[place].get(_on_disc(part))
            if name is None:
                return None
            place /= name
        return os.fspath(place.relative_to(folder)) if place.is_file() else None

    return tuple(sorted(dict.fromkeys(filter(None, map(there, referenced)))))


def missing_beside(name: str, referenced: tuple[tuple[str, ...], ...], there: Iterable[str]) -> int:
    """How many files of the DICOMDIR ``name`` are not among the files ``there``, all named from one folder."""
    folder = _parts(name)[:-1]
    found = {_parts(path) for path in there}
    return sum((*folder, *map(_on_disc, parts)) not in found for parts in referenced)


def _parts(path: str) -> tuple[str, ...]:
    return tuple(_on_disc(part) for part in path.replace("\\", "/").split("/"))


def _names_in(folder: Path) -> dict[str, str]:
    try:
        return {_on_disc(path.name): path.name for path in folder.iterdir()}
    except OSError:
        return {}


def _on_disc(name: str) -> str:
    """Discs add a version (``IM1.;1``) and systems change the case."""
    return name.split(";", maxsplit=1)[0].rstrip(".").casefold()
