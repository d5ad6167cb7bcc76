"""One DICOM series as a volume."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fusplan.errors import FusplanError
from fusplan.imaging.dicom.acquisitions import Acquisition
from fusplan.imaging.dicom.container import Container, open_container
from fusplan.imaging.dicom.evenness import SPACING_CONTRADICTED
from fusplan.imaging.dicom.identity import path_names_patient
from fusplan.imaging.dicom.instance import Instance, Plane
from fusplan.imaging.dicom.pixels import decode_planes
from fusplan.imaging.dicom.series import (
    FoundSeries,
    NoSuchSeriesError,
    SeveralSeriesError,
    chosen_series,
    find_series,
    notes_of,
    passed_by,
    stack_of,
)
from fusplan.imaging.dicom.stack import DuplicateSlicesError, Stack
from fusplan.imaging.dicom.telling import told
from fusplan.imaging.notes import ImageNote
from fusplan.imaging.padding import fill_padding
from fusplan.imaging.placement import require_head_sized
from fusplan.imaging.volume import SeriesReference, Volume
from fusplan.imaging.voxels import clean, within_memory
from fusplan.progress import NoProgress
from fusplan.spatial import Grid, ScannerRas

TILT_CONTRADICTION_DEG = 1.0
"""Positions and the stated gantry tilt may differ by rounding, not by this."""

UNEVEN_NOTE_MM = 0.01

SAME_MATRIX = 1e-4
"""Matrix elements (mm per voxel, mm) that differ by less are the same; what is read is compared exactly."""


def read_series(
    path: Path,
    series_uid: str | None = None,
    series_number: int | None = None,
    headers: FoundSeries | None = None,
) -> Volume:
    """A DICOM series as a volume, voxel axes (column, row, slice), placed exactly as its images say.

    A gantry tilt gives a sheared matrix, nothing is resampled. The fingerprint is the sha256 over every image in
    spatial order: its position, orientation and spacing as big-endian float64, then its intensities as little-endian
    float32. So it changes with pixels and geometry only: neither with file names, nor with the patient's name, nor
    with lossless compression.

    Args:
        path: folder, zip, or one file of the series.
        series_uid: which series or acquisition; may be left out when there is but one that can be a scan of a head.
        series_number: the same by its number in the list.
        headers: what listing the series has read; only changed files make it be read again.

    Raises:
        SeveralSeriesError, NoSuchSeriesError: it is not clear which, or it is not there.
        FusplanError: a subclass for every reason why it cannot be a volume: ``kinds``, ``stack``, ``pixels``,
            ``imaging.placement`` (too coarse or too small for a head), and what :func:`list_series` raises.
    """
    path = Path(path)
    with open_container(path) as container:
        found = find_series(container, path, NoProgress(), headers)
        acquisition = chosen_series(found, series_uid, series_number)
        title = acquisition.title
        stack = stack_of(acquisition)
        require_head_sized(title, stack.grid.shape, stack.grid.spacing_mm)
        with within_memory(title, int(np.prod(stack.grid.shape))):
            data = decode_planes(container, stack.planes, stack.grid.shape, title)
            _require_true_copies(container, acquisition, title)
    notes = clean(title, data)
    # The fingerprint is of the pixels as they are stored: it must not depend on how padding is recognised.
    fingerprint = _fingerprint(stack, data)
    padding_notes = fill_padding(data, _stated_padding(stack, data))
    private = path_names_patient(path, acquisition.private)
    kernel = told(stack.planes[0].telling, "reconstruction kernel") or None
    return Volume.of_array(
        data,
        stack.grid.matrix,
        fingerprint,
        path=path,
        notes=(
            *_sorting_notes(found, acquisition, series_uid),
            *_notes(acquisition, stack, private),
            *notes,
            *padding_notes,
        ),
        series=SeriesReference(acquisition.uid, title, private, kernel),
    )


def read_known_series(path: Path, series_uid: str, fingerprint: str, grid: Grid[ScannerRas]) -> Volume:
    """A series that was read before, also where its UID now names several acquisitions, or none: by its content.

    Args:
        path: folder, zip, or one file of the series.
        series_uid: what it was found by.
        fingerprint: of the volume that it was.
        grid: where that lay; only acquisitions that lie there are read.

    Raises:
        SeveralSeriesError, NoSuchSeriesError: the UID does not tell, and none of what is there has that content.
        FusplanError: as :func:`read_series`.
    """
    try:
        return read_series(path, series_uid)
    except (SeveralSeriesError, NoSuchSeriesError):
        found = _of_content(path, fingerprint, grid)
        if found is None:
            raise
        return found


def _of_content(path: Path, fingerprint: str, grid: Grid[ScannerRas]) -> Volume | None:
    with open_container(path) as container:
        found = find_series(container, path, NoProgress())
    for acquisition in found.series:
        try:
            stack = stack_of(acquisition)
            if stack.grid.shape != grid.shape or not np.allclose(stack.grid.matrix, grid.matrix, atol=SAME_MATRIX):
                continue
            volume = read_series(path, acquisition.content_uid, headers=found)
        except FusplanError:
            continue
        if volume.fingerprint == fingerprint:
            return volume
    return None


def _require_true_copies(container: Container, acquisition: Acquisition, title: str) -> None:
    """Files that say they are the same image must have the same pixels. Raises DuplicateSlicesError."""
    for kept, copy in acquisition.copies:
        shape = (acquisition.first.columns, acquisition.first.rows, len(kept.planes))
        first = decode_planes(container, kept.planes, shape, title)
        if not np.array_equal(first, decode_planes(container, copy.planes, shape, title)):
            raise DuplicateSlicesError(
                f"Two files of {title} say that they are the same image, but their pixels differ.",
                "Export the series again from its source, into an empty folder.",
            )


def _stated_padding(stack: Stack, data: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_] | None:
    """Where the images themselves say that there is padding; None where none says what it would be."""
    if not any(plane.padding for plane in stack.planes):
        return None
    marked = np.zeros(data.shape, dtype=np.bool_, order="F")
    for index, plane in enumerate(stack.planes):
        if plane.padding is not None:
            low, high = (np.float32(value * plane.slope + plane.intercept) for value in plane.padding)
            image = data[:, :, index]
            marked[:, :, index] = (image >= min(low, high)) & (image <= max(low, high))
    return marked


def _fingerprint(stack: Stack, data: npt.NDArray[np.float32]) -> str:
    """See :func:`read_series`."""
    digest = hashlib.sha256(b"fusplan DICOM series 1\n")
    for index, plane in enumerate(stack.planes):
        digest.update(_geometry_bytes(plane))
        digest.update(data[:, :, index].T.astype("<f4").tobytes())
    return digest.hexdigest()


def _geometry_bytes(plane: Plane) -> bytes:
    # Adding 0.0 makes -0.0 the same as 0.0: some programs write one for the other.
    return (np.array([*plane.position_mm, *plane.orientation, *plane.spacing_mm]) + 0.0).astype(">f8").tobytes()


def _sorting_notes(found: FoundSeries, acquisition: Acquisition, asked: str | None) -> list[ImageNote]:
    """What was left out of the series, and which series were passed by when none was asked for."""
    others = passed_by(found, acquisition) if asked is None and len(found.series) > 1 else ()
    damage = [ImageNote("series", sentence) for sentence in found.damage]
    return [*damage, *notes_of(acquisition), *(ImageNote("series", sentence, "notice") for sentence in others)]


def _notes(acquisition: Acquisition, stack: Stack, private: bool) -> list[ImageNote]:
    instances, copy_count = acquisition.instances, len(acquisition.copies)
    notes = []
    if copy_count:
        files = "1 file is a copy" if copy_count == 1 else f"{copy_count} files are copies"
        notes.append(ImageNote("series", f"{files} of images that are there already, and left out.", "notice"))
    stated = max((instance.stated_count or 0 for instance in instances), default=0)
    if stated > len(stack.planes):
        words = f"The scanner wrote that there are {stated} images; {len(stack.planes)} were found, without gaps."
        notes.append(ImageNote("series", words))
    spacing_mm, written_mm = stack.grid.spacing_mm[2], acquisition.first.stated_spacing_mm
    if written_mm and abs(written_mm - spacing_mm) > SPACING_CONTRADICTED * written_mm:
        words = (
            f"The scanner wrote that slices are {written_mm:g} mm apart, but they lie {spacing_mm:.3g} mm apart. Check "
            "that the series holds one acquisition, and all of it."
        )
        notes.append(ImageNote("series", words))
    notes += _tilt_notes(instances, stack)
    if stack.unevenness_mm > UNEVEN_NOTE_MM:
        words = f"The slices lie up to {stack.unevenness_mm:.3f} mm off their even places."
        notes.append(ImageNote("series", words))
    if any(instance.lossy for instance in instances):
        words = "The images were compressed with loss at some time: fine detail may be missing."
        notes.append(ImageNote("compression", words))
    if private:
        words = (
            "The path of this series names the patient: a plan will not keep it, and opening the plan again asks where "
            "the series is."
        )
        notes.append(ImageNote("privacy", words, "notice"))
    return notes


def _tilt_notes(instances: Sequence[Instance], stack: Stack) -> list[ImageNote]:
    notes = []
    if stack.is_tilted:
        words = (
            f"The slices are tilted by {stack.tilt_deg:.1f} degrees against the line they lie on (gantry tilt); every "
            "voxel is where its slice says."
        )
        notes.append(ImageNote("shear", words))
    stated_tilt = max((abs(instance.tilt_deg or 0.0) for instance in instances), default=0.0)
    if abs(stated_tilt - stack.tilt_deg) > TILT_CONTRADICTION_DEG:
        words = (
            f"The scanner wrote a gantry tilt of {stated_tilt:.1f} degrees, but the positions of the slices show "
            f"{stack.tilt_deg:.1f}; the positions were used. Check that the head is not slanted."
        )
        notes.append(ImageNote("shear", words))
    return notes
