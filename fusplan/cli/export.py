"""``fusplan export PLAN``: a saved plan in one format or in all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fusplan.cli.console import answer, fail, out, progress_bar
from fusplan.cli.options import AsJson
from fusplan.errors import FusplanError
from fusplan.workflows.export_plan import ALL_FORMATS, ExportRequest, export_plan


def export(
    plan: Annotated[Path, typer.Argument(help="A plan folder or plan file.")],
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help=f"{', '.join(ALL_FORMATS)}; may be repeated. All when left out."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--out", help="Folder to write into; the plan's own when left out.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files of the same names.")] = False,
    image: Annotated[
        Path | None, typer.Option("--image", help="Where the plan's image is now, if it was moved.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a saved plan in the formats of other programs or as a report."""
    request = ExportRequest(plan, tuple(formats or ()), to, overwrite, image)
    try:
        with progress_bar() as progress:
            files = export_plan(request, progress)
    except FusplanError as error:
        fail(error)
    answer(as_json, {"files": [str(path) for path in files]}, lambda: _say(files))


def _say(files: tuple[Path, ...]) -> None:
    for path in files:
        out.print(f"Written: {path}", markup=False)
