"""``fusplan register``: the registration alone."""

from __future__ import annotations

from pathlib import Path

from fusplan.cli.console import answer, fail, interruptible, out, plain, progress_bar, verdict_markup, warn
from fusplan.cli.options import (
    AsJson,
    AssumeScannerRas,
    ImagePath,
    OutFolder,
    Overwrite,
    SeriesChoice,
    Threads,
    VolumeIndex,
)
from fusplan.errors import FusplanError
from fusplan.export.bundle import require_free
from fusplan.planning.landmark_doubt import found_words
from fusplan.workflows.register_head import (
    RegisteredHead,
    register_head,
    registration_summary,
    write_registration_folder,
)
from fusplan.workflows.requests import RegisterHeadRequest


def register(
    image: ImagePath,
    to: OutFolder,
    overwrite: Overwrite = False,
    volume: VolumeIndex = None,
    series: SeriesChoice = None,
    assume_scanner_ras: AssumeScannerRas = False,
    threads: Threads = 2,
    as_json: AsJson = False,
) -> None:
    """Register the template onto a head and write the transforms, landmarks and quality."""
    try:
        require_free(to, overwrite)
        request = RegisterHeadRequest(image, volume, assume_scanner_ras, threads, series_number=series)
        with progress_bar() as progress, interruptible():
            head = register_head(request, progress)
        files = write_registration_folder(head, to, overwrite)
    except FusplanError as error:
        fail(error)
    for sentence in (*(note.sentence for note in head.volume.notes), *head.result.notes):
        warn(sentence)
    summary = {**registration_summary(head), "folder": str(to), "files": [path.name for path in files]}
    answer(as_json, summary, lambda: _say(head, to))


def _say(head: RegisteredHead, to: Path) -> None:
    quality = head.result.quality
    out.print(f"Registration: {verdict_markup(quality.verdict)}. {quality.sentence}")
    for measure in quality.measures:
        out.print(
            f"  {measure.name_and_unit}: {measure.value:.2f} ({verdict_markup(measure.verdict)}) "
            f"[dim]{measure.sentence}[/]"
        )
    for name, landmark in (("AC", head.landmarks.ac), ("PC", head.landmarks.pc)):
        coordinates = "  ".join(f"{value:.2f}" for value in landmark.point.coordinates)
        out.print(f"{name}: {coordinates} {plain(landmark.point.frame.label)}")
    out.print(f"  [dim]{found_words(quality.verdict)}[/]")
    out.print(f"Written: {plain(to)}")
