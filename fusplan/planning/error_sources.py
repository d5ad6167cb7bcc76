"""The errors between a planned lesion and the nucleus it is meant for, each with its size, source and confidence.

Two kinds are kept apart. What moves the *lesion*: the AC-PC landmarks, because the coordinates that are carried
elsewhere are measured from them, and the device. What moves the *anatomy* under it: the registration of the atlas,
the person's own nucleus, which no atlas shows, and which atlas is believed. Coverage depends on their difference.

Confidence marks: V read in the source, C computed from published data, M from memory, derived: worked out for this
program, not published as such.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.planning.review import ErrorKind, Moves
from fusplan.registration.request import Verdict
from fusplan.spatial import AcPcGeometry, Point, Points, ScannerRas
from fusplan.spatial.points import FloatArray

CARELESS_PICK_SHARE = 0.2
AC_PICK_SD_MM = (0.218, 0.650)
PC_PICK_SD_MM = (0.213, 0.577)
"""Picking AC and PC: per-axis SD of a careful and of a careless mark, one mark in five being careless. Solved so that
the 3-D error has the median and 90th percentile of AFIDs raters: AC 0.38 and 1.00 mm, PC 0.38 (published 0.37) and
0.89 mm (492 ratings of 132 images, Taha 2023; V for the figures, derived for the mixture). The release's rare gross
outliers, which pull its means to 0.87 and 0.81 mm, are left out: they are seen on the picture."""

MIDLINE_PICK_SD_MM = 0.5
"""A midline point, sideways only (derived; no published figure: like a commissure. Half a voxel of 1 mm)."""

REGISTRATION_RMS_MM: dict[Verdict, float] = {"ok": 1.75, "warning": 2.5, "error": 4.0}
"""3-D root mean square, by the verdict on the registration. ok: the middle of the 1.5 to 2 mm suggested from template
and warp comparisons (1.05 to 2.2 mm between methods, V); warning and error: derived.

AC and PC are found to 0.4 mm by the same registration (``planning.landmark_doubt``), but they have edges; borders of
thalamic nuclei have none, and the thalamus itself is off FreeSurfer's by 3.5 to 4 mm at the 95th percentile of its
surface. That is no evidence for less, so this stays wider."""

INTER_SUBJECT_RMS_MM = 1.5
"""3-D root mean square of a thalamic nucleus about its registered atlas position: the middle of 1 to 2 mm (C)."""

DEVICE_RMS_MM = (0.562, 0.503, 0.757)
"""Right, anterior, superior: root mean square of the targeting error 0.44 +- 0.35, 0.38 +- 0.33, 0.66 +- 0.37 mm
(mean +- SD of its size; Moser 2013, 30 targets, V). Together 1.07 mm, as 0.99 +- 0.39 mm in 3-D has it."""

ATLAS_SHARE_OF_DISTANCE = 0.5
"""The two atlases are two readings of one nucleus: their standard deviation is half their distance (derived)."""


@dataclass(frozen=True, slots=True, eq=False)
class ErrorSource:
    """One error, drawn many times.

    Attributes:
        kind: which error.
        name: what it is, for a person.
        citation: where its size comes from.
        moves: whether it moves the lesion or the anatomy.
        draws_mm: (n, 3) displacements along right, anterior, superior of the AC-PC frame.
    """

    kind: ErrorKind
    name: str
    citation: str
    moves: Moves
    draws_mm: FloatArray

    @property
    def rms_mm(self) -> float:
        """3-D root mean square of the draws."""
        return float(np.sqrt((self.draws_mm**2).sum(axis=1).mean()))


def draw_error_sources(
    target: Point[ScannerRas],
    geometry: AcPcGeometry,
    midline: Points[ScannerRas],
    registration: Verdict,
    aimed_at: str,
    atlas_distance: FloatArray,
    draws: int,
    seed: int | tuple[int, ...],
) -> tuple[ErrorSource, ...]:
    """All errors of a target, drawn independently.

    Args:
        target: the planned point.
        geometry, midline: the AC-PC frame and the midline points it was made from.
        registration: the verdict on the registration.
        aimed_at: key of the structure that is meant.
        atlas_distance: (3,) scanner RAS mm from it in the first atlas to it in the second (zeros: no second).
        draws: how many.
        seed: of the random generator; the same seed gives the same draws.
    """
    rng = np.random.default_rng(seed)
    atlas_axis = geometry.axes.T @ np.asarray(atlas_distance, dtype=np.float64)
    registration_sd = REGISTRATION_RMS_MM[registration] / np.sqrt(3)
    return (
        ErrorSource(
            "landmarks",
            "Marking AC, PC and the midline, when the target is carried as AC-PC coordinates",
            "AFIDs raters: median 0.38 mm per point",
            "lesion",
            picking_displacements(target, geometry, midline, draws, rng),
        ),
        ErrorSource(
            "device",
            "The device's own targeting error",
            "Moser 2013: 0.99 ± 0.39 mm",
            "lesion",
            rng.normal(size=(draws, 3)) * np.array(DEVICE_RMS_MM),
        ),
        ErrorSource(
            "registration",
            "Registration of the atlas to this head",
            f"assumed for the verdict '{registration}'",
            "anatomy",
            rng.normal(size=(draws, 3)) * registration_sd,
        ),
        ErrorSource(
            "person",
            "This person's nucleus against the registered atlas",
            "1 to 2 mm between people",
            "anatomy",
            rng.normal(size=(draws, 3)) * (INTER_SUBJECT_RMS_MM / np.sqrt(3)),
        ),
        ErrorSource(
            "atlas",
            "Which atlas is right",
            f"half the distance between {aimed_at} in the two",
            "anatomy",
            rng.normal(size=(draws, 1)) * (ATLAS_SHARE_OF_DISTANCE * atlas_axis),
        ),
    )


def picking_displacements(
    target: Point[ScannerRas],
    geometry: AcPcGeometry,
    midline: Points[ScannerRas],
    draws: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Where coordinates measured from the PC in the true AC-PC frame end up in frames marked with errors.

    Returns:
        (draws, 3) displacements along right, anterior, superior of the true AC-PC frame.
    """
    # Everything in the true AC-PC frame with the PC as origin, so that true axes are the unit vectors.
    to_acpc = geometry.scanner_to_acpc("pc")
    place = to_acpc.apply(target).array
    pc = _marks(PC_PICK_SD_MM, draws, rng)
    ac = _marks(AC_PICK_SD_MM, draws, rng) + np.array([0.0, geometry.length_mm, 0.0])
    points = np.repeat(to_acpc.apply(midline).array[None], draws, axis=0)
    points[:, :, 0] += rng.normal(scale=MIDLINE_PICK_SD_MM, size=points.shape[:2])
    axes = marked_axes(ac, pc, points)
    return np.asarray(pc + np.einsum("nij,j->ni", axes, place) - place, dtype=np.float64)


def marked_axes(ac: FloatArray, pc: FloatArray, midline: FloatArray) -> FloatArray:
    """The AC-PC axes of many sets of marks: (n, 3), (n, 3), (n, m, 3) -> (n, 3, 3) with columns right, anterior, up.

    The same construction as :func:`fusplan.spatial.acpc_geometry`, for many at once; the marks are near the axes of
    the frame they are given in, so that right is near +x.
    """
    anterior = (ac - pc) / np.linalg.norm(ac - pc, axis=1, keepdims=True)
    offsets = midline - pc[:, None]
    across = offsets - np.einsum("nmi,ni->nm", offsets, anterior)[..., None] * anterior[:, None]
    first = np.cross(anterior, np.array([0.0, 0.0, 1.0]))
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(first, anterior)
    flat = np.stack([np.einsum("nmi,ni->nm", across, first), np.einsum("nmi,ni->nm", across, second)], axis=-1)
    _, vectors = np.linalg.eigh(np.einsum("nmi,nmj->nij", flat, flat))
    right = vectors[:, 0, :1] * first + vectors[:, 1, :1] * second
    right *= np.where(right[:, :1] < 0, -1.0, 1.0)
    return np.stack([right, anterior, np.cross(right, anterior)], axis=-1)


def _marks(sd_mm: tuple[float, float], draws: int, rng: np.random.Generator) -> FloatArray:
    careless = rng.random((draws, 1)) < CARELESS_PICK_SHARE
    return np.asarray(rng.normal(size=(draws, 3)) * np.where(careless, sd_mm[1], sd_mm[0]), dtype=np.float64)


def relative_displacements(sources: tuple[ErrorSource, ...]) -> FloatArray:
    """(n, 3) displacements of the lesion relative to the anatomy: what moves the lesion less what moves the anatomy."""
    signs = [1.0 if source.moves == "lesion" else -1.0 for source in sources]
    return np.asarray(sum(sign * source.draws_mm for sign, source in zip(signs, sources, strict=True)))
