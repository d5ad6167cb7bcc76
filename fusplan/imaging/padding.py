"""Numbers that programs write where there is no image: found, and given the intensity of air.

A scanner or a resampler marks what lies outside the picture by -32768, 65535, -2000, -3.4e38 or NaN. Taken for
intensities these decide every window and histogram. They are recognised by what they are, not by a list: one value,
below or above all others, far from them, on the border of the image. From then on the image holds the intensity of air
there, so that nothing that works with it has to know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.imaging.notes import ImageNote

Intensities = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

LEAST_SHARE_OF_BORDER = 0.005
"""Share of the voxels on the faces of the image that carry the padding."""

LEAST_GAP = 0.3
"""Of padding to the other intensities, in widths of their middle (10th to 90th percentile): a CT's air at -1000 HU lies
half a width above a padding of -2000 (derived; the ranges of MR and CT heads)."""

MIXED_BELOW, MIXED_ABOVE = 2.0, 6.0
"""Widths from the middle at which there are no intensities of a head beside its padding, but mixtures with one that is
at least twice as far away: they are made when an image is resampled. (Fat reaches up to four widths above.)"""

NEAR_SHARE, NEARBY_SHARE = 0.1, 0.5
MOST_NEAR = 0.01
"""At most this share of the other voxels lies in the first tenth of the gap, or fewer than up to its middle, as of
mixtures: else a distribution ends there, such as that of air."""

LEAST_CORNERS_WITHOUT_NUMBER = 6
LEAST_NUMBERS = 0.02
"""NaN around a head reach nearly all corners of the image and leave at least this share of it."""

MOST_KINDS = 3
_MOST_SAMPLES = 400_000
_MIXED_VOXELS = 2


@dataclass(frozen=True, slots=True)
class Padding:
    """A value that marks what is no image.

    Attributes:
        value: as stored, scaled as intensities are.
        mixed_beyond: intensities between this and the padding are mixtures with it: below the head's wherever they are,
            above them, where vessels may be, beside padding.
    """

    value: float
    mixed_beyond: float

    def marks(self, data: Intensities) -> Flags:
        """The voxels that are padding."""
        exact: Flags = data == np.float32(self.value)
        if self.value == self.mixed_beyond:
            return exact
        if self.value < self.mixed_beyond:
            return np.asarray(data <= self.mixed_beyond, dtype=np.bool_)
        from scipy import ndimage  # noqa: PLC0415 - takes 0.2 s to import, and few images are padded so

        every_neighbour = ndimage.generate_binary_structure(3, 3)
        beside = ndimage.binary_dilation(exact, every_neighbour, iterations=_MIXED_VOXELS)
        return np.asarray((data >= self.mixed_beyond) & beside, dtype=np.bool_)


def fill_padding(data: Intensities, stated: Flags | None = None) -> tuple[ImageNote, ...]:
    """Give padding the intensity of air, in place; a note for every value that was found.

    Air is 0, or the lowest other intensity where there are negative ones.

    Args:
        data: shape (ni, nj, nk), finite.
        stated: where the file itself says that there is padding; not believed where the image itself has values
            beyond: some files call 0 HU padding.
    """
    notes = []
    if stated is not None and stated.any() and _is_extreme(data, stated):
        value = float(data[stated][0])
        if _fill(data, stated):
            notes.append(_note(value, stated_by_file=True))
    for _ in range(MOST_KINDS):
        filled = next((found for found in find_padding(data) if _fill(data, found.marks(data))), None)
        if filled is None:
            break
        notes.append(_note(filled.value, stated_by_file=False))
    return tuple(notes)


def find_padding(data: Intensities) -> Iterator[Padding]:
    """The values that may mark what is no image: far below or above the others, and on the border.

    Args:
        data: shape (ni, nj, nk), finite.
    """
    border = _border(data)
    values, counts = np.unique(border, return_counts=True)
    for index in {0, len(values) - 1}:
        if counts[index] >= LEAST_SHARE_OF_BORDER * border.size:
            found = _judged(data, float(values[index]))
            if found is not None:
                yield found


def around_head(non_numbers: Flags) -> bool:
    """Whether voxels without a number surround a head, shape (ni, nj, nk): then they are padding, however many."""
    corners = non_numbers[:: non_numbers.shape[0] - 1, :: non_numbers.shape[1] - 1, :: non_numbers.shape[2] - 1]
    return bool(corners.sum() >= LEAST_CORNERS_WITHOUT_NUMBER) and float(non_numbers.mean()) <= 1 - LEAST_NUMBERS


def _judged(data: Intensities, value: float) -> Padding | None:
    if value == 0.0:  # which is what padding becomes
        return None
    sample = _sample(data)
    rest = sample[sample != np.float32(value)].astype(np.float64)
    if rest.size < max(100, LEAST_NUMBERS * sample.size):
        return None
    low, high = (float(edge) for edge in np.percentile(rest, (10, 90)))
    below, width = value < low, high - low
    gap = low - value if below else value - high
    if below and value > 0:  # the offset of an image, not a value from elsewhere
        return None
    if width == 0 or gap < LEAST_GAP * width or _ends_a_distribution(np.abs(rest - value) / gap):
        return None
    # Fat, vessels and implants are bright, too: but never in a corner of the image, and all of one value.
    if not below and not np.any(_corners(data) == np.float32(value)):
        return None
    room = (MIXED_BELOW if below else MIXED_ABOVE) * width
    if gap < 2 * room:
        return Padding(value, value)
    return Padding(value, min(low - room, -width) if below else high + room)


def _ends_a_distribution(gaps: npt.NDArray[np.float64]) -> bool:
    """Whether intensities crowd at a value; ``gaps`` are their distances from it, in distances to the middle ones."""
    near = float((gaps < NEAR_SHARE).mean())
    nearby = float(((gaps >= NEAR_SHARE) & (gaps < NEARBY_SHARE)).mean())
    return near > max(MOST_NEAR, nearby)


def _is_extreme(data: Intensities, marked: Flags) -> bool:
    """Whether what is marked lies below or above all that is not."""
    lowest, highest = data.min(where=~marked, initial=np.inf), data.max(where=~marked, initial=-np.inf)
    return bool(data[marked].max() < lowest or data[marked].min() > highest)


def _fill(data: Intensities, marked: Flags) -> bool:
    """Whether anything changed."""
    if marked.all():
        return False
    air = np.float32(min(0.0, float(data.min(where=~marked, initial=np.inf))))
    if np.all(data[marked] == air):
        return False
    data[marked] = air
    return True


def _note(value: float, stated_by_file: bool) -> ImageNote:
    said = ", as the file says" if stated_by_file else ""
    return ImageNote("background", f"The background is stored as {value:.6g}{said}, and was taken as air.", "notice")


def _sample(data: Intensities) -> Intensities:
    """Intensities on a coarse grid, those of the border included."""
    step = max(1, int(np.ceil((data.size / _MOST_SAMPLES) ** (1 / 3))))
    return data[::step, ::step, ::step].ravel()


def _corners(data: Intensities) -> Intensities:
    return data[:: data.shape[0] - 1, :: data.shape[1] - 1, :: data.shape[2] - 1].ravel()


def _border(data: Intensities) -> Intensities:
    faces = [face for turned in (data, data.swapaxes(0, 1), data.swapaxes(0, 2)) for face in (turned[0], turned[-1])]
    return np.concatenate([face.ravel() for face in faces])
