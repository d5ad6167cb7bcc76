"""The help pages: Markdown files that come with the program, read the same on the web, in the window and in a shell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.paths import resources_folder

ORDER = (
    "index",
    "tutorial",
    "anatomy",
    "frames",
    "accuracy",
    "through-the-skull",
    "evidence",
    "atlases",
    "formats",
    "keyboard",
)
"""Of the pages in lists; pages that are not named here follow by name."""

START = "index"

_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^(#{1,6}) +(.+?)\s*$", re.MULTILINE)
_MARKS = re.compile(r"[*`_]|\[|\]\([^)]*\)|^#+ |^[|\-\s]+$", re.MULTILINE)


class UnknownHelpPageError(FusplanError):
    """There is no help page of that name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no help page {name!r}.", f"The pages are: {', '.join(known)}.")


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One page.

    Attributes:
        name: its file's name without ending, such as ``frames``.
        path: the file.
        text: Markdown.
    """

    name: str
    path: Path
    text: str

    @property
    def title(self) -> str:
        """The first heading."""
        found = _HEADING.search(self.text)
        return found.group(2) if found else self.name

    @property
    def anchors(self) -> tuple[str, ...]:
        """What links to places within the page are called: its headings, as GitHub writes them."""
        return tuple(anchor_of(found.group(2)) for found in _HEADING.finditer(self.text))

    @property
    def links(self) -> tuple[str, ...]:
        """Where the page leads to: pages, places in pages, the web."""
        return tuple(found.group(2) for found in _LINK.finditer(self.text))

    @property
    def pictures(self) -> tuple[str, ...]:
        """Its pictures, as paths from the page's folder."""
        return tuple(found.group(2) for found in _PICTURE.finditer(self.text))

    @property
    def words(self) -> str:
        """The text without the marks of Markdown, for a search."""
        return _MARKS.sub("", _PICTURE.sub(r"\1", self.text))


def help_folder() -> Path:
    """Where the pages are."""
    return resources_folder() / "help"


def load_pages(folder: Path | None = None) -> tuple[HelpPage, ...]:
    """All pages of a folder (the program's own by default), in the order they are listed."""
    wanted = folder if folder is not None else help_folder()
    found = {path.stem: HelpPage(path.stem, path, path.read_text("utf-8")) for path in wanted.glob("*.md")}
    return tuple(found[name] for name in sorted(found, key=_place))


def find_page(pages: tuple[HelpPage, ...], name: str) -> HelpPage:
    """The page of that name, with or without ending. Raises UnknownHelpPageError."""
    wanted = name.lower().removesuffix(".md")
    for page in pages:
        if page.name == wanted:
            return page
    raise UnknownHelpPageError(name, tuple(page.name for page in pages))


def search_pages(pages: tuple[HelpPage, ...], text: str) -> dict[str, int]:
    """Names of the pages in which every word of a text occurs, and how often the words do."""
    wanted = text.casefold().split()
    counts = {page.name: [page.words.casefold().count(word) for word in wanted] for page in pages}
    return {name: sum(found) for name, found in counts.items() if all(found)}


def anchor_of(heading: str) -> str:
    """The anchor of a heading as GitHub makes it: lower case, blanks to hyphens, no other punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def split_link(link: str) -> tuple[str, str]:
    """Name of a page ("" for the same) and anchor of a link within the help: ``frames.md#an-example``."""
    path, _, anchor = link.partition("#")
    return path.removesuffix(".md"), anchor


def keyboard_page(groups: Iterator[tuple[str, tuple[tuple[str, str], ...]]]) -> str:
    """The page of keys: a table for every ``(heading, (keys, what they do))``."""
    parts = ["# Keys and mouse\n", "*Research and education only. Not for clinical use.*\n"]
    parts.append("`F1` shows this page's content over the window. `Ctrl+K` finds any action by name.\n")
    for title, entries in groups:
        parts.append(f"## {title}\n")
        rows = [f"| `{keys}` | {what} |" for keys, what in entries]
        parts.append("\n".join(["| keys | what they do |", "|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)
