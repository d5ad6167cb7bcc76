"""How the program ends when what it prints or writes has no place left: in a sentence, or quietly."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from typing import TextIO

from fusplan.cli.console import USER_ERROR_EXIT_CODE, err, plain

FULL: dict[int, str] = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your disk quota is used up",
    errno.EFBIG: "files that large are not allowed there",
}


def run_to_the_end(command: Callable[[], object]) -> int:
    """Run a command, see that all it has printed is out, and say what stood against it.

    Returns:
        The exit code of the program.
    """
    try:
        status = _status(command)
    except KeyboardInterrupt:
        err.print("Stopped.")
        status = 130
    except OSError as error:
        status = _ended_by(error)
    return max(status, _printed_all(status))


def _status(command: Callable[[], object]) -> int:
    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _printed_all(status: int) -> int:
    """Flush what was printed while the program can still say that it is lost; the interpreter could only stutter."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _give_up(sys.stdout)
        return _ended_by(error)
    try:
        sys.stderr.flush()
    except OSError:
        _give_up(sys.stderr)
        return USER_ERROR_EXIT_CODE
    return status


def _ended_by(error: OSError) -> int:
    """Say that there was no room. A pipe whose reader has left is no trouble; anything else is a bug, and raised."""
    if error.errno in (errno.EPIPE, errno.ESHUTDOWN):
        _give_up(sys.stdout)
        return USER_ERROR_EXIT_CODE
    if error.errno not in FULL:
        raise error
    what = "What was to be printed" if error.filename is None else str(error.filename)
    remedy = "Free some space, or write to another disk. What was written before this is whole."
    with contextlib.suppress(OSError):
        err.print(f"[bold red]Error:[/] {plain(what)} cannot be written: {FULL[error.errno]}.", soft_wrap=True)
        err.print(f"[bold]What to do:[/] {remedy}", soft_wrap=True)
    return USER_ERROR_EXIT_CODE


def _give_up(stream: TextIO) -> None:
    """Send what a stream still holds to nowhere, so that the interpreter does not try again at its end."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
