"""``fusplan FILE`` opens the file in the window; a name that is a command stays a command."""

from __future__ import annotations

import difflib
import os
from typing import Any

import typer.core

from fusplan.cli.console import fail
from fusplan.errors import FileMissingError, FusplanError

OPENING = "open"
"""The command that a file stands for."""


class NeitherCommandNorFileError(FusplanError):
    """The first word of a command line is nothing that the program knows."""

    def __init__(self, word: str, commands: list[str]) -> None:
        near = difflib.get_close_matches(word, commands, 1)
        guess = f"Did you mean 'fusplan {near[0]}'? " if near else ""
        super().__init__(
            f"There is neither a command nor a file called {word!r}.",
            f"{guess}The commands: {', '.join(commands)}. A plan or an image is opened by its path.",
        )


class CommandOrFile(typer.core.TyperGroup):
    """The program's commands; a first word that is none of them is a file to open."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        word = args[0]
        if word in self.commands or word.startswith("-"):
            return super().resolve_command(ctx, args)
        if not os.path.lexists(word):
            self._refuse(word)
        return OPENING, self.commands[OPENING], args

    def _refuse(self, word: str) -> None:
        looks_like_a_path = os.sep in word or "/" in word or "." in word
        fail(FileMissingError(word) if looks_like_a_path else NeitherCommandNorFileError(word, sorted(self.commands)))
