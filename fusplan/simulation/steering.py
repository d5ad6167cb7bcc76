"""Electronic steering: how each element is driven so that all arrive together at a spot off the natural focus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import j1

from fusplan.simulation.acoustic_map import WATER_SPEED
from fusplan.simulation.element_report import BoolArray, ComplexArray, ElementReport
from fusplan.simulation.helmet_pose import HelmetPose
from fusplan.simulation.transducer import Transducer
from fusplan.spatial import Point, ScannerRas
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray

STEERING_REACH_MM = 15.0
"""Radius that steering is spoken of within (V: Kranion draws a sphere of 15 mm)."""


@dataclass(frozen=True, slots=True, eq=False)
class ElementWaves:
    """The waves of the elements at a spot in water, driven to arrive together.

    Attributes:
        towards: (n, 3) unit vectors of their ways, scanner RAS.
        distances_mm: (n,) from element to spot.
        strengths: (n,) pressure of each at the spot; their sum is 1 at the natural focus.
    """

    towards: FloatArray
    distances_mm: FloatArray
    strengths: FloatArray


def element_waves(transducer: Transducer, pose: HelmetPose, spot: Point[ScannerRas]) -> ElementWaves:
    """What reaches a spot from each element: spreading with distance, and less off the direction it faces.

    An element is a round piston of its area: 2 J1(ka sin) / (ka sin).
    """
    require_same_frame(pose.target.frame, spot.frame)
    elements = pose.elements(transducer).array
    way = spot.array - elements
    distances = np.linalg.norm(way, axis=1)
    towards = way / distances[:, None]
    facing = (pose.target.array - elements) / transducer.radius_mm
    sines = np.linalg.norm(np.cross(facing, towards), axis=1)
    radius_m = np.sqrt(transducer.element_area_mm2 / np.pi) * 1e-3
    turn = 2 * np.pi * transducer.frequency_hz / WATER_SPEED * radius_m * sines
    directivity = np.ones_like(turn)
    np.divide(2 * j1(turn), turn, out=directivity, where=turn > 1e-6)
    return ElementWaves(towards, distances, transducer.radius_mm / distances * directivity / transducer.element_count)


def drive_phases(
    transducer: Transducer, pose: HelmetPose, spot: Point[ScannerRas], elements: ElementReport | None = None
) -> FloatArray:
    """The phase (n,) in radians, from -pi to pi, of each element so that all arrive together at a spot.

    Time goes as exp(-i w t): a wave that has gone further has the greater phase, so what is far starts with less.

    Args:
        transducer, pose: the helmet.
        spot: scanner RAS mm.
        elements: what the skull does; water if none is given or its phases are not known.
    """
    distances = element_waves(transducer, pose, spot).distances_mm
    phases = -2 * np.pi * transducer.frequency_hz / WATER_SPEED * 1e-3 * (distances - transducer.radius_mm)
    if elements is not None and elements.transmission is not None:
        phases = phases - np.angle(np.nan_to_num(elements.transmission))
    return np.asarray(np.angle(np.exp(1j * phases)))


@dataclass(frozen=True, slots=True)
class SpotGain:
    """Pressure at a spot over that of all elements in water at the natural focus.

    Attributes:
        water: what steering leaves of it.
        ideal: of the elements that are on, as if there were no skull.
        corrected, uncorrected: through the skull, with its phases made up for and without; None where they are not
            known.
    """

    water: float
    ideal: float
    corrected: float | None
    uncorrected: float | None


def spot_gain(transducer: Transducer, pose: HelmetPose, elements: ElementReport, spot: Point[ScannerRas]) -> SpotGain:
    """What is lost on the way to a spot, without its field: exact at the spot itself, a millisecond."""
    sent = element_waves(transducer, pose, spot).strengths
    passed = sent * through_skull(elements, transducer.element_count)
    known = elements.transmission is not None
    return SpotGain(
        water=float(sent.sum()),
        ideal=float(sent[elements.active].sum()),
        corrected=float(np.abs(passed).sum()) if known else None,
        uncorrected=float(abs(passed.sum())) if known else None,
    )


def through_skull(elements: ElementReport | None, count: int) -> ComplexArray:
    """What each element (n,) passes on: 1 in water and where a skull's losses are not known, 0 where it is off."""
    if elements is None:
        return np.ones(count, dtype=np.complex128)
    active: BoolArray = elements.active
    if elements.transmission is None:
        return active.astype(np.complex128)
    return np.where(active, np.nan_to_num(elements.transmission), 0.0)
