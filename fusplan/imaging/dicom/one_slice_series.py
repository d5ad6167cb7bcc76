"""Series of one slice each that are one scan: some scanners (Canon, formerly Toshiba) give every slice a series UID."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from fusplan.imaging.dicom.evenness import FEWEST_OF_A_STACK, Evenness, normal_of, spread_of
from fusplan.imaging.dicom.instance import Instance
from fusplan.imaging.dicom.kinds import VOLUME_KINDS

SURELY_ONE_SCAN = 10
"""So many series of one slice, alike in study, frame of reference, size, direction and description, are one scan even
where slices are missing; fewer are only joined when they are even."""


@dataclass(frozen=True, slots=True)
class Together:
    """Files that are to be looked at together, and how many series they are of."""

    instances: tuple[Instance, ...]
    series_count: int


def joined_series(series: Iterable[Iterable[Instance]]) -> list[Together]:
    """Series as they are, but those of one slice joined where they are one scan."""
    found: list[Together] = []
    by_scan: dict[Hashable, list[tuple[Instance, ...]]] = {}
    for files in map(tuple, series):
        if _is_one_slice(files):
            by_scan.setdefault(_scan_of(files[0]), []).append(files)
        else:
            found.append(Together(files, 1))
    for members in by_scan.values():
        if _is_one_scan([files[0] for files in members]):
            members.sort(key=lambda files: (files[0].series_number or 0, files[0].series_uid))
            found.append(Together(tuple(instance for files in members for instance in files), len(members)))
        else:
            found += [Together(files, 1) for files in members]
    return found


def _is_one_slice(files: tuple[Instance, ...]) -> bool:
    first = files[0]
    return (
        len({instance.uid for instance in files}) == 1
        and len(first.planes) == 1
        and first.kind in VOLUME_KINDS
        and bool(first.study_uid and first.frame_of_reference)
    )


def _scan_of(instance: Instance) -> Hashable:
    plane = instance.planes[0]
    return (
        instance.study_uid,
        instance.frame_of_reference,
        instance.kind,
        instance.description,
        instance.columns,
        instance.rows,
        tuple(round(value, 3) + 0.0 for value in (*plane.orientation, *plane.spacing_mm)),
    )


def _is_one_scan(slices: list[Instance]) -> bool:
    if not FEWEST_OF_A_STACK <= len(slices) < SURELY_ONE_SCAN:
        return len(slices) >= SURELY_ONE_SCAN
    planes = [instance.planes[0] for instance in slices]
    return spread_of(planes, normal_of(planes[0]), None).evenness is Evenness.EVEN
