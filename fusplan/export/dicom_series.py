"""The DICOM series a plan's image was made from: found in a folder and checked to be that very grid.

Segmentations and structure sets refer to the slices of a series by their unique identifiers, so they may only be
written against the series that the plan was made on. That is told by geometry: the eight corners of the image's grid
and of the series' grid must be the same places. Where several acquisitions lie there (two echoes), the one is taken
that the plan names, else the one with the image's intensities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from pydicom import Dataset, dcmread

from fusplan.errors import FileMissingError, FusplanError
from fusplan.imaging.byte_stream import CannotOpenImageError
from fusplan.imaging.dicom.acquisitions import Acquisition
from fusplan.imaging.dicom.container import Container, TooManyFilesError, open_container
from fusplan.imaging.dicom.elements import quiet_pydicom
from fusplan.imaging.dicom.pixels import decode_planes
from fusplan.imaging.dicom.series import find_series, with_left_out_told
from fusplan.imaging.dicom.stack import Stack, stack_planes
from fusplan.imaging.header import NotAnImageError
from fusplan.imaging.volume import Volume
from fusplan.progress import NoProgress
from fusplan.spatial import Grid, ScannerRas

SAME_PLACE_MM = 0.1
"""A conversion to NIfTI rounds its matrix to float32, some also positions to 0.01 mm; a wrong series is off by more."""

SAME_CONTENT = 0.9999
"""Correlation of intensities from which two images are one: a conversion rounds; two echoes differ by far more."""

_REFERRED_TAGS = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
"""What objects name a slice by."""


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
    """A series of single-frame slices; where the scanner gave every slice a series of its own, these together.

    Attributes:
        slices: headers without pixels, in the order of the grid's third axis.
        grid: its columns, rows and slices in the scanner frame.
    """

    slices: tuple[Dataset, ...]
    grid: Grid[ScannerRas]

    @property
    def frame_of_reference_uid(self) -> str:
        return str(self.slices[0].FrameOfReferenceUID)


def by_series(slices: Sequence[Dataset]) -> dict[str, list[Dataset]]:
    """Slices by the UID of the series that their own headers name, in the order of the slices."""
    found: dict[str, list[Dataset]] = {}
    for header in slices:
        found.setdefault(str(header.SeriesInstanceUID), []).append(header)
    return found


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
    try:
        with open_container(folder) as container:
            return _matching(container, folder, volume)
    except (TooManyFilesError, CannotOpenImageError) as error:
        raise DicomSeriesMismatchError(error.message, error.remedy) from error


@dataclass(frozen=True, slots=True, eq=False)
class _Fitting:
    """An acquisition that lies where the plan's image lies."""

    acquisition: Acquisition
    stack: Stack
    grid: Grid[ScannerRas]


def _matching(container: Container, folder: Path, volume: Volume) -> PlanningSeries:
    reasons, fitting = [], []
    for acquisition in _series_in(container, folder):
        try:
            stack = _stacked(acquisition)
            grid = Grid.of(stack.grid.shape, stack.grid.matrix, volume.scanner_frame, acquisition.uid)
            apart_mm = _apart_mm(grid, volume)
            if apart_mm <= SAME_PLACE_MM:
                fitting.append(_Fitting(acquisition, stack, grid))
            else:
                reasons.append(_mismatch_words(grid, volume, apart_mm))
        except FusplanError as error:
            reasons.append(error.message)
    if fitting:
        meant = _the_very(container, fitting, volume)
        return _with_headers(container, meant.stack, meant.grid)
    raise DicomSeriesMismatchError(
        f"No series in {folder} is the image of this plan: " + (" ".join(reasons[:3]) or "there are no DICOM slices."),
        "Give the folder of the very series that was planned on; one made by reslicing cannot be referred to.",
    )


def _the_very(container: Container, fitting: Sequence[_Fitting], volume: Volume) -> _Fitting:
    """Of several acquisitions in one place (echoes, magnitude and phase) the one that is the plan's image.

    Raises:
        DicomSeriesMismatchError: neither its name nor its content tells which it is.
    """
    if volume.series is not None:
        uid = volume.series.uid
        named = [found for found in fitting if uid in (found.acquisition.uid, found.acquisition.content_uid)]
        fitting = named or fitting
    if len(fitting) == 1:
        return fitting[0]
    alike = [found for found in fitting if _likeness(container, found, volume) >= SAME_CONTENT]
    if len(alike) == 1:
        return alike[0]
    raise DicomSeriesMismatchError(
        f"{len(fitting)} acquisitions lie where the plan's image lies ("
        + "; ".join(found.acquisition.title for found in fitting)
        + "), and it cannot be told which of them it is.",
        "Give a folder that holds only the one that was planned on.",
    )


def _likeness(container: Container, fitting: _Fitting, volume: Volume) -> float:
    """The correlation of intensities at the same places; 0 when there are no pixels to compare."""
    stack, shape = fitting.stack, fitting.grid.shape
    try:
        theirs = decode_planes(container, stack.planes, shape, fitting.acquisition.title)
    except FusplanError:
        return 0.0
    steps = [max(1, size // 24) for size in volume.shape]
    axes = (np.arange(0, size, step) for size, step in zip(volume.shape, steps, strict=True))
    ours_at = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    to_theirs = np.linalg.inv(fitting.grid.matrix) @ volume.affine
    theirs_at = np.rint(ours_at @ to_theirs[:3, :3].T + to_theirs[:3, 3]).astype(int)
    theirs_at = np.clip(theirs_at, 0, np.array(shape) - 1)
    ours_here = volume.data[tuple(ours_at.T)].astype(np.float64)
    theirs_here = theirs[tuple(theirs_at.T)].astype(np.float64)
    if np.ptp(ours_here) == 0 or np.ptp(theirs_here) == 0:
        return 0.0
    return float(np.corrcoef(ours_here, theirs_here)[0, 1])


def _series_in(container: Container, folder: Path) -> tuple[Acquisition, ...]:
    """The acquisitions that hold images."""
    try:
        found = find_series(container, folder, NoProgress()).series
    except NotAnImageError:
        return ()
    return tuple(acquisition for acquisition in found if acquisition.image_count)


def _stacked(acquisition: Acquisition) -> Stack:
    """The slices in order, with their grid. Raises FusplanError: the reason why they cannot be referred to.

    Its kind is not asked for: whatever lies on the grid of the plan's image can be referred to.
    """
    title = acquisition.title
    files = (*acquisition.instances, *(left.instance for left in acquisition.left_out if left.in_comparison))
    if any(instance.frame_count > 1 for instance in acquisition.files):
        raise _unusable(f"{title} holds enhanced multi-frame files.")
    if not all(instance.frame_of_reference for instance in files):
        raise _unusable(f"the images of {title} lack FrameOfReferenceUID.")
    return with_left_out_told(acquisition, lambda: stack_planes(acquisition.instances, title))


def _with_headers(container: Container, stack: Stack, grid: Grid[ScannerRas]) -> PlanningSeries:
    """The series with all that its headers say. Raises DicomSeriesMismatchError."""
    headers = []
    for plane in stack.planes:
        with quiet_pydicom(), container.open(plane.source) as file:
            headers.append(dcmread(file, stop_before_pixels=True, force=True))
    missing = next((tag for tag in _REFERRED_TAGS for header in headers if not header.get(tag)), None)
    if missing is not None:
        raise _unusable(f"a slice lacks {missing}.")
    if len({str(header.StudyInstanceUID) for header in headers}) > 1:
        raise _unusable("its slices differ in StudyInstanceUID.")
    return PlanningSeries(tuple(headers), grid)


def _unusable(reason: str) -> DicomSeriesMismatchError:
    return DicomSeriesMismatchError(f"One series cannot be used: {reason}", "Give the folder of the planning series.")


def _apart_mm(grid: Grid[ScannerRas], volume: Volume) -> float:
    """How far the corners of the two grids are apart, whatever the order and direction of their axes."""
    if sorted(grid.shape) != sorted(volume.shape):
        return float("inf")
    ours, theirs = (shown.corners(margin_voxels=0.0).array for shown in (volume.grid, grid))
    return float(np.linalg.norm(ours[:, None] - theirs[None], axis=2).min(axis=1).max())


def _mismatch_words(grid: Grid[ScannerRas], volume: Volume, apart_mm: float) -> str:
    if np.isinf(apart_mm):
        sizes = (" x ".join(map(str, shape)) for shape in (grid.shape, volume.shape))
        return "One series has {} voxels, the plan's image {}.".format(*sizes)
    return f"One series has the plan's matrix but lies up to {apart_mm:.1f} mm elsewhere."
