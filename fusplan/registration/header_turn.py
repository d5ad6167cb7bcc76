"""Whether a head lies in its header as the header says: upside down, back to front, or with its axes named wrongly.

All 24 turnings by right angles are tried on images of 8 mm: everywhere in the image the template's brain, upright and
nodding 20 degrees to both sides, is correlated with what lies there. Seen so coarsely a head and its mirror image are
alike (their scores differ by 0.003 at most), so the 24 mirrored turnings are found with these, and are not told apart
from them: left and right cannot be known from the image.

On seven T1, one FLAIR and two T2 heads whose headers are right no other turning scores more than 1.02 times as much as
none, and on the T1 heads at most 0.88 times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product
from typing import Final

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk
from scipy import fft, ndimage
from scipy.spatial.transform import Rotation

from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.registration.brain_extraction import looks_brain_extracted
from fusplan.registration.deep_brain import TemplatePair
from fusplan.registration.head_turning import CoarseImage, HeaderTurn
from fusplan.registration.working_image import resampled, working_image

SPACING_MM: Final = 8.0
BOX_VOXELS: Final = 40
"""320 mm along each axis: a head with its neck."""

NODS_DEG: Final = (-20.0, 0.0, 20.0)
LEAST_SPREAD: Final = 0.1
"""Of the largest variance of a place: where hardly anything varies, a correlation means nothing."""

CLEARLY_BETTER: Final = 1.4
LEAST_SCORE: Final = 0.15
"""What a turning must score, against none and at all, to be believed without aligning the template to it."""


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


def turned_image(image: sitk.Image, turn: HeaderTurn) -> sitk.Image:
    """A working image as if its header said how the head lies; the same first corner, axes and spacing follow."""
    turned = sitk.GetImageFromArray(np.ascontiguousarray(turn.turned(sitk.GetArrayViewFromImage(image).T).T))
    turned.SetSpacing([image.GetSpacing()[axis] for axis in turn.axes])
    turned.SetDirection(image.GetDirection())
    turned.SetOrigin(image.GetOrigin())
    return turned


def seems_turned(volume: Volume, template: TemplateImage) -> HeaderTurn | None:
    """How a head lies in its header, when clearly otherwise than it says; one or two seconds.

    Raises:
        EmptyImageError: the image shows no head.
    """
    scores = turn_scores(working_image(volume), template, looks_brain_extracted(volume))
    best, as_said = scores[0], score_as_said(scores)
    clear = best.score >= LEAST_SCORE and best.score >= CLEARLY_BETTER * as_said
    return best.turn if clear and not best.turn.is_none else None


def score_as_said(scores: tuple[TurnScore, ...]) -> float:
    """The score of the head as its header says it lies."""
    return next(scored.score for scored in scores if scored.turn.is_none)


def turn_scores(patient: sitk.Image, template: TemplateImage, brain_only: bool) -> tuple[TurnScore, ...]:
    """All turnings, the best first.

    Args:
        patient: the working image, its axes nearest to right, anterior and superior by its header.
        template: what is looked for.
        brain_only: whether the image shows a brain without its head.
    """
    seen = _coarse(patient)
    wanted = _wanted(template, brain_only)
    scores = [TurnScore(turn, _score(turn.turned(seen), wanted)) for turn in turnings()]
    return tuple(sorted(scores, key=lambda scored: scored.score, reverse=True))


def _coarse(image: sitk.Image) -> CoarseImage:
    return np.asarray(sitk.GetArrayFromImage(resampled(image, SPACING_MM)).T, dtype=np.float32)


def _boxed(values: CoarseImage) -> CoarseImage:
    """In the corner of the box; what does not fit is left out."""
    box = np.zeros((BOX_VOXELS,) * 3, np.float32)
    i, j, k = (slice(0, min(size, BOX_VOXELS)) for size in values.shape)
    box[i, j, k] = values[i, j, k]
    return box


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """Spectra of a template's brain, of mean 0 and length 1, and of its mask; the voxels in it."""

    brain: npt.NDArray[np.complex64]
    mask: npt.NDArray[np.complex64]
    count: int


_KNOWN: dict[tuple[str, bool], tuple[_Wanted, ...]] = {}
"""By the template's content and whether its brain alone was asked for; they take longer than the search itself."""


def _wanted(template: TemplateImage, brain_only: bool) -> tuple[_Wanted, ...]:
    key = (template.sha256, brain_only)
    if key not in _KNOWN:
        _KNOWN[key] = tuple(_nodding(template, brain_only))
    return _KNOWN[key]


def _nodding(template: TemplateImage, brain_only: bool) -> Iterator[_Wanted]:
    pair = TemplatePair.of(template, brain_only)
    image = _boxed(_coarse(pair.image))
    inside = _boxed(_coarse(sitk.Cast(pair.mask, sitk.sitkFloat32)))
    for nod_deg in NODS_DEG:
        mask = _nodded(inside, nod_deg) > 0.5
        values = _nodded(image, nod_deg)
        brain = np.where(mask, values - values[mask].mean(), 0)
        brain /= np.linalg.norm(brain)
        yield _Wanted(fft.rfftn(brain), fft.rfftn(mask.astype(np.float32)), int(mask.sum()))


def _nodded(values: CoarseImage, nod_deg: float) -> CoarseImage:
    """Turned about the right axis through the middle of the box."""
    turn = Rotation.from_euler("x", nod_deg, degrees=True).as_matrix()
    middle = np.full(3, (BOX_VOXELS - 1) / 2)
    return np.asarray(ndimage.affine_transform(values, turn, middle - turn @ middle, order=1))


def _score(seen: CoarseImage, wanted: tuple[_Wanted, ...]) -> float:
    """The largest squared correlation of a template's brain with what lies at some place of an image."""
    boxed = _boxed(seen)
    values, squares = np.conj(fft.rfftn(boxed)), np.conj(fft.rfftn(boxed * boxed))

    def everywhere(first: npt.NDArray[np.complex64], second: npt.NDArray[np.complex64]) -> CoarseImage:
        return np.asarray(fft.irfftn(first * second, boxed.shape))

    best = 0.0
    for brain in wanted:
        variance = everywhere(brain.mask, squares) - everywhere(brain.mask, values) ** 2 / brain.count
        if variance.max() <= 0:
            continue
        known = variance > LEAST_SPREAD * variance.max()
        alike = np.where(known, everywhere(brain.brain, values) ** 2 / np.where(known, variance, 1), 0)
        best = max(best, float(alike.max()))
    return best
