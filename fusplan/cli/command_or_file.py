"""The program's commands, each imported when it is wanted: together they take a second.

``fusplan FILE`` opens the file in the window; a name that is a command stays a command.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import typer
import typer.core
from typer.main import get_command

from fusplan.cli.console import fail
from fusplan.errors import FileMissingError, FusplanError
from fusplan.harmless import harmless

OPENING = "open"
"""The command that a file stands for."""

COMMANDS = {
    "plan": "plan:plan",
    "demo": "plan:demo",
    "register": "register:register",
    "targets": "targets:targets",
    "landmarks": "landmarks:landmarks",
    "simulate": "simulate:simulate",
    "export": "export:export",
    "info": "info:info",
    OPENING: "window:open_",
    "help": "help:help_",
    "atlas": "atlas:app",
}
"""Module of this package and what in it is the command: a function, or a Typer program of several."""

USAGE_ERRORS: type[Exception] = typer.BadParameter.__mro__[1]
"""What is raised for every mistake in a command line. typer brings its own click since 0.26, and does not name it."""


class NeitherCommandNorFileError(FusplanError):
    """The first word of a command line is nothing that the program knows."""

    def __init__(self, word: str, commands: list[str]) -> None:
        near = difflib.get_close_matches(word, commands, 1)
        guess = f"Did you mean 'fusplan {near[0]}'? " if near else ""
        super().__init__(
            f"There is neither a command nor a file called {word!r}.",
            f"{guess}The commands: {', '.join(commands)}. A plan or an image is opened by its path.",
        )


class Commands(Mapping[str, Any]):
    """The commands by name, in the order of the help page."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            module, attribute = COMMANDS[name].split(":")
            self._known[name] = _as_command(name, getattr(import_module(f"fusplan.cli.{module}"), attribute))
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def _as_command(name: str, what: Any) -> Any:
    program = what
    if not isinstance(what, typer.Typer):
        program = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False, add_completion=False)
        program.command(name)(what)
    command = get_command(program)
    command.name = name
    return command


class CommandOrFile(typer.core.TyperGroup):
    """The program's commands; a first word that is none of them is a file to open."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands: Any = Commands()

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(self.commands)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        word = args[0]
        if word in self.commands or word.startswith("-"):
            return super().resolve_command(ctx, args)
        if not os.path.lexists(word):
            self._refuse(word)
        return OPENING, self.commands[OPENING], args

    def make_context(self, *args: Any, **options: Any) -> Any:
        with _told_harmlessly():
            return super().make_context(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        with _told_harmlessly():
            return super().invoke(ctx)

    def _refuse(self, word: str) -> None:
        looks_like_a_path = os.sep in word or "/" in word or "." in word
        fail(FileMissingError(word) if looks_like_a_path else NeitherCommandNorFileError(word, sorted(self.commands)))


@contextmanager
def _told_harmlessly() -> Iterator[None]:
    """What is wrong with the words of a command line is told with these words: nothing in them may act."""
    try:
        yield
    except USAGE_ERRORS as error:
        told: Any = error
        told.message = harmless(told.message, keeps_lines=True)
        raise
