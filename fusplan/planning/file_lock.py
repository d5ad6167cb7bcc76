"""A lock that programs agree on while one of them writes a file; the system lets go of it however a program ends.

The lock lies beside the file it is for, under a hidden name, and is removed by whoever had it last. One that a killed
program left there is nobody's, and the next program takes it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from fusplan.errors import FileNotWritableError
from fusplan.planning.atomic_file import LOCK_SUFFIX, writing_errors_explained

LONGEST_WAIT_S = 60.0
"""A plan is written in well under a second; a registration beside it, on a slow network disk, takes some seconds."""

_BETWEEN_TRIES_S = 0.005


class FileBusyError(FileNotWritableError):
    """Another program does not let go of a file."""


@contextlib.contextmanager
def locked_for_writing(path: Path, longest_wait_s: float = LONGEST_WAIT_S) -> Iterator[None]:
    """Keep every other program that asks from writing ``path`` meanwhile. Not to be nested.

    Where the disk knows no locks, nothing is kept from anybody.

    Raises:
        FileNotWritableError: nothing can be written in its folder.
        FileBusyError: another program has held the lock all the time.
    """
    lock_path = _lock_path(path)
    with writing_errors_explained(path):
        descriptor = _claimed(lock_path, time.monotonic() + longest_wait_s)
    if descriptor is None:
        raise FileBusyError(
            f"{path} is being written by another program, which does not come to an end.",
            "Look which program has it open, or save elsewhere.",
        )
    try:
        yield
    finally:
        _let_go(descriptor, lock_path)


def _lock_path(path: Path) -> Path:
    """Its name is short enough wherever that of the file is."""
    digest = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:8]
    return path.with_name(f".{path.name[:40]}.{digest}{LOCK_SUFFIX}")


def _claimed(lock_path: Path, deadline: float) -> int | None:
    """The open and locked file; None after the deadline."""
    while True:
        descriptor = _opened(lock_path)
        try:
            is_ours = try_to_lock(descriptor) and _is_there_still(descriptor, lock_path)
        except BaseException:
            os.close(descriptor)
            raise
        if is_ours:
            return descriptor
        os.close(descriptor)
        if time.monotonic() > deadline:
            return None
        time.sleep(_BETWEEN_TRIES_S)


def _opened(lock_path: Path) -> int:
    try:
        return os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:
        # Left by a killed program of somebody else: reading is enough to lock it.
        return os.open(lock_path, os.O_RDONLY)


def _is_there_still(descriptor: int, lock_path: Path) -> bool:
    """Whether the locked file is the one that others find: its last owner removes it."""
    try:
        return os.path.samestat(os.fstat(descriptor), lock_path.stat())
    except FileNotFoundError:
        return False


def _let_go(descriptor: int, lock_path: Path) -> None:
    """Remove the file while it is still locked; Windows removes no file that anybody has open, so there it is after."""
    if sys.platform == "win32":  # pragma: no cover
        os.close(descriptor)
        with contextlib.suppress(OSError):
            lock_path.unlink()
    else:
        with contextlib.suppress(OSError):
            lock_path.unlink()
        os.close(descriptor)


if sys.platform == "win32":  # pragma: no cover - the other branch runs on the other systems
    import msvcrt

    def try_to_lock(descriptor: int) -> bool:
        """Lock the first byte of an open file until it is closed; False when another program holds it."""
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import errno
    import fcntl

    def try_to_lock(descriptor: int) -> bool:
        """Lock an open file until it is closed; False when another program holds it. True where no locks are known."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EAGAIN)
        return True
