"""Writing a file all or nothing: a crash, a full disk or a pulled plug leaves the earlier file as it was."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fusplan.errors import FileNotWritableError

_CAUSES: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", "Free some space, or choose a folder on another disk."),
    errno.EDQUOT: ("your disk quota is used up", "Free some space, or choose a folder on another disk."),
    errno.EROFS: ("the disk is read-only", "Choose a folder on another disk."),
    errno.EACCES: ("you have no permission to write there", "Choose a folder of your own."),
    errno.EPERM: ("you have no permission to write there", "Choose a folder of your own."),
    errno.ENOENT: ("the folder does not exist", "Make the folder first, or choose another one."),
    errno.ENOTDIR: ("a file is in the way where a folder is needed", "Choose another folder."),
    errno.EISDIR: ("a folder of that name is in the way", "Choose another name."),
    errno.EEXIST: ("something of that name is in the way", "Choose another name."),
    errno.EFBIG: ("files that large are not allowed there", "Choose a folder on another disk."),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter name."),
}


@contextlib.contextmanager
def writing_errors_explained(path: Path) -> Iterator[None]:
    """Turn the system's refusals to write ``path`` into a :class:`FileNotWritableError` with cause and remedy."""
    try:
        yield
    except OSError as error:
        cause, remedy = _CAUSES.get(
            error.errno or 0, (str(error.strerror or error), "Choose another folder, or check the disk.")
        )
        raise FileNotWritableError(f"{path} cannot be written: {cause}.", remedy) from error


_PART_SUFFIX = ".part"
LOCK_SUFFIX = ".lock"
"""Of the hidden file that is locked while the file beside it is written (``file_lock``)."""


def is_leftover(name: str) -> bool:
    """Whether a file of that name is what a killed program left of a file that it was writing, or of its lock."""
    return name.startswith(".") and name.endswith((_PART_SUFFIX, LOCK_SUFFIX))


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to a new file beside ``path``, force it to the disk, then put it in place of ``path``.

    Raises:
        FileNotWritableError: no permission, full disk, missing folder, a folder in the way. An earlier file of
            that name is then untouched and nothing else is left behind.
    """
    with writing_errors_explained(path):
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=_PART_SUFFIX)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            # mkstemp makes files for the owner only; a plan is shared like any other document.
            temporary.chmod(0o666 & ~_current_umask())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _force_folder_to_disk(path.parent)


def _current_umask() -> int:
    """The permissions that new files of this process do not get; reading them means setting them for an instant."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _force_folder_to_disk(folder: Path) -> None:
    """Make the new name survive a power cut, where the system allows a folder to be opened (not on Windows)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
