"""Whether a head lies in its header as the header says: upside down, back to front, or with its axes named wrongly.

All 24 turnings by right angles are tried on images of 8 mm: everywhere in the image the template's brain, upright and
nodding 20 degrees to both sides, is correlated with what lies there. Seen so coarsely a head and its mirror image are
alike (their scores differ by 0.003 at most), so the 24 mirrored turnings are found with these, and are not told apart
from them: left and right cannot be known from the image.

On five T1, one FLAIR and two T2 heads whose headers are right no other turning scores more than 0.97 times as much as
none (0.92 on the T2, 0.70 on the FLAIR). On seven of them 18 to 23 of the 23 other turnings are told, on one T1 none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.imaging.coarse_template import CoarseImage, CoarseTemplate, coarsened
from fusplan.imaging.reorient import closest_ras
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.registration.brain_extraction import looks_brain_extracted
from fusplan.registration.head_crop import head_block
from fusplan.registration.head_turning import HeaderTurn

BOXES_VOXELS: Final = (32, 40)
"""The smallest that holds the image: 256 mm along each axis, or 320 mm: a head with its neck."""

LEAST_SPREAD: Final = 0.1
"""Of the largest variance of a place: where hardly anything varies, a correlation means nothing."""

CLEARLY_AS_SAID: Final = 0.4
"""Score of a head as it lies, from which no other turning need be tried (wrong ones reached 0.25 on eight heads)."""

CLEARLY_BETTER: Final = 1.4
LEAST_SCORE: Final = 0.15
"""What a turning must score, against none and at all, to be believed without aligning the template to it."""

SAMPLED_EVERY_MM: Final = 2.0


@dataclass(frozen=True, slots=True)
class TurnScore:
    """How well the template's brain is found in a head turned so (squared correlation, 0 to 1)."""

    turn: HeaderTurn
    score: float


def turnings() -> Iterator[HeaderTurn]:
    """The 24 turnings by right angles, none first."""
    for axes in permutations(range(3)):
        for signs in product((1, -1), repeat=3):
            matrix = np.eye(3)[list(axes)] * np.array(signs)[:, None]
            if np.linalg.det(matrix) > 0:
                yield HeaderTurn((axes[0], axes[1], axes[2]), (signs[0], signs[1], signs[2]))


def seems_turned(volume: Volume, template: TemplateImage | CoarseTemplate) -> HeaderTurn | None:
    """How a head lies in its header, when clearly otherwise than it says; a tenth of a second or two.

    Raises:
        EmptyImageError: the image shows no head.
    """
    search = _Search.of(seen_coarsely(volume), template, looks_brain_extracted(volume))
    if search.score(HeaderTurn()) >= CLEARLY_AS_SAID:
        return None
    scores = search.scores()
    best, as_said = scores[0], score_as_said(scores)
    clear = best.score >= LEAST_SCORE and best.score >= CLEARLY_BETTER * as_said
    return best.turn if clear and not best.turn.is_none else None


def score_as_said(scores: tuple[TurnScore, ...]) -> float:
    """The score of the head as its header says it lies."""
    return next(scored.score for scored in scores if scored.turn.is_none)


def seen_coarsely(volume: Volume) -> CoarseImage:
    """The head at 8 mm, axes nearest to right, anterior and superior by its header, 0 to 100.

    Raises:
        EmptyImageError: the image shows no head.
    """
    upright = closest_ras(volume)
    data, spacing_mm = _every(upright.data, upright.spacing_mm, 1.0)
    block = head_block(data, spacing_mm, volume.name)
    sampled, sampled_mm = _every(data[block.voxels], spacing_mm, SAMPLED_EVERY_MM)
    return coarsened(block.scaled(sampled), np.array(sampled_mm))


def _every(
    data: npt.NDArray[np.float32], spacing_mm: tuple[float, float, float], wanted_mm: float
) -> tuple[npt.NDArray[np.float32], tuple[float, float, float]]:
    """A view of every so many voxels that they lie no further apart than wanted, if they do not anyway."""
    i, j, k = (max(1, int(wanted_mm / along_mm + 0.02)) for along_mm in spacing_mm)
    return data[::i, ::j, ::k], (spacing_mm[0] * i, spacing_mm[1] * j, spacing_mm[2] * k)


def turn_scores(seen: CoarseImage, template: TemplateImage | CoarseTemplate, brain_only: bool) -> tuple[TurnScore, ...]:
    """All turnings, the best first.

    Args:
        seen: the head at 8 mm, its axes nearest to right, anterior and superior by its header.
        template: what is looked for.
        brain_only: whether the image shows a brain without its head.
    """
    return _Search.of(seen, template, brain_only).scores()


Spectrum: TypeAlias = npt.NDArray[np.complex64]


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """Half spectra of a template's brain, of mean 0 and length 1, and of its mask; the voxels in it."""

    brain: Spectrum
    mask: Spectrum
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """Whole spectra of an image and of its square, conjugate, and what is looked for, in a box of so many voxels."""

    values: Spectrum
    squares: Spectrum
    wanted: tuple[_Wanted, ...]
    box: int

    @classmethod
    def of(cls, seen: CoarseImage, template: TemplateImage | CoarseTemplate, brain_only: bool) -> _Search:
        coarse = template if isinstance(template, CoarseTemplate) else CoarseTemplate.of(template)
        box = next((size for size in BOXES_VOXELS if size >= max(seen.shape)), BOXES_VOXELS[-1])
        boxed = _boxed(seen, box)
        wanted = tuple(
            _Wanted(_half_spectrum(_boxed(brain, box)), _half_spectrum(_boxed(mask, box)), int(mask.sum()))
            for brain, mask in zip(coarse.extracted if brain_only else coarse.head, coarse.masks, strict=True)
        )
        return cls(np.conj(np.fft.fftn(boxed)), np.conj(np.fft.fftn(boxed * boxed)), wanted, box)

    def scores(self) -> tuple[TurnScore, ...]:
        """All turnings, the best first."""
        scores = [TurnScore(turn, self.score(turn)) for turn in turnings()]
        return tuple(sorted(scores, key=lambda scored: scored.score, reverse=True))

    def score(self, turn: HeaderTurn) -> float:
        """The largest squared correlation of a template's brain with what lies at some place of the turned image."""
        values, squares = self._half_turned(self.values, turn), self._half_turned(self.squares, turn)
        best = 0.0
        for brain in self.wanted:
            variance = self._everywhere(brain.mask * squares) - self._everywhere(brain.mask * values) ** 2 / brain.count
            if variance.max() <= 0:
                continue
            known = variance > LEAST_SPREAD * variance.max()
            alike = np.where(known, self._everywhere(brain.brain * values) ** 2 / np.where(known, variance, 1), 0)
            best = max(best, float(alike.max()))
        return best

    def _half_turned(self, spectrum: Spectrum, turn: HeaderTurn) -> Spectrum:
        """The half spectrum of an image turned so, but for a shift: where in the box it is makes no difference."""
        turned = spectrum.transpose(turn.axes)
        for axis, sign in enumerate(turn.signs):
            if sign < 0:
                turned = np.roll(np.flip(turned, axis), 1, axis)
        return np.ascontiguousarray(turned[..., : self.box // 2 + 1])

    def _everywhere(self, product_of_spectra: Spectrum) -> CoarseImage:
        return np.asarray(np.fft.irfftn(product_of_spectra, (self.box,) * 3, axes=(0, 1, 2)))


def _half_spectrum(values: CoarseImage) -> Spectrum:
    return np.asarray(np.fft.rfftn(values), dtype=np.complex64)


def _boxed(values: npt.NDArray[np.float32] | npt.NDArray[np.bool_], size: int) -> CoarseImage:
    """In the corner of a box; what does not fit is left out."""
    box = np.zeros((size,) * 3, np.float32)
    i, j, k = (slice(0, min(along, size)) for along in values.shape)
    box[i, j, k] = values[i, j, k]
    return box
