"""A skull from a CT: wrong units, tables, metal, coarse and blurred ones, on spheres in closed form and a real head."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from fusplan.imaging.computed_tomography import NoBoneInCtError, NotHounsfieldError, hounsfield_scale
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import SeriesReference, Volume
from fusplan.simulation.ct_sharpness import edge_width_mm, kernel_sharpness
from fusplan.simulation.skull import Skull
from fusplan.simulation.skull_from_ct import skull_from_ct
from fusplan.spatial import Affine, Points, ScannerRas
from tests.fixtures.rigid_motions import motion
from tests.fixtures.shell_heads import CENTRE_MM, ShellHead

HEAD = ShellHead()
PLANNED = ScannerRas("planned")


def skull_of(volume: Volume, matrix: np.ndarray | None = None) -> Skull:
    return skull_from_ct(volume, Affine(volume.scanner_frame, PLANNED, np.eye(4) if matrix is None else matrix))


def with_data(volume: Volume, data: np.ndarray, series: SeriesReference | None = None) -> Volume:
    return Volume.of_array(data.astype(np.float32), volume.affine, volume.fingerprint, series=series)


@pytest.fixture(scope="module")
def ct() -> Volume:
    return HEAD.ct(2.0)


@pytest.fixture(scope="module")
def fine() -> Volume:
    """At the spacing that is asked for; blurred as by a sharp kernel."""
    whole = HEAD.ct(1.0)
    return with_data(whole, ndimage.gaussian_filter(whole.data, 0.5))


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Volume:
    return read_volume(shared_data / "ct/invesalius-cranium/invesalius_cranium.nii.gz")


def test_a_skull_is_moved_and_not_resampled(ct: Volume) -> None:
    turn = motion((3.0, 5.0, -8.0), (4.0, -2.0, 9.0))
    skull = skull_of(ct, turn)
    assert (skull.kind, skull.hounsfield.unit, skull.hounsfield.values.dtype) == ("ct", "HU", np.float32)
    assert skull.hounsfield.grid.frame == PLANNED
    for away_mm, hounsfield in ((0.0, 35.0), (73.5, 1200.0), (79.5, 30.0), (89.0, -1000.0)):
        place = turn @ np.array([*(np.array(CENTRE_MM) + away_mm * np.array([0.6, 0.0, 0.8])), 1.0])
        assert skull.hounsfield.at(Points(PLANNED, place[None, :3]))[0] == pytest.approx(hounsfield, abs=40)


def test_a_table_below_the_head_becomes_air_and_the_head_stays(ct: Volume) -> None:
    data = np.array(ct.data)
    data[:, :1, :] = 150.0
    skull, alone = skull_of(with_data(ct, data)), skull_of(ct)
    first = np.round(alone.hounsfield.grid.from_frame.matrix @ skull.hounsfield.grid.matrix)[:3, 3].astype(int)
    assert not first.any() and skull.hounsfield.grid.shape == alone.hounsfield.grid.shape
    head = alone.hounsfield.values > -300
    assert np.array_equal(skull.hounsfield.values[head], alone.hounsfield.values[head])
    assert (skull.hounsfield.values[~head] < -300).all()


@pytest.mark.parametrize("offset", [1000.0, 1024.0])
def test_an_offset_is_taken_off_and_told(ct: Volume, offset: float) -> None:
    skull = skull_of(with_data(ct, ct.data + offset))
    told = [warning.sentence for warning in skull.warnings if warning.kind == "implausible_hu"]
    assert len(told) == 1 and f"{offset:g} was subtracted" in told[0]
    centre = Points(PLANNED, np.array([CENTRE_MM]))
    assert skull.hounsfield.at(centre)[0] == pytest.approx(35.0, abs=30)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda hu: (hu + 1000) * 0.0002, "linear attenuation per centimetre"),
        (lambda hu: np.clip((hu + 1000) / 3000 * 255, 0, 255), "grey levels"),
        (lambda hu: hu / 10, "run from"),
        (lambda hu: np.clip((hu + 160) / 400 * 255, 0, 255), "grey levels"),
    ],
    ids=["attenuation", "0 to 255", "a tenth", "brain window"],
)
def test_numbers_in_another_unit_are_refused(ct: Volume, make: object, words: str) -> None:
    with pytest.raises(NotHounsfieldError, match="are not Hounsfield units") as caught:
        skull_of(with_data(ct, make(np.clip(ct.data, -1000, 2000))))  # type: ignore[operator]
    assert words in caught.value.message
    assert "rescale" in caught.value.remedy


def test_a_ct_without_bone_is_refused(ct: Volume) -> None:
    with pytest.raises(NoBoneInCtError, match="shows no skull"):
        skull_of(with_data(ct, np.minimum(ct.data, 80)))
    with pytest.raises(NoBoneInCtError):
        skull_of(with_data(ct, -ct.data))


def test_a_scale_that_is_a_little_off_is_told(ct: Volume) -> None:
    skull = skull_of(with_data(ct, ct.data - 45))
    assert [w.sdr_unreliable for w in skull.warnings if w.kind == "implausible_hu"] == [True]


def test_coarse_voxels_make_the_sdr_unreliable(ct: Volume, fine: Volume) -> None:
    assert "coarse_voxels" in [warning.kind for warning in skull_of(ct).warnings]
    assert skull_of(fine).warnings == ()
    assert not skull_of(fine).sdr_unreliable


def test_metal_is_told(fine: Volume) -> None:
    data = np.array(fine.data)
    data[90:94, 160:164, 100:104] = 3071
    assert [warning.kind for warning in skull_of(with_data(fine, data)).warnings] == ["metal"]


def test_the_edge_of_a_blurred_table_is_as_wide_as_the_blur(fine: Volume) -> None:
    """A step blurred by a Gaussian rises from 20 to 80 percent within 1.683 sigma."""
    blurred = with_data(fine, ndimage.gaussian_filter(HEAD.ct(1.0).data, 1.2))
    assert edge_width_mm(skull_of(blurred).hounsfield) == pytest.approx(1.683 * 1.2, rel=0.15)
    assert [warning.kind for warning in skull_of(blurred).warnings] == ["smooth_kernel"]
    assert skull_of(blurred).sdr_unreliable


def test_a_kernel_that_is_stated_decides(fine: Volume) -> None:
    smooth = with_data(fine, fine.data, SeriesReference("1.2.3", "CT", kernel="STANDARD"))
    assert ["(STANDARD)" in warning.sentence for warning in skull_of(smooth).warnings] == [True]
    blurred = ndimage.gaussian_filter(fine.data, 1.5)
    sharp = with_data(fine, blurred, SeriesReference("1.2.3", "CT", kernel="BONEPLUS"))
    assert skull_of(sharp).warnings == ()


@pytest.mark.parametrize(
    ("kernel", "sharpness"),
    [
        ("BONE", "sharp"),
        ("STD+", "smooth"),
        ("H60s", "sharp"),
        ("H31s", "smooth"),
        ("Hr64h", "sharp"),
        ("FC30", "sharp"),
        ("FC21", "smooth"),
        ("FC81", "sharp"),
        ("YC", "sharp"),
        ("UB", "smooth"),
        ("my own", None),
    ],
)
def test_kernels_by_name(kernel: str, sharpness: str | None) -> None:
    assert kernel_sharpness(kernel) == sharpness


def at_columns(volume: Volume, *columns: int) -> Points[ScannerRas]:
    return Points(PLANNED, volume.grid.places(np.array([[column, 0, 0] for column in columns])).array)


def test_a_real_ct(real: Volume) -> None:
    scale = hounsfield_scale(real)
    assert scale.offset == 0 and scale.is_plausible
    skull = skull_of(real)
    assert [warning.kind for warning in skull.warnings] == ["coarse_voxels"]
    # Two arms of the head's holder lie beside this head, columns up to 90 and from 171; between them all is head.
    columns = np.round(skull.hounsfield.grid.indices(at_columns(real, 91, 171)).T[0]).astype(int)
    kept = np.count_nonzero(skull.hounsfield.values[columns.min() : columns.max()] > 300)
    assert kept == np.count_nonzero(real.data[91:171] > 300)
    assert 30_000 < np.count_nonzero(real.data > 300) - np.count_nonzero(skull.hounsfield.values > 300) < 40_000
    blurred = with_data(real, ndimage.gaussian_filter(real.data, [1 / step for step in real.spacing_mm]))
    assert [warning.kind for warning in skull_of(blurred).warnings] == ["coarse_voxels", "smooth_kernel"]
