"""What the program makes of a damaged image: refused, opened as it was, opened with a note, or something worse."""

from __future__ import annotations

import json
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from typer.testing import CliRunner

from fusplan.cli.main import app
from fusplan.errors import FusplanError
from fusplan.imaging.placement import corners
from fusplan.imaging.read import read_header, read_volume
from fusplan.imaging.volume import Volume
from tests.benchmarks.damaged_images import Damaged, Sample

OutcomeKind: TypeAlias = Literal["refused", "as it was", "told", "unnoticeable", "SILENT", "TRACEBACK"]
OUTCOME_KINDS: tuple[OutcomeKind, ...] = ("refused", "as it was", "told", "unnoticeable", "SILENT", "TRACEBACK")
BAD_KINDS = ("SILENT", "TRACEBACK")

LONGEST_S = 10.0
MOST_MEMORY_BYTES = 4_000_000_000
SAME_PLACE_MM = 0.02
"""A turn of nearly 180 degrees is stored by a qform to about 0.01 mm at the corners."""

TOLD_FROM_MM = 0.11
"""Two transforms of a header that differ by 0.1 mm inside the image are said to disagree."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one damaged file.

    Attributes:
        kind: refused; opened as it was; opened as something else with a note; opened as something else that nothing in
            the file could tell; the same although the file could have told (``SILENT``); another error.
        detail: what to look at.
        processor_s: for reading it twice, once through the command line. Other programs beside it do not count.
    """

    kind: OutcomeKind
    detail: str
    processor_s: float


def outcome_of(damaged: Damaged, folder: Path) -> Outcome:
    """Read a damaged file as ``fusplan info --json`` and as ``fusplan plan`` would."""
    path = damaged.write(folder)
    started = time.process_time()
    told = told_by_info(path)
    if told is None:
        kind, detail = _judged(damaged, path)
    else:
        kind, detail = "TRACEBACK", told
    return Outcome(kind, f"{damaged.damage}: {damaged.detail}: {detail}", time.process_time() - started)


def told_by_info(path: Path) -> str | None:
    """What is wrong with the answer of ``fusplan info --json``; None when it is an answer."""
    result = CliRunner().invoke(app, ["info", "--json", str(path)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return _last_words(result.exception)
    if result.exit_code == 2:
        return None if "What to do:" in result.stderr and not result.stdout else "refused without a remedy"
    try:
        content = json.loads(result.stdout)
    except ValueError as error:
        return f"not JSON: {error}"
    return None if result.exit_code == 0 and content["notice"] else f"exit code {result.exit_code}"


def _judged(damaged: Damaged, path: Path) -> tuple[OutcomeKind, str]:
    try:
        volume = read_volume(path)
    except FusplanError as error:
        whole = error.message and error.remedy and "\n" not in str(error)
        return ("refused" if whole else "TRACEBACK"), type(error).__name__
    except Exception as error:
        return "TRACEBACK", _last_words(error)
    problem = _difference(damaged.sample, volume)
    if problem is None:
        return "as it was", ""
    if volume.notes:
        return "told", f"{problem}; {volume.notes[0].sentence}"
    return ("SILENT" if _could_be_noticed(damaged, volume, path) else "unnoticeable"), problem


def _difference(sample: Sample, volume: Volume) -> str | None:
    """In what the volume differs from what was damaged, if in anything."""
    if volume.shape != sample.data.shape:
        return f"another shape: {volume.shape}"
    if not np.all(np.isfinite(volume.data)):
        return "not finite"
    if _moved_mm(sample, volume) > SAME_PLACE_MM:
        return f"elsewhere by {_moved_mm(sample, volume):.3g} mm"
    return None if np.array_equal(volume.data, sample.data) else "other intensities"


def _moved_mm(sample: Sample, volume: Volume) -> float:
    places = np.column_stack([corners(volume.shape), np.ones(8)])
    return float(np.linalg.norm(places @ (volume.affine - sample.affine).T, axis=1).max())


def _could_be_noticed(damaged: Damaged, volume: Volume, path: Path) -> bool:
    """Whether something in the file contradicts what was read: its length, its checksum, its other transform."""
    sample = damaged.sample
    if damaged.damage == "truncated" or damaged.behind_checksum or volume.shape != sample.data.shape:
        return True
    if not np.all(np.isfinite(volume.data)) or not np.all(np.isfinite(volume.affine)):
        return True
    header = read_header(path)
    if len(header.transforms) > 1 and _moved_mm(sample, volume) > TOLD_FROM_MM:
        return True
    return header.dtype.itemsize != sample.stored_bytes


def peak_memory_bytes() -> int:
    """The most memory this process has held. Not on Windows."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _last_words(error: BaseException) -> str:
    """Where an error came from and what it says, on one line."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {place.name} ({place.filename}:{place.lineno}): {error}"
