"""Registration of the template onto a head: the stages in order, a second start when the first is poor."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import SimpleITK as sitk

from fusplan.imaging.coarse_template import coarsened
from fusplan.imaging.computed_tomography import looks_like_ct
from fusplan.imaging.simpleitk_bridge import affine_of_sitk
from fusplan.progress import PartOfProgress, Progress
from fusplan.registration.brain_extraction import looks_brain_extracted
from fusplan.registration.contrast import recognise_contrast
from fusplan.registration.contrast_kind import CT_BY_ITS_NUMBERS, ImageContrast
from fusplan.registration.deep_brain import DeepBrain, TemplatePair
from fusplan.registration.greedy_stages import GreedyRun
from fusplan.registration.head_turning import HeaderTurn
from fusplan.registration.header_turn import turn_scores
from fusplan.registration.quality import (
    Fit,
    contrast_measure,
    judge,
    lost_measure,
    measure_fit,
    quality_of,
    turn_measure,
)
from fusplan.registration.request import (
    NoHeadError,
    QualityMeasure,
    RegistrationQuality,
    RegistrationRequest,
    RegistrationResult,
)
from fusplan.registration.working_image import halved, turned_image, working_image
from fusplan.spatial import Affine, Mni, ScannerRas, Warp
from fusplan.spatial.lps import flip_ras_lps
from fusplan.spatial.warp import Displacements

ENGINE = "greedy"
RECIPE = "affine and deep-brain deformable, recipe 2"

POSE_SEEDS = (1, 2, 3, 4)
"""Random starts of the search, tried in turn until one finds a good pose."""

GOOD_POSE = 0.2
"""Share of the patient's deep-brain variance that the template explains at 4 mm once the pose is right. When right
(affine within 5 mm): 0.55 to 0.67 on whole T1 and inverted heads in a dozen poses, 0.46, 0.29 and 0.25 on T1, T2 and
FLAIR without skull. When wrong (9 to 23 mm off): 0.04 to 0.11."""

AS_IF_LARGER = 1.5
"""A head whose pose is found nowhere is looked at as if it were so many times as large: a small child's. The pose of
the built-in head made smaller is found from 0.75 times its size on without that, with it from 0.6 to 0.75 (share 0.73
to 0.76), and not at 0.5 (0.15)."""

TURNS_TRIED = 3
"""So many turnings of a head whose pose is not found are searched, the likeliest first; on ten heads the right one was
among the first two."""

_LEAST_OF_THE_BRAIN_SEEN = 0.5


class RegistrationLostError(NoHeadError):
    """The template could not be placed in the head at all."""

    def __init__(self, name: str, turn: HeaderTurn | None = None) -> None:
        why = "" if turn is None else f" Besides, {turn.sentence}."
        super().__init__(
            f"The template could not be aligned to {name}: it ended up outside the head.{why}",
            "Check with 'fusplan info' that the image is a head MRI with a correct orientation and that it holds "
            "the whole brain.",
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Start:
    """One attempt: which template was used, what its pose explains at 4 mm, the map, how well it fits, the contrast,
    and the time of its stages."""

    brain_only: bool
    pose_share: float
    mni_to_scanner: Warp[Mni, ScannerRas]
    fit: Fit
    quality: RegistrationQuality
    contrast: ImageContrast
    seconds: tuple[tuple[str, float], ...]


class _Stopwatch:
    """Wall time by stage, in order."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.laps: list[tuple[str, float]] = []

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps.append((stage, round(now - self._last, 2)))
        self._last = now


def register(request: RegistrationRequest, progress: Progress) -> RegistrationResult:
    """Align the template to a head.

    A head without skull is aligned to the template without skull. When the result does not look right, the other
    form of the template is tried too, and the better fit is kept.

    Raises:
        EmptyImageError: the image shows no head.
        RegistrationLostError: the template could not be placed in the head.
        JobCancelled: the progress was told to stop.
    """
    progress.report(0.0, "Preparing your image")
    stopwatch = _Stopwatch()
    patient = working_image(request.patient)
    extracted = looks_brain_extracted(request.patient)
    stopwatch.lap("preparing the image")
    first = _attempt(request, patient, extracted, PartOfProgress(progress, 0.05, 0.9))
    starts = [first]
    if first is None or first.quality.verdict != "ok":
        starts.append(_attempt(request, patient, not extracted, PartOfProgress(progress, 0.5, 1.0)))
    found = [start for start in starts if start is not None]
    # The verdict may be poor for other reasons: a head whose pose was found lies as it should.
    has_no_pose = all(start.pose_share < GOOD_POSE for start in found)
    turned = _found_turned(request, patient, extracted) if has_no_pose else None
    if not found:
        raise RegistrationLostError(request.patient.name, turned[0] if turned is not None else None)
    best = max(found, key=lambda start: np.nan_to_num(start.fit.local_correlation, nan=-1.0))
    if not has_no_pose:
        turned = _lying_turned(best)
    is_lost = has_no_pose and turned is None and best.quality.verdict == "error"
    seen = None if is_lost else best.contrast
    contrast = CT_BY_ITS_NUMBERS if looks_like_ct(request.patient) else seen
    progress.report(1.0, "Registration done")
    seconds = [*stopwatch.laps, *(lap for start in found for lap in start.seconds)]
    return RegistrationResult(
        mni_to_scanner=best.mni_to_scanner,
        scanner_to_mni=best.mni_to_scanner.inverse(),
        quality=quality_of((*best.quality.measures, *_findings(best, contrast, turned))),
        engine=ENGINE,
        recipe=RECIPE,
        versions=_versions(),
        seconds=tuple(seconds),
        notes=_notes(best, extracted, len(starts)),
        contrast=contrast,
        turn=turned[0] if turned is not None else None,
        is_lost=is_lost,
    )


def _findings(
    best: _Start, contrast: ImageContrast | None, turned: tuple[HeaderTurn, float] | None
) -> tuple[QualityMeasure, ...]:
    """What was found out about the image. The contrast of a head that was not found is not known."""
    if turned is not None:
        return (turn_measure(*turned),)
    return (lost_measure(best.pose_share),) if contrast is None else (contrast_measure(contrast),)


def _attempt(request: RegistrationRequest, patient: sitk.Image, brain_only: bool, progress: Progress) -> _Start | None:
    """One registration with one form of the template; None when the deep brain is not to be found in the head."""
    stopwatch = _Stopwatch()
    template = TemplatePair.of(request.template, brain_only)
    progress.report(0.05, "Aligning the template to your image, step 1 of 3: finding the head's pose")
    run, seed, pose_share = _run_with_pose(request, template, patient)
    stopwatch.lap("finding the pose")
    progress.report(0.4, "Aligning the template to your image, step 2 of 3: size and shape")
    matrix = run.refine_affine(seed)
    if not np.all(np.isfinite(matrix)):
        return None
    affine = Affine(request.template.frame, request.patient.scanner_frame, matrix)
    stopwatch.lap("size and shape")
    deep_brain = DeepBrain.of(template)
    seen = deep_brain.patient_seen(patient, affine)
    if float((seen[deep_brain.brain] > 0).mean()) < _LEAST_OF_THE_BRAIN_SEEN:
        return None
    matched = deep_brain.matched_to(seen)
    progress.report(0.6, "Aligning the template to your image, step 3 of 3: the deep brain")
    displacements = _deformed(run, matched) if request.deformable else _none(matched)
    if displacements is None:
        return None
    warp = Warp(displacements, affine)
    stopwatch.lap("the deep brain")
    progress.report(0.95, "Judging the alignment")
    fit = measure_fit(matched, matched.patient_seen(patient, warp), seen, warp, request.template.landmarks)
    contrast = recognise_contrast(deep_brain, request.template, patient, warp)
    stopwatch.lap("judging the alignment")
    return _Start(brain_only, pose_share, warp, fit, judge(fit), contrast, tuple(stopwatch.laps))


def _run_with_pose(
    request: RegistrationRequest, template: TemplatePair, patient: sitk.Image
) -> tuple[GreedyRun, int, float]:
    """A run whose pose is good, or the best there is; the seed that finds it and what it explains."""
    scanner = request.patient.scanner_frame
    run = GreedyRun(template.image, patient, request.threads)
    seed, share = _find_pose(run, template, patient, scanner, POSE_SEEDS)
    if share < GOOD_POSE:
        larger = GreedyRun(template.image, patient, request.threads, AS_IF_LARGER)
        found, found_share = _find_pose(larger, template, patient, scanner, POSE_SEEDS[:1])
        if found_share >= GOOD_POSE:
            return larger, found, found_share
    return run, seed, share


def _find_pose(
    run: GreedyRun, template: TemplatePair, patient: sitk.Image, scanner: ScannerRas, seeds: tuple[int, ...]
) -> tuple[int, float]:
    """The seed of the first good pose, else of the best of all; what it explains."""
    coarse, coarse_patient = DeepBrain.of(template.halved().halved()), halved(halved(patient))

    def explained_share(seed: int) -> float:
        affine = Affine(template.frame, scanner, run.find_pose(seed))
        return coarse.explained_share(coarse.patient_seen(coarse_patient, affine))

    shares: dict[int, float] = {}
    for seed in seeds:
        shares[seed] = explained_share(seed)
        if shares[seed] >= GOOD_POSE:
            break
    best = max(shares, key=lambda seed: shares[seed])
    return best, shares[best]


def _found_turned(
    request: RegistrationRequest, patient: sitk.Image, brain_only: bool
) -> tuple[HeaderTurn, float] | None:
    """How a head lies whose pose was found nowhere, if turning it helps; what its pose then explains at 4 mm."""
    template = TemplatePair.of(request.template, brain_only)
    coarse = DeepBrain.of(template.halved().halved())
    seen = coarsened(sitk.GetArrayViewFromImage(patient).T, np.array(patient.GetSpacing()))
    scored = turn_scores(seen, request.template, brain_only)
    for turn in [scored.turn for scored in scored if not scored.turn.is_none][:TURNS_TRIED]:
        turned = turned_image(patient, turn)
        matrix = GreedyRun(template.image, turned, request.threads).find_pose(POSE_SEEDS[0])
        affine = Affine(template.frame, request.patient.scanner_frame, matrix)
        share = coarse.explained_share(coarse.patient_seen(halved(halved(turned)), affine))
        if share >= GOOD_POSE:
            return turn, share
    return None


def _lying_turned(start: _Start) -> tuple[HeaderTurn, float] | None:
    """How a head lies whose pose was found although its header calls it otherwise, and what its pose explains."""
    turn = HeaderTurn.of_pose(start.mni_to_scanner.affine.matrix)
    return None if turn.is_none else (turn, start.pose_share)


def _deformed(run: GreedyRun, deep_brain: DeepBrain) -> Displacements[Mni] | None:
    """The fitted deep brain; None where nothing can be matched: greedy then answers with numbers that are none."""
    warp = run.deform(deep_brain.image)
    return displacements_of(warp, deep_brain.frame) if np.all(np.isfinite(sitk.GetArrayViewFromImage(warp))) else None


def displacements_of(warp: sitk.Image, frame: Mni) -> Displacements[Mni]:
    """Greedy's LPS vectors, stored (k, j, i), as RAS vectors on the (i, j, k) grid of a template."""
    vectors = sitk.GetArrayFromImage(warp).transpose(2, 1, 0, 3)
    return Displacements.of(flip_ras_lps(vectors).astype(np.float32), affine_of_sitk(warp), frame)


def _none(deep_brain: DeepBrain) -> Displacements[Mni]:
    return Displacements(np.zeros((*deep_brain.grid.shape, 3), np.float32), deep_brain.grid)


def _versions() -> tuple[tuple[str, str], ...]:
    return tuple((name, version(name)) for name in ("picsl_greedy", "simpleitk", "numpy", "scipy"))


def _notes(best: _Start, extracted: bool, tried: int) -> tuple[str, ...]:
    notes = []
    if best.brain_only:
        notes.append(
            "The image looks brain-extracted, so it was aligned to the template without skull."
            if extracted
            else "The template without skull fitted this image better than the whole head."
        )
    if tried > 1:
        notes.append("The first alignment did not look right, so a second one was tried and the better one kept.")
    return tuple(notes)
