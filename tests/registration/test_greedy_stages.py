from __future__ import annotations

import ctypes
import os
import sys

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage
from scipy.spatial.transform import Rotation

from fusplan.atlas.catalogue import load_template
from fusplan.imaging.simpleitk_bridge import affine_of_sitk, set_place
from fusplan.registration import greedy_stages
from fusplan.registration.deep_brain import TemplatePair
from fusplan.registration.greedy_engine import AS_IF_LARGER, displacements_of
from fusplan.registration.greedy_stages import DEFORM, GreedyRun, silenced
from fusplan.spatial import Affine, Mni, Points, ScannerRas, Warp


def textured(origin_lps: tuple[float, float, float] = (-20.0, -20.0, -20.0)) -> sitk.Image:
    """A 44 mm cube of smooth random texture, 0 to 100, darker towards its faces."""
    rng = np.random.default_rng(11)
    texture = ndimage.gaussian_filter(rng.normal(size=(44, 44, 44)), 2.0)
    texture = (texture - texture.min()) / np.ptp(texture)
    image = sitk.GetImageFromArray((100 * texture).astype(np.float32))
    image.SetOrigin(origin_lps)
    return image


def test_displacements_lead_from_the_template_to_the_patient_in_ras(monkeypatch: pytest.MonkeyPatch) -> None:
    """The patient is the template moved by a known shift: every template point must be found moved by it."""
    shift_ras = np.array([1.5, -2.0, 1.0])
    fixed = textured()
    moving = textured(tuple(np.array([-20.0, -20, -20]) + shift_ras * (-1, -1, 1)))
    monkeypatch.setattr(greedy_stages, "DEFORM", DEFORM.replace("-it affine2 ", ""))  # no affine: the identity
    run = GreedyRun(fixed, moving, threads=1)
    warp = Warp(displacements_of(run.deform(fixed), Mni("made")), Affine(Mni("made"), ScannerRas("made"), np.eye(4)))
    inner = np.stack(np.meshgrid(*[np.linspace(-8, 8, 5)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    # The cube's middle in RAS: the origin is LPS (-20, -20, -20), the cube 43 mm wide.
    inner = inner + np.array([-1.5, -1.5, 1.5])
    moved = warp.apply(Points(warp.source, inner)).array
    assert np.abs(np.median(moved - inner, axis=0) - shift_ras).max() < 0.15
    assert np.percentile(np.linalg.norm(moved - inner - shift_ras, axis=1), 90) < 0.4


def test_the_affine_is_a_ras_matrix_from_template_to_patient() -> None:
    """The patient is the template, scanned elsewhere and turned."""
    template = TemplatePair.of(load_template(), brain_only=False).image
    motion = np.eye(4)
    motion[:3, :3] = Rotation.from_euler("xyz", (10, -8, 6), degrees=True).as_matrix()
    motion[:3, 3] = (12.0, -9.0, 7.0)
    patient = sitk.Image(template)
    set_place(patient, motion @ affine_of_sitk(template))
    run = GreedyRun(template, patient, threads=1)
    run.find_pose(seed=1)
    found = run.refine_affine(seed=1)
    places = np.array([(0.0, 3, -5, 1), (0, -25, -2, 1), (40, -10, 30, 1)])
    assert np.abs(places @ (found - motion).T).max() < 0.2


def test_a_head_of_a_small_child_is_found_as_if_it_were_larger() -> None:
    """The patient is the template at 0.62 times its size: the answer is for the patient as it is."""
    template = TemplatePair.of(load_template(), brain_only=False).image
    motion = np.diag([0.62, 0.62, 0.62, 1.0])
    motion[:3, 3] = (12.0, -9.0, 7.0)
    patient = sitk.Image(template)
    set_place(patient, motion @ affine_of_sitk(template))
    run = GreedyRun(template, patient, threads=1, as_if_larger=AS_IF_LARGER)
    run.find_pose(seed=1)
    found = run.refine_affine(seed=1)
    places = np.array([(0.0, 3, -5, 1), (0, -25, -2, 1), (40, -10, 30, 1)])
    assert np.abs(places @ (found - motion).T).max() < 0.2


def test_native_output_is_turned_away_and_comes_back(capfd: pytest.CaptureFixture[str]) -> None:
    print("before")
    with silenced():
        os.write(1, b"printed by native code\n")
    print("after")
    assert capfd.readouterr().out.split() == ["before", "after"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no C library by this name")
def test_what_the_c_library_holds_back_is_turned_away_too(capfd: pytest.CaptureFixture[str]) -> None:
    """With a pipe or a file as standard output, C programs write only when their buffer is full."""
    library = ctypes.CDLL(None)
    with silenced():
        library.printf(b"held back\n")
    library.fflush(None)
    assert capfd.readouterr().out == ""


def test_output_comes_back_after_a_failure_and_no_descriptor_is_left(capfd: pytest.CaptureFixture[str]) -> None:
    free_before = os.dup(1)
    os.close(free_before)
    with pytest.raises(ZeroDivisionError), silenced():
        raise ZeroDivisionError
    free_after = os.dup(1)
    os.close(free_after)
    os.write(1, b"heard again\n")
    assert capfd.readouterr().out == "heard again\n"
    assert free_after == free_before


def test_the_engines_own_failure_leaves_output_on(capfd: pytest.CaptureFixture[str]) -> None:
    run = GreedyRun(textured(), textured(), threads=1)
    with pytest.raises(Exception):  # noqa: B017 - whatever the engine raises when there is no affine yet
        run.deform(textured())
    os.write(1, b"heard\n")
    assert capfd.readouterr().out == "heard\n"
