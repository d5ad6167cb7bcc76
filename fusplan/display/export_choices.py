"""What can be exported, and which files that writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from fusplan.export.formats import ExportFormat


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """One format.

    Attributes:
        key: name of the format.
        title: what it is.
        files: what it writes.
        usual: whether most people want it.
        needs_dicom_series: whether it refers to the slices of a DICOM series.
        to_read: whether a person reads it, and not another program.
    """

    key: str
    title: str
    files: tuple[str, ...]
    usual: bool
    needs_dicom_series: bool = False
    to_read: bool = False


TO_READ = ("report", "pdf")
"""What a person reads, first of all."""


def export_choices(formats: Mapping[str, ExportFormat], usual: Collection[str]) -> tuple[ExportChoice, ...]:
    """What a person reads first, then the others in their order."""
    keys = sorted(formats, key=lambda key: TO_READ.index(key) if key in TO_READ else len(TO_READ))
    return tuple(
        ExportChoice(
            key,
            formats[key].title[:1].upper() + formats[key].title[1:],
            formats[key].file_names,
            key in usual,
            formats[key].needs_dicom_series,
            key in TO_READ,
        )
        for key in keys
    )


def files_in_the_way(choices: tuple[ExportChoice, ...], chosen: Collection[str], folder: Path) -> tuple[str, ...]:
    """Names of the files that an export would replace."""
    names = [name for choice in choices if choice.key in chosen for name in choice.files]
    return tuple(name for name in names if (folder / name).exists())


def in_the_way_words(names: tuple[str, ...]) -> str:
    """What is said before files are replaced; nothing when none are."""
    if not names:
        return ""
    listed = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
    count = "1 file there is replaced" if len(names) == 1 else f"{len(names)} files there are replaced"
    return f"{count}: {listed}."
