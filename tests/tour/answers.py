"""What the tour answers where the window asks a person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fusplan.app.questions import DialogQuestions
from fusplan.session.questions import UnsavedAnswer


@dataclass
class TourAnswers(DialogQuestions):
    """Files laid down before each question; the native file dialogs are not the program's own."""

    image: Path | None = None
    plan: Path | None = None
    save: Path | None = None
    folder: Path | None = None
    unsaved_answer: UnsavedAnswer = "cancel"

    def image_path(self, title: str, folder: Path) -> Path | None:
        return self.image

    def plan_path(self, folder: Path) -> Path | None:
        return self.plan

    def save_path(self, suggested: Path) -> Path | None:
        return self.save

    def folder_path(self, title: str, folder: Path) -> Path | None:
        return self.folder

    def unsaved(self, name: str) -> UnsavedAnswer:
        return self.unsaved_answer
