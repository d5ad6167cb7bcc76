"""Two real series: one opens with the geometry that other readers find, one must not be stacked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk
from numpy.testing import assert_allclose, assert_array_equal

from fusplan.imaging.dicom.container import open_container
from fusplan.imaging.dicom.series import find_series, list_series, stack_of
from fusplan.imaging.dicom.stack import UnequalSpacingError
from fusplan.imaging.placement import VoxelsTooLargeError
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.progress import NoProgress
from tests.fixtures.archives import unpack


@pytest.fixture(scope="module")
def t1_folder(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(shared_data / "dicom" / "uih_T1.tar.gz", tmp_path_factory.mktemp("t1"))


@pytest.fixture(scope="module")
def t1(t1_folder: Path) -> Volume:
    return read_volume(t1_folder)


def test_the_t1_has_the_grid_of_simpleitk(t1_folder: Path, t1: Volume) -> None:
    (folder,) = {path.parent for path in t1_folder.rglob("*.dcm")}
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    theirs = reader.Execute()
    assert t1.shape == theirs.GetSize() == (460, 512, 160)
    for corner in np.ndindex(2, 2, 2):
        index = [int(end * (size - 1)) for end, size in zip(corner, t1.shape, strict=True)]
        place = np.array(theirs.TransformIndexToPhysicalPoint(index)) * (-1, -1, 1)
        assert_allclose((t1.affine @ [*index, 1])[:3], place, atol=0.01)
    assert_array_equal(t1.data, sitk.GetArrayViewFromImage(theirs).T)
    assert t1.name == "t1_gre_fsp_3d_sag (series 2)"


def test_the_t1_shows_the_same_at_marked_points_as_its_nifti(shared_data: Path, t1: Volume, tmp_path: Path) -> None:
    """Through a NIfTI file in another axis order, read back by nibabel and by this program."""
    image = nib.as_closest_canonical(nib.Nifti1Image(t1.data, t1.affine))
    image.to_filename(tmp_path / "t1.nii")
    nifti = read_volume(tmp_path / "t1.nii")
    marked = json.loads((shared_data / "landmarks" / "marked.json").read_text())["heads"]["uih_T1 (DICOM series)"]
    for point in (marked["ac"]["mm"], marked["pc"]["mm"], *marked["midline"]):
        values, places = [], []
        for volume in (t1, nifti):
            index = np.rint(np.linalg.inv(volume.affine) @ [*point, 1])[:3].astype(int)
            values.append(volume.data[tuple(index)])
            places.append((volume.affine @ [*index, 1])[:3])
        assert_allclose(places[0], places[1], atol=0.01)
        assert values[0] == values[1]


def test_the_ct_of_changing_spacing_is_refused(shared_data: Path, tmp_path: Path) -> None:
    folder = unpack(shared_data / "dicom" / "ge_head_ct.tar.gz", tmp_path)
    (listed,) = list_series(folder).series
    assert listed.shape == (512, 512, 28)
    assert listed.spacing_mm is None
    with pytest.raises(UnequalSpacingError, match=r"1\.08 to 7\.00 mm apart and tilted by 18\.5 degrees") as caught:
        read_volume(folder)
    assert caught.value.message == listed.problem


def test_the_even_slices_of_the_tilted_ct_lie_where_they_say(shared_data: Path, tmp_path: Path) -> None:
    """The first 14 are 4 mm apart: a sheared grid holds them exactly, though they are too thick to plan on."""
    folder = unpack(shared_data / "dicom" / "ge_head_ct.tar.gz", tmp_path)
    for path in folder.rglob("*.dcm"):
        if int(path.stem) > 14:
            path.unlink()
    with open_container(folder) as container:
        (series,) = find_series(container, folder, NoProgress()).series
    stack = stack_of(series)
    assert stack.tilt_deg == pytest.approx(18.5, abs=0.01)
    for k, plane in enumerate(stack.planes):
        assert_allclose((stack.grid.matrix @ [0, 0, k, 1])[:3], np.array(plane.position_mm) * (-1, -1, 1), atol=1e-6)
    with pytest.raises(VoxelsTooLargeError):
        read_volume(folder)


def test_the_enhanced_object_has_the_grid_of_simpleitk(shared_data: Path) -> None:
    path = shared_data / "odd" / "niivue" / "enh.dcm"
    theirs = sitk.ReadImage(str(path))
    with open_container(path) as container:
        (series,) = find_series(container, path, NoProgress()).series
    stack = stack_of(series)
    for corner in [(0, 0, 0), (63, 63, 5), (63, 0, 5)]:
        place = np.array(theirs.TransformIndexToPhysicalPoint(corner)) * (-1, -1, 1)
        assert_allclose((stack.grid.matrix @ [*corner, 1])[:3], place, atol=0.01)
    (listed,) = list_series(path).series
    assert not re.search("slice timing", repr(listed), re.IGNORECASE)  # what stands in the patient's name
