"""A CT laid over a head and judged: a real one over a pseudo-MR of itself, moved, mirrored, and over another person."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from fusplan.atlas.catalogue import demo_head_path
from fusplan.errors import FusplanError
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.planning.placed_image_edits import set_image
from fusplan.planning.placed_image_file import PlacedImageMissingError
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.progress import NoProgress
from fusplan.registration.mirrored import midplane_mirror
from fusplan.registration.second_image import RigidPlacement
from fusplan.simulation.ct_fit import AnotherHeadError
from fusplan.spatial import Affine
from fusplan.workflows import ct_image, ct_judgement
from fusplan.workflows.ct_image import MirroredCtError, lay_ct_over, place_ct, read_ct
from fusplan.workflows.kept_second_image import open_second_image
from fusplan.workflows.requests import KeptSecondImage, PlaceCtRequest
from tests.fixtures.archives import unpack
from tests.fixtures.pseudo_mr import cranium, plan_with, pseudo_mr, pseudo_plan
from tests.fixtures.rigid_motions import motion
from tests.fixtures.shell_heads import CENTRE_MM, ShellHead, laid_over

HEAD = ShellHead()


@pytest.fixture(scope="module")
def planned() -> Volume:
    return HEAD.t1(2.0)


@pytest.fixture(scope="module")
def plan(planned: Volume) -> Plan:
    return plan_with(planned, laid_over(planned.scanner_frame))


@pytest.fixture
def found_at(monkeypatch: pytest.MonkeyPatch):
    """Let registration, which spheres cannot guide, find what a test says."""
    monkeypatch.setattr(ct_judgement, "load_template_brain", lambda: HEAD.template().brain)

    def set_to(matrix: np.ndarray, gain: float = -0.1, turned_deg: float = 0.0) -> None:
        def register(first: Volume, second: Volume, *_: object, **__: object) -> RigidPlacement:
            moved = Affine(second.scanner_frame, first.scanner_frame, matrix)
            return RigidPlacement(moved, 5.0, turned_deg, 1.2, 1.1)

        monkeypatch.setattr(ct_image, "register_rigidly", register)
        monkeypatch.setattr(ct_image, "register_turned", register)
        monkeypatch.setattr(ct_image, "mirror_gain", lambda *_: gain)

    return set_to


def test_what_is_kept_has_the_role_of_a_ct_and_its_motion(plan: Plan, planned: Volume, found_at) -> None:
    shift = motion((0, 0, 0), (3.0, -2.0, 5.0))
    ct = HEAD.ct(2.0)
    moved = Volume.of_array(ct.data, np.linalg.inv(shift) @ ct.affine, ct.fingerprint)
    found_at(shift)
    placed = lay_ct_over(plan, planned, moved, 1, NoProgress())
    assert (placed.record.role, placed.record.image.sha256) == ("ct", ct.fingerprint)
    assert np.allclose(placed.record.to_reference.matrix, shift)
    assert {warning.kind for warning in placed.warnings} == {"coarse_voxels", "smooth_kernel"}


def test_a_ct_that_lies_elsewhere_is_refused(plan: Plan, planned: Volume, found_at) -> None:
    found_at(motion((0, 0, 0), (9.0, 0.0, 0.0)))
    with pytest.raises(AnotherHeadError):
        lay_ct_over(plan, planned, HEAD.ct(2.0), 1, NoProgress())


def test_a_ct_whose_mirror_image_fits_better_is_refused(plan: Plan, planned: Volume, found_at) -> None:
    found_at(np.eye(4), gain=0.02)
    with pytest.raises(MirroredCtError, match="left and right"):
        lay_ct_over(plan, planned, HEAD.ct(2.0), 1, NoProgress())


def test_a_header_that_turned_the_head_is_told(plan: Plan, planned: Volume, found_at) -> None:
    found_at(np.eye(4), turned_deg=178.0)
    told = lay_ct_over(plan, planned, HEAD.ct(2.0), 1, NoProgress()).warnings
    assert any(warning.kind == "registration" and "turned by 178" in warning.sentence for warning in told)


def test_a_ct_over_a_bare_brain_is_used_and_said_to_be_unchecked(found_at) -> None:
    whole = HEAD.t1(2.0)
    away = np.linalg.norm(whole.grid.all_places().array - np.array(CENTRE_MM), axis=1).reshape(whole.shape)
    bare = Volume.of_array(np.where(away < HEAD.brain_mm, whole.data, 0), whole.affine, "9" * 64)
    found_at(np.eye(4))
    placed = lay_ct_over(plan_with(bare, laid_over(bare.scanner_frame)), bare, HEAD.ct(2.0), 1, NoProgress())
    assert "could not be checked" in placed.warnings[-1].sentence


def test_a_plan_with_a_ct_is_saved_opened_and_asks_for_a_ct_that_is_gone(tmp_path: Path, found_at) -> None:
    paths = {name: tmp_path / f"{name}.nii" for name in ("T1", "CT")}
    for name, volume in (("T1", HEAD.t1(2.0)), ("CT", HEAD.ct(2.0))):
        nib.save(nib.Nifti1Image(np.asarray(volume.data), volume.affine), paths[name])
    planned = read_volume(paths["T1"])
    plan = plan_with(planned, laid_over(planned.scanner_frame))
    found_at(np.eye(4))
    request = PlaceCtRequest(plan, tmp_path, paths["CT"], image_path=paths["T1"], threads=1)
    record = place_ct(request, NoProgress()).record
    path = tmp_path / "my.fusplan.json"
    save_plan(set_image(plan, "ct", record), path)
    kept = load_plan(path).image_of("ct")
    assert kept is not None and kept.shows_the_same(record)
    opened = open_second_image(KeptSecondImage(kept), NoProgress())
    assert opened.volume.scanner_frame == planned.scanner_frame
    packed = tmp_path / "CT.nii.gz"
    packed.write_bytes(gzip.compress(paths["CT"].read_bytes()))
    paths["CT"].unlink()
    found = open_second_image(KeptSecondImage(kept), NoProgress())
    assert found.messages and found.record.shows_the_same(record)
    packed.unlink()
    with pytest.raises(PlacedImageMissingError, match=r"CT\.nii is not at"):
        open_second_image(KeptSecondImage(kept), NoProgress())


def test_a_ct_of_uneven_slices_is_refused(shared_data: Path, tmp_path: Path) -> None:
    with pytest.raises(FusplanError, match=r"1\.08 to 7\.00 mm apart"):
        read_ct(unpack(shared_data / "dicom/ge_head_ct.tar.gz", tmp_path))


def test_the_midplane_mirror_exchanges_sides_and_keeps_the_midline(plan: Plan) -> None:
    geometry = plan.landmarks.geometry()
    mirror = midplane_mirror(geometry)
    assert mirror.apply(geometry.ac).distance_to(geometry.ac) < 1e-9
    aside = geometry.ac.array + 30 * geometry.axes[:, 0] + 12 * geometry.axes[:, 2]
    back = geometry.ac.array - 30 * geometry.axes[:, 0] + 12 * geometry.axes[:, 2]
    assert np.allclose(mirror.matrix[:3, :3] @ aside + mirror.matrix[:3, 3], back)


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Volume:
    return cranium(shared_data)


@pytest.fixture(scope="module")
def first(real: Volume) -> Volume:
    """The pseudo-MR of the real CT."""
    return pseudo_mr(real)


@pytest.mark.slow
def test_a_known_motion_of_a_real_ct_is_found(real: Volume, first: Volume) -> None:
    known = motion((4.0, -6.0, 5.0), (6.0, -9.0, 4.0))
    moved = Volume.of_array(real.data, known @ real.affine, real.fingerprint)
    placed = lay_ct_over(pseudo_plan(first), first, moved, 2, NoProgress())
    left_over = placed.record.to_reference.matrix @ known
    corners = first.grid.corners().array
    errors = np.linalg.norm(corners @ left_over[:3, :3].T + left_over[:3, 3] - corners, axis=1)
    assert errors.max() < 0.5
    assert [warning.kind for warning in placed.warnings] == ["coarse_voxels"]


@pytest.mark.slow
def test_a_real_ct_that_is_its_own_mirror_image_is_refused(real: Volume, first: Volume) -> None:
    mirrored = Volume.of_array(np.array(real.data[::-1]), real.affine, real.fingerprint)
    with pytest.raises(MirroredCtError):
        lay_ct_over(pseudo_plan(first), first, mirrored, 2, NoProgress())


@pytest.mark.slow
def test_a_real_ct_that_is_filed_back_to_front_is_turned_and_said_to_be(first: Volume, shared_data: Path) -> None:
    as_filed = read_volume(shared_data / "ct/invesalius-cranium/invesalius_cranium.nii.gz")
    placed = lay_ct_over(pseudo_plan(first), first, as_filed, 2, NoProgress())
    assert np.allclose(placed.record.to_reference.matrix, np.diag([-1.0, -1.0, 1.0, 1.0]), atol=0.3)
    assert any("turned by 180" in warning.sentence for warning in placed.warnings)


@pytest.mark.slow
def test_a_real_ct_over_another_person_is_refused(real: Volume) -> None:
    first = read_volume(demo_head_path())
    with pytest.raises(FusplanError) as caught:
        lay_ct_over(plan_with(first, laid_over(first.scanner_frame)), first, real, 2, NoProgress())
    assert "person" in f"{caught.value.message} {caught.value.remedy}"
