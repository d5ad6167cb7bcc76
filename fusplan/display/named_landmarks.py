"""Landmarks by the names that edits, lists and gestures know them by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from fusplan.planning.plan import Landmarks
from fusplan.spatial import Point, ScannerRas

LandmarkName: TypeAlias = Literal["ac", "pc"] | int
"""AC, PC or the number of a midline point from 0."""


def landmark_words(name: LandmarkName) -> str:
    """``AC``, ``PC`` or ``midline point 1``."""
    return f"midline point {name + 1}" if isinstance(name, int) else name.upper()


def named_landmarks(landmarks: Landmarks) -> Iterator[tuple[LandmarkName, Point[ScannerRas]]]:
    """AC, PC and the midline points, with the names that edits know them by."""
    yield "ac", landmarks.ac.point
    yield "pc", landmarks.pc.point
    for number, landmark in enumerate(landmarks.midline):
        yield number, landmark.point
