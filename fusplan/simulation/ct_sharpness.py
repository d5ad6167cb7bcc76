"""Whether a CT is sharp enough to tell table from diploe: by its kernel's name, else by the edge of the outer table."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

import numpy as np

from fusplan.simulation.head_rays import STEP_MM, HeadRays, vault_directions
from fusplan.simulation.skull import BONE_FROM_HU, SKIN_FROM_HU, SOFT_TISSUE_HU, SkullWarning
from fusplan.spatial import Field, Point, ScannerRas
from fusplan.spatial.points import FloatArray

Sharpness: TypeAlias = Literal["sharp", "smooth"]

SHARP_NAMES = ("BONE", "EDGE", "LUNG", "DETAIL", "ULTRA", "SHARP", "CORNER")
SMOOTH_NAMES = ("STAND", "STD", "SOFT", "SMOOTH", "BRAIN")
"""Of words in kernels' names, as GE and others give them (M, unverified)."""

SHARP_FROM_NUMBER = 55
"""Siemens numbers its kernels by sharpness: H60s, B70f and Hr64 are bone kernels, H31s is not (M, unverified)."""

SHARP_PHILIPS = ("D", "E", "L", "YC", "YD", "YE")
SMOOTH_PHILIPS = ("A", "B", "C", "UA", "UB", "UC", "EB", "EC")
"""Filters of Philips (M, unverified)."""

SHARP_CANON = range(30, 60)
"""FC30 and more of Toshiba and Canon are bone and lung, FC80 and more are bone at high resolution (M, unverified)."""

WIDEST_EDGE_MM = 1.65
"""From 20 to 80 percent of the rise at the outer table; see the table in ``tests/simulation/test_ct_sharpness.py``."""

HEAD_ABOVE_MM = 150.0
"""The part of a head below its top that the rays for its sharpness are centred in."""

EDGE_REACH_MM = 4.0
"""How far to both sides of the edge scalp and table are looked for (derived)."""

EVERY_RAY = 5


def kernel_sharpness(kernel: str) -> Sharpness | None:
    """What a kernel's name says; None for one that is not known."""
    words = kernel.upper().strip()
    if any(name in words for name in SHARP_NAMES):
        return "sharp"
    if any(name in words for name in SMOOTH_NAMES):
        return "smooth"
    if canon := re.match(r"FC(\d+)", words):
        number = int(canon[1])
        return "sharp" if number in SHARP_CANON or number >= 80 else "smooth"
    if siemens := re.match(r"[A-Z]{1,2}(\d{2})", words):
        return "sharp" if int(siemens[1]) >= SHARP_FROM_NUMBER else "smooth"
    if words in SHARP_PHILIPS:
        return "sharp"
    return "smooth" if words in SMOOTH_PHILIPS else None


def edge_width_mm(hounsfield: Field[ScannerRas]) -> float:
    """Median width, from 20 to 80 percent of its rise, of the outer table's edge on rays over the vault.

    Not-a-number where no ray meets bone.
    """
    directions = vault_directions()
    rays = HeadRays(_middle_of_upper_head(hounsfield), np.eye(3), directions[directions[:, 2] > 0][::EVERY_RAY])
    values = rays.seen(hounsfield)
    bone = values > BONE_FROM_HU
    hit = np.flatnonzero(bone.any(axis=1))
    values, bone = values[hit], bone[hit]
    if len(values) == 0:
        return float("nan")
    outermost = bone.shape[1] - 1 - np.argmax(bone[:, ::-1], axis=1)
    reach = round(EDGE_REACH_MM / STEP_MM)
    samples = np.clip(outermost[:, None] + np.arange(reach, -reach - 1, -1), 0, values.shape[1] - 1)
    rise = np.take_along_axis(values, samples, axis=1)  # from scalp to bone
    peak = rise[:, reach:].max(axis=1, keepdims=True)
    shares = (rise - SOFT_TISSUE_HU) / (peak - SOFT_TISSUE_HU)
    widths = _crossing_mm(shares, 0.8) - _crossing_mm(shares, 0.2)
    return float(np.median(widths))


def _crossing_mm(shares: FloatArray, level: float) -> FloatArray:
    """Where rises (n, m) pass a level for the last time before their peak (n,), mm from the first sample."""
    samples = np.arange(shares.shape[1])
    below = (samples <= np.argmax(shares, axis=1)[:, None]) & (shares < level)
    last = np.minimum(shares.shape[1] - 1 - np.argmax(below[:, ::-1], axis=1), shares.shape[1] - 2)
    low, high = (np.take_along_axis(shares, at[:, None], axis=1)[:, 0] for at in (last, last + 1))
    return np.asarray((last + np.clip((level - low) / np.maximum(high - low, 1e-6), 0, 1)) * STEP_MM)


def _middle_of_upper_head(hounsfield: Field[ScannerRas]) -> Point[ScannerRas]:
    """The middle of the upper part of a head, by voxels above -300 HU a few millimetres apart."""
    every = [max(1, round(4.0 / step)) for step in hounsfield.grid.spacing_mm]
    part = hounsfield.values[:: every[0], :: every[1], :: every[2]] > SKIN_FROM_HU
    places = hounsfield.grid.places(np.argwhere(part) * np.array(every)).array
    upper = places[places[:, 2] > places[:, 2].max() - HEAD_ABOVE_MM]
    return Point.of(hounsfield.grid.frame, upper.mean(axis=0))


def sharpness_warning(hounsfield: Field[ScannerRas], kernel: str | None) -> SkullWarning | None:
    """A warning where the kernel is a smooth one, by its name or, without one, by the outer table's edge."""
    named = kernel_sharpness(kernel) if kernel is not None else None
    if named == "smooth":
        return _smooth(f"the CT was reconstructed with a smooth kernel ({kernel})")
    if named == "sharp":
        return None
    width_mm = edge_width_mm(hounsfield)
    if not width_mm > WIDEST_EDGE_MM:
        return None
    return _smooth(f"the outer table's edge is {width_mm:.1f} mm wide, as with a smooth kernel")


def _smooth(reason: str) -> SkullWarning:
    return SkullWarning(
        "smooth_kernel", f"SDR unreliable: {reason}; ask for a bone kernel and voxels of 1 mm.", sdr_unreliable=True
    )
