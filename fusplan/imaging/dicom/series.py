"""The DICOM series at a path: which there are, and which of them can be a volume."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.imaging.dicom.acquisitions import Acquisition, acquisitions_of
from fusplan.imaging.dicom.container import Container, is_dicom, looks_like_dicom, open_container
from fusplan.imaging.dicom.directory import DirectoryError, missing_beside
from fusplan.imaging.dicom.elements import element_words
from fusplan.imaging.dicom.identity import shown_files
from fusplan.imaging.dicom.instance import UNSAFE_WHEN_MALFORMED, Instance, NotDicomError, read_instance
from fusplan.imaging.dicom.kinds import NotAScanError, require_scan
from fusplan.imaging.dicom.left_out import left_out_words
from fusplan.imaging.dicom.stack import MixedOrientationsError, Stack, stack_planes
from fusplan.imaging.header import NotAnImageError, NotThreeDimensionalError
from fusplan.imaging.notes import ImageNote
from fusplan.imaging.placement import require_head_sized
from fusplan.progress import NoProgress, Progress


class SeveralSeriesError(FusplanError):
    """A path holds several series, and the user has not said which one is meant."""


class NoSuchSeriesError(FusplanError):
    """The series that is meant is not at the path."""


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """A series in a list to choose from.

    Attributes:
        choice: its number in the list: the scanner's where those tell all series apart, else counted from 1.
        uid: what finds it again: the series instance UID; where that names several acquisitions, or one slice of
            many, a UID made of those of its images.
        title: description and number, as shown, with what tells it from other acquisitions; never names the patient.
        series_number: as the scanner numbered it.
        modality: such as ``MR``.
        datatype: of the stored numbers, such as ``uint16``.
        shape: columns, rows and images.
        spacing_mm: along columns-in-a-row, rows, slices; None when the images make no grid.
        date: ``2024-05-31``, if known.
        problem, remedy: why it cannot be planned on and what to do; None when nothing in its headers is against it.
        notes: what a person should know of it: files that were left out and why, acquisitions told apart.
        is_no_scan: whether nobody can mean it who asks for a head: a picture, a report, a localizer.
    """

    choice: int
    uid: str
    title: str
    series_number: int | None
    modality: str
    datatype: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float] | None
    date: str | None
    problem: str | None
    remedy: str | None
    notes: tuple[str, ...] = ()
    is_no_scan: bool = False


@dataclass(frozen=True, slots=True)
class FoundSeries:
    """The headers at a path, by series in the order of the list, and which files were passed over.

    Attributes:
        series: the acquisitions with their headers; most series are one.
        other_file_count: as for :class:`SeriesList`.
        unreadable_files: names of the files that begin as DICOM but whose header is damaged or deflated.
        missing_count: files that a DICOMDIR names and that are not there.
        stamps: name, and two numbers that change with its content, of every file that was looked at.
    """

    series: tuple[Acquisition, ...]
    other_file_count: int
    unreadable_files: tuple[str, ...] = ()
    missing_count: int = 0
    stamps: tuple[tuple[str, int, int], ...] = ()

    @property
    def private(self) -> frozenset[str]:
        """The words of any file that name a patient."""
        return frozenset[str]().union(*(acquisition.private for acquisition in self.series))

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what was passed over."""
        notes = []
        if self.other_file_count:
            notes.append(f"{_files(self.other_file_count)} not DICOM, and passed over.")
        return (*notes, *self.damage)

    @property
    def damage(self) -> tuple[str, ...]:
        """Sentences about DICOM files that cannot be read or are not there."""
        notes = []
        count = len(self.unreadable_files)
        if count:
            names = shown_files(self.unreadable_files, self.private)
            notes.append(f"{_files(count)} DICOM but damaged or deflated, and passed over: {names}.")
        if self.missing_count:
            files = "1 file that is" if self.missing_count == 1 else f"{self.missing_count} files that are"
            notes.append(f"The DICOMDIR names {files} not there.")
        return tuple(notes)


@dataclass(frozen=True, slots=True)
class SeriesList:
    """What was found at a path.

    Attributes:
        series: by series number; several acquisitions under one series are listed one by one.
        other_file_count: files that are not DICOM or belong to no series; they were passed over.
        unreadable_file_count: files that begin as DICOM but whose header is damaged or deflated.
        notes: sentences about what was passed over.
        headers: what was read, for reading one of the series without going through all files again. They know
            the words that name the patient, and are not shown.
    """

    series: tuple[SeriesSummary, ...]
    other_file_count: int
    unreadable_file_count: int
    notes: tuple[str, ...] = ()
    headers: FoundSeries | None = field(default=None, repr=False, compare=False)

    def numbered(self, number: int) -> SeriesSummary:
        """The series with a number of the list. Raises NoSuchSeriesError."""
        found = next((series for series in self.series if series.choice == number), None)
        if found is None:
            raise NoSuchSeriesError(f"There is no series {number} here.", _listing(self.series))
        return found


def list_series(path: Path, progress: Progress | None = None) -> SeriesList:
    """The DICOM series in a folder and its folders, in a zip, or of one file.

    Of one file it is the series it belongs to, with the files beside it.

    Args:
        path: folder, zip or DICOM file.
        progress: told while headers are read.

    Raises:
        NotAnImageError: there is no DICOM.
        FileMissingError, CannotOpenImageError and the errors of ``container``: it cannot be opened.
        JobCancelled: the progress was told to stop.
    """
    path = Path(path)
    if os.path.isfile(path) and not is_dicom(path):  # noqa: PTH113 (Path.is_file raises for impossible names)
        raise no_series_to_choose()
    with open_container(path) as container:
        found = find_series(container, path, progress or NoProgress())
    return _listed(found)


def no_series_to_choose() -> NotAnImageError:
    """A series was asked for of a file that is not DICOM."""
    return NotAnImageError("The file is not DICOM, so there are no series to choose from.", "Leave --series out.")


def _listed(found: FoundSeries) -> SeriesList:
    return SeriesList(_summaries(found), found.other_file_count, len(found.unreadable_files), found.notes, found)


def find_series(container: Container, path: Path, progress: Progress, known: FoundSeries | None = None) -> FoundSeries:
    """Every header in a container, by acquisition; of a single file only its own.

    Args:
        container: the files.
        path: what was named: the container, or a file in it.
        progress: told while headers are read.
        known: what was found there before; nothing is read again unless a file has changed, come or gone.
    """
    stamps = _stamps(container)
    if known is not None and known.stamps == stamps:
        return known
    instances: list[Instance] = []
    others, missing = 0, 0
    unreadable: list[str] = []
    directories: list[str] = []
    for index, name in enumerate(container.names):
        if index % 50 == 0:
            progress.report(index / len(container.names), f"Reading DICOM headers, {index} of {len(container.names)}")
        try:
            if not looks_like_dicom(container.start(name)):
                raise NotDicomError(name)
            with container.open(name) as file:
                instances.append(read_instance(file, name))
        except NotDicomError:
            others += 1
        except DirectoryError as error:
            directories.append(name)
            missing += missing_beside(name, error.referenced, container.names)
        except (OSError, ValueError):
            unreadable.append(name)
    found = FoundSeries(acquisitions_of(instances), others, tuple(unreadable), missing, stamps)
    if path.name in container.names and path.name not in directories and not path.is_dir():
        found = _of_file(found, path.name)
    if not found.series:
        raise _nothing_found(container, found)
    return found


def _of_file(found: FoundSeries, name: str) -> FoundSeries:
    """What one file belongs to. What else lies beside a file that was named is no one's concern."""
    own = tuple(acquisition for acquisition in found.series if acquisition.holds(name))
    return FoundSeries(own, 0, () if own else (name,), 0, found.stamps)


def _stamps(container: Container) -> tuple[tuple[str, int, int], ...]:
    stamps = []
    for name in container.names:
        try:
            stamps.append((name, *container.stamp(name)))
        except OSError:  # a link that leads nowhere
            stamps.append((name, -1, -1))
    return tuple(stamps)


def _nothing_found(container: Container, found: FoundSeries) -> NotAnImageError:
    images = sum(name.lower().endswith((".nii", ".nii.gz", ".mgz", ".mgh")) for name in container.names)
    remedy = (
        "Name one of the image files in it (.nii, .nii.gz, .mgh or .mgz) instead of the folder."
        if images
        else "Choose the folder of an examination, a zip of it, one DICOM file, or an image file such as .nii.gz."
    )
    counted = " ".join(found.notes) if container.names else "There are no files."
    return NotAnImageError(f"No DICOM series was found. {counted}".rstrip(), remedy)


def _files(count: int) -> str:
    return "1 file is" if count == 1 else f"{count} files are"


def _summaries(found: FoundSeries) -> tuple[SeriesSummary, ...]:
    numbers = [acquisition.first.series_number or 0 for acquisition in found.series]
    if min(numbers) < 1 or len(set(numbers)) < len(numbers):
        numbers = list(range(1, len(numbers) + 1))
    return tuple(_summary(choice, acquisition) for choice, acquisition in zip(numbers, found.series, strict=True))


def _summary(choice: int, acquisition: Acquisition) -> SeriesSummary:
    title, first = acquisition.title, acquisition.first
    stack, problem = None, None
    try:
        stack = stack_of(acquisition)
        require_head_sized(title, stack.grid.shape, stack.grid.spacing_mm)
    except FusplanError as error:
        problem = error
    return SeriesSummary(
        choice=choice,
        uid=acquisition.uid,
        title=title,
        series_number=first.series_number,
        modality=first.modality,
        datatype=f"{'int' if first.signed else 'uint'}{first.bits}",
        shape=(first.columns, first.rows, acquisition.image_count),
        spacing_mm=stack.grid.spacing_mm if stack is not None else None,
        date=first.date,
        problem=problem.message if problem is not None else None,
        remedy=problem.remedy if problem is not None else None,
        notes=tuple(note.sentence for note in notes_of(acquisition)),
        is_no_scan=_is_no_scan(acquisition, problem),
    )


def _is_no_scan(acquisition: Acquisition, problem: FusplanError | None) -> bool:
    """Whether what is against a series is that it is a picture, a report, a single slice or a localizer."""
    if isinstance(problem, (NotAScanError, NotThreeDimensionalError, MixedOrientationsError)):
        return True
    return problem is not None and "LOCALIZER" in acquisition.first.image_type


def notes_of(acquisition: Acquisition) -> tuple[ImageNote, ...]:
    """How the files of a series were sorted: what was left out, joined, and what varies."""
    title, private = acquisition.title, acquisition.private
    notes = [ImageNote("series", words, "notice") for words in left_out_words(title, acquisition.left_out, private)]
    if acquisition.joined_count:
        words = (
            f"{title} was joined: every slice has a series UID of its own, as some scanners write it, but they are of "
            "one study and one frame of reference."
        )
        notes.append(ImageNote("series", words, "notice"))
    if acquisition.varying:
        words = (
            f"Within {title} the {' and the '.join(acquisition.varying)} differs between images; they were taken as "
            "one acquisition because of how they lie."
        )
        notes.append(ImageNote("series", words))
    frameless = [instance.name for instance in acquisition.instances if not instance.frame_of_reference]
    if 0 < len(frameless) < len(acquisition.instances):
        words = (
            f"No frame of reference is stated in {shown_files(frameless, private)} of {title}; it fills a gap of its "
            "own series exactly, and was used."
        )
        notes.append(ImageNote("series", words))
    return (*notes, *_malformed_notes(acquisition))


def _malformed_notes(acquisition: Acquisition) -> list[ImageNote]:
    """Malformed elements of the images that are used; those that place an image make it be left out."""
    malformed = sorted({word for instance in acquisition.instances for word in instance.malformed})
    safe = [word for word in malformed if word not in UNSAFE_WHEN_MALFORMED]
    files = [instance.name for instance in acquisition.instances if not set(safe).isdisjoint(instance.malformed)]
    if not safe:
        return []
    where = f"{shown_files(files, acquisition.private)} of {acquisition.title}"
    return [ImageNote("series", f"Malformed in {where}, and taken as missing: {element_words(safe)}.", "notice")]


def chosen_series(found: FoundSeries, series_uid: str | None, series_number: int | None = None) -> Acquisition:
    """The series with a UID or a number of the list, or the only one that can be meant.

    Raises:
        SeveralSeriesError: there are several, or the UID is that of several acquisitions.
        NoSuchSeriesError: it is not there.
    """
    listed = _summaries(found)
    if series_number is not None:
        series_uid = _listed(found).numbered(series_number).uid
    if series_uid is not None:
        return _with_uid(found, series_uid, listed)
    possible = [number for number, summary in enumerate(listed) if not summary.is_no_scan]
    if len(found.series) == 1 or len(possible) == 1:
        return found.series[possible[0] if possible else 0]
    raise SeveralSeriesError(f"There are {len(listed)} DICOM series here.", _listing(listed))


def _with_uid(found: FoundSeries, uid: str, listed: Sequence[SeriesSummary]) -> Acquisition:
    """By what names its very images, else by the UID of its series."""
    matching = [acquisition for acquisition in found.series if acquisition.content_uid == uid]
    matching = matching or [acquisition for acquisition in found.series if acquisition.first.series_uid == uid]
    if len(matching) > 1:
        raise SeveralSeriesError(
            f"The series that is meant holds {len(matching)} acquisitions, and it is not said which.", _listing(listed)
        )
    if not matching:
        raise NoSuchSeriesError("The series that is meant is not among the DICOM files here.", _listing(listed))
    return matching[0]


def passed_by(found: FoundSeries, chosen: Acquisition) -> tuple[str, ...]:
    """A sentence about the series that were not asked about because nobody can mean them."""
    others = [summary.title for summary in _summaries(found) if summary.is_no_scan and summary.uid != chosen.uid]
    return (f"Left out, being no scan of a head: {'; '.join(others)}.",) if others else ()


def _listing(listed: Sequence[SeriesSummary]) -> str:
    """A remedy that lists the first series."""
    most = 12
    lines = [f"{summary.choice}: {summary.title}, {summary.shape[2]} images" for summary in listed[:most]]
    more = f", and {len(listed) - most} more" if len(listed) > most else ""
    return f"Choose one with --series N ({'; '.join(lines)}{more})."


def stack_of(acquisition: Acquisition) -> Stack:
    """The grid of an acquisition. Raises as ``kinds`` and ``stack`` say, and then says too what was left out."""

    def stack() -> Stack:
        require_scan(acquisition.instances, acquisition.title)
        return stack_planes(acquisition.instances, acquisition.title)

    return with_left_out_told(acquisition, stack)


def with_left_out_told(acquisition: Acquisition, stack: Callable[[], Stack]) -> Stack:
    """What ``stack`` makes; where it refuses, the refusal also says which files were left out and why."""
    try:
        return stack()
    except FusplanError as error:
        if not acquisition.left_out:
            raise
        told = _with_strays(acquisition) or error
        words = " ".join(left_out_words(acquisition.title, acquisition.left_out, acquisition.private))
        raise type(told)(f"{told.message} {words}", told.remedy) from error


def _with_strays(acquisition: Acquisition) -> FusplanError | None:
    """What is against the images together with those that differ: the gap that they leave is not the cause."""
    strays = [left.instance for left in acquisition.left_out if left.in_comparison]
    try:
        if strays:
            stack_planes([*acquisition.instances, *strays], acquisition.title)
    except FusplanError as error:
        return error
    return None
