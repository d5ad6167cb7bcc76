"""The DICOM series at a path: which there are, and which of them can be a volume."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.imaging.dicom.container import Container, is_dicom, looks_like_dicom, open_container
from fusplan.imaging.dicom.identity import series_title
from fusplan.imaging.dicom.instance import Instance, NotDicomError, read_instance
from fusplan.imaging.dicom.kinds import require_scan
from fusplan.imaging.dicom.stack import Stack, stack_planes
from fusplan.imaging.header import NotAnImageError
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
        uid: series instance UID.
        title: description and number, as shown; never names the patient.
        series_number: as the scanner numbered it.
        modality: such as ``MR``.
        datatype: of the stored numbers, such as ``uint16``.
        shape: columns, rows and images.
        spacing_mm: along columns-in-a-row, rows, slices; None when the images make no grid.
        date: ``2024-05-31``, if known.
        problem, remedy: why it cannot be planned on and what to do; None when nothing in its headers is against it.
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


@dataclass(frozen=True, slots=True)
class FoundSeries:
    """The headers at a path, by series in the order of the list, and how many files were passed over.

    Attributes:
        series: of each series its headers.
        other_file_count, unreadable_file_count: as for :class:`SeriesList`.
        stamps: name, and two numbers that change with its content, of every file that was looked at.
    """

    series: tuple[tuple[Instance, ...], ...]
    other_file_count: int
    unreadable_file_count: int
    stamps: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesList:
    """What was found at a path.

    Attributes:
        series: by series number.
        other_file_count: files that are not DICOM or belong to no series; they were passed over.
        unreadable_file_count: files that begin as DICOM but whose header is damaged or deflated.
        headers: what was read, for reading one of the series without going through all files again. They know
            the words that name the patient, and are not shown.
    """

    series: tuple[SeriesSummary, ...]
    other_file_count: int
    unreadable_file_count: int
    headers: FoundSeries | None = field(default=None, repr=False, compare=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what was passed over."""
        return passed_over(self.other_file_count, self.unreadable_file_count)

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
    return SeriesList(_summaries(found), found.other_file_count, found.unreadable_file_count, found)


def find_series(container: Container, path: Path, progress: Progress, known: FoundSeries | None = None) -> FoundSeries:
    """Every header in a container, by series; of a single file only its own series.

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
    others = unreadable = 0
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
        except (OSError, ValueError):
            unreadable += 1
    if path.name in container.names and not path.is_dir():
        own = next((instance.series_uid for instance in instances if instance.name == path.name), None)
        instances = [instance for instance in instances if instance.series_uid == own]
        # What else lies beside a file that was named is no one's concern.
        others, unreadable = 0, int(own is None)
    if not instances:
        raise _nothing_found(container, others, unreadable)
    by_series: dict[str, list[Instance]] = {}
    for instance in instances:
        by_series.setdefault(instance.series_uid, []).append(instance)
    ordered = sorted(by_series.values(), key=lambda series: (_series_number(series), series[0].series_uid))
    return FoundSeries(tuple(tuple(series) for series in ordered), others, unreadable, stamps)


def _stamps(container: Container) -> tuple[tuple[str, int, int], ...]:
    stamps = []
    for name in container.names:
        try:
            stamps.append((name, *container.stamp(name)))
        except OSError:  # a link that leads nowhere
            stamps.append((name, -1, -1))
    return tuple(stamps)


def _series_number(instances: Sequence[Instance]) -> float:
    number = instances[0].series_number
    return float("inf") if number is None else number


def _nothing_found(container: Container, others: int, unreadable: int) -> NotAnImageError:
    images = sum(name.lower().endswith((".nii", ".nii.gz", ".mgz", ".mgh")) for name in container.names)
    remedy = (
        "Name one of the image files in it (.nii, .nii.gz, .mgh or .mgz) instead of the folder."
        if images
        else "Choose the folder of an examination, a zip of it, one DICOM file, or an image file such as .nii.gz."
    )
    counted = " ".join(passed_over(others, unreadable)) if container.names else "There are no files."
    return NotAnImageError(f"No DICOM series was found. {counted}", remedy)


def _files(count: int) -> str:
    return "1 file is" if count == 1 else f"{count} files are"


def title_of(instances: Sequence[Instance]) -> str:
    """What a series is called; never names the patient."""
    return series_title(instances[0].description, instances[0].series_number, words_naming_patient(instances))


def words_naming_patient(instances: Sequence[Instance]) -> frozenset[str]:
    """The words of any of its files that name the patient."""
    return frozenset[str]().union(*(instance.private for instance in instances))


def _summaries(found: FoundSeries) -> tuple[SeriesSummary, ...]:
    numbers = [instances[0].series_number or 0 for instances in found.series]
    if min(numbers) < 1 or len(set(numbers)) < len(numbers):
        numbers = list(range(1, len(numbers) + 1))
    return tuple(_summary(choice, instances) for choice, instances in zip(numbers, found.series, strict=True))


def _summary(choice: int, instances: Sequence[Instance]) -> SeriesSummary:
    title = title_of(instances)
    first = instances[0]
    once, _ = each_once(instances)
    stack, problem = None, None
    try:
        stack = stack_of(once, title)
        require_head_sized(title, stack.grid.shape, stack.grid.spacing_mm)
    except FusplanError as error:
        problem = error
    return SeriesSummary(
        choice=choice,
        uid=first.series_uid,
        title=title,
        series_number=first.series_number,
        modality=first.modality,
        datatype=f"{'int' if first.signed else 'uint'}{first.bits}",
        shape=(first.columns, first.rows, sum(instance.frame_count for instance in once)),
        spacing_mm=stack.grid.spacing_mm if stack is not None else None,
        date=first.date,
        problem=problem.message if problem is not None else None,
        remedy=problem.remedy if problem is not None else None,
    )


def chosen_series(found: FoundSeries, series_uid: str | None, series_number: int | None = None) -> tuple[Instance, ...]:
    """The series with a UID or a number of the list, or the only one. Raises SeveralSeriesError, NoSuchSeriesError."""
    if series_number is not None:
        series_uid = _listed(found).numbered(series_number).uid
    if series_uid is None and len(found.series) == 1:
        return found.series[0]
    listed = _summaries(found)
    if series_uid is None:
        raise SeveralSeriesError(f"There are {len(listed)} DICOM series here.", _listing(listed))
    for instances in found.series:
        if instances[0].series_uid == series_uid:
            return instances
    raise NoSuchSeriesError("The series that is meant is not among the DICOM files here.", _listing(listed))


def _listing(listed: Sequence[SeriesSummary]) -> str:
    """A remedy that lists the first series."""
    most = 12
    lines = [f"{one.choice}: {one.title}, {one.shape[2]} images" for one in listed[:most]]
    more = f", and {len(listed) - most} more" if len(listed) > most else ""
    return f"Choose one with --series N ({'; '.join(lines)}{more})."


def each_once(instances: Sequence[Instance]) -> tuple[tuple[Instance, ...], tuple[tuple[Instance, Instance], ...]]:
    """Each SOP instance once, and the pairs (kept, left out) of files with the same header."""
    kept: dict[str, Instance] = {}
    extra: list[Instance] = []
    copies: list[tuple[Instance, Instance]] = []
    for instance in instances:
        first = kept.setdefault(instance.uid, instance)
        if first is instance:
            continue
        if _unnamed(first) == _unnamed(instance):
            copies.append((first, instance))
        else:  # one UID for different images: both stay, and the stack decides
            extra.append(instance)
    return (*kept.values(), *extra), tuple(copies)


def _unnamed(instance: Instance) -> Instance:
    planes = tuple(replace(plane, source="") for plane in instance.planes)
    return replace(instance, name="", transfer_syntax="", planes=planes)


def stack_of(instances: Sequence[Instance], title: str) -> Stack:
    """The grid of a series of which every image is there once. Raises as ``kinds`` and ``stack`` say."""
    require_scan(instances, title)
    return stack_planes(instances, title)


def passed_over(others: int, unreadable: int) -> tuple[str, ...]:
    """Sentences about files that are not DICOM or cannot be read."""
    notes = []
    if others:
        notes.append(f"{_files(others)} not DICOM, and passed over.")
    if unreadable:
        notes.append(f"{_files(unreadable)} DICOM but damaged or deflated, and passed over.")
    return tuple(notes)
