"""Each series that cannot be a volume is refused with its own error, its cause and a remedy, and never names anyone."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import (
    HTJ2KLossless,
    JPEG2000Lossless,
    RTStructureSetStorage,
    SecondaryCaptureImageStorage,
    generate_uid,
)

from fusplan.errors import FusplanError
from fusplan.imaging.dicom.kinds import CompressionError, MosaicError, NotAScanError, SecondaryCaptureError
from fusplan.imaging.dicom.pixels import NoPixelDataError, PixelsUnreadableError
from fusplan.imaging.dicom.series import NoSuchSeriesError, SeveralSeriesError, list_series
from fusplan.imaging.dicom.stack import (
    DuplicateSlicesError,
    MissingSlicesError,
    MixedOrientationsError,
    MixedSlicesError,
    UnequalSpacingError,
)
from fusplan.imaging.header import NotAnImageError, NotThreeDimensionalError, TruncatedImageError, VoxelTypeError
from fusplan.imaging.placement import (
    BadSpatialTransformError,
    FieldOfViewTooSmallError,
    NoSpatialTransformError,
    VoxelsTooLargeError,
)
from fusplan.imaging.read import read_volume
from fusplan.imaging.voxels import ConstantImageError, NoSuchVolumeError
from tests.fixtures.dicom_series import PATIENT, enhanced, save, series_objects, turned

Objects = list[FileDataset]
WriteSeries = Callable[..., Path]


def on_all(**values: object) -> Callable[[Objects], None]:
    def edit(objects: Objects) -> None:
        for one in objects:
            for keyword, value in values.items():
                setattr(one, keyword, value)

    return edit


def without(keyword: str) -> Callable[[Objects], None]:
    def edit(objects: Objects) -> None:
        for one in objects:
            delattr(one, keyword)

    return edit


def move_along_normal(objects: Objects, first: int, by_mm: float) -> None:
    normal = turned()[:, 2]
    for one in objects[first:]:
        one.ImagePositionPatient = [
            f"{value:.9g}" for value in np.array(one.ImagePositionPatient, float) + by_mm * normal
        ]


def double_with(keyword: str, values: tuple[object, object]) -> Callable[[Objects], Objects]:
    """Two images in every place, told apart by an element."""

    def edit(objects: Objects) -> Objects:
        twins = copy.deepcopy(objects)
        for one, twin in zip(objects, twins, strict=True):
            setattr(one, keyword, values[0])
            setattr(twin, keyword, values[1])
            twin.SOPInstanceUID = twin.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        return [*objects, *twins]

    return edit


def same_uid_other_pixels(objects: Objects) -> Objects:
    twin = copy.deepcopy(objects[5])
    twin.PixelData = twin.PixelData[::-1]
    return [*objects, twin]


def secondary_capture(objects: Objects) -> None:
    for one in objects:
        one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage


def structure_set(objects: Objects) -> Objects:
    one = objects[0]
    one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = RTStructureSetStorage
    for keyword in ("Rows", "Columns", "PixelData"):
        delattr(one, keyword)
    return [one]


def colour(objects: Objects) -> None:
    for one in objects:
        one.SamplesPerPixel, one.PhotometricInterpretation, one.PlanarConfiguration = 3, "RGB", 0


def shift_in_plane(objects: Objects) -> None:
    objects[9].ImagePositionPatient = [
        f"{value:.9g}" for value in np.array(objects[9].ImagePositionPatient, float) + 0.4 * turned()[:, 0]
    ]


def turn_last_slices(objects: Objects) -> None:
    axes = turned(12.0, -7.0)
    for one in objects[20:]:
        one.ImageOrientationPatient = [f"{value:.9g}" for value in np.concatenate([axes[:, 0], axes[:, 1]])]


def other_size(objects: Objects) -> None:
    one = objects[4]
    one.Rows, one.PixelData = 20, one.PixelData[: 20 * one.Columns * 2]


def other_frame(objects: Objects) -> None:
    objects[4].FrameOfReferenceUID = generate_uid()


def cut_off(objects: Objects) -> None:
    objects[6].PixelData = objects[6].PixelData[:-100]


def damaged_jpeg(objects: Objects) -> None:
    for one in objects:
        one.file_meta.TransferSyntaxUID = JPEG2000Lossless
        one.PixelData = pydicom.encaps.encapsulate([b"\xff\x4f\xff\x51" + b"\0" * 64])
        one["PixelData"].is_undefined_length = True


def unknown_compression(objects: Objects) -> None:
    damaged_jpeg(objects)
    for one in objects:
        one.file_meta.TransferSyntaxUID = HTJ2KLossless


def constant(objects: Objects) -> None:
    for one in objects:
        one.PixelData = bytes(len(one.PixelData))


def lookup(objects: Objects) -> None:
    table = Dataset()
    table.LUTDescriptor, table.ModalityLUTType, table.LUTData = [1, 0, 16], "US", b"\0\0"
    table["LUTDescriptor"].VR, table["LUTData"].VR = "US", "OW"
    on_all(ModalityLUTSequence=[table])(objects)


REFUSED: dict[str, tuple[Callable[[Objects], object], type[FusplanError], str]] = {
    "a slice is missing": (lambda objects: objects[:9] + objects[10:], MissingSlicesError, "1 slice is missing"),
    "several are missing": (
        lambda objects: objects[:9] + objects[12:20] + objects[21:],
        MissingSlicesError,
        "4 slices are",
    ),
    "every second": (lambda objects: objects[:6] + objects[6::2], UnequalSpacingError, "2.50 to 5.00 mm"),
    "unequal spacing": (lambda objects: move_along_normal(objects, 16, 0.7), UnequalSpacingError, "2.50 to 3.20 mm"),
    "off the line": (shift_in_plane, UnequalSpacingError, "off a straight line"),
    "the same place twice": (double_with("InstanceNumber", (1, 2)), DuplicateSlicesError, "copies?"),
    "two images of one name": (same_uid_other_pixels, DuplicateSlicesError, "their pixels differ"),
    "mixed orientations": (turn_last_slices, MixedOrientationsError, "2 different orientations"),
    "mixed sizes": (other_size, MixedSlicesError, "36 x 20, 36 x 40"),
    "mixed frames": (other_frame, MixedSlicesError, "frames of reference"),
    "mosaic": (on_all(ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"]), MosaicError, "mosaic"),
    "secondary capture": (secondary_capture, SecondaryCaptureError, "secondary capture"),
    "structure set": (structure_set, NotAScanError, "RT Structure Set"),
    "colour": (colour, VoxelTypeError, "RGB"),
    "negative": (on_all(PhotometricInterpretation="MONOCHROME1"), VoxelTypeError, "MONOCHROME1"),
    "lookup table": (lookup, VoxelTypeError, "table"),
    "no position": (without("ImagePositionPatient"), NoSpatialTransformError, "where they lie"),
    "position that is no number": (without("ImageOrientationPatient"), NoSpatialTransformError, "where they lie"),
    "impossible directions": (
        on_all(ImageOrientationPatient=["1", "0", "0", "1", "0", "0"]),
        BadSpatialTransformError,
        "right",
    ),
    "no spacing": (on_all(PixelSpacing=["0", "0"]), BadSpatialTransformError, "zero"),
    "a single slice": (lambda objects: objects[:1], NotThreeDimensionalError, "single slice"),
    "too few slices": (lambda objects: objects[:12], FieldOfViewTooSmallError, "30 mm"),
    "coarse": (on_all(PixelSpacing=["4", "4"]), VoxelsTooLargeError, "4 x 4"),
    "no pixels": (without("PixelData"), NoPixelDataError, "no pixels"),
    "cut off": (cut_off, TruncatedImageError, "image 7 of 32"),
    "damaged compression": (damaged_jpeg, PixelsUnreadableError, "cannot be decoded"),
    "unknown compression": (unknown_compression, CompressionError, "High-Throughput JPEG 2000"),
    "constant": (constant, ConstantImageError, "same value"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(write_series: WriteSeries, case: str, capfd: pytest.CaptureFixture[str]) -> None:
    edit, error, words = REFUSED[case]
    folder = write_series(edit)
    (listed,) = list_series(folder).series
    with pytest.raises(FusplanError) as caught:
        read_volume(folder)
    assert type(caught.value) is error
    needs_pixels = error in (NoPixelDataError, TruncatedImageError, PixelsUnreadableError, ConstantImageError)
    if not needs_pixels and case != "two images of one name":
        assert (listed.problem, listed.remedy) == (caught.value.message, caught.value.remedy)
    assert words in caught.value.message
    assert caught.value.remedy.endswith((".", ")"))
    said = f"{listed} {caught.value}" + "".join(capfd.readouterr())
    assert not any(word in said for word in PATIENT.replace("^", " ").split())


def test_a_tilted_uneven_series_says_both(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> None:
        for one in objects[16:]:
            one.ImagePositionPatient[2] = f"{one.ImagePositionPatient[2] + 3:.6f}"

    folder = write_series(edit, axes=turned(18.5, 0.0), step=np.array([0.0, 0.0, 2.0]))
    with pytest.raises(UnequalSpacingError, match=r"1\.90 to 4\.74 mm apart and tilted by 18\.5 degrees"):
        read_volume(folder)


def test_an_enhanced_object_with_two_time_points(tmp_path: Path) -> None:
    objects = series_objects()
    folder = save([enhanced(objects, [*range(32), *range(32)])], tmp_path / "enhanced")
    with pytest.raises(DuplicateSlicesError, match="64 images in 32 places"):
        read_volume(folder)


def test_an_enhanced_object_without_places(tmp_path: Path) -> None:
    one = enhanced(series_objects(), range(32))
    one.PerFrameFunctionalGroupsSequence = one.PerFrameFunctionalGroupsSequence[:5]
    with pytest.raises(NoSpatialTransformError):
        read_volume(save([one], tmp_path / "enhanced"))


def test_several_series_are_listed_in_the_remedy(tmp_path: Path) -> None:
    save(series_objects(), tmp_path / "a")
    save(series_objects(), tmp_path / "b")
    with pytest.raises(SeveralSeriesError, match=r"--series N \(1: T1 mprage sag \(series 4\), 32 images; 2: "):
        read_volume(tmp_path)
    with pytest.raises(NoSuchSeriesError):
        read_volume(tmp_path, series_uid="1.2.3")
    with pytest.raises(NoSuchSeriesError, match="no series 3"):
        list_series(tmp_path).numbered(3)
    with pytest.raises(NoSuchSeriesError, match="no series 3"):
        read_volume(tmp_path, series_number=3)
    (tmp_path / "plain.nii").write_bytes(bytes(400))
    with pytest.raises(NotAnImageError, match="not DICOM, so there are no series"):
        read_volume(tmp_path / "plain.nii", series_number=1)


def test_a_series_has_one_volume(write_series: WriteSeries) -> None:
    folder = write_series()
    assert read_volume(folder, volume_index=1).shape == (36, 40, 32)
    with pytest.raises(NoSuchVolumeError):
        read_volume(folder, volume_index=2)


def test_folders_without_dicom(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    with pytest.raises(NotAnImageError, match="no files"):
        read_volume(folder)
    (folder / "notes.txt").write_text("x" * 500)
    (folder / "T1.nii.gz").write_text("x")
    with pytest.raises(NotAnImageError, match=r"2 files are not DICOM, and passed over\. Name one"):
        read_volume(folder)


def test_damaged_headers_are_counted_and_told(write_series: WriteSeries) -> None:
    folder = write_series()
    content = (folder / "IM00000").read_bytes()
    (folder / "cut").write_bytes(content[:200])
    (folder / "scrambled").write_bytes(content[:132] + bytes(reversed(content[132:900])))
    (folder / "text").write_text("not DICOM")
    listed = list_series(folder)
    assert (listed.other_file_count, listed.unreadable_file_count) == (1, 2)
    assert "2 files are DICOM but damaged" in read_volume(folder).notes[0].sentence
    with pytest.raises(NotAnImageError, match="damaged"):
        read_volume(folder / "scrambled")


@pytest.mark.parametrize("seed", range(8))
def test_flipped_bytes_end_in_a_sentence_or_a_volume(write_series: WriteSeries, seed: int) -> None:
    """Whatever is damaged, only errors that a person can act on come out."""
    folder = write_series()
    random = np.random.default_rng(seed)
    for path in sorted(folder.iterdir())[:6]:
        content = bytearray(path.read_bytes())
        for place in random.integers(0, 1200, 12):
            content[place] = random.integers(0, 256)
        path.write_bytes(content[: random.integers(100, len(content))] if random.random() < 0.3 else content)
    try:
        read_volume(folder)
    except FusplanError as error:
        assert error.remedy
