"""``fusplan help``: the help pages, in the shell or where to find them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markdown import Markdown
from rich.table import Table

from fusplan.cli.console import answer, fail, out, plain
from fusplan.cli.options import AsJson
from fusplan.display.help_pages import HelpPage, find_page, help_folder, load_pages
from fusplan.errors import FusplanError


def help_(
    page: Annotated[
        str | None, typer.Argument(help="Name of a page, such as frames; without one they are listed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read a help page, or list them and say where they are."""
    pages = load_pages()
    if page is None:
        listed = [{"name": one.name, "title": one.title, "path": str(one.path)} for one in pages]
        answer(as_json, {"folder": str(help_folder()), "pages": listed}, lambda: _say_list(pages))
        return
    try:
        found = find_page(pages, page)
    except FusplanError as error:
        fail(error)
    value = {"name": found.name, "title": found.title, "path": str(found.path), "markdown": found.text}
    answer(as_json, value, lambda: out.print(Markdown(found.text, hyperlinks=False), soft_wrap=False))


def _say_list(pages: tuple[HelpPage, ...]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for page in pages:
        table.add_row(page.name, plain(page.title))
    out.print(table)
    out.print(f"Read one with 'fusplan help NAME', or in the window's Help menu. The files: {plain(help_folder())}")
