from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fusplan.atlas.catalogue import demo_head_path
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.registration.brain_extraction import looks_brain_extracted


def ball(radius_mm: float, background: float = 0.0, noise: float = 0.0, size: int = 96) -> Volume:
    """A ball in the middle of a 192 mm cube of 2 mm voxels."""
    rng = np.random.default_rng(5)
    places = (np.indices((size,) * 3) - (size - 1) / 2) * 2.0
    inside = (places**2).sum(axis=0) < radius_mm**2
    data = np.where(inside, 500 + rng.normal(scale=50, size=inside.shape), background)
    data += rng.normal(scale=noise, size=data.shape) if noise else 0.0
    return Volume.of_array(data.astype(np.float32), np.diag([2.0, 2, 2, 1]), "ball")


@pytest.mark.parametrize("background", [0.0, -1024.0, 7.5])
def test_a_brain_sized_thing_on_a_constant_background_is_a_brain(background: float) -> None:
    assert looks_brain_extracted(ball(70, background))  # 1.4 litres


@pytest.mark.parametrize(
    ("volume", "why"),
    [
        (ball(70, noise=3.0), "the background is noisy"),
        (ball(40), "0.3 litres is no brain"),
        (ball(110), "it touches the faces as a neck does"),
    ],
)
def test_other_things_are_not(volume: Volume, why: str) -> None:
    assert not looks_brain_extracted(volume), why


def test_the_built_in_head_has_its_skull() -> None:
    assert not looks_brain_extracted(read_volume(demo_head_path()))


@pytest.mark.parametrize(
    ("name", "extracted"),
    [
        ("cstar_T1_brain.nii.gz", True),
        ("cstar_T2_brain.nii.gz", True),
        ("cstar_FLAIR_brain.nii.gz", True),
        ("seg3d_T1w.nii.gz", False),
        ("mne_sample_ecog_T1.mgz", False),
        ("brainchop_T1w.nii.gz", False),
    ],
)
def test_real_heads(shared_data: Path, name: str, extracted: bool) -> None:
    assert looks_brain_extracted(read_volume(shared_data / "heads" / name)) is extracted
