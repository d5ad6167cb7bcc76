"""What the controllers ask the person: which file, and what to do with unsaved changes. A window answers by dialogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from fusplan.imaging.dicom.series import SeriesList, SeriesSummary

UnsavedAnswer: TypeAlias = Literal["save", "discard", "cancel"]


class Questions(Protocol):
    """Each returns None when the person changes their mind."""

    def image_path(self, title: str, folder: Path) -> Path | None:
        """An image to open."""
        ...

    def plan_path(self, folder: Path) -> Path | None:
        """A plan to open."""
        ...

    def save_path(self, suggested: Path) -> Path | None:
        """Where to save a plan: a file, or a name without ending for a folder."""
        ...

    def folder_path(self, title: str, folder: Path) -> Path | None:
        """A folder."""
        ...

    def series(self, listed: SeriesList, choose: Callable[[SeriesSummary], None]) -> None:
        """Which of several DICOM series to open. Does not wait: ``choose`` is called later, or never."""
        ...

    def unsaved(self, name: str) -> UnsavedAnswer:
        """What to do with a plan whose changes are not saved."""
        ...
