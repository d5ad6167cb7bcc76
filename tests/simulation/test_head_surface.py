"""Skin and bone as closed meshes: spheres whose radius and volume are known."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.imaging.volume import Volume
from fusplan.simulation.head_surface import bone_surface, head_mask, skin_of_skull, skin_surface
from fusplan.simulation.skull import Skull
from fusplan.simulation.skull_from_ct import skull_from_ct
from fusplan.spatial import Affine, ScannerRas
from fusplan.spatial.triangles import Surface
from tests.fixtures.rigid_motions import motion
from tests.fixtures.shell_heads import CENTRE_MM, ShellHead

HEAD = ShellHead()
TURN = motion((10.0, -5.0, 20.0), (3.0, 8.0, -6.0))


def sphere_mm3(radius_mm: float) -> float:
    return 4 / 3 * np.pi * radius_mm**3


@pytest.fixture(scope="module")
def t1() -> Volume:
    """Noisy, and stored from right to left: a left-handed grid."""
    volume = HEAD.t1(1.5)
    turned = np.array(volume.affine)
    turned[0] = -turned[0] + np.array([0, 0, 0, 2 * CENTRE_MM[0]])
    return Volume.of_array(volume.data, turned, volume.fingerprint)


@pytest.fixture(scope="module")
def skull() -> Skull:
    ct = HEAD.ct(2.0)
    return skull_from_ct(ct, Affine(ct.scanner_frame, ScannerRas("planned"), TURN))


def radii_mm(surface: Surface, centre_mm: np.ndarray) -> np.ndarray:
    return np.linalg.norm(surface.vertices.array - centre_mm, axis=1)


def test_the_skin_is_a_closed_sphere_outward_and_light(t1: Volume) -> None:
    skin = skin_surface(t1)
    assert skin.is_closed and skin.euler_characteristic == 2
    assert skin.volume_mm3 == pytest.approx(sphere_mm3(HEAD.skin_mm), rel=0.05)
    assert np.abs(radii_mm(skin, np.array(CENTRE_MM)) - HEAD.skin_mm).max() < 2.5
    assert len(skin.faces) < 60_000
    assert skin.vertices.frame == t1.scanner_frame


def test_the_head_is_filled_although_bone_and_fluid_are_dark(t1: Volume) -> None:
    mask = head_mask(t1)
    assert mask.volume_mm3(0.5) == pytest.approx(sphere_mm3(HEAD.skin_mm), rel=0.05)


def test_the_surfaces_of_a_moved_ct_are_moved_with_it(skull: Skull) -> None:
    centre = (TURN @ np.array([*CENTRE_MM, 1.0]))[:3]
    skin = skin_of_skull(skull)
    assert skin.is_closed
    assert np.abs(radii_mm(skin, centre) - HEAD.skin_mm).max() < 2.5
    bone = bone_surface(skull)
    assert bone.is_closed
    found = radii_mm(bone, centre)
    assert np.median(found[found > 73]) == pytest.approx(HEAD.outer_mm, abs=0.7)
    assert np.median(found[found < 73]) == pytest.approx(HEAD.inner_mm, abs=0.7)
    # 300 HU of 10 to 1200 lie half a millimetre outside, where a voxel of 2 mm is a quarter bone.
    volume_mm3 = sphere_mm3(HEAD.outer_mm + 0.5) - sphere_mm3(HEAD.inner_mm - 0.5)
    assert bone.volume_mm3 == pytest.approx(volume_mm3, rel=0.1)


def test_specks_are_left_out_of_the_bone() -> None:
    ct = HEAD.ct(2.0)
    data = np.array(ct.data)
    middle = ct.shape[0] // 2
    data[middle : middle + 3, middle : middle + 3, middle : middle + 3] = 900
    speckled = Volume.of_array(data, ct.affine, ct.fingerprint)
    skull = skull_from_ct(speckled, Affine(ct.scanner_frame, ct.scanner_frame, np.eye(4)))
    assert radii_mm(bone_surface(skull), np.array(CENTRE_MM)).min() > 60
