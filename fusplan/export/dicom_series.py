"""The DICOM series a plan's image was made from: found in a folder and checked to be that very grid.

Segmentations and structure sets refer to the slices of a series by their unique identifiers, so they may only be
written against the series that the plan was made on. That is told by geometry: the eight corners of the image's grid
and of the series' grid must be the same places.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fusplan.errors import FileMissingError, FusplanError
from fusplan.imaging.volume import Volume
from fusplan.spatial import Grid, ScannerRas
from fusplan.spatial.lps import flip_rows

if TYPE_CHECKING:
    from pydicom import Dataset

SAME_PLACE_MM = 0.1
"""A conversion to NIfTI rounds its matrix to float32, some also positions to 0.01 mm; a wrong series is off by more."""

UNEVEN_MM = 0.05
"""By how much slices may lie off their even spacing (positions are written with few decimals)."""

_NEEDED_TAGS = (
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "FrameOfReferenceUID",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "Rows",
    "Columns",
)


class ExchangeExtraMissingError(FusplanError):
    """The packages for DICOM are not installed."""

    def __init__(self) -> None:
        super().__init__(
            "DICOM files are written with pydicom and highdicom, which are not installed.",
            "Install them with: pip install 'fusplan[exchange]'.",
        )


class DicomSeriesNeededError(FusplanError):
    """A DICOM format was asked for without the series it has to refer to."""

    def __init__(self) -> None:
        super().__init__(
            "DICOM SEG and RTSTRUCT refer to the slices of the planning series, and no series was given.",
            "Give the folder of that series with --dicom-series, or choose other formats.",
        )


class DicomSeriesMismatchError(FusplanError):
    """The series given is not the one the plan's image was made from, or cannot be referred to."""


@dataclass(frozen=True, slots=True, eq=False)
class PlanningSeries:
    """A series of single-frame slices.

    Attributes:
        slices: headers without pixels, in the order of the grid's third axis.
        grid: its columns, rows and slices in the scanner frame.
    """

    slices: tuple[Dataset, ...]
    grid: Grid[ScannerRas]

    @property
    def frame_of_reference_uid(self) -> str:
        return str(self.slices[0].FrameOfReferenceUID)


def exchange_extra_installed() -> bool:
    """Whether DICOM can be written."""
    return find_spec("pydicom") is not None and find_spec("highdicom") is not None


def require_planning_series(folder: Path | None, volume: Volume) -> PlanningSeries:
    """The series in a folder (and those below it) that is the grid of ``volume``.

    Raises:
        DicomSeriesNeededError: no folder; ExchangeExtraMissingError; FileMissingError: no such folder.
        DicomSeriesMismatchError: no series there has the image's grid, or its slices have no common frame of reference.
    """
    if folder is None:
        raise DicomSeriesNeededError
    if not exchange_extra_installed():
        raise ExchangeExtraMissingError
    if not folder.is_dir():
        raise FileMissingError(folder, "folder")
    reasons = []
    for headers in _read_series(folder).values():
        try:
            series = _assembled(headers, volume.scanner_frame)
        except DicomSeriesMismatchError as error:
            reasons.append(error.message)
            continue
        apart_mm = _apart_mm(series, volume)
        if apart_mm <= SAME_PLACE_MM:
            return series
        reasons.append(_mismatch_words(series, volume, apart_mm))
    raise DicomSeriesMismatchError(
        f"No series in {folder} is the image of this plan: " + (" ".join(reasons[:3]) or "there are no DICOM slices."),
        "Give the folder of the very series that was planned on; one made by reslicing cannot be referred to.",
    )


def _read_series(folder: Path) -> dict[str, list[Dataset]]:
    """Headers of all slices below a folder, by series."""
    from pydicom import dcmread  # noqa: PLC0415 - only with the extra
    from pydicom.errors import InvalidDicomError  # noqa: PLC0415

    found: dict[str, list[Dataset]] = defaultdict(list)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            header = dcmread(path, stop_before_pixels=True)
        except (InvalidDicomError, OSError, EOFError):
            continue
        if "Rows" in header and "SeriesInstanceUID" in header:
            found[str(header.SeriesInstanceUID)].append(header)
    return found


def _assembled(headers: list[Dataset], frame: ScannerRas) -> PlanningSeries:
    """A series with its grid. Raises DicomSeriesMismatchError with the reason why it is none."""
    for header in headers:
        missing = [tag for tag in _NEEDED_TAGS if not header.get(tag)]
        if missing:
            raise _unusable(f"a slice lacks {missing[0]} (an enhanced multi-frame file, or no image of a patient).")
    for tag in ("FrameOfReferenceUID", "StudyInstanceUID", "Rows", "Columns", "PixelSpacing"):
        if len({str(header[tag].value) for header in headers}) > 1:
            raise _unusable(f"its slices differ in {tag}.")
    orientation = np.array([header.ImageOrientationPatient for header in headers], dtype=np.float64)
    if np.ptp(orientation, axis=0).max() > 1e-3 or len(headers) < 2:
        raise _unusable("its slices are not all parallel (a localizer?).")
    along_row, along_column = orientation[0, :3], orientation[0, 3:]
    normal = np.cross(along_row, along_column)
    ordered = sorted(headers, key=lambda header: float(np.dot(header.ImagePositionPatient, normal)))
    places = np.array([header.ImagePositionPatient for header in ordered], dtype=np.float64)
    step = (places[-1] - places[0]) / (len(places) - 1)
    if np.linalg.norm(places - places[0] - np.outer(np.arange(len(places)), step), axis=1).max() > UNEVEN_MM:
        raise _unusable("its slices are not evenly spaced (missing or repeated ones?).")
    if float(np.linalg.norm(step)) < 1e-3:
        raise _unusable("all its slices lie in one place.")
    between_rows, between_columns = (float(value) for value in ordered[0].PixelSpacing)
    matrix = np.eye(4)
    # PixelSpacing names the distance between rows first; a row runs along the columns.
    matrix[:3, :4] = np.column_stack([along_row * between_columns, along_column * between_rows, step, places[0]])
    first = ordered[0]
    shape = (int(first.Columns), int(first.Rows), len(ordered))
    return PlanningSeries(tuple(ordered), Grid.of(shape, flip_rows(matrix), frame, str(first.SeriesInstanceUID)))


def _unusable(reason: str) -> DicomSeriesMismatchError:
    return DicomSeriesMismatchError(f"One series cannot be used: {reason}", "Give the folder of the planning series.")


def _apart_mm(series: PlanningSeries, volume: Volume) -> float:
    """How far the corners of the two grids are apart, whatever the order and direction of their axes."""
    if sorted(series.grid.shape) != sorted(volume.shape):
        return float("inf")
    ours, theirs = (grid.corners(margin_voxels=0.0).array for grid in (volume.grid, series.grid))
    return float(np.linalg.norm(ours[:, None] - theirs[None], axis=2).min(axis=1).max())


def _mismatch_words(series: PlanningSeries, volume: Volume, apart_mm: float) -> str:
    if np.isinf(apart_mm):
        sizes = (" x ".join(map(str, shape)) for shape in (series.grid.shape, volume.shape))
        return "One series has {} voxels, the plan's image {}.".format(*sizes)
    return f"One series has the plan's matrix but lies up to {apart_mm:.1f} mm elsewhere."
