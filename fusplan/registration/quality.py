"""Whether to trust a registration: numbers measured on it, limits, and words a person understands.

The limits were set on registrations known to be right (AC and PC within 1.4 mm of an expert's or a second contrast's
answer: T1 heads in 22 poses and acquisitions, brain-extracted images, T2 and FLAIR) and on about a hundred spoilt on
purpose, by starting the deformable stage up to 15 mm, 18 degrees or 15 % off. Every spoilt one that ended with AC or PC
more than 1.5 mm off, or a twentieth of the deep brain more than 3 mm off, is noticed; ``fusplan/decisions`` has the
figures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from fusplan.imaging.template_image import TemplateLandmarks
from fusplan.registration.contrast_kind import ImageContrast
from fusplan.registration.deep_brain import DeepBrain
from fusplan.registration.head_turning import HeaderTurn
from fusplan.registration.request import QualityMeasure, RegistrationQuality, Verdict
from fusplan.spatial import Mni, Points, ScannerRas, Warp
from fusplan.spatial.acpc import PATIENTS_ACPC_MM

_WINDOW_VOXELS = 9
_ABOUT_VENTRICLES_VOXELS = 8
LEAST_GROWTH = 0.2


@dataclass(frozen=True, slots=True)
class Limits:
    """A measure is worth a warning beyond one limit and an error beyond another; None: no limit on that side."""

    warning_below: float | None = None
    error_below: float | None = None
    warning_above: float | None = None
    error_above: float | None = None

    def raised(self, by: float) -> Limits:
        """With more room above."""
        warning, error = self.warning_above, self.error_above
        return replace(
            self,
            warning_above=None if warning is None else warning + by,
            error_above=None if error is None else error + by,
        )

    def verdict(self, value: float) -> Verdict:
        """Not a number counts as an error."""
        if not np.isfinite(value):
            return "error"
        if self._beyond(value, self.error_below, self.error_above):
            return "error"
        return "warning" if self._beyond(value, self.warning_below, self.warning_above) else "ok"

    @staticmethod
    def _beyond(value: float, below: float | None, above: float | None) -> bool:
        return (below is not None and value < below) or (above is not None and value > above)


LOCAL_CORRELATION = Limits(warning_below=0.68, error_below=0.58)
CORRELATION = Limits(warning_below=0.72, error_below=0.65)
INSIDE = Limits(warning_below=0.95, error_below=0.80)
ACPC_LENGTH_MM = Limits(warning_below=21.5, error_below=18.0, warning_above=31.5, error_above=36.0)
LARGEST_SHIFT_MM = Limits(warning_above=10.5)
MEDIAN_SHIFT_MM = Limits(warning_above=6.5)
LARGEST_SHIFT_PER_WIDTH_MM = 8.0
MEDIAN_SHIFT_PER_WIDTH_MM = 4.0
"""How much further the deep brain may be moved when the ventricles are twice as wide as the template's: by their half
width, and half as far for what lies around them (derived)."""

LARGE_VENTRICLES = 1.5
"""From here on they give room, by both answers (1.0 to 1.41 on five T1 heads)."""

LARGEST_VENTRICLES = 4.0
"""Larger ones give no more room: on ventricles made 2.5 times as large the map does not follow and is an error."""

VENTRICLES = Limits(warning_above=1.85)
"""Times the template's. On two heads whose ventricles were made larger by a known field the map missed CLp by at most
1.2 mm where it found less than this (1.84), and by 2.4 and 3.4 mm above (1.89 and 2.18), AC and PC by 1.1 mm at most
(C, ``tests/benchmarks/atrophy.py``)."""

EDGES_FIT_FROM = 0.81
"""Local correlation from which large ventricles excuse a shift. On two heads whose ventricles were made larger right
maps have 0.82 to 0.91, wrong ones that they excused 0.74 and 0.79 (C, ``tests/benchmarks/atrophy.py``)."""

VENTRICLES_NAME = "Size of the ventricles"
NO_ERROR = "no error of the registration, and AC and PC are found all the same"
"""Within 1.1 mm on ventricles made larger (C, as above)."""

PUSHED_ASIDE = (
    "ventricles this large push the thalami aside, and the map follows less than they do: nuclei may lie two "
    "millimetres further from the third ventricle than it says"
)

NO_HEAD_FOUND = (
    "the head could not be found in this image: the template fits nowhere, neither as the header says nor turned, "
    "neither at the size of an adult's head nor at a small child's"
)

SMALLEST_JACOBIAN = Limits(warning_below=-0.5)
LARGEST_JACOBIAN = Limits(warning_above=4.0)
SMALLEST_SCALE = Limits(warning_below=0.75)
"""0.80 to 0.97 on five heads; a start at 0.85 times the size that looks right in all else, 4 mm wrong beside the core's
middle, ends at 0.72. The template is larger than most heads."""

LARGEST_SCALE = Limits(warning_above=1.35)
ROUND_TRIP_MM = Limits(warning_above=0.05, error_above=0.5)
MIDPLANE_MM = Limits(warning_above=2.0, error_above=5.0)


@dataclass(frozen=True, slots=True)
class Fit:
    """What is measured on one registration."""

    local_correlation: float
    correlation: float
    inside: float
    acpc_length_mm: float
    midplane_residual_mm: float
    largest_shift_mm: float
    median_shift_mm: float
    jacobian_range: tuple[float, float]
    scale_range: tuple[float, float]
    round_trip_mm: float
    ventricles: float


def measure_fit(
    deep_brain: DeepBrain,
    seen: npt.NDArray[np.float32],
    seen_before: npt.NDArray[np.float32],
    mni_to_scanner: Warp[Mni, ScannerRas],
    landmarks: TemplateLandmarks,
) -> Fit:
    """Measure a registration.

    Args:
        deep_brain: the template with the patient's contrast.
        seen: the patient on its grid, through the map.
        seen_before: the same through the map's affine alone.
        mni_to_scanner: the map.
        landmarks: the template's.
    """
    near = _surroundings(deep_brain.core)
    core = deep_brain.core[near]
    intensities, there = deep_brain.intensities[near], seen[near]
    vectors = mni_to_scanner.displacements.vectors_mm[near].astype(np.float64)
    jacobians = _jacobian_determinants(vectors, mni_to_scanner.displacements.grid.matrix)[core]
    shifts_mm = np.linalg.norm(vectors[core], axis=1)
    scales = np.linalg.svd(mni_to_scanner.affine.matrix[:3, :3])[1]
    ac, pc = mni_to_scanner.apply(landmarks.ac), mni_to_scanner.apply(landmarks.pc)
    return Fit(
        local_correlation=_local_correlation(intensities, there, core),
        correlation=_correlation(intensities[core], there[core]),
        inside=float((seen[deep_brain.brain] > 0).mean()),
        acpc_length_mm=ac.distance_to(pc),
        midplane_residual_mm=_midplane_residual_mm(mni_to_scanner, landmarks),
        largest_shift_mm=float(shifts_mm.max()),
        median_shift_mm=float(np.median(shifts_mm)),
        jacobian_range=(float(jacobians.min()), float(jacobians.max())),
        scale_range=(float(scales.min()), float(scales.max())),
        round_trip_mm=_round_trip_mm(deep_brain, mni_to_scanner),
        ventricles=ventricles_against_template(deep_brain, seen, seen_before, mni_to_scanner),
    )


def ventricles_against_template(
    deep_brain: DeepBrain,
    seen: npt.NDArray[np.float32],
    seen_before: npt.NDArray[np.float32],
    mni_to_scanner: Warp[Mni, ScannerRas],
) -> float:
    """How many times as large the ventricles are as the template's, for a head of its size.

    The smaller one of two answers, so that a map gone wrong cannot excuse itself: by the map's change of volume in the
    template's ventricles against that of the brain around them, and by counting what is like fluid in the image about
    them, before anything was deformed.
    """
    field = mni_to_scanner.displacements
    growth = _jacobian_determinants(field.vectors_mm.astype(np.float64), field.grid.matrix)
    around = float(growth[deep_brain.core & ~deep_brain.ventricles].mean())
    by_map = growth[deep_brain.ventricles].mean() / max(around, LEAST_GROWTH)
    return float(min(by_map, _fluid_counted(deep_brain, seen, seen_before)))


def _fluid_counted(deep_brain: DeepBrain, seen: npt.NDArray[np.float32], seen_before: npt.NDArray[np.float32]) -> float:
    """Voxels like fluid about the ventricles in the image, over those in the template with the patient's contrast."""
    about = ndimage.binary_dilation(deep_brain.ventricles, iterations=_ABOUT_VENTRICLES_VOXELS) & deep_brain.brain
    fluid = float(np.median(seen[deep_brain.ventricles]))
    rest = float(np.median(seen[deep_brain.core & ~deep_brain.ventricles]))
    middle, sign = (fluid + rest) / 2, 1.0 if fluid > rest else -1.0
    counted, expected = (
        float((sign * (values[about] - middle) > 0).sum()) for values in (seen_before, deep_brain.intensities)
    )
    return counted / expected if expected > 0 else 1.0


def judge(fit: Fit) -> RegistrationQuality:
    """The verdict over all measures: the worst one."""
    return quality_of(tuple(_measures(fit)))


def contrast_measure(contrast: ImageContrast) -> QualityMeasure:
    """What kind of image it is, as a finding; the value is how certain that is, 0 to 1."""
    verdict: Verdict = "ok" if contrast.is_t1 else "error" if contrast.kind == "CT" else "warning"
    return QualityMeasure("Kind of image", contrast.certainty, None, None, verdict, contrast.sentence)


def lost_measure(share: float) -> QualityMeasure:
    """That no head was found, as a finding.

    Args:
        share: of the patient's variance that the template explains where it fits best.
    """
    return QualityMeasure("Place of the head in the image", share, None, None, "error", NO_HEAD_FOUND)


def turn_measure(turn: HeaderTurn, share: float) -> QualityMeasure:
    """That a head lies otherwise than its header says, as a finding.

    Args:
        turn: how it lies.
        share: of the patient's variance that the template explains once it is turned so.
    """
    return QualityMeasure("Position of the head in its header", share, None, None, "error", turn.sentence)


def quality_of(measures: tuple[QualityMeasure, ...]) -> RegistrationQuality:
    """The verdict over measures, and the sentence for it: over all numbers, then every finding that is not fine."""
    numbers = tuple(measure for measure in measures if not measure.is_finding)
    found = [measure.sentence for measure in measures if measure.is_finding and measure.verdict != "ok"]
    sentences = [_numbers_sentence(numbers), *(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in found)]
    return RegistrationQuality(measures, _worst(measures), " ".join(sentences))


def _worst(measures: tuple[QualityMeasure, ...]) -> Verdict:
    verdicts = {measure.verdict for measure in measures}
    return "error" if "error" in verdicts else "warning" if "warning" in verdicts else "ok"


def _numbers_sentence(measures: tuple[QualityMeasure, ...]) -> str:
    unusual = [measure for measure in measures if measure.verdict != "ok"]
    if unusual and all(measure.name == VENTRICLES_NAME for measure in unusual):
        return (
            f"The template fits this head, whose ventricles are {unusual[0].value:.1f} times as large as the "
            f"template's: {NO_ERROR}, but {PUSHED_ASIDE}."
        )
    return {
        "ok": "The template fits this head; look at the pictures all the same.",
        "warning": "Look closely at the pictures before believing the nuclei: "
        + "; ".join(measure.name_and_unit.lower() for measure in unusual)
        + " is unusual.",
        "error": "Do not trust this registration: the template does not fit this head.",
    }[_worst(measures)]


def _measures(fit: Fit) -> list[QualityMeasure]:
    return [*_agreement_measures(fit), *_landmark_measures(fit), *_map_measures(fit)]


def _agreement_measures(fit: Fit) -> list[QualityMeasure]:
    """How alike the head and the template laid over it are."""
    return [
        _measure(
            "Local deep-brain correlation",
            fit.local_correlation,
            LOCAL_CORRELATION,
            "edges of the deep brain lie where the template has them",
            "edges of the deep brain hardly lie where the template has them",
        ),
        _measure(
            "Deep-brain correlation",
            fit.correlation,
            CORRELATION,
            "intensities of the deep brain follow the template",
            "intensities of the deep brain hardly follow the template",
        ),
        _measure(
            "Share of the deep brain inside the image",
            fit.inside,
            INSIDE,
            "the image holds the deep brain",
            "part of the deep brain is placed outside the head or the image",
        ),
    ]


def _landmark_measures(fit: Fit) -> list[QualityMeasure]:
    """Whether the landmarks that the map carries look like a person's."""
    mean_mm, deviation_mm = PATIENTS_ACPC_MM
    patients = f"{mean_mm} +- {deviation_mm} mm"
    return [
        _measure(
            "AC-PC length",
            fit.acpc_length_mm,
            ACPC_LENGTH_MM,
            f"patients measure {patients}",
            f"far from what patients measure ({patients})",
            "mm",
        ),
        _measure(
            "Midline points off one plane",
            fit.midplane_residual_mm,
            MIDPLANE_MM,
            "the carried midline is flat",
            "the carried midline is bent",
            "mm",
        ),
    ]


def _map_measures(fit: Fit) -> list[QualityMeasure]:
    """Whether the map moves, stretches and folds no more than usual, and can be followed back."""
    low_jacobian, high_jacobian = fit.jacobian_range
    small, large = fit.scale_range
    unchanged = "1 is unchanged"
    folds = f"{unchanged}; below 0 the map folds over itself somewhere in the deep brain"
    smooth = folds if low_jacobian < 0 else f"{unchanged}; nothing folds over itself"
    near, far = "the deep brain had to be moved by usual amounts", "the deep brain had to be moved unusually far"
    aligned = "the alignment of the whole head was near already"
    misaligned = "the alignment of the whole head was far off before the deep brain was fitted"
    sized, unusual = "1 is the template's size", "an unusual size"
    back, elsewhere = "there and back again ends at the same place", "there and back again ends elsewhere"
    grown = "something had to grow enormously"
    ventricles = float(np.nan_to_num(fit.ventricles, nan=1.0))
    excuse = excusing_ventricles(fit)
    largest_limits, median_limits = shift_limits(excuse)
    if excuse >= LARGE_VENTRICLES:
        near = f"no further than ventricles {excuse:.1f} times as large as the template's ask for"
    return [
        _measure(
            "Largest local shift",
            fit.largest_shift_mm,
            largest_limits,
            near,
            far,
            "mm",
        ),
        _measure(
            "Median local shift",
            fit.median_shift_mm,
            median_limits,
            aligned,
            misaligned,
            "mm",
        ),
        _measure(
            "Smallest local change of volume", low_jacobian, SMALLEST_JACOBIAN, smooth, "the map folds over itself"
        ),
        _measure("Largest local change of volume", high_jacobian, LARGEST_JACOBIAN, unchanged, grown),
        _measure("Smallest scale of the head", small, SMALLEST_SCALE, sized, unusual),
        _measure("Largest scale of the head", large, LARGEST_SCALE, sized, unusual),
        _measure("Round trip", fit.round_trip_mm, ROUND_TRIP_MM, back, elsewhere, "mm"),
        _measure(VENTRICLES_NAME, ventricles, VENTRICLES, "1 is the template's size", PUSHED_ASIDE),
    ]


def excusing_ventricles(fit: Fit) -> float:
    """How many times as large the ventricles are as the template's, where that may excuse a shift; else 1."""
    return fit.ventricles if fit.local_correlation >= EDGES_FIT_FROM else 1.0


def shift_limits(ventricles: float) -> tuple[Limits, Limits]:
    """Limits of the largest and the median shift, for ventricles so many times as large as the template's."""
    # Written so that not-a-number gives no room.
    wider = float(np.sqrt(min(ventricles, LARGEST_VENTRICLES))) - 1.0 if ventricles >= LARGE_VENTRICLES else 0.0
    largest = LARGEST_SHIFT_MM.raised(LARGEST_SHIFT_PER_WIDTH_MM * wider)
    return largest, MEDIAN_SHIFT_MM.raised(MEDIAN_SHIFT_PER_WIDTH_MM * wider)


def _measure(
    name: str, value: float, limits: Limits, fine: str, not_fine: str, unit: str | None = None
) -> QualityMeasure:
    verdict = limits.verdict(value)
    warning = limits.warning_below if limits.warning_above is None else limits.warning_above
    error = limits.error_below if limits.error_above is None else limits.error_above
    return QualityMeasure(name, value, warning, error, verdict, fine if verdict == "ok" else not_fine, unit)


def _surroundings(mask: npt.NDArray[np.bool_]) -> tuple[slice, ...]:
    """The box that holds a mask and the windows about it: the rest of the grid need not be computed."""
    ranges = []
    for axis in range(3):
        occupied = np.flatnonzero(mask.any(axis=tuple(other for other in range(3) if other != axis)))
        ranges.append(slice(max(0, int(occupied[0]) - _WINDOW_VOXELS), int(occupied[-1]) + 1 + _WINDOW_VOXELS))
    return tuple(ranges)


def _correlation(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> float:
    """Of two lists of intensities; not a number where one of them is flat."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


def _local_correlation(
    first: npt.NDArray[np.float32], second: npt.NDArray[np.float32], mask: npt.NDArray[np.bool_]
) -> float:
    """Mean over the mask of the correlation in 9 mm windows; flat windows do not count."""

    def mean(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        return np.asarray(ndimage.uniform_filter(values, _WINDOW_VOXELS))

    mean_first, mean_second = mean(first), mean(second)
    variance_first = mean(first * first) - mean_first**2
    variance_second = mean(second * second) - mean_second**2
    covariance = mean(first * second) - mean_first * mean_second
    known = mask & (variance_first > 1e-3) & (variance_second > 1e-3)
    if not known.any():
        return float("nan")
    return float(np.mean(covariance[known] / np.sqrt(variance_first[known] * variance_second[known])))


def _jacobian_determinants(
    vectors_mm: npt.NDArray[np.float64], grid_to_mni: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Determinant of the derivative of ``x + u(x)`` at every grid point; the grid runs along the frame's axes."""
    steps_mm = np.diag(grid_to_mni)[:3]
    derivative = np.empty((*vectors_mm.shape[:3], 3, 3))
    for component in range(3):
        for axis in range(3):
            derivative[..., component, axis] = np.gradient(vectors_mm[..., component], steps_mm[axis], axis=axis)
    return np.asarray(np.linalg.det(derivative + np.eye(3)))


def _midplane_residual_mm(mni_to_scanner: Warp[Mni, ScannerRas], landmarks: TemplateLandmarks) -> float:
    """Largest distance of AC, PC and the midline points from the plane nearest to all of them."""
    marks = Points(landmarks.ac.frame, np.vstack([landmarks.ac.array, landmarks.pc.array, landmarks.midline.array]))
    places = mni_to_scanner.apply(marks).array
    centred = places - places.mean(axis=0)
    normal = np.linalg.svd(centred)[2][2]
    return float(np.abs(centred @ normal).max())


def _round_trip_mm(deep_brain: DeepBrain, mni_to_scanner: Warp[Mni, ScannerRas]) -> float:
    """99th percentile of the distance after template -> patient -> template over the core."""
    core = deep_brain.places().array[deep_brain.core.ravel()][::17]
    there = mni_to_scanner.apply(Points(deep_brain.frame, core))
    back = mni_to_scanner.inverse().apply(there).array
    return float(np.percentile(np.linalg.norm(back - core, axis=1), 99))
