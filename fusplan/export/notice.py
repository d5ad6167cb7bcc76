"""What every file of an export says about itself: that it is for research only, and what is odd about its image."""

from __future__ import annotations

from fusplan.imaging.notes import Notes, notes_words
from fusplan.notice import RESEARCH_ONLY

__all__ = ["RESEARCH_ONLY", "notice_words"]


def notice_words(notes: Notes) -> str:
    """The research-only line and what the reader of the planning image noticed, for places that hold free text."""
    return f"{RESEARCH_ONLY} About the planning image: {notes_words(notes)}" if notes else RESEARCH_ONLY
