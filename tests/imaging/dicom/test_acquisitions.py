"""Acquisitions under one series UID are told apart, and what is counted slice by slice does not split one.

The truth is what was written: each acquisition's own pixels and places, and SimpleITK's reading of its files alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.testing import assert_allclose, assert_array_equal
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

from fusplan.imaging.dicom.series import SeriesSummary, SeveralSeriesError, list_series
from fusplan.imaging.dicom.stack import DuplicateSlicesError, MissingSlicesError
from fusplan.imaging.read import read_volume
from tests.fixtures.dicom_series import (
    FIRST_LPS_MM,
    SPACING_MM,
    enhanced,
    save,
    series_objects,
    true_affine,
    turned,
    voxels,
)

WriteSeries = Callable[..., Path]
Objects = list[FileDataset]
STEP = turned()[:, 2] * SPACING_MM[2]


def other_acquisition(objects: Objects, shift: float, **values: Any) -> Objects:
    """The same slices again in the same series, ``shift`` slices further, with other pixels and elements."""
    found = series_objects()
    for source, one in zip(objects, found, strict=True):
        one.StudyInstanceUID, one.SeriesInstanceUID = source.StudyInstanceUID, source.SeriesInstanceUID
        one.FrameOfReferenceUID = source.FrameOfReferenceUID
        one.ImagePositionPatient = [
            f"{value:.9g}" for value in np.array(one.ImagePositionPatient, float) + shift * STEP
        ]
        one.PixelData = (2000 - np.frombuffer(one.PixelData, "<u2")).astype("<u2").tobytes()
        for keyword, value in values.items():
            setattr(one, keyword, value)
    return found


def two(shift: float, keyword: str, first: object, second: object) -> Callable[[Objects], Objects]:
    def edit(objects: Objects) -> Objects:
        for one in objects:
            setattr(one, keyword, first)
        return [*objects, *other_acquisition(objects, shift, **{keyword: second})]

    return edit


TELLING = {
    "echo time": ("EchoTime", "4", "30", "echo 4 ms", "echo 30 ms"),
    "echo number": ("EchoNumbers", 1, 2, "echo number 1", "echo number 2"),
    "repetition time": ("RepetitionTime", "500", "2500", "repetition 500 ms", "repetition 2500 ms"),
    "flip angle": ("FlipAngle", "3", "20", "flip angle 3 degrees", "flip angle 20 degrees"),
    "inversion time": ("InversionTime", "700", "2500", "inversion 700 ms", "inversion 2500 ms"),
    "b-value": ("DiffusionBValue", 0.0, 1000.0, "b 0", "b 1000"),
    "image type": (
        "ImageType",
        ["ORIGINAL", "PRIMARY", "M"],
        ["ORIGINAL", "PRIMARY", "P"],
        "magnitude",
        "phase",
    ),
    "image part": ("ComplexImageComponent", "MAGNITUDE", "PHASE", "magnitude", "phase"),
    "kind of intensities": ("RescaleType", "HU", "US", "intensities HU", "intensities US"),
    "unit": ("Units", "BQML", "GML", "unit BQML", "unit GML"),
    "sequence": ("SequenceName", "fl3d1", "se2d1", "sequence fl3d1", "sequence se2d1"),
}
COUNTED = {
    "acquisition": ("AcquisitionNumber", 1, 2, "acquisition 1", "acquisition 2"),
    "trigger": ("TriggerTime", "40", "360", "trigger 40 ms", "trigger 360 ms"),
    "time point": ("TemporalPositionIdentifier", 1, 2, "time point 1", "time point 2"),
    "time of day": ("AcquisitionTime", "101500", "102030", "taken at 10-15-00", "taken at 10-20-30"),
}


def check_both(folder: Path, shift: float, titles: tuple[str, str]) -> None:
    listed = list_series(folder).series
    assert [one.title for one in listed] == [f"T1 mprage sag, {words} (series 4)" for words in titles]
    assert [one.choice for one in listed] == [1, 2]
    assert [one.problem for one in listed] == [None, None]
    with pytest.raises(SeveralSeriesError, match="2 DICOM series here"):
        read_volume(folder)
    with pytest.raises(SeveralSeriesError, match="2 acquisitions"):
        read_volume(folder, series_uid=series_uid_in(folder))
    first, second = (read_volume(folder, series_number=one.choice) for one in listed)
    assert_array_equal(first.data, voxels())
    assert_array_equal(second.data, 2000.0 - voxels())
    assert_allclose(first.affine, true_affine(), atol=1e-6)
    moved = true_affine()
    moved[:3, 3] += shift * moved[:3, 2]
    assert_allclose(second.affine, moved, atol=1e-5)
    for one, volume in zip(listed, (first, second), strict=True):
        assert volume.series is not None
        assert volume.name == one.title
        assert volume.series.uid == one.uid
        assert read_volume(folder, series_uid=one.uid).fingerprint == volume.fingerprint
        assert one.uid.replace(".", "").isdigit()
        assert len(one.uid) <= 64
        assert volume.notes == ()


def series_uid_in(folder: Path) -> str:
    import pydicom

    return str(pydicom.dcmread(next(folder.iterdir()), stop_before_pixels=True).SeriesInstanceUID)


@pytest.mark.parametrize("shift", [0.5, 0.0, 0.3])
@pytest.mark.parametrize("case", TELLING)
def test_two_acquisitions_are_two_series(write_series: WriteSeries, case: str, shift: float) -> None:
    keyword, first, second, *titles = TELLING[case]
    check_both(write_series(two(shift, keyword, first, second)), shift, (titles[0], titles[1]))


@pytest.mark.parametrize("case", COUNTED)
def test_counters_tell_apart_what_is_no_stack_together(write_series: WriteSeries, case: str) -> None:
    keyword, first, second, *titles = COUNTED[case]
    check_both(write_series(two(0.0, keyword, first, second)), 0.0, (titles[0], titles[1]))
    check_both(write_series(two(0.3, keyword, first, second), "shifted"), 0.3, (titles[0], titles[1]))


def test_a_counter_tells_half_slices_apart_where_the_scanner_wrote_the_spacing(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> Objects:
        both = two(0.5, "AcquisitionNumber", 1, 2)(objects)
        for one in both:
            one.SpacingBetweenSlices = f"{SPACING_MM[2]}"
        return both

    check_both(write_series(edit), 0.5, ("acquisition 1", "acquisition 2"))


def test_half_slices_that_nothing_tells_apart_are_told(write_series: WriteSeries) -> None:
    """The same as above without a word of the scanner on what differs: read, with a warning."""

    def edit(objects: Objects) -> Objects:
        both = [*objects, *other_acquisition(objects, 0.5)]
        for one in both:
            one.SpacingBetweenSlices = f"{SPACING_MM[2]}"
        return both

    (note,) = read_volume(write_series(edit)).notes
    assert "2.5 mm apart, but they lie 1.25 mm apart" in note.sentence


def test_the_same_as_simpleitk_on_the_files_of_one_echo(write_series: WriteSeries, tmp_path: Path) -> None:
    folder = write_series(two(0.5, "EchoTime", "4", "30"))
    alone = save([one for one in map(_read, folder.iterdir()) if one.EchoTime == 30], tmp_path / "echo 30")
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(alone)))
    theirs = reader.Execute()
    ours = read_volume(folder, series_number=2)
    for index in [(0, 0, 0), (35, 0, 31), (7, 39, 12)]:
        place = np.array(theirs.TransformIndexToPhysicalPoint(index)) * (-1, -1, 1)
        assert_allclose((ours.affine @ [*index, 1])[:3], place, atol=1e-4)
    assert_array_equal(ours.data, sitk.GetArrayFromImage(theirs).T)
    # Alone it is the whole series; a plan made on it among others finds it too.
    assert ours.series is not None
    assert read_volume(alone, series_uid=ours.series.uid).fingerprint == ours.fingerprint


def _read(path: Path) -> FileDataset:
    import pydicom

    return pydicom.dcmread(path)


def test_a_file_is_the_acquisition_it_belongs_to(write_series: WriteSeries) -> None:
    folder = write_series(two(0.5, "EchoTime", "4", "30"))
    for path in list(folder.iterdir())[::9]:
        assert f"echo {_read(path).EchoTime} ms" in read_volume(path).name


def test_echoes_with_magnitude_and_phase_are_four(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> Objects:
        for one in objects:
            one.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
        phase = {"ImageType": ["ORIGINAL", "PRIMARY", "P", "ND"]}
        return [
            *objects,
            *other_acquisition(objects, 0, **phase),
            *other_acquisition(objects, 0, ImageType=objects[0].ImageType, EchoTime="12.5"),
            *other_acquisition(objects, 0, EchoTime="12.5", **phase),
        ]

    titles = [one.title for one in list_series(write_series(edit)).series]
    assert titles == [
        f"T1 mprage sag, echo {echo} ms, {part} (series 4)"
        for echo in ("3.1", "12.5")
        for part in ("magnitude", "phase")
    ]


def test_an_incomplete_echo_spoils_only_itself(write_series: WriteSeries) -> None:
    folder = write_series(lambda objects: two(0.5, "EchoTime", "4", "30")(objects)[:-9] + objects[:0])
    objects = two(0.5, "EchoTime", "4", "30")(series_objects())
    folder = write_series(lambda _: objects[:50] + objects[51:], "gap")
    first, second = list_series(folder).series
    assert first.problem is None
    assert second.problem is not None
    assert "1 slice is missing from T1 mprage sag, echo 30 ms" in second.problem
    with pytest.raises(MissingSlicesError):
        read_volume(folder, series_number=2)


def test_one_slice_of_another_echo_is_not_mixed_in(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> None:
        objects[11].EchoTime = "30"

    first, second = list_series(write_series(edit)).series
    assert "1 slice is missing" in str(first.problem)
    assert "single slice" in str(second.problem)


def per_slice(keyword: str, value: Callable[[int], object]) -> Callable[[Objects], None]:
    def edit(objects: Objects) -> None:
        for k, one in enumerate(objects):
            setattr(one, keyword, value(k))

    return edit


SLICE_BY_SLICE: dict[str, Callable[[Objects], object]] = {
    "acquisition number of each slice": per_slice("AcquisitionNumber", lambda k: k + 1),
    "acquisition number of odd and even slices": per_slice("AcquisitionNumber", lambda k: 1 + k % 2),
    "acquisition number of two slabs": per_slice("AcquisitionNumber", lambda k: 1 + k // 16),
    "acquisition number of pairs": per_slice("AcquisitionNumber", lambda k: 1 + k // 2),
    "trigger time of each slice": per_slice("TriggerTime", lambda k: f"{13.5 * ((7 * k) % 32)}"),
    "trigger time of odd and even slices": per_slice("TriggerTime", lambda k: f"{500 * (k % 2)}"),
    "time of each slice": per_slice("AcquisitionTime", lambda k: f"1015{k:02d}.250000"),
    "window of each slice": per_slice("WindowCenter", lambda k: f"{400 + k}"),
    "numbers that are written in two ways": per_slice("EchoTime", lambda k: ("3.1", "3.10", "3.100000")[k % 3]),
    "rescaling of each slice": per_slice("RescaleIntercept", lambda k: "0"),
    "repetition time of a gated scan": per_slice("RepetitionTime", lambda k: f"{800 + (37 * k * k) % 5}"),
    "repetition time of each slice": per_slice("RepetitionTime", lambda k: f"{800 + k}"),
    "inversion time of each slice": per_slice("InversionTime", lambda k: f"{100 + 20 * k}"),
    "image type of a block": per_slice(
        "ImageType", lambda k: ["ORIGINAL", "PRIMARY", "M"] if k < 20 else ["DERIVED", "PRIMARY", "M"]
    ),
}


@pytest.mark.parametrize("case", SLICE_BY_SLICE)
def test_what_varies_within_an_acquisition_does_not_split_it(write_series: WriteSeries, case: str) -> None:
    folder = write_series(SLICE_BY_SLICE[case])
    (listed,) = list_series(folder).series
    assert (listed.title, listed.problem) == ("T1 mprage sag (series 4)", None)
    volume = read_volume(folder)
    assert_array_equal(volume.data, voxels())
    assert_allclose(volume.affine, true_affine(), atol=1e-6)
    assert volume.series is not None
    assert volume.series.uid == series_uid_in(folder)
    is_setting = case.startswith(("repetition", "inversion", "image type"))
    assert [("differs between images" in note.sentence) for note in volume.notes] == [True] * is_setting


def test_per_slice_counters_within_two_echoes(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> Objects:
        both = two(0.5, "EchoTime", "4", "30")(objects)
        for k, one in enumerate(both):
            one.AcquisitionNumber, one.TriggerTime, one.AcquisitionTime = k % 32 + 1, f"{3 * k}", f"10{k % 60:02d}00"
        return both

    check_both(write_series(edit), 0.5, ("echo 4 ms", "echo 30 ms"))


def test_a_missing_slice_is_told_though_counters_would_split(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> Objects:
        per_slice("AcquisitionNumber", lambda k: 1 + k % 2)(objects)
        return objects[:9] + objects[10:]

    (listed,) = list_series(write_series(edit)).series
    assert "1 slice is missing" in str(listed.problem)


def test_time_points(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> Objects:
        per_slice("TemporalPositionIdentifier", lambda _: 1)(objects)
        later = [other_acquisition(objects, 0, TemporalPositionIdentifier=point) for point in (2, 10)]
        return [*objects, *later[0], *later[1]]

    titles = [one.title for one in list_series(write_series(edit)).series]
    assert titles == [f"T1 mprage sag, time point {point} (series 4)" for point in (1, 2, 10)]


def test_trigger_times_that_tell_nothing_whole_apart_are_refused(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> Objects:
        both = [*objects, *other_acquisition(objects, 0)]
        for k, one in enumerate(both):
            one.TriggerTime = f"{11 * k}"
        return both

    with pytest.raises(DuplicateSlicesError, match="64 images in 32 places: they differ in trigger time"):
        read_volume(write_series(edit))


def test_an_enhanced_object_of_two_echoes(tmp_path: Path) -> None:
    objects = series_objects()
    one = enhanced(objects, [*range(32), *range(31, -1, -1)])
    for k, frame in enumerate(one.PerFrameFunctionalGroupsSequence):
        echo = Dataset()
        echo.EffectiveEchoTime = 4.0 if k < 32 else 30.0
        frame.MREchoSequence = [echo]
    folder = save([one], tmp_path / "enhanced")
    check: tuple[SeriesSummary, ...] = list_series(folder).series
    assert [summary.title for summary in check] == [f"T1 mprage sag, echo {ms} ms (series 4)" for ms in (4, 30)]
    assert [summary.shape for summary in check] == [(36, 40, 32)] * 2
    for number in (1, 2):
        volume = read_volume(folder, series_number=number)
        assert_array_equal(volume.data, voxels() * 2.0 - 5.0)
        assert_allclose(volume.affine @ [0, 0, 0, 1], [*(FIRST_LPS_MM * (-1, -1, 1)), 1], atol=1e-6)


def test_an_enhanced_object_of_diffusion_weightings_within_groups_of_groups(tmp_path: Path) -> None:
    one = enhanced(series_objects(), [*range(32), *range(32)])
    for k, frame in enumerate(one.PerFrameFunctionalGroupsSequence):
        diffusion, direction = Dataset(), Dataset()
        direction.DiffusionGradientOrientation = [1.0, 0.0, 0.0] if k < 32 else [0.0, 0.6, 0.8]
        diffusion.DiffusionBValue, diffusion.DiffusionGradientDirectionSequence = 1000.0, [direction]
        frame.MRDiffusionSequence = [diffusion]
    titles = [summary.title for summary in list_series(save([one], tmp_path / "enhanced")).series]
    assert titles == [f"T1 mprage sag, direction {words} (series 4)" for words in ("0 0.6 0.8", "1 0 0")]


def slices_as_series(objects: Objects) -> None:
    for k, one in enumerate(objects):
        one.SeriesInstanceUID, one.SeriesNumber = generate_uid(), 4 + k


def test_one_series_uid_for_each_slice_is_joined(write_series: WriteSeries) -> None:
    folder = write_series(slices_as_series)
    (listed,) = list_series(folder).series
    assert listed.title == "T1 mprage sag, 32 series of one slice (series 4)"
    assert "every slice has a series UID of its own" in listed.notes[0]
    volume = read_volume(folder)
    assert_array_equal(volume.data, voxels())
    assert_allclose(volume.affine, true_affine(), atol=1e-6)
    assert tuple(note.sentence for note in volume.notes) == listed.notes
    assert read_volume(folder, series_uid=listed.uid).fingerprint == volume.fingerprint
    assert read_volume(folder / "IM00003").fingerprint == volume.fingerprint


def test_two_echoes_with_one_series_uid_for_each_slice(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> Objects:
        both = two(0.5, "EchoTime", "4", "30")(objects)
        slices_as_series(both)
        return both

    folder = write_series(edit)
    titles = [one.title for one in list_series(folder).series]
    assert titles[0].startswith("T1 mprage sag, 32 series of one slice, echo ")
    assert len(titles) == 2
    assert [one.choice for one in list_series(folder).series] == [4, 36]
    brightest = [float(read_volume(folder, series_number=number).data.max()) for number in (4, 36)]
    assert brightest == [voxels().max(), 2000.0 - voxels().min()]


def test_joined_slices_with_a_gap_are_refused_with_the_cause(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> Objects:
        slices_as_series(objects)
        return objects[:9] + objects[10:]

    with pytest.raises(MissingSlicesError, match="1 slice is missing"):
        read_volume(write_series(edit))


def test_single_slices_of_different_scans_stay_apart(tmp_path: Path) -> None:
    for number in range(3):
        (one,) = series_objects()[number * 7 : number * 7 + 1]
        save([one], tmp_path / "study" / str(number))
    listed = list_series(tmp_path / "study").series
    assert len(listed) == 3
    assert all("single slice" in str(one.problem) for one in listed)


PRIVATE_B_VALUES = {
    "Siemens": (0x0019, "SIEMENS MR HEADER", 0x0C, "IS", 0, 1000),
    "GE": (0x0043, "GEMS_PARM_01", 0x39, "IS", [1000000000, 8, 0, 0], [1000001000, 8, 0, 0]),
    "Philips": (0x2001, "Philips Imaging DD 001", 0x03, "FL", 0.0, 1000.0),
}


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian], ids=["explicit", "implicit"])
@pytest.mark.parametrize("vendor", PRIVATE_B_VALUES)
def test_a_vendors_own_b_value_tells_apart(write_series: WriteSeries, vendor: str, syntax: UID) -> None:
    group, creator, element, representation, *values = PRIVATE_B_VALUES[vendor]

    def edit(objects: Objects) -> Objects:
        halves = (objects, other_acquisition(objects, 0.5))
        for half, value in zip(halves, values, strict=True):
            for one in half:
                one.private_block(group, creator, create=True).add_new(element, representation, value)
                one.file_meta.TransferSyntaxUID = syntax
        return [one for half in halves for one in half]

    check_both(write_series(edit), 0.5, ("b 0", "b 1000"))


def test_the_same_number_of_somebody_elses_tells_nothing(write_series: WriteSeries) -> None:
    def edit(objects: Objects) -> None:
        for k, one in enumerate(objects):
            one.private_block(0x0019, "SOMEBODY ELSE", create=True).add_new(0x0C, "IS", k % 2)

    (listed,) = list_series(write_series(edit)).series
    assert listed.problem is None and listed.title == "T1 mprage sag (series 4)"
