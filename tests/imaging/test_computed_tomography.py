"""A CT is known by its numbers, however the file shifts them; no MRI is taken for one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fusplan.atlas.catalogue import demo_head_path
from fusplan.imaging.computed_tomography import looks_like_ct
from fusplan.imaging.describe import describe_image
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from tests.benchmarks.heads import SHARED_DATA
from tests.fixtures.ct_heads import ct_head, write_ct_head

AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])


@pytest.mark.parametrize("offset", [0, 1000, 1024])
def test_a_made_ct(offset: float) -> None:
    assert looks_like_ct(Volume.of_array(ct_head() + np.float32(offset), AFFINE, "a" * 64))


def test_a_real_ct_with_and_without_an_offset(shared_data: object) -> None:
    volume = read_volume(SHARED_DATA / "ct/invesalius-cranium/invesalius_cranium.nii.gz")
    assert looks_like_ct(volume)
    assert looks_like_ct(Volume.of_array(volume.data + 1024, volume.affine, "b" * 64))


@pytest.mark.parametrize("scale", [1.0, 4.0, 10.0])
def test_no_mri_is_a_ct(scale: float) -> None:
    head = read_volume(demo_head_path())
    assert not looks_like_ct(Volume.of_array(head.data * scale, head.affine, "c" * 64))
    assert not looks_like_ct(Volume.of_array(head.data * scale - 1000, head.affine, "c" * 64))


def test_real_mri_heads(shared_data: object) -> None:
    paths = [path for path in (SHARED_DATA / "heads").iterdir() if "aseg" not in path.name]
    assert len(paths) >= 7
    assert not [path.name for path in paths if looks_like_ct(read_volume(path))]


def test_info_says_so(tmp_path: Path) -> None:
    described = describe_image(write_ct_head(tmp_path / "ct.nii"))
    assert described.problem is not None and "looks like a CT" in described.problem
    assert described.remedy is not None and "T1 MRI" in described.remedy
