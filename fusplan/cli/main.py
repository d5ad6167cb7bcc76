"""The ``fusplan`` program: one command a user job. Imports no Qt."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from fusplan import __version__
from fusplan.cli.command_or_file import CommandOrFile
from fusplan.cli.console import let_any_name_be_printed, out
from fusplan.cli.endings import run_to_the_end
from fusplan.notice import RESEARCH_ONLY

app = typer.Typer(
    name="fusplan",
    cls=CommandOrFile,
    help=f"Plan MR-guided focused ultrasound thalamotomy on a head MRI.\n\n{RESEARCH_ONLY}",
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        out.print(f"fusplan {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Without a command the window opens; with a plan or an image in place of a command, it opens that."""
    del version
    if context.invoked_subcommand is None:
        from fusplan.cli.window import open_  # noqa: PLC0415 - as the other commands: imported when it is wanted

        open_()


def run() -> None:
    """The console script: runs a command and ends in a sentence or quietly, whatever stands against it."""
    let_any_name_be_printed()
    sys.exit(run_to_the_end(app))
