"""Which images of a series belong together.

One series UID may hold several acquisitions (two echoes, magnitude and phase, time points), also where their slices lie
between each other and look like one stack. They are told apart by how they were taken. Some scanners write such a
value anew for every slice; so a difference counts as far as it gives whole, evenly spaced stacks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fusplan.imaging.dicom.copies import each_once
from fusplan.imaging.dicom.evenness import FEWEST_OF_A_STACK, Evenness, Spread, normal_of, spread_of
from fusplan.imaging.dicom.identity import series_title
from fusplan.imaging.dicom.instance import Instance, Plane
from fusplan.imaging.dicom.left_out import LeftOut, set_aside
from fusplan.imaging.dicom.one_slice_series import joined_series
from fusplan.imaging.dicom.telling import TRAITS, Trait, Weight, differing

FEW = 0.1
"""A share of the images below this is a stray, not half of an examination."""


@dataclass(frozen=True, slots=True)
class Acquisition:
    """Images of one acquisition.

    Attributes:
        instances: their files, each once and with only those of their images that belong.
        copies: pairs (kept, left out) of files with the same header.
        left_out: files of the same series that are none of its images.
        distinction: what tells it from other acquisitions of its series, such as ``echo 30 ms``; empty when alone.
        joined_count: how many series of one slice it was joined from; 0 for what has one series UID.
        varying: what differs from image to image though they are one acquisition.
    """

    instances: tuple[Instance, ...]
    copies: tuple[tuple[Instance, Instance], ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    distinction: str = ""
    joined_count: int = 0
    varying: tuple[str, ...] = ()

    @property
    def first(self) -> Instance:
        return self.instances[0]

    @property
    def uid(self) -> str:
        """What finds it again: the series UID, or a UID made of those of its images where that names more or less."""
        return self.content_uid if self.distinction or self.joined_count else self.first.series_uid

    @property
    def content_uid(self) -> str:
        """A UID (2.25 and a number, PS3.5 B.2) made of the names of its images, whatever else lies beside them."""
        names = sorted((plane.uid, plane.frame) for instance in self.instances for plane in instance.planes)
        digest = hashlib.sha256(repr(names).encode()).digest()
        return f"2.25.{int.from_bytes(digest[:16], 'big')}"

    @property
    def image_count(self) -> int:
        return sum(instance.frame_count for instance in self.instances)

    @property
    def private(self) -> frozenset[str]:
        """The words of any of its files that name the patient."""
        return frozenset[str]().union(*(instance.private for instance in self.files))

    @property
    def files(self) -> tuple[Instance, ...]:
        """Its images and what was left out of it, without copies."""
        return (*self.instances, *(left.instance for left in self.left_out))

    @property
    def title(self) -> str:
        """What it is called; never names the patient."""
        joined = f"{self.joined_count} series of one slice" if self.joined_count else ""
        told = ", ".join(filter(None, (joined, self.distinction)))
        return series_title(self.first.description, self.first.series_number, self.private, told)

    def holds(self, name: str) -> bool:
        """Whether a file is one of its images, a copy of one, or was left out of it."""
        return any(instance.name == name for instance in (*self.files, *(copy for _, copy in self.copies)))


def acquisitions_of(instances: Iterable[Instance]) -> tuple[Acquisition, ...]:
    """Files sorted into acquisitions, in the order of series numbers."""
    by_series: dict[str, list[Instance]] = {}
    for instance in instances:
        by_series.setdefault(instance.series_uid, []).append(instance)
    found: list[Acquisition] = []
    for together in joined_series(by_series.values()):
        found += _acquisitions(together.instances, together.series_count)
    return tuple(sorted(found, key=lambda acquisition: (_series_number(acquisition), acquisition.first.series_uid)))


def _series_number(acquisition: Acquisition) -> float:
    number = acquisition.first.series_number
    return float("inf") if number is None else number


def _acquisitions(instances: Sequence[Instance], series_count: int) -> list[Acquisition]:
    """The acquisitions of one series, or of several of one slice each."""
    once, copies = each_once(instances)
    kept, left_out = set_aside(once)
    joined_count = series_count if series_count > 1 else 0
    if not all(instance.planes for instance in kept):
        return [Acquisition(kept, copies, left_out, joined_count=joined_count)]
    planes = [plane for instance in kept for plane in instance.planes]
    stated_mm = next((instance.stated_spacing_mm for instance in kept if instance.stated_spacing_mm), None)
    groups = _split(planes, stated_mm)
    found = []
    for path, members in groups:
        own = _holding(kept, members)
        names = {instance.name for instance in own}
        found.append(
            Acquisition(
                instances=own,
                copies=tuple(pair for pair in copies if pair[0].name in names),
                left_out=left_out,
                distinction=", ".join(path) if len(groups) > 1 else "",
                joined_count=len(own) if joined_count else 0,
                varying=_varying(members),
            )
        )
    return found


def _holding(instances: Sequence[Instance], planes: Sequence[Plane]) -> tuple[Instance, ...]:
    """The files with only those of their images that are meant; those that hold none are left away."""
    meant = {(plane.source, plane.frame) for plane in planes}
    found = []
    for instance in instances:
        own = tuple(plane for plane in instance.planes if (plane.source, plane.frame) in meant)
        if own:
            found.append(replace(instance, planes=own, frame_count=len(own)))
    return tuple(found)


def _varying(planes: Sequence[Plane]) -> tuple[str, ...]:
    """What differs within one acquisition, but for what is counted slice by slice anyway."""
    traits = differing([plane.telling for plane in planes])
    return tuple(trait.name for trait in traits if trait.weight is not Weight.COUNTER)


_Groups = list[tuple[tuple[str, ...], list[Plane]]]


def _split(planes: list[Plane], stated_mm: float | None) -> _Groups:
    """Groups of planes, each with the words that tell it from the others."""
    normal = normal_of(planes[0])
    whole: Spread | None = None
    for trait in differing([plane.telling for plane in planes]):
        parts = _parts(planes, trait)
        whole = whole or spread_of(planes, normal, stated_mm)
        spreads = [spread_of(part, normal, stated_mm) for part in parts.values()]
        if _belongs_apart(trait, parts, whole, spreads):
            return [
                ((trait.words(value, [other for other in parts if other != value]), *path), members)
                for value, part in sorted(parts.items(), key=lambda item: _in_order(item[0]))
                for path, members in _split(part, stated_mm)
            ]
    return [((), planes)]


def _parts(planes: Sequence[Plane], trait: Trait) -> dict[str, list[Plane]]:
    index = TRAITS.index(trait)
    parts: dict[str, list[Plane]] = {}
    for plane in planes:
        parts.setdefault(plane.telling[index], []).append(plane)
    return parts


def _in_order(value: str) -> tuple[float, str]:
    try:
        return float(value), value
    except ValueError:
        return float("inf"), value


def _belongs_apart(trait: Trait, parts: dict[str, list[Plane]], whole: Spread, spreads: Sequence[Spread]) -> bool:
    """Whether images with different values of a trait are different acquisitions."""
    sizes = [len(part) for part in parts.values()]
    total = sum(sizes)
    # A value that some images do not state says less: it may just be missing or malformed.
    weight = Weight.COUNTER if "" in parts and trait.weight is not Weight.COUNTER else trait.weight
    is_slice_by_slice = len(parts) * FEWEST_OF_A_STACK > total and whole.place_count == total
    if is_slice_by_slice and total > FEWEST_OF_A_STACK:
        return False
    if weight is Weight.CONTRAST:
        return True
    if not _interleaved(spreads) and min(sizes) >= FEW * total:
        return False  # blocks one beside the other: the lower half of a head is no acquisition of its own
    all_even = all(spread.evenness is Evenness.EVEN for spread in spreads)
    if weight is Weight.SETTING and all_even:
        return True
    if whole.evenness is Evenness.EVEN and not (whole.is_crowded and all_even):
        return False
    if weight is Weight.COUNTER and whole.evenness is Evenness.GAPPY and not whole.is_crowded:
        return False
    in_even = sum(size for size, spread in zip(sizes, spreads, strict=True) if spread.evenness is Evenness.EVEN)
    each_is_complete = all(spread.place_count == whole.place_count for spread in spreads)
    return in_even * 2 >= total or (each_is_complete and whole.place_count >= FEWEST_OF_A_STACK)


def _interleaved(spreads: Sequence[Spread]) -> bool:
    """Whether any two lie in the same part of the head."""
    ordered = sorted(spreads, key=lambda spread: (spread.first_mm, spread.last_mm))
    reached_mm = ordered[0].last_mm
    for spread in ordered[1:]:
        if spread.first_mm <= reached_mm:
            return True
        reached_mm = max(reached_mm, spread.last_mm)
    return False
