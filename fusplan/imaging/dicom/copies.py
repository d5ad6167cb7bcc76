"""Files that hold the same image twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fusplan.imaging.dicom.instance import Instance


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
