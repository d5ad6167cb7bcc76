"""Small pieces of HTML. Every text passes through :func:`text`, so that a file name can never be markup."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from fusplan.harmless import harmless
from fusplan.registration.request import Verdict

VERDICT_WORDS: dict[Verdict, str] = {"ok": "ok", "warning": "look twice", "error": "do not trust"}
_VERDICT_SIGNS: dict[Verdict, str] = {"ok": "&#10003;", "warning": "!", "error": "&#10007;"}
"""A sign beside the colour: grey print and colour-blind eyes need it."""

_SEVERITY: dict[Verdict, int] = {"ok": 0, "warning": 1, "error": 2}


def text(value: object) -> str:
    """A value as text that is safe anywhere in HTML, quotes included."""
    return html.escape(harmless(str(value), keeps_lines=True), quote=True)


def badge(verdict: Verdict, words: str | None = None) -> str:
    """The verdict as a coloured sign with words."""
    shown = text(VERDICT_WORDS[verdict] if words is None else words)
    return f'<span class="badge {verdict}"><span class="sign">{_VERDICT_SIGNS[verdict]}</span>{shown}</span>'


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of some verdicts; ok when there are none."""
    return max(verdicts, key=_SEVERITY.__getitem__, default="ok")


def confidence_mark(mark: str) -> str:
    """A confidence mark (V, C, M, derived) as a small chip; explained in the sources."""
    return f'<span class="mark mark-{text(mark.lower())}" title="see Sources: what the marks mean">{text(mark)}</span>'


def bar(share: float, css_class: str = "", colour: str = "") -> str:
    """A horizontal bar filled to a share of 0 to 1; ``colour`` (``#rrggbb``) goes before that of the class."""
    width = min(max(share, 0.0), 1.0) * 100
    filled = f";background:{colour}" if colour else ""
    return f'<span class="bar {css_class}"><span style="width:{width:.1f}%{filled}"></span></span>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]], css_class: str = "") -> str:
    """A table of ready HTML cells; the first cell of a row is its heading, ``#`` before a heading makes it numeric."""
    numeric = [cell.startswith("#") for cell in head]
    shown_head = "".join(
        f'<th scope="col"{_numeric_class(is_number)}>{cell.removeprefix("#")}</th>'
        for cell, is_number in zip(head, numeric, strict=True)
    )
    lines = []
    for row in rows:
        cells = [f'<th scope="row">{row[0]}</th>']
        cells += [
            f"<td{_numeric_class(is_number)}>{cell}</td>" for cell, is_number in zip(row[1:], numeric[1:], strict=True)
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    opening = f'<table class="{css_class}">' if css_class else "<table>"
    return f"{opening}<thead><tr>{shown_head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _numeric_class(is_number: bool) -> str:
    return ' class="number"' if is_number else ""


def section(identifier: str, title: str, body: str, lead: str = "") -> str:
    """A section with its heading and an optional leading sentence (HTML)."""
    leading = f'<p class="lead">{lead}</p>' if lead else ""
    return f'<section id="{text(identifier)}"><h2>{text(title)}</h2>{leading}{body}</section>'
