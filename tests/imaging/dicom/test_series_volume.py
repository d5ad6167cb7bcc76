"""A series becomes the volume its images say, however its files are named, ordered, packed and compressed."""

from __future__ import annotations

import copy
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.testing import assert_allclose, assert_array_equal
from pydicom.dataset import FileDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

from fusplan.imaging.dicom.instance import Instance, read_instance
from fusplan.imaging.dicom.series import list_series
from fusplan.imaging.read import read_volume
from fusplan.imaging.reorient import unsheared
from tests.fixtures.dicom_series import PATIENT, SPACING_MM, enhanced, save, series_objects, true_affine, turned, voxels

WriteSeries = Callable[..., Path]


def test_an_oblique_series_lies_where_its_images_say(write_series: WriteSeries) -> None:
    volume = read_volume(write_series())
    assert_allclose(volume.affine, true_affine(), atol=1e-6)
    assert_array_equal(volume.data, voxels())
    assert volume.data.dtype == np.float32
    assert volume.name == "T1 mprage sag (series 4)"
    assert volume.notes == ()


def test_the_same_grid_and_numbers_as_simpleitk(write_series: WriteSeries) -> None:
    folder = write_series()
    volume = read_volume(folder)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    theirs = reader.Execute()
    for index in [(0, 0, 0), (35, 0, 31), (7, 39, 12)]:
        place = np.array(theirs.TransformIndexToPhysicalPoint(index)) * (-1, -1, 1)
        assert_allclose((volume.affine @ [*index, 1])[:3], place, atol=1e-4)
    assert_array_equal(volume.data, sitk.GetArrayFromImage(theirs).T)


def test_the_order_and_names_of_files_mean_nothing(write_series: WriteSeries) -> None:
    def reverse_numbers(objects: list[FileDataset]) -> list[FileDataset]:
        for one in objects:
            one.InstanceNumber = 100 - one.InstanceNumber
        return objects[::-1]

    one, other = read_volume(write_series()), read_volume(write_series(reverse_numbers, "other"))
    assert_array_equal(one.data, other.data)
    assert_array_equal(one.affine, other.affine)
    assert one.fingerprint == other.fingerprint


def test_the_fingerprint_is_of_pixels_and_places_only(write_series: WriteSeries) -> None:
    def rename(objects: list[FileDataset]) -> None:
        series = generate_uid()
        for one in objects:
            one.PatientName, one.SeriesInstanceUID, one.SOPInstanceUID = "X", series, generate_uid()
            one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID

    def change_a_pixel(objects: list[FileDataset]) -> None:
        objects[7].PixelData = b"\7" + objects[7].PixelData[1:]

    def move(objects: list[FileDataset]) -> None:
        for one in objects:
            one.ImagePositionPatient[1] = f"{one.ImagePositionPatient[1] + 0.5:.6f}"

    first = read_volume(write_series()).fingerprint
    assert read_volume(write_series(rename, "b")).fingerprint == first
    assert read_volume(write_series(change_a_pixel, "c")).fingerprint != first
    assert read_volume(write_series(move, "d")).fingerprint != first


def test_the_kernel_of_a_ct_is_kept_where_one_is_stated(write_series: WriteSeries) -> None:
    def state(objects: list[FileDataset]) -> None:
        for dataset in objects:
            dataset.ConvolutionKernel = "BONEPLUS"

    stated, unstated = read_volume(write_series(state)).series, read_volume(write_series(None, "b")).series
    assert stated is not None and stated.kernel == "BONEPLUS"
    assert unstated is not None and unstated.kernel is None


def test_a_gantry_tilt_is_kept_exactly_as_shear(write_series: WriteSeries) -> None:
    axes = turned(18.5, 0.0)
    step = np.array([0.0, 0.0, SPACING_MM[2] / np.cos(np.radians(18.5))])
    volume = read_volume(write_series(axes=axes, step=step))
    assert_allclose(volume.affine, true_affine(axes, step), atol=1e-6)
    assert_array_equal(volume.data, voxels())
    assert "18.5 degrees" in volume.notes[0].sentence
    # The brightest voxel is in the same place after the shear is taken out by resampling.
    straight = unsheared(volume)
    places = []
    for image in (volume, straight):
        weights = image.data.astype(float) ** 4
        indices = np.stack(np.meshgrid(*map(np.arange, image.shape), indexing="ij"), axis=-1)
        centre = (indices * weights[..., None]).sum(axis=(0, 1, 2)) / weights.sum()
        places.append((image.affine @ [*centre, 1])[:3])
    assert_allclose(places[0], places[1], atol=0.05)


def test_a_tilt_that_the_positions_do_not_show_is_told(write_series: WriteSeries) -> None:
    def state(objects: list[FileDataset]) -> None:
        for one in objects:
            one.GantryDetectorTilt = "-12"

    assert "12.0 degrees" in read_volume(write_series(state)).notes[0].sentence


def test_rescaling_may_differ_from_slice_to_slice(write_series: WriteSeries) -> None:
    def scale(objects: list[FileDataset]) -> None:
        for k, one in enumerate(objects):
            one.RescaleSlope, one.RescaleIntercept = f"{1 + k / 64}", f"{-k}"

    k = np.arange(32)
    assert_allclose(read_volume(write_series(scale)).data, voxels() * (1 + k / 64) - k, rtol=1e-6)


def test_signed_numbers(write_series: WriteSeries) -> None:
    def shift(objects: list[FileDataset]) -> None:
        for one in objects:
            one.PixelRepresentation = 1
            one.PixelData = (np.frombuffer(one.PixelData, "<u2").astype("<i2") - 500).tobytes()

    assert_array_equal(read_volume(write_series(shift)).data, voxels().astype(float) - 500)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless])
def test_transfer_syntaxes_of_pydicom(write_series: WriteSeries, tmp_path: Path, syntax: UID) -> None:
    plain = read_volume(write_series())
    folder = tmp_path / "other"
    folder.mkdir()
    for k, one in enumerate(series_objects()):
        if syntax == RLELossless:
            one.compress(RLELossless, generate_instance_uid=False)
        elif syntax == ExplicitVRBigEndian:
            one.PixelData = np.frombuffer(one.PixelData, "<u2").astype(">u2").tobytes()
            one["PixelData"].VR = "OW"
        one.file_meta.TransferSyntaxUID = syntax
        dcmwrite(
            folder / str(k),
            one,
            implicit_vr=syntax == ImplicitVRLittleEndian,
            little_endian=syntax != ExplicitVRBigEndian,
            force_encoding=True,
        )
    packed = read_volume(folder)
    assert_array_equal(packed.data, plain.data)
    assert packed.fingerprint == plain.fingerprint


@pytest.mark.parametrize(
    ("compressor", "syntax"),
    [("JPEG2000", JPEG2000Lossless), ("JPEG", JPEGLosslessSV1), ("JPEGLS", JPEGLSLossless)],
)
def test_compressed_pixels_are_the_same(tmp_path: Path, compressor: str, syntax: UID) -> None:
    """Compressed by SimpleITK; read with the header's own geometry."""
    if compressor == "JPEGLS":
        pytest.importorskip("jpeg_ls")
    folder = tmp_path / "packed"
    folder.mkdir()
    for k, one in enumerate(series_objects()):
        if compressor == "JPEGLS":
            one.compress(JPEGLSLossless, generate_instance_uid=False)
            one.save_as(folder / str(k), enforce_file_format=True)
            continue
        fragment = _compressed(one, compressor, tmp_path)
        one.file_meta.TransferSyntaxUID = fragment.file_meta.TransferSyntaxUID
        assert one.file_meta.TransferSyntaxUID == syntax
        one.PixelData = fragment.PixelData
        one["PixelData"].is_undefined_length = True
        one.save_as(folder / str(k), enforce_file_format=True)
    volume = read_volume(folder)
    assert_array_equal(volume.data, voxels())
    assert_allclose(volume.affine, true_affine(), atol=1e-6)


def _compressed(one: FileDataset, compressor: str, folder: Path) -> FileDataset:
    import pydicom

    image = sitk.GetImageFromArray(np.frombuffer(one.PixelData, "<u2").reshape(one.Rows, one.Columns))
    writer = sitk.ImageFileWriter()
    writer.SetFileName(str(folder / "one.dcm"))
    writer.UseCompressionOn()
    writer.SetCompressor(compressor)
    writer.Execute(image)
    return pydicom.dcmread(folder / "one.dcm")


def test_an_enhanced_object_is_the_same_volume(tmp_path: Path) -> None:
    objects = series_objects()
    order = np.random.default_rng(1).permutation(len(objects)).tolist()
    folder = save([enhanced(objects, order)], tmp_path / "enhanced")
    volume = read_volume(folder)
    assert_allclose(volume.affine, true_affine(), atol=1e-6)
    assert_array_equal(volume.data, voxels() * 2.0 - 5.0)
    (listed,) = list_series(folder).series
    assert listed.shape == (36, 40, 32)
    assert listed.problem is None


def test_a_folder_a_file_of_it_and_a_zip_are_the_same(write_series: WriteSeries, tmp_path: Path) -> None:
    folder = write_series()
    path = tmp_path / "packed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"a/b/{file.name}")
        archive.writestr("README.txt", "hello")
    of_folder, of_file, of_zip = (read_volume(one) for one in (folder, folder / "IM00003", path))
    assert of_folder.fingerprint == of_file.fingerprint == of_zip.fingerprint
    assert of_folder.series == of_file.series == of_zip.series
    assert list_series(path).other_file_count == 1
    assert sorted(one.name for one in tmp_path.iterdir() if one.name != "user") == ["dicom", "packed.zip"]


def test_copies_of_files_are_left_out_and_told(write_series: WriteSeries) -> None:
    folder = write_series()
    plain = read_volume(folder)
    shutil.copy(folder / "IM00002", folder / "copy of IM00002")
    volume = read_volume(folder)
    assert volume.fingerprint == plain.fingerprint
    assert [note.sentence for note in volume.notes] == [
        "1 file is a copy of images that are there already, and left out."
    ]


def test_fewer_images_than_the_scanner_wrote_is_told(write_series: WriteSeries) -> None:
    def state(objects: list[FileDataset]) -> list[FileDataset]:
        for one in objects:
            one.ImagesInAcquisition = len(objects)
        return objects[:-3]

    assert "32 images; 29 were found" in read_volume(write_series(state)).notes[0].sentence


def test_loss_is_told(write_series: WriteSeries) -> None:
    def lose(objects: list[FileDataset]) -> None:
        objects[3].LossyImageCompression = "01"

    assert "loss" in read_volume(write_series(lose)).notes[0].sentence


def test_rounded_positions_are_even_enough(write_series: WriteSeries) -> None:
    def round_positions(objects: list[FileDataset]) -> None:
        for one in objects:
            one.ImagePositionPatient = [f"{value:.2f}" for value in one.ImagePositionPatient]

    volume = read_volume(write_series(round_positions))
    assert_allclose(volume.affine @ [35, 39, 31, 1], true_affine() @ [35, 39, 31, 1], atol=0.02)


def test_the_patient_is_nowhere(write_series: WriteSeries) -> None:
    volume = read_volume(write_series())
    shown = repr((volume.name, volume.notes, volume.series, list_series(volume.path)))
    for word in (*PATIENT.replace("^", " ").split(), "4711", "1961"):
        assert word not in shown


def test_a_path_or_description_that_names_the_patient_is_noticed(write_series: WriteSeries) -> None:
    def describe(objects: list[FileDataset]) -> None:
        for one in objects:
            one.SeriesDescription = "T1 GRUBER knee coil"

    named = read_volume(write_series(describe, "Grüber_A_2024/T1".replace("ü", "u")))
    assert named.series is not None
    assert named.series.path_names_patient
    assert named.name == "DICOM series 4"
    assert "names the patient" in named.notes[-1].sentence

    def clear(objects: list[FileDataset]) -> None:
        for one in objects:
            one.PatientIdentityRemoved = "YES"

    free = read_volume(write_series(clear, "gruber/T1"))
    assert free.series is not None
    assert not free.series.path_names_patient


def test_several_series_are_told_apart(tmp_path: Path) -> None:
    first, second = series_objects(), series_objects(turned(0, 0))
    for one in second:
        one.SeriesNumber, one.SeriesDescription = 7, "T2/spc: 1.0"
    save(first, tmp_path / "study" / "a")
    save(second, tmp_path / "study" / "b")
    listed = list_series(tmp_path / "study")
    assert [(one.choice, one.title, one.date) for one in listed.series] == [
        (4, "T1 mprage sag (series 4)", "2024-05-31"),
        (7, "T2-spc- 1.0 (series 7)", "2024-05-31"),
    ]
    assert_allclose(listed.series[1].spacing_mm, SPACING_MM)
    volume = read_volume(tmp_path / "study", series_uid=listed.series[1].uid)
    assert_allclose(volume.affine, true_affine(turned(0, 0)), atol=1e-6)
    assert read_volume(tmp_path / "study" / "b" / "IM00001").fingerprint == volume.fingerprint


@pytest.fixture
def headers_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files whose headers are read from now on."""
    names: list[str] = []

    def read(file: BinaryIO, name: str) -> Instance:
        names.append(name)
        return read_instance(file, name)

    monkeypatch.setattr("fusplan.imaging.dicom.series.read_instance", read)
    return names


@pytest.mark.parametrize("zipped", [False, True])
def test_what_was_listed_is_not_read_again_unless_it_has_changed(
    tmp_path: Path, headers_read: list[str], zipped: bool
) -> None:
    folder = save(series_objects(), tmp_path / "study" / "a")
    path = Path(shutil.make_archive(str(tmp_path / "study"), "zip", tmp_path / "study")) if zipped else folder.parent
    listed = list_series(path)
    assert len(headers_read) == 32
    (series,) = listed.series
    volume = read_volume(path, series_uid=series.uid, series_headers=listed.headers)
    assert len(headers_read) == 32
    assert volume.fingerprint == read_volume(path).fingerprint
    del headers_read[:]
    sent = pickle.loads(pickle.dumps(listed.headers))
    assert read_volume(path, series_number=4, series_headers=sent).fingerprint == volume.fingerprint
    assert headers_read == []
    if not zipped:
        os.utime(folder / "IM00003", ns=(1, 1))
        assert read_volume(path, series_headers=listed.headers).fingerprint == volume.fingerprint
        assert len(headers_read) == 32


def test_a_series_is_chosen_by_its_number_with_one_look_at_the_files(tmp_path: Path, headers_read: list[str]) -> None:
    first, second = series_objects(), series_objects(turned(0, 0))
    for one in second:
        one.SeriesNumber = 7
    save(first, tmp_path / "study" / "a")
    save(second, tmp_path / "study" / "b")
    volume = read_volume(tmp_path / "study", series_number=7)
    assert len(headers_read) == 64
    assert_allclose(volume.affine, true_affine(turned(0, 0)), atol=1e-6)


def test_nothing_of_an_object_is_left_in_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What GDCM is given holds pixels and nothing else."""
    from fusplan.imaging.dicom import pixels

    seen = []
    real = pixels._pixels_alone

    def spy(dataset: FileDataset, frame: bytes) -> FileDataset:
        alone = real(dataset, frame)
        seen.append(copy.deepcopy(alone))
        return alone

    monkeypatch.setattr(pixels, "_pixels_alone", spy)
    folder = tmp_path / "packed"
    folder.mkdir()
    for k, one in enumerate(series_objects()):
        fragment = _compressed(one, "JPEG2000", tmp_path)
        one.file_meta.TransferSyntaxUID = fragment.file_meta.TransferSyntaxUID
        one.PixelData = fragment.PixelData
        one["PixelData"].is_undefined_length = True
        one.save_as(folder / str(k), enforce_file_format=True)
    read_volume(folder)
    assert len(seen) == 32
    assert not {"PatientName", "PatientID", "SeriesInstanceUID", "SeriesDate"} & {
        element.keyword for element in seen[0]
    }
