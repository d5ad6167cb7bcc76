"""``fusplan help``: the help pages, in the shell or where to find them."""

from __future__ import annotations

from typing import Annotated, ClassVar

import typer
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownElement, TableElement
from rich.table import Table

from fusplan.cli.console import answer, fail, out, plain
from fusplan.cli.options import AsJson
from fusplan.cli.tables import Column, TableContent, print_table
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
    answer(as_json, value, lambda: out.print(_Page(found.text, hyperlinks=False), soft_wrap=False))


class _FoldedTable(TableElement):
    """A table whose cells are folded where they are too wide, never cut."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for part in super().__rich_console__(console, options):
            if isinstance(part, Table):
                for column in part.columns:
                    column.overflow = "fold"
            yield part


class _Page(Markdown):
    """A help page."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "table_open": _FoldedTable}


def _say_list(pages: tuple[HelpPage, ...]) -> None:
    rows = [(page.name, plain(page.title)) for page in pages]
    print_table(TableContent.of((Column(whole=True), Column()), rows))
    out.print(f"Read one with 'fusplan help NAME', or in the window's Help menu. The files: {plain(help_folder())}")
