"""DICOM series on the command line: the list to choose from."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from fusplan.cli.console import out, plain, progress_bar
from fusplan.cli.tables import Column, TableContent, print_table
from fusplan.imaging.dicom.series import SeriesList, SeriesSummary, list_series


def listed_series(path: Path) -> SeriesList:
    """The series at a path, with a progress bar while headers are read. Raises FusplanError."""
    with progress_bar() as progress:
        return list_series(path, progress)


def series_as_json(path: Path, listed: SeriesList) -> dict[str, Any]:
    """The list for other programs."""
    return {
        "path": str(path),
        "series": [asdict(one) for one in listed.series],
        "other_files": listed.other_file_count,
        "unreadable_files": listed.unreadable_file_count,
        "notes": listed.notes,
    }


def say_series(path: Path, listed: SeriesList) -> None:
    """The list for a person, with what is against planning on each series."""
    columns = ("--series", "name", "kind", "matrix", "spacing mm", "date", "usable")
    rows = [
        (
            str(one.choice),
            plain(one.title),
            plain(one.modality),
            " x ".join(str(size) for size in one.shape),
            _spacing(one),
            plain(one.date or ""),
            "yes" if one.problem is None else "[red]no[/]",
        )
        for one in listed.series
    ]
    print_table(TableContent.of((Column(name, whole=name != "name") for name in columns), rows))
    for one in listed.series:
        if one.problem is not None:
            out.print(f"[red]{one.choice}:[/] {plain(one.problem)} {plain(one.remedy)}")
    for note in (*(note for one in listed.series for note in one.notes), *listed.notes):
        out.print(f"[yellow]Note:[/] {plain(note)}")
    usable = next((one for one in listed.series if one.problem is None), None)
    if usable is not None:
        out.print(f"To plan on one: fusplan plan {plain(path)} --series {usable.choice} --out FOLDER")


def _spacing(series: SeriesSummary) -> str:
    return "uneven" if series.spacing_mm is None else " x ".join(f"{spacing:.3g}" for spacing in series.spacing_mm)
