"""Whether a CT is of the head that it lies over: spheres moved apart by so much, in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.imaging.volume import Volume
from fusplan.simulation.ct_fit import AnotherHeadError, CroppedCtError, CtFit, ct_fit, require_same_head
from fusplan.simulation.head_shell import HeadShell, measure_shell
from fusplan.simulation.skull_from_ct import skull_from_ct
from fusplan.spatial import Affine
from tests.fixtures.rigid_motions import motion
from tests.fixtures.shell_heads import CENTRE_MM, ShellHead, laid_over

HEAD = ShellHead()


@pytest.fixture(scope="module")
def planned() -> Volume:
    return HEAD.t1(2.0)


@pytest.fixture(scope="module")
def shell(planned: Volume) -> HeadShell:
    return measure_shell(planned, laid_over(planned.scanner_frame), HEAD.template().brain)


@pytest.fixture(scope="module")
def ct() -> Volume:
    return HEAD.ct(2.0)


def fit_of(ct: Volume, shell: HeadShell, shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> CtFit:
    to_planned = Affine(ct.scanner_frame, shell.rays.centre.frame, motion((0, 0, 0), shift_mm))
    return ct_fit(skull_from_ct(ct, to_planned), shell)


def test_a_head_over_itself_raises_no_doubt(ct: Volume, shell: HeadShell) -> None:
    fit = fit_of(ct, shell)
    assert fit.in_view == 1.0
    assert fit.skin_apart_mm[1] < 2.0
    assert max(fit.table_spread_mm, fit.gap_spread_mm) < 0.6
    assert (fit.brain_outside, fit.contrast_share) == (0.0, 0.0)
    assert require_same_head("CT", fit) == ()


def test_a_shift_is_seen_as_far_as_it_goes(ct: Volume, shell: HeadShell) -> None:
    """Of a shift sideways a ray sees its cosine, which is even from -1 to 1 over a half sphere."""
    fit = fit_of(ct, shell, (4.0, 0.0, 0.0))
    assert fit.table_spread_mm == pytest.approx(0.68 * 4.0, abs=0.4)
    assert fit.gap_spread_mm == pytest.approx(0.68 * 4.0, abs=0.4)
    assert fit.skin_apart_mm[1] == pytest.approx(0.9 * 4.0, abs=1.0)
    told = require_same_head("CT", fit)
    assert [warning.kind for warning in told] == ["registration"]
    assert "another head" in told[0].sentence


def test_a_ct_far_out_of_place_is_refused(ct: Volume, shell: HeadShell) -> None:
    with pytest.raises(AnotherHeadError, match=r"CT\.nii does not fit this head") as caught:
        require_same_head("CT.nii", fit_of(ct, shell, (8.0, 0.0, 0.0)))
    assert "another person" in caught.value.remedy


def test_a_ct_that_is_nowhere_near_is_refused(ct: Volume, shell: HeadShell) -> None:
    with pytest.raises(CroppedCtError):
        require_same_head("CT", fit_of(ct, shell, (400.0, 0.0, 0.0)))


def without_top(ct: Volume, depth_mm: float) -> Volume:
    """The CT cut off so far below the top of the head."""
    top = CENTRE_MM[2] + HEAD.skin_mm - depth_mm
    last = int((top - ct.affine[2, 3]) / ct.spacing_mm[2])
    return Volume.of_array(np.array(ct.data[:, :, :last]), ct.affine, ct.fingerprint)


def test_a_vault_that_is_cut_off_is_told_and_a_large_part_refused(ct: Volume, shell: HeadShell) -> None:
    """A cap of height h has h / r of the half sphere; the outer table begins 6.5 mm below the skin."""
    fit = fit_of(without_top(ct, 14.0), shell)
    assert fit.in_view == pytest.approx(1 - (14.0 - 6.5) / HEAD.outer_mm, abs=0.03)
    assert [warning.kind for warning in require_same_head("CT", fit)] == ["cropped"]
    with pytest.raises(CroppedCtError, match="holds only"):
        require_same_head("CT", fit_of(without_top(ct, 35.0), shell))


def test_vessels_filled_with_contrast_are_told(ct: Volume, shell: HeadShell) -> None:
    filled = np.array(ct.data)
    steps = np.indices(ct.shape).transpose(1, 2, 3, 0) * 2.0 - 93.0
    for angle in np.radians([0, 45, 90, 135]):
        across = steps[..., 0] * np.cos(angle) + steps[..., 1] * np.sin(angle)
        vessel = (np.abs(across) < 3) & (np.abs(np.linalg.norm(steps, axis=-1) - 50.0) < 3)
        filled[vessel] = 320.0
    with_contrast = Volume.of_array(filled, ct.affine, ct.fingerprint)
    assert "contrast" in [warning.kind for warning in require_same_head("CT", fit_of(with_contrast, shell))]
