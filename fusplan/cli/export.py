"""``fusplan export PLAN``: a saved plan in one format or in all, read back and compared with the plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fusplan.cli.console import answer, err, fail, out, plain, progress_bar, warn
from fusplan.cli.options import AsJson
from fusplan.cli.tables import Column, TableContent, print_table
from fusplan.errors import FusplanError
from fusplan.export.check_rows import CheckRow
from fusplan.export.self_check import SelfCheck
from fusplan.workflows.export_plan import ALL, ALL_FORMATS, CheckedExport, export_and_check
from fusplan.workflows.requests import ExportRequest

BAD_EXPORT_EXIT_CODE = 1
"""Files were written, but what they say when read back is not what is planned."""


def export(
    plan: Annotated[Path, typer.Argument(help="A plan folder or plan file.")],
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help=f"{ALL}, {', '.join(ALL_FORMATS)}; may be repeated. {ALL} when left out."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--out", help="Folder to write into; the plan's own when left out.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files of the same names.")] = False,
    image: Annotated[
        Path | None, typer.Option("--image", help="Where the plan's image is now, if it was moved.")
    ] = None,
    dicom_series: Annotated[
        Path | None,
        typer.Option(
            "--dicom-series", help="Folder of the DICOM series of the image, which SEG and RTSTRUCT refer to."
        ),
    ] = None,
    keep_identity: Annotated[
        bool,
        typer.Option(
            "--keep-identity",
            help="Copy the patient's name, ID, birth date, sex and the study's date and numbers into the DICOM files, "
            "as an archive needs that files them by patient. Without it they are empty; the series' UIDs always stay.",
        ),
    ] = False,
    paper: Annotated[
        str, typer.Option("--paper", help="Of the format pdf: A4 or Letter; the usual one of the place when left out.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Write a saved plan in the formats of other programs or as a report, then read it back and compare."""
    request = ExportRequest(plan, tuple(formats or ()), to, overwrite, image, dicom_series, keep_identity, paper)
    try:
        with progress_bar() as progress:
            exported = export_and_check(request, progress)
    except FusplanError as error:
        fail(error)
    answer(as_json, _json(exported), lambda: _say(exported, keep_identity))
    if exported.check.failed:
        err.print(f"[bold red]Error:[/] {plain(exported.check.verdict)}", soft_wrap=True)
        raise typer.Exit(BAD_EXPORT_EXIT_CODE)


def _json(exported: CheckedExport) -> dict[str, Any]:
    return {
        "files": [str(path) for path in exported.files],
        "left_out": list(exported.left_out),
        "messages": list(exported.messages),
        "image_notes": [note.as_json for note in exported.image_notes],
        "self_check": {
            "passed": exported.check.is_verified,
            "compared": len(exported.check.rows),
            "nothing_to_compare_in": list(exported.check.nothing_in),
            "verdict": exported.check.verdict,
            "not_read": list(exported.check.not_read),
            "rows": [
                {
                    "file": row.file,
                    "reader": row.reader,
                    "subject": row.subject_words,
                    "kind": row.kind,
                    "error": row.error,
                    "limit": row.limit,
                    "passed": row.passed,
                    "note": row.note,
                }
                for row in exported.check.rows
            ],
        },
    }


def _say(exported: CheckedExport, keep_identity: bool) -> None:
    for path, count in exported.places.items():
        out.print(f"Written: {path}" + (f" ({count} files)" if count > 1 else ""), markup=False)
    _say_check(exported.check)
    noted = [note.sentence for note in exported.image_notes]
    for sentence in (*noted, *exported.messages, *exported.left_out, *exported.check.warnings):
        warn(sentence)
    if any(path.suffix == ".dcm" for path in exported.files):
        warn(
            "The DICOM files carry the patient's identity."
            if keep_identity
            else "The DICOM files hold no patient name, ID or dates; they are tied to the study by its UIDs alone. An "
            "archive that files by patient needs --keep-identity."
        )
    if exported.check.is_verified:
        out.print(exported.check.verdict, markup=False)
    elif not exported.check.failed:
        warn(exported.check.verdict)


def _say_check(check: SelfCheck) -> None:
    """Points in mm and volumes in per cent, a row for each file; what else was compared in a last column."""
    if not check.rows:
        return
    points = list(dict.fromkeys(row.subject for row in check.rows if row.kind == "point"))
    solids = list(dict.fromkeys(row.subject for row in check.rows if row.kind == "volume"))
    if points:
        print_table(_table(check, "point", "target, mm off", points))
    if solids:
        print_table(_table(check, "volume", "lesion, volume off", solids))
    others = [row for row in check.rows if row.kind in ("centre", "reference", "file")]
    good = sum(row.passed for row in others)
    out.print(f"Centres, references and look-up tables: {good} of {len(others)} as they should be.")
    for row in check.failed:
        words = f"{row.file}: {row.subject_words}, {row.kind} {row.error_words} (allowed {row.limit_words})"
        out.print(f"[red]{plain(words)}[/]")


def _table(check: SelfCheck, kind: str, title: str, subjects: list[str]) -> TableContent:
    """One row a file, one column a subject; a point given in several frames counts with its worst."""
    rows = [row for row in check.rows if row.kind == kind]
    lines = []
    for file, reader in dict.fromkeys((row.file, row.reader) for row in rows):
        cells = [_worst([row for row in rows if row.file == file and row.subject == one]) for one in subjects]
        if any(cells):
            lines.append((plain(file), reader, *cells))
    # On a narrow screen the files' names are folded: the numbers are what the table is for.
    columns = (Column(title), Column("reader", whole=True), *(Column(name, right=True) for name in subjects))
    return TableContent.of(columns, lines)


def _worst(rows: list[CheckRow]) -> str:
    if not rows:
        return ""
    worst = max(rows, key=lambda row: abs(row.error))
    return worst.error_words if worst.passed else f"[red]{plain(worst.error_words)}[/]"
