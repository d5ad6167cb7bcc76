"""A second image of the same person, placed over the first: six degrees of freedom, by mutual information.

Mutual information does not care which contrast is which, so T2, FLAIR, WMn and CT are laid over a T1 alike. The
first start is where the headers put both; when that leads further away than headers of one session ever are, a search
from other positions is tried too and the better match is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import SimpleITK as sitk
from scipy import ndimage
from scipy.spatial.transform import Rotation

from fusplan.errors import FusplanError
from fusplan.imaging.simpleitk_bridge import affine_of_sitk
from fusplan.imaging.volume import Volume
from fusplan.progress import Progress
from fusplan.registration.rigid_run import CoarseStart, RigidRun
from fusplan.registration.working_image import working_image
from fusplan.spatial import Affine, ScannerRas
from fusplan.spatial.points import FloatArray

ENGINE = "greedy"
RECIPE = "rigid by mutual information, recipe 3"
ENGINE_PACKAGES = ("picsl_greedy", "simpleitk", "numpy", "scipy")
"""Those that decide the result."""

LEAST_OVERLAP = 0.5
"""Share of the second image's head that must lie within the first image's box: less is not a match (derived)."""

HALF_CUBE_MM = 60.0
"""Half the edge of the cube about the brain on which a motion's size is told."""


NEAR_MM = 10.0
"""A head moves less than this between two images of one session (derived)."""


class SecondImageLostError(FusplanError):
    """The second image could not be laid over the first."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} could not be laid over the first image.",
            "Check that both images are of the same person's head.",
        )


@dataclass(frozen=True, slots=True, eq=False)
class RigidPlacement:
    """Where a second image belongs.

    Attributes:
        second_to_first: scanner RAS of the second image to scanner RAS of the first; rigid.
        moved_mm: how far the motion takes the corners of a cube of 120 mm about the first image's middle, on average:
            0 means that the headers agreed already.
        turned_deg: angle of its rotation.
        similarity: normalised mutual information, 1 (none) to 2, after the motion.
        similarity_before: the same as the headers say.
    """

    second_to_first: Affine[ScannerRas, ScannerRas]
    moved_mm: float
    turned_deg: float
    similarity: float
    similarity_before: float


def register_rigidly(
    first: Volume, second: Volume, threads: int, progress: Progress, finest: bool = True
) -> RigidPlacement:
    """Lay a second image of a person over the first.

    Args:
        first: the image that stays.
        second: the one that is moved.
        threads: processor threads.
        progress: told what is done.
        finest: whether the last tenth of a millimetre is worth twice the time.

    Raises:
        EmptyImageError: one of the images shows no head.
        SecondImageLostError: no placement brings the two heads together.
        JobCancelled: the progress was told to stop.
    """
    progress.report(0.0, "Preparing both images")
    fixed, moving = working_image(first), working_image(second)
    start = np.eye(4)
    before = similarity(fixed, moving, start)
    run = RigidRun(fixed, moving, threads)
    progress.report(0.2, "Laying the second image over the first, from where the headers put it")
    begin: CoarseStart = "from_headers"
    coarse = run.from_headers()
    score = similarity(fixed, moving, coarse)
    if placement(coarse, first, second, score, before).moved_mm > NEAR_MM:
        progress.report(0.5, "Laying the second image over the first, from many other positions")
        other = run.from_search()
        if similarity(fixed, moving, other) > score:
            begin = "from_search"
    matrix = run.refined(begin, finest)
    score = similarity(fixed, moving, matrix)
    if score < before:
        matrix, score = start, before
    if overlap(fixed, moving, matrix) < LEAST_OVERLAP:
        raise SecondImageLostError(second.name)
    progress.report(0.95, "Done")
    return placement(matrix, first, second, score, before)


def register_turned(first: Volume, second: Volume, threads: int) -> RigidPlacement:
    """The best placement of a second image whose header may lay the head upside down or back to front.

    It is turned by 180 degrees about each axis of the scanner before it is searched for; within about 0.15 mm.

    Raises EmptyImageError: one of the images shows no head.
    """
    fixed = working_image(first)
    before = similarity(fixed, working_image(second), np.eye(4))
    tries = []
    for axis in range(3):
        turn = _half_turn(second, axis)
        moving = working_image(replace(second, grid=second.grid.moved(turn)))
        run = RigidRun(fixed, moving, threads)
        tries.append((similarity(fixed, moving, run.from_search()), turn, run))
    _, turn, run = max(tries, key=lambda tried: tried[0])
    matrix = np.linalg.inv(turn.matrix) @ run.refined("from_search", finest=False)
    return placement(matrix, first, second, similarity(fixed, working_image(second), matrix), before)


def _half_turn(volume: Volume, axis: int) -> Affine[ScannerRas, ScannerRas]:
    """By 180 degrees about an axis of the scanner through the middle of a volume."""
    signs = np.full(3, -1.0)
    signs[axis] = 1.0
    matrix = np.diag([*signs, 1.0])
    matrix[:3, 3] = (1 - signs) * volume.grid.centre.array
    return Affine(volume.scanner_frame, volume.scanner_frame, matrix)


def placement(
    first_to_second: FloatArray, first: Volume, second: Volume, score: float, before: float
) -> RigidPlacement:
    """A rigid 4 x 4 matrix that moves RAS mm of the first image to the second, with its size told."""
    second_to_first = np.asarray(np.linalg.inv(first_to_second), dtype=np.float64)
    middle = first.grid.centre.array
    corners = middle + HALF_CUBE_MM * np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    moved = corners @ second_to_first[:3, :3].T + second_to_first[:3, 3]
    return RigidPlacement(
        second_to_first=Affine(second.scanner_frame, first.scanner_frame, second_to_first),
        moved_mm=float(np.linalg.norm(moved - corners, axis=1).mean()),
        turned_deg=float(np.degrees(Rotation.from_matrix(second_to_first[:3, :3]).magnitude())),
        similarity=score,
        similarity_before=before,
    )


def _seen(fixed: sitk.Image, moving: sitk.Image, first_to_second: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Intensities of both images at points of the fixed grid, 3 mm apart; NaN where the moving image does not reach."""
    first = sitk.GetArrayViewFromImage(fixed)[::3, ::3, ::3]
    steps = np.stack(np.meshgrid(*(np.arange(size) * 3.0 for size in first.shape), indexing="ij"), axis=-1)
    indices = steps.reshape(-1, 3)[:, ::-1]
    fixed_to_ras, moving_to_ras = affine_of_sitk(fixed), affine_of_sitk(moving)
    to_moving = np.linalg.inv(moving_to_ras) @ first_to_second @ fixed_to_ras
    places = indices @ to_moving[:3, :3].T + to_moving[:3, 3]
    second = _at(sitk.GetArrayViewFromImage(moving), places[:, ::-1].T)
    return first.ravel().astype(np.float64), second


def _at(stored: FloatArray, indices: FloatArray) -> FloatArray:
    return np.asarray(ndimage.map_coordinates(stored, indices, order=1, mode="constant", cval=np.nan, output=float))


def overlap(fixed: sitk.Image, moving: sitk.Image, first_to_second: FloatArray) -> float:
    """Share of the first image's head at which the second image has something to show."""
    first, second = _seen(fixed, moving, first_to_second)
    head = first > 10
    return float(np.mean(np.nan_to_num(second[head]) > 5)) if head.any() else 0.0


def similarity(fixed: sitk.Image, moving: sitk.Image, first_to_second: FloatArray, bins: int = 48) -> float:
    """Normalised mutual information (Studholme 1999) on a 3 mm grid: 1 for images that know nothing of each other."""
    first, second = _seen(fixed, moving, first_to_second)
    known = np.isfinite(second)
    if known.sum() < 1000:
        return 1.0
    joint, _, _ = np.histogram2d(first[known], second[known], bins=bins, range=((0, 100), (0, 100)))
    share = joint / joint.sum()
    return float((_entropy(share.sum(axis=0)) + _entropy(share.sum(axis=1))) / max(_entropy(share), 1e-12))


def _entropy(share: FloatArray) -> float:
    positive = share[share > 0]
    return float(-(positive * np.log(positive)).sum())
