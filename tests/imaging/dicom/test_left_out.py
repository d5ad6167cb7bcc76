"""Single files that do not belong are left out and named; what is malformed is named; a DICOMDIR leads to its files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import (
    BasicTextSRStorage,
    ExplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
    SecondaryCaptureImageStorage,
    generate_uid,
)

from fusplan.imaging.dicom.directory import DirectoryAloneError
from fusplan.imaging.dicom.series import list_series
from fusplan.imaging.dicom.stack import MissingSlicesError, MixedSlicesError
from fusplan.imaging.read import read_volume
from tests.fixtures.dicom_series import save, series_objects, true_affine, turned, voxels

Objects = list[FileDataset]
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*Invalid value for VR"
)  # pydicom's, while it writes what it should not
WriteSeries = Callable[..., Path]


def stray(folder: Path, edit: Callable[[FileDataset], object], name: str = "STRAY") -> None:
    """One more file in the series of a folder."""
    one = pydicom.dcmread(folder / "IM00000")
    one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    edit(one)
    one.save_as(folder / name, enforce_file_format=True)


def screenshot(one: FileDataset) -> None:
    one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "FrameOfReferenceUID"):
        delattr(one, keyword)


def report(one: FileDataset) -> None:
    one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = BasicTextSRStorage
    for keyword in ("Rows", "Columns", "PixelData"):
        delattr(one, keyword)


def localizer(one: FileDataset) -> None:
    one.ImageOrientationPatient = ["0", "1", "0", "0", "0", "-1"]
    one.ImageType = ["ORIGINAL", "PRIMARY", "M", "LOCALIZER"]


def other_size(one: FileDataset) -> None:
    one.Rows, one.PixelData = 20, one.PixelData[: 20 * one.Columns * 2]


def malformed(keyword: str, value: bytes) -> Callable[[FileDataset], None]:
    """Put bytes into an element that DICOM does not allow there."""

    def edit(one: FileDataset) -> None:
        tag = pydicom.tag.Tag(keyword)
        # A text of any kind under the VR of the element: pydicom would not make such a value, but writes it raw.
        vr = pydicom.datadict.dictionary_VR(tag)
        padded = value + b" " * (len(value) % 2)
        one[tag] = pydicom.dataelem.RawDataElement(tag, vr, len(padded), padded, 0, False, True)

    return edit


STRAYS: dict[str, tuple[Callable[[FileDataset], object], str]] = {
    "screenshot": (screenshot, "it is a picture of a screen (secondary capture)"),
    "report": (report, "Basic Text SR"),
    "localizer": (localizer, "another direction (a localizer?)"),
    "no frame of reference": (lambda one: delattr(one, "FrameOfReferenceUID"), "does not state its frame of reference"),
    "other frame of reference": (
        lambda one: setattr(one, "FrameOfReferenceUID", generate_uid()),
        "its frame of reference is not that of the others",
    ),
    "no position": (lambda one: delattr(one, "ImagePositionPatient"), "does not say where it lies"),
    "other size": (other_size, "36 x 20 pixels, the others 36 x 40"),
    "other spacing": (lambda one: setattr(one, "PixelSpacing", ["1", "1"]), "pixel spacing is not that of the others"),
    "colour": (lambda one: setattr(one, "SamplesPerPixel", 3), "in colour"),
    "malformed position": (
        malformed("ImagePositionPatient", b"1.0\\abc\\3.0"),
        "ImagePositionPatient (0020,0032) is malformed",
    ),
    "short position": (malformed("ImagePositionPatient", b"1.0\\2.0"), "ImagePositionPatient (0020,0032) is malformed"),
    "malformed spacing": (malformed("PixelSpacing", b"2,25\\2,0"), "PixelSpacing (0028,0030) is malformed"),
}


@pytest.mark.parametrize("case", STRAYS)
def test_a_stray_is_named_and_the_rest_is_read(write_series: WriteSeries, case: str) -> None:
    edit, words = STRAYS[case]
    folder = write_series()
    plain = read_volume(folder)
    stray(folder, edit)
    (listed,) = list_series(folder).series
    assert listed.problem is None
    (note,) = listed.notes
    assert note.startswith("Left out of T1 mprage sag (series 4): STRAY, because ")
    assert words in note
    volume = read_volume(folder)
    assert volume.fingerprint == plain.fingerprint
    assert [one.sentence for one in volume.notes] == [note]


def test_a_stray_whose_name_names_the_patient_is_counted(write_series: WriteSeries) -> None:
    folder = write_series()
    stray(folder, screenshot, "gruber_anna.dcm")
    assert "Left out of T1 mprage sag (series 4): 1 file, because" in list_series(folder).series[0].notes[0]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda one: delattr(one, "ImagePositionPatient"), "does not say where it lies"),
        (malformed("ImageOrientationPatient", b"1\\0\\0\\0\\x\\0"), "ImageOrientationPatient (0020,0037) is malformed"),
    ],
)
def test_a_slice_that_is_needed_is_the_cause(
    write_series: WriteSeries, edit: Callable[[FileDataset], object], words: str
) -> None:
    with pytest.raises(MissingSlicesError, match=r"1 slice is missing") as caught:
        read_volume(write_series(lambda objects: edit(objects[11])))
    assert words in caught.value.message
    assert "Left out of T1 mprage sag (series 4): IM" in caught.value.message


def test_malformed_rescaling_is_never_taken_as_none(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> None:
        for one in objects:
            one.RescaleSlope, one.RescaleIntercept = "2", "-5"
        malformed("RescaleSlope", b"two")(objects[11])

    with pytest.raises(MissingSlicesError, match=r"RescaleSlope \(0028,1053\) is malformed"):
        read_volume(write_series(edit))


def test_a_slice_without_frame_of_reference_that_fills_its_gap_is_used_and_told(write_series: WriteSeries) -> None:
    volume = read_volume(write_series(lambda objects: delattr(objects[11], "FrameOfReferenceUID")))
    assert_array_equal(volume.data, voxels())
    assert_allclose(volume.affine, true_affine(), atol=1e-6)
    (note,) = volume.notes
    assert "No frame of reference is stated in IM" in note.sentence


def test_many_without_frame_of_reference_are_refused_as_such(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> None:
        for one in objects[20:]:
            del one.FrameOfReferenceUID

    with pytest.raises(MixedSlicesError, match=r"12 of 32 images of .* do not state their frame of reference"):
        read_volume(write_series(edit))


@pytest.mark.parametrize("keyword", ["EchoTime", "InstanceNumber", "SeriesNumber"])
def test_what_is_malformed_and_not_needed_is_told_and_the_image_used(write_series: WriteSeries, keyword: str) -> None:
    volume = read_volume(write_series(lambda objects: malformed(keyword, b"3.x")(objects[11])))
    assert_array_equal(volume.data, voxels())
    assert any(f"taken as missing: {keyword} (00" in note.sentence for note in volume.notes)


def test_damaged_files_are_named(write_series: WriteSeries) -> None:
    folder = write_series()
    (folder / "CUT").write_bytes((folder / "IM00000").read_bytes()[:200])
    assert list_series(folder).notes == ("1 file is DICOM but damaged or deflated, and passed over: CUT.",)


def test_series_that_nobody_can_mean_are_passed_by(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    save(series_objects(), folder / "t1")
    shot = series_objects()[:1]
    screenshot(shot[0])
    scout = series_objects()[:6]
    for one in scout[3:]:
        localizer(one)
    for number, one in enumerate((*shot, *scout)):
        one.SeriesNumber, one.SeriesDescription = 1 + (number > 0), "screen" if number == 0 else "scout"
    save(shot, folder / "shot")
    save(scout, folder / "scout")
    volume = read_volume(folder)
    assert_array_equal(volume.data, voxels())
    assert [note.sentence for note in volume.notes] == [
        "Left out, being no scan of a head: screen (series 1); scout (series 2)."
    ]
    assert [one.is_no_scan for one in list_series(folder).series] == [True, True, False]


def disc(tmp_path: Path) -> Path:
    """Two series as on a disc, and its DICOMDIR."""
    second = series_objects(turned(0, 0))
    for one in second:
        one.SeriesNumber, one.SeriesDescription = 7, "T2 spc"
    records = []
    for folder, objects in (("T1", series_objects()), ("T2", second)):
        for path in sorted(save(objects, tmp_path / "disc" / "dicom" / folder).iterdir()):
            record = Dataset()
            record.DirectoryRecordType, record.ReferencedFileID = "IMAGE", ["DICOM", folder, path.name]
            records.append(record)
    outside = Dataset()
    outside.DirectoryRecordType, outside.ReferencedFileID = "IMAGE", ["..", "..", "secret"]
    directory = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    directory.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    directory.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    directory.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    directory.DirectoryRecordSequence = [*records, outside]
    directory.save_as(tmp_path / "disc" / "DICOMDIR", enforce_file_format=True)
    (tmp_path / "disc" / "README.TXT").write_text("viewer")
    return tmp_path / "disc"


def test_a_dicomdir_lists_the_series_of_its_files(tmp_path: Path) -> None:
    folder = disc(tmp_path)
    of_file, of_folder = list_series(folder / "DICOMDIR"), list_series(folder)
    assert [one.title for one in of_file.series] == ["T1 mprage sag (series 4)", "T2 spc (series 7)"]
    assert of_file.series == of_folder.series
    assert (of_file.notes, of_folder.notes) == ((), ("1 file is not DICOM, and passed over.",))
    for path in (folder, folder / "DICOMDIR"):
        assert_array_equal(read_volume(path, series_number=4).data, voxels())
    zipped = Path(shutil.make_archive(str(tmp_path / "disc"), "zip", folder))
    assert list_series(zipped).series == of_file.series


def test_files_that_a_dicomdir_misses_are_told(tmp_path: Path) -> None:
    folder = disc(tmp_path)
    shutil.rmtree(folder / "dicom" / "T2")
    for path in (folder, folder / "DICOMDIR"):
        assert list_series(path).notes[-1] == "The DICOMDIR names 32 files that are not there."
    assert_array_equal(read_volume(folder / "DICOMDIR").data, voxels())


def test_a_dicomdir_alone_says_what_to_open(tmp_path: Path) -> None:
    folder = disc(tmp_path)
    shutil.rmtree(folder / "dicom")
    with pytest.raises(
        DirectoryAloneError, match=r"names 64 files, and none of them is beside it\. Copy the whole disc"
    ):
        list_series(folder / "DICOMDIR")
