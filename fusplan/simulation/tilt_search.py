"""What the helmet's tilt does: a small map of active elements, incidence and efficiency. It recommends nothing.

A ray to the target depends on its direction alone, so the skull is looked at once, along directions that cover the head
evenly, and every tilt takes for each of its elements the nearest of them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from fusplan.progress import NoProgress, PartOfProgress, Progress
from fusplan.simulation.element_report import BoolArray, ElementReport
from fusplan.simulation.element_transmission import Acoustics, SubRays, report_elements
from fusplan.simulation.helmet_fit import SkinDistances
from fusplan.simulation.helmet_pose import HelmetPose, HelmetTilt, tilted_helmet
from fusplan.simulation.skull import Skull
from fusplan.simulation.transducer import GOLDEN_RATIO, Transducer
from fusplan.spatial import AcPcGeometry, Point, Points, ScannerRas
from fusplan.spatial.points import FloatArray

DIRECTIONS = 8000
"""Over the part of a sphere that tilted helmets reach: 2 degrees apart, half the distance of elements (derived)."""

MOST_TILT_DEG = 20.0
TILT_STEP_DEG = 4.0
"""Of the map, to every side (D)."""

SEARCH_SUB_RAYS: SubRays = 7
"""Enough for sums over a thousand elements (D)."""


@dataclass(frozen=True, slots=True, eq=False)
class TiltMap:
    """One number a tilt, arrays (a, r).

    Attributes:
        anterior_deg, right_deg: (a,) and (r,) leanings of the apex.
        active_count: elements that are on.
        mean_incidence_deg: of those; not-a-number where none is.
        efficiency: pressure at the target with corrected phases over that in water with all elements; None where the
            skull's losses are not known.
        fits: whether elements and rim keep their distance from the skin; None where no skin was given.
    """

    anterior_deg: FloatArray
    right_deg: FloatArray
    active_count: npt.NDArray[np.int64]
    mean_incidence_deg: FloatArray
    efficiency: FloatArray | None
    fits: BoolArray | None


def search_tilts(
    skull: Skull,
    transducer: Transducer,
    target: Point[ScannerRas],
    geometry: AcPcGeometry,
    acoustics: Acoustics | None = None,
    skin: Points[ScannerRas] | None = None,
    leanings_deg: FloatArray | None = None,
    progress: Progress | None = None,
) -> TiltMap:
    """Every tilt of a lattice, forward and to the right, about one target.

    Args:
        skull, transducer, target: as for one helmet.
        geometry: the head's axes, which an upright helmet stands along.
        acoustics: the user's choices, with few sub-rays unless said otherwise.
        skin: points of the head's surface, if tilts that come too close shall be told.
        leanings_deg: of both directions; every 4 degrees to 20 if none are given.
        progress: where to tell how far it is.
    """
    progress = progress or NoProgress()
    leanings = np.arange(-MOST_TILT_DEG, MOST_TILT_DEG + 1e-6, TILT_STEP_DEG) if leanings_deg is None else leanings_deg
    directions = _directions(90.0 + float(np.abs(leanings).max()) * np.sqrt(2))
    fan = replace(transducer, element_positions_mm=transducer.radius_mm * directions)
    upright = HelmetPose(target, geometry.axes)
    choices = acoustics or Acoustics(sub_rays=SEARCH_SUB_RAYS)
    report = report_elements(skull, fan, upright, choices, PartOfProgress(progress, 0.0, 0.8))
    nearest = cKDTree(directions @ geometry.axes.T)
    distances = None if skin is None else SkinDistances(skin)
    found: list[tuple[int, float, float, bool]] = []
    for number, (anterior, right) in enumerate(itertools.product(leanings, leanings)):
        if number % len(leanings) == 0:
            progress.report(0.8 + 0.2 * number / len(leanings) ** 2, "Tilt the helmet")
        pose = tilted_helmet(target, geometry, HelmetTilt(float(anterior), float(right)))
        _, chosen = nearest.query((pose.elements(transducer).array - target.array) / transducer.radius_mm)
        fits = distances is None or distances.fit(transducer, pose).fits
        found.append((*_figures(report, chosen), fits))
    counts, angles, passed, fitting = (
        np.array(figures).reshape(len(leanings), -1) for figures in zip(*found, strict=True)
    )
    return TiltMap(
        anterior_deg=leanings,
        right_deg=leanings,
        active_count=counts,
        mean_incidence_deg=angles,
        efficiency=None if report.transmission is None else passed,
        fits=None if distances is None else fitting,
    )


def _directions(lowest_deg: float) -> FloatArray:
    """(n, 3) unit vectors, even over the sphere from straight up to so far from it."""
    least = np.cos(np.radians(min(lowest_deg, 180.0)))
    height = 1 - (1 - least) * (np.arange(DIRECTIONS) + 0.5) / DIRECTIONS
    azimuth = np.arange(DIRECTIONS) * 2 * np.pi / GOLDEN_RATIO
    ring = np.sqrt(1 - height**2)
    return np.column_stack([ring * np.cos(azimuth), ring * np.sin(azimuth), height])


def _figures(report: ElementReport, chosen: npt.NDArray[np.intp]) -> tuple[int, float, float]:
    """Active elements, their mean incidence, and the pressure that their sum makes."""
    active = report.active[chosen]
    if not active.any():
        return 0, float("nan"), 0.0
    angle = float(report.incidence_deg[chosen][active].mean())
    passed = 0.0 if report.transmission is None else float(np.abs(report.transmission[chosen][active]).sum())
    return int(active.sum()), angle, passed / len(chosen)
