"""Images that can be read but are no head: the program must refuse them or say that the result is not to be trusted."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import nibabel as nib
import numpy as np
from scipy import ndimage

from fusplan.atlas.catalogue import demo_head_path
from fusplan.errors import FusplanError
from fusplan.progress import NoProgress
from fusplan.workflows.make_plan import make_plan
from fusplan.workflows.plan_folder import write_plan_folder
from fusplan.workflows.requests import MakePlanRequest

SIZE = 80
SPACING_MM = 2.4
SEED = 11

Array: TypeAlias = np.ndarray


def _grid_mm() -> tuple[Array, Array, Array]:
    """Right, anterior, superior of the middle."""
    steps = (np.arange(SIZE) - (SIZE - 1) / 2) * SPACING_MM
    x, y, z = np.meshgrid(steps, steps, steps, indexing="ij")
    return x, y, z


def _ball(radius_mm: float = 80.0) -> Array:
    x, y, z = _grid_mm()
    return x**2 + y**2 + z**2 < radius_mm**2


def noise() -> Array:
    """Nothing but noise."""
    return np.random.default_rng(SEED).normal(100, 20, (SIZE, SIZE, SIZE))


def noisy_ball() -> Array:
    """A head-sized ball of noise."""
    return np.where(_ball(), noise(), 0)


def constant_foreground() -> Array:
    """A head-sized ball of one intensity."""
    return np.where(_ball(), 100, 0)


def one_bright_voxel() -> Array:
    """Zeros with one bright voxel."""
    data = np.zeros((SIZE, SIZE, SIZE))
    data[40, 40, 40] = 1000
    return data


def cube() -> Array:
    """A cube phantom."""
    x, y, z = _grid_mm()
    return np.where(np.maximum(np.maximum(np.abs(x), np.abs(y)), np.abs(z)) < 60, 500, 3)


def knee() -> Array:
    """Two bones with a gap between them in a leg: marrow bright, cortex dark, muscle and fat."""
    x, y, z = _grid_mm()
    across = np.hypot(x, y)
    bone = 26 + 10 * np.exp(-((np.abs(z) - 12) ** 2) / 200)
    leg = np.where(across < 70, 120, 0) + np.where((across > 60) & (across < 70), 130, 0)
    leg = np.where((across < bone) & (np.abs(z) > 4), 20, leg)
    leg = np.where((across < bone - 4) & (np.abs(z) > 8), 220, leg)
    return leg + np.random.default_rng(SEED).normal(0, 6, leg.shape)


def two_knees() -> Array:
    """Two legs side by side: marrow bright, cortex dark."""
    x, y, _ = _grid_mm()
    legs = np.zeros((SIZE, SIZE, SIZE))
    for middle_mm in (-35, 35):
        across = np.hypot(x - middle_mm, y)
        for radius_mm, intensity in ((34, 110), (20, 25), (16, 210)):
            legs = np.where(across < radius_mm, intensity, legs)
    return legs + np.random.default_rng(SEED).normal(0, 5, legs.shape)


def fruit() -> Array:
    """A melon: rind, flesh of smooth texture, seeds about a dark hollow."""
    x, y, z = _grid_mm()
    random = np.random.default_rng(SEED)
    radius = np.sqrt((x / 0.8) ** 2 + y**2 + (z / 0.85) ** 2)
    texture = ndimage.gaussian_filter(random.normal(size=x.shape), 2)
    texture /= texture.std()
    melon = np.where(radius < 85, 150 + 25 * texture, 0)
    melon = np.where((radius > 78) & (radius < 85), 60, melon)
    melon = np.where(radius < 30, 90 + 30 * texture, melon)
    seeds = (np.abs(radius - 30) < 4) & (np.sin(14 * np.arctan2(y, x)) > 0.5) & (np.abs(z) < 45)
    return np.where(seeds, 20, melon) + random.normal(0, 4, x.shape)


def shells() -> Array:
    """Ball in ball: as many layers as a head has, and nothing else of it."""
    x, y, z = _grid_mm()
    radius = np.sqrt(x**2 + y**2 + z**2)
    balls = np.zeros((SIZE, SIZE, SIZE))
    for radius_mm, intensity in ((80, 180), (70, 60), (66, 120), (20, 40)):
        balls = np.where(radius < radius_mm, intensity, balls)
    return balls + np.random.default_rng(SEED).normal(0, 4, balls.shape)


def infant_sized() -> tuple[Array, Array]:
    """A grown person's head, 0.7 times as large."""
    data, affine = _demo_head()
    return data, np.diag([0.7, 0.7, 0.7, 1.0]) @ affine


def ramp() -> Array:
    """Intensity grows from one side to the other."""
    return _grid_mm()[0] + 1000


def checkerboard() -> Array:
    """Black and white blocks."""
    blocks = np.indices((SIZE, SIZE, SIZE)).sum(axis=0) // 5 % 2
    return np.where(_ball(), 100 + 200 * blocks, 0)


def negative() -> Array:
    """A ball that is darker than the background."""
    return np.where(_ball(), -500, 0) + np.random.default_rng(SEED).normal(0, 5, (SIZE, SIZE, SIZE))


def _demo_head() -> tuple[Array, Array]:
    image = nib.load(demo_head_path())
    return np.asarray(image.dataobj, dtype=np.float32), np.array(image.affine)


def _turned(diagonal: tuple[float, float, float]) -> tuple[Array, Array]:
    """The built-in head with a header that turns it by half a turn."""
    data, affine = _demo_head()
    return data, np.diag([*diagonal, 1.0]) @ affine


def backwards() -> tuple[Array, Array]:
    """A head whose header says that its nose is behind."""
    return _turned((-1.0, -1.0, 1.0))


def upside_down() -> tuple[Array, Array]:
    """A head whose header says that it stands on its head."""
    return _turned((-1.0, 1.0, -1.0))


def half_a_head() -> tuple[Array, Array]:
    """A head without its left half."""
    data, affine = _demo_head()
    half = data.copy()
    half[: data.shape[0] // 2] = 0
    return half, affine


def without_its_middle() -> tuple[Array, Array]:
    """A head with a hole where the thalamus was."""
    data, affine = _demo_head()
    places = np.stack(np.meshgrid(*map(np.arange, data.shape), indexing="ij"), axis=-1) @ affine[:3, :3].T
    hole = np.linalg.norm(places + affine[:3, 3] - (0, -10, 0), axis=-1) < 35
    return np.where(hole, 0, data), affine


Pathology: TypeAlias = Callable[[], Array | tuple[Array, Array]]

PATHOLOGIES: tuple[Pathology, ...] = (
    one_bright_voxel,
    noise,
    noisy_ball,
    constant_foreground,
    cube,
    knee,
    two_knees,
    fruit,
    shells,
    infant_sized,
    ramp,
    checkerboard,
    negative,
    backwards,
    upside_down,
    half_a_head,
    without_its_middle,
)


def write_pathology(pathology: Pathology, folder: Path) -> Path:
    """The image as a file."""
    made = pathology()
    data, affine = made if isinstance(made, tuple) else (made, np.diag([SPACING_MM] * 3 + [1.0]))
    if not isinstance(made, tuple):
        affine[:3, 3] = -(SIZE - 1) / 2 * SPACING_MM
    image = nib.Nifti1Image(np.asarray(data, dtype=np.float32), affine)
    image.set_sform(affine, code=1)
    image.set_qform(affine, code=1)
    path = folder / f"{pathology.__name__}.nii"
    nib.save(image, path)
    return path


def plan_on(pathology: Pathology) -> str:
    """``refused: ...`` or the verdict of the plan's registration. Any other error is raised."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            made = make_plan(MakePlanRequest(write_pathology(pathology, folder)), NoProgress())
            write_plan_folder(made, folder / "plan", False, NoProgress())
        except FusplanError as error:
            return f"refused: {type(error).__name__}"
        return made.plan.registration.quality.verdict
