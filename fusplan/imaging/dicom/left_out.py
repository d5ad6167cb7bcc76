"""Single files that are none of the images of their series: left out with their reason, so that the rest can be read.

Only strays are left out. What is wrong with many files of a series is the series' own trouble, and is told as that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fusplan.imaging.dicom.elements import element_words
from fusplan.imaging.dicom.evenness import SAME_DIRECTION, Evenness, normal_of, spread_of
from fusplan.imaging.dicom.identity import shown_files
from fusplan.imaging.dicom.instance import UNSAFE_WHEN_MALFORMED, Instance
from fusplan.imaging.dicom.kinds import SECONDARY_CAPTURES, VOLUME_KINDS, kind_words

FEW = 0.1
"""The share of a series up to which files that differ from the others are strays."""

NO_FRAME = "it does not state its frame of reference"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that was left out.

    Attributes:
        instance: the file.
        reason: why, as a sentence's end.
        in_comparison: whether it is an image that differs from the others, not one that is unfit by itself.
    """

    instance: Instance
    reason: str
    in_comparison: bool


def set_aside(instances: Sequence[Instance]) -> tuple[tuple[Instance, ...], tuple[LeftOut, ...]]:
    """The images of a series, and the strays among its files."""
    reasons = {instance.name: _unfit(instance) for instance in instances}
    fit = [instance for instance in instances if reasons[instance.name] is None]
    if len(fit) * 2 < len(instances) or not fit:
        return tuple(instances), ()
    unfit = [LeftOut(instance, reason, False) for instance in instances if (reason := reasons[instance.name])]
    strays = {left.instance.name: left for left in _strays(fit)}
    kept = tuple(instance for instance in fit if instance.name not in strays)
    return kept, (*unfit, *strays.values())


def _unfit(instance: Instance) -> str | None:
    """Why a file cannot be an image of a volume, whatever the others are."""
    malformed = [keyword for keyword in instance.malformed if keyword in UNSAFE_WHEN_MALFORMED]
    if instance.kind in SECONDARY_CAPTURES:
        return "it is a picture of a screen (secondary capture)"
    if instance.kind not in VOLUME_KINDS:
        return f"it holds {kind_words(instance.kind)}"
    if malformed:
        return f"{element_words(malformed)} {'is' if len(malformed) == 1 else 'are'} malformed"
    if instance.frame_count == 0:
        return "it holds no image"
    if not instance.planes:
        return "it does not say where it lies in space (position, orientation or pixel spacing is missing)"
    if instance.samples != 1:
        return f"it is in colour ({instance.photometric})"
    return None


def _strays(fit: Sequence[Instance]) -> list[LeftOut]:
    """Images that lie in another way than nearly all others; none when they are many."""
    usual = _usual(fit)
    found = [LeftOut(instance, reason, True) for instance in fit if (reason := _differs(instance, usual))]
    if len(found) > max(1, FEW * len(fit)):
        return []
    names = {left.instance.name for left in found}
    frameless = {left.instance.name for left in found if left.reason == NO_FRAME}
    if frameless:
        kept = [instance for instance in fit if instance.name not in names]
        with_frameless = [instance for instance in fit if instance.name not in names - frameless]
        # One that fills the very gap of its own series is in the frame of that series (PS3.3 A.1.2.5).
        if not _is_even(kept) and _is_even(with_frameless):
            return [left for left in found if left.instance.name not in frameless]
    return found


def _is_even(instances: Sequence[Instance]) -> bool:
    planes = [plane for instance in instances for plane in instance.planes]
    return bool(planes) and spread_of(planes, normal_of(planes[0]), None).evenness is Evenness.EVEN


@dataclass(frozen=True, slots=True)
class _Usual:
    frame_of_reference: str
    size: tuple[int, int]
    spacing: tuple[float, ...]
    orientation: tuple[float, ...]


def _usual(instances: Sequence[Instance]) -> _Usual:
    """What most of the images have."""
    planes = [instance.planes[0] for instance in instances]
    return _Usual(
        Counter(instance.frame_of_reference for instance in instances).most_common(1)[0][0],
        Counter((instance.columns, instance.rows) for instance in instances).most_common(1)[0][0],
        Counter(plane.spacing_mm for plane in planes).most_common(1)[0][0],
        Counter(plane.orientation for plane in planes).most_common(1)[0][0],
    )


def _differs(instance: Instance, usual: _Usual) -> str | None:
    plane = instance.planes[0]
    if float(np.abs(np.subtract(plane.orientation, usual.orientation)).max()) > 10 * SAME_DIRECTION:
        return "it lies in another direction (a localizer?)"
    if (instance.columns, instance.rows) != usual.size:
        return f"it has {instance.columns} x {instance.rows} pixels, the others {usual.size[0]} x {usual.size[1]}"
    if not np.allclose(plane.spacing_mm, usual.spacing, rtol=1e-3, atol=0):
        return "its pixel spacing is not that of the others"
    if instance.frame_of_reference != usual.frame_of_reference:
        return "its frame of reference is not that of the others" if instance.frame_of_reference else NO_FRAME
    return None


def left_out_words(title: str, left_out: Sequence[LeftOut], private: frozenset[str]) -> tuple[str, ...]:
    """A sentence for each reason: ``Left out of T1 (series 4): IM5, because ...``"""
    by_reason: dict[str, list[str]] = {}
    for left in left_out:
        by_reason.setdefault(left.reason, []).append(left.instance.name)
    return tuple(
        f"Left out of {title}: {shown_files(sorted(names), private)}, because {reason}."
        for reason, names in by_reason.items()
    )
