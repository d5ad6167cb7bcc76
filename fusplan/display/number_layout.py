"""Numbers of points that lie close together: in a column beside them, with leaders, so that each can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from fusplan.display.label_placement import spread
from fusplan.spatial.points import FloatArray

SAME_PIXELS = 3.0
"""Dots nearer to each other than this are one to the eye and share their words."""

CLOSE_PIXELS = 16.0
"""Numbers of dots nearer to each other than this would cover each other."""

BESIDE_PIXELS = 4.0
COLUMN_PIXELS = 14.0
"""From a lone dot to its number; from the outermost dot of a group to the column of its numbers."""

JOINT, RUN = "\N{MIDDLE DOT}", "\N{EN DASH}"
SHORTEST_RUN, MOST_PARTS = 3, 4
"""So many numbers in a row are told by the first and the last; of more parts the rest is left out."""


@dataclass(frozen=True, slots=True)
class PlacedNumber:
    """A number, or several of dots at one place (``1·3``), a run of them by its ends.

    Attributes:
        words: what is written.
        left, middle: where the words begin, and the height of their middle; pixels, down.
        leader: from the dot to the words; None where they stand at it.
    """

    words: str
    left: float
    middle: float
    leader: tuple[tuple[float, float], tuple[float, float]] | None


@dataclass(frozen=True, slots=True)
class _Dot:
    words: str
    x: float
    y: float


def placed_numbers(
    places: FloatArray, numbers: Sequence[str], letter_width: float, line_height: float
) -> tuple[PlacedNumber, ...]:
    """Where the numbers of some dots go: away from the middle of all dots, so that those of left and right part.

    Args:
        places: of the dots, shape (n, 2), pixels to the right and down.
        numbers: one for each.
        letter_width, line_height: of the words, pixels.
    """
    if not len(places):
        return ()
    middle = float((places[:, 0].min() + places[:, 0].max()) / 2)
    dots = [_joined(places[group], [numbers[index] for index in group]) for group in _groups(places, SAME_PIXELS)]
    centres = np.array([(dot.x, dot.y) for dot in dots])
    groups = _groups(centres, CLOSE_PIXELS)
    while True:
        columns = [_column([dots[index] for index in group], middle, letter_width, line_height) for group in groups]
        covering = _covering(groups, columns, dots, letter_width, line_height)
        if covering is None:
            return tuple(number for column in columns for number in column)
        first, second = covering
        groups[first] = sorted(groups[first] + groups.pop(second))


def _covering(
    groups: Sequence[Sequence[int]],
    columns: Sequence[Sequence[PlacedNumber]],
    dots: Sequence[_Dot],
    letter_width: float,
    line_height: float,
) -> tuple[int, int] | None:
    """Two groups, the first before the second, of which one's numbers cover a dot or a number of the other."""

    def covers(one: int, other: int) -> bool:
        boxes = [
            (number.left, number.left + letter_width * len(number.words), number.middle) for number in columns[one]
        ]
        there = [(dots[index].x, dots[index].x, dots[index].y) for index in groups[other]]
        there += [(n.left, n.left + letter_width * len(n.words), n.middle) for n in columns[other]]
        return any(
            low < other_high and other_low < high and abs(height - other_height) < line_height / 2
            for low, high, height in boxes
            for other_low, other_high, other_height in there
        )

    pairs = combinations(range(len(groups)), 2)
    return next((pair for pair in pairs if covers(*pair) or covers(*reversed(pair))), None)


def _joined(places: FloatArray, numbers: Sequence[str]) -> _Dot:
    x, y = places.mean(axis=0)
    parts = _runs(numbers)
    shown = parts if len(parts) <= MOST_PARTS else [*parts[: MOST_PARTS - 1], "\N{HORIZONTAL ELLIPSIS}"]
    return _Dot(JOINT.join(shown), float(x), float(y))


def _runs(numbers: Sequence[str]) -> list[str]:
    """Numbers in their order, with those that follow each other told as a run."""
    runs: list[list[str]] = []
    for number in numbers:
        last = runs[-1][-1] if runs else ""
        if last.isdecimal() and number.isdecimal() and int(number) == int(last) + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = ([f"{run[0]}{RUN}{run[-1]}"] if len(run) >= SHORTEST_RUN else run for run in runs)
    return [part for parts in told for part in parts]


def _column(dots: Sequence[_Dot], middle: float, letter_width: float, line_height: float) -> list[PlacedNumber]:
    """The numbers of one group."""
    ordered = sorted(dots, key=lambda dot: (dot.y, dot.x))
    xs = [dot.x for dot in ordered]
    is_right = sum(xs) / len(xs) >= middle - SAME_PIXELS
    sign = 1.0 if is_right else -1.0
    alone = len(ordered) == 1
    near = (max(xs) if is_right else min(xs)) + sign * (BESIDE_PIXELS if alone else COLUMN_PIXELS)
    heights = [dot.y for dot in ordered]
    centre, half = sum(heights) / len(heights), line_height * len(heights) / 2
    # Close together about the middle of the group, but no nearer than lines of words.
    lines = spread(heights, line_height, min(centre - half, heights[0]), max(centre + half, heights[-1]))
    placed = []
    for dot, height in zip(ordered, lines, strict=True):
        left = near if is_right else near - letter_width * len(dot.words)
        leader = None if alone else ((dot.x, dot.y), (near - sign, height))
        placed.append(PlacedNumber(dot.words, left, height, leader))
    return placed


def _groups(places: FloatArray, reach: float) -> list[list[int]]:
    """Indices of places that hang together by steps shorter than ``reach``, in the order of their first ones."""
    near = np.linalg.norm(places[:, None] - places[None], axis=2) < reach
    left, found = list(range(len(places))), []
    while left:
        group = [left.pop(0)]
        for index in group:  # grows while it is gone through
            joins = [other for other in left if near[index, other]]
            group += joins
            left = [other for other in left if other not in joins]
        found.append(sorted(group))
    return found
