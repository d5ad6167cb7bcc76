"""Images for the window: read, listed where there are several, the built-in one found."""

from __future__ import annotations

from pathlib import Path

from fusplan.atlas.catalogue import demo_head_path
from fusplan.display.facts import Fact
from fusplan.display.file_facts import file_facts
from fusplan.imaging.dicom.series import SeriesList, list_series
from fusplan.imaging.read import holds_series, read_volume
from fusplan.imaging.volume import Volume
from fusplan.progress import PartOfProgress, Progress
from fusplan.workflows.requests import ReadImageRequest, ReadSeriesRequest


def read_image(request: ReadImageRequest, progress: Progress) -> Volume | SeriesList:
    """Read an image; where there are several DICOM series, list them instead. Raises FusplanError."""
    path, headers = request.path, None
    if holds_series(path):
        listed = list_series(path, PartOfProgress(progress, 0.0, 0.5))
        if len(listed.series) > 1:
            return listed
        headers = listed.headers
    progress.report(0.5, f"Reading {path.name}")
    return read_volume(
        path,
        volume_index=request.volume_index,
        assume_scanner_ras=request.assume_scanner_ras,
        series_headers=headers,
    )


def read_series(request: ReadSeriesRequest, progress: Progress) -> Volume:
    """Read the DICOM series that was chosen. Raises FusplanError."""
    progress.report(0.1, f"Reading {request.title}")
    return read_volume(request.path, series_uid=request.uid, series_headers=request.headers)


def read_file_facts(path: Path, progress: Progress) -> tuple[Fact, ...]:
    """What the header of an image file says; nothing where it cannot be read any more."""
    progress.report(0.1, f"Reading the header of {path.name}")
    return file_facts(path)


def find_demo_head(_request: None, progress: Progress) -> Path:
    """Where the built-in head is, its content checked. Raises FusplanError."""
    progress.report(0.1, "Looking for the built-in head")
    return demo_head_path()
