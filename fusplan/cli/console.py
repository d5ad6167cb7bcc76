"""What the command line says and how: progress on stderr, results on stdout, errors with a remedy."""

from __future__ import annotations

import io
import json
import math
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from fusplan.errors import FusplanError
from fusplan.harmless import harmless, harmless_values
from fusplan.imaging.notes import Notes
from fusplan.notice import RESEARCH_ONLY
from fusplan.registration.request import NoHeadError, Verdict

USER_ERROR_EXIT_CODE = 2
NO_HEAD_EXIT_CODE = 3
"""What was given can be read but shows no head: nothing was planned."""


class HarmlessConsole(Console):
    """A console that shows what names of other people's files hold, and does not obey it."""

    def print(self, *objects: Any, **options: Any) -> None:
        shown = (harmless(part, keeps_lines=True) if isinstance(part, str) else part for part in objects)
        super().print(*shown, **options)


class SteadyConsole(HarmlessConsole):
    """A console that never hides the cursor, so that an interrupt at any moment leaves the terminal as it was."""

    def show_cursor(self, show: bool = True) -> bool:
        del show
        return False


out = HarmlessConsole(highlight=False, soft_wrap=True, emoji=False)
err = SteadyConsole(stderr=True, highlight=False, emoji=False)


class BarProgress:
    """Progress as one bar on stderr, in the user's words."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("Starting", total=1.0)

    def report(self, fraction: float, sentence: str) -> None:
        self._bar.update(self._task, completed=fraction, description=plain(sentence))
        self._bar.refresh()


@contextmanager
def progress_bar() -> Iterator[BarProgress]:
    """A progress bar that disappears when the work is done. Without a terminal it prints nothing."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        yield BarProgress(bar)


@contextmanager
def interruptible() -> Iterator[None]:
    """Lets Ctrl-C end the program at once while native code computes and nothing has been written yet.

    The registration engine holds the interpreter lock for seconds, so Python's own handler would
    answer late.
    """
    try:
        previous = signal.signal(signal.SIGINT, signal.SIG_DFL)
    except ValueError:  # not in the main thread: leave the signal to whoever is
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def fail(error: FusplanError) -> NoReturn:
    """Say what is wrong and what to do, and stop with exit code 2, or 3 where the image shows no head."""
    err.print(f"[bold red]Error:[/] {plain(error.message)}", soft_wrap=True)
    err.print(f"[bold]What to do:[/] {plain(error.remedy)}", soft_wrap=True)
    raise typer.Exit(NO_HEAD_EXIT_CODE if isinstance(error, NoHeadError) else USER_ERROR_EXIT_CODE)


def warn(sentence: str) -> None:
    """A sentence the user should read, on stderr."""
    err.print(f"[yellow]Note:[/] {plain(sentence)}", soft_wrap=True)


def warn_of_image(notes: Notes | None) -> None:
    """What the reader of the image noticed, on stderr; nothing where that is not known."""
    for note in notes or ():
        warn(note.sentence)


def image_notes_json(notes: Notes | None) -> list[dict[str, str]] | None:
    """What the reader of the image noticed, for programs; None where that is not known."""
    return None if notes is None else [note.as_json for note in notes]


def print_json(value: Mapping[str, Any]) -> None:
    """The machine-readable result, alone on stdout; what is not a finite number is null.

    In ASCII, with escapes: a terminal may not know the letters of a file name, and a file name may not be text.
    """
    whole = _without_non_numbers(harmless_values({"notice": RESEARCH_ONLY, **value}))
    sys.stdout.write(json.dumps(whole, indent=2, allow_nan=False).replace("\x7f", "\\u007f") + "\n")


def _without_non_numbers(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _without_non_numbers(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_non_numbers(one) for one in value]
    return value


def let_any_name_be_printed() -> None:
    """File names that are not text, or not in the terminal's alphabet, are shown with escapes instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def answer(as_json: bool, value: Mapping[str, Any], say: Callable[[], None]) -> None:
    """Either the machine-readable value or the words."""
    if as_json:
        print_json(value)
    else:
        say()
        out.print(f"[dim]{RESEARCH_ONLY}[/]")


def verdict_markup(verdict: Verdict) -> str:
    """A verdict as a coloured word; the word itself says it without colour."""
    colour = {"ok": "green", "warning": "yellow", "error": "red"}[verdict]
    return f"[{colour}]{verdict}[/]"


def plain(text: object) -> str:
    """Text that may hold anything, for use within rich's markup."""
    return escape(harmless(str(text)))
