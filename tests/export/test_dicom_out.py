"""DICOM SEG and RTSTRUCT, read by pydicom and highdicom, and byte by byte where a rule is about bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest

from fusplan.atlas.colours import AMBER
from fusplan.errors import FileMissingError
from fusplan.export import dicom_series
from fusplan.export.dicom_objects import IDENTITY_TAGS, colour_numbers
from fusplan.export.dicom_seg import NoLesionInSeriesError
from fusplan.export.dicom_series import (
    DicomSeriesMismatchError,
    DicomSeriesNeededError,
    ExchangeExtraMissingError,
    require_planning_series,
)
from fusplan.export.formats import FORMATS, ExportMaterial
from fusplan.export.lesion_contours import slice_outlines
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.read_back_dicom import check_rtstruct, check_seg
from fusplan.imaging.dicom.series import list_series
from fusplan.imaging.volume import SeriesReference
from fusplan.planning.edits import set_target_colour
from fusplan.spatial import Affine, Direction, Grid
from tests.fixtures import dicom_head, plans

SEG, RTSTRUCT = "lesions_seg.dcm", "plan_rtstruct.dcm"


def written(name: str, material: ExportMaterial, folder: Path) -> pydicom.FileDataset:
    FORMATS["dicom-seg" if name == SEG else "rtstruct"].write(material, folder)
    return pydicom.dcmread(folder / name)


def test_the_series_is_found_by_its_place(series_folder: Path) -> None:
    series = require_planning_series(series_folder, plans.volume())
    assert series.grid.shape == (96, 96, 96)
    assert series.frame_of_reference_uid == dicom_head.FRAME_UID
    # The head's axes are left-handed; slices are counted along the normal of rows and columns.
    backward = np.diag([1.0, 1.0, -1.0, 1.0])
    backward[2, 3] = 95
    assert series.grid.matrix == pytest.approx(plans.image_affine() @ backward, abs=1e-4)


def test_copies_damaged_files_and_objects_beside_the_slices_do_no_harm(
    material: ExportMaterial, tmp_path: Path
) -> None:
    folder = dicom_head.write_series(tmp_path)
    for name in (SEG, RTSTRUCT):
        written(name, material, folder)
    first = (folder / "slices" / "IM0000").read_bytes()
    (folder / "copy of IM0000").write_bytes(first)
    (folder / "damaged").write_bytes(first[:150] + bytes(50))
    series = require_planning_series(folder, plans.volume())
    assert [str(header.SOPInstanceUID) for header in series.slices] == [
        f"{dicom_head.SERIES_UID}.{96 - index}" for index in range(96)
    ]


def test_a_multi_frame_file_cannot_be_referred_to(tmp_path: Path) -> None:
    headers = dicom_head.slice_headers()
    headers[5].NumberOfFrames = 2
    dicom_head.write_series(tmp_path, headers)
    with pytest.raises(DicomSeriesMismatchError, match="multi-frame"):
        require_planning_series(tmp_path, plans.volume())


def test_the_axes_of_the_image_may_be_in_another_order(series_folder: Path) -> None:
    volume = plans.volume()
    turned = np.eye(4)
    turned[:3, :3] = [[0, 0, -1], [1, 0, 0], [0, -1, 0]]
    turned[:3, 3] = (95, 0, 95)
    require_planning_series(series_folder, replace(volume, grid=volume.grid.derived(volume.shape, turned, "turned")))


def test_another_series_is_refused_with_the_distance(series_folder: Path, tmp_path: Path) -> None:
    volume = plans.volume()
    shift = np.eye(4)
    shift[2, 3] = 2.0
    motion = Affine(volume.scanner_frame, volume.scanner_frame, shift)
    moved = replace(volume, grid=volume.grid.moved(motion))
    with pytest.raises(DicomSeriesMismatchError, match=r"2\.0 mm elsewhere"):
        require_planning_series(series_folder, moved)
    with pytest.raises(DicomSeriesMismatchError, match="96 x 96 x 96 voxels, the plan's image 64 x 64 x 64"):
        require_planning_series(series_folder, plans.volume(size=64))
    with pytest.raises(DicomSeriesMismatchError, match="no DICOM slices"):
        require_planning_series(tmp_path, volume)
    with pytest.raises(FileMissingError):
        require_planning_series(tmp_path / "nowhere", volume)
    with pytest.raises(DicomSeriesNeededError):
        require_planning_series(None, volume)


def test_of_two_echoes_in_one_place_the_one_that_was_planned_on_is_referred_to(tmp_path: Path) -> None:
    echoes = {4: dicom_head.slice_headers(), 30: dicom_head.slice_headers()}
    for echo_ms, headers in echoes.items():
        for one in headers:
            one.EchoTime, one.SOPInstanceUID = f"{echo_ms}", f"{one.SOPInstanceUID}.{echo_ms}"
    folder = dicom_head.write_series(tmp_path, [one for headers in echoes.values() for one in headers])
    for listed, echo_ms in zip(list_series(folder).series, echoes, strict=True):
        planned = replace(plans.volume(), series=SeriesReference(listed.uid, listed.title))
        found = require_planning_series(folder, planned)
        assert {header.EchoTime for header in found.slices} == {echo_ms}
    with pytest.raises(DicomSeriesMismatchError, match="2 acquisitions lie where the plan's image lies"):
        require_planning_series(folder, plans.volume())


@pytest.mark.parametrize("name", [SEG, RTSTRUCT])
def test_of_one_series_for_each_slice_every_series_is_named_with_its_slice(
    name: str, material: ExportMaterial, tmp_path: Path
) -> None:
    headers = dicom_head.slice_headers()
    for number, one in enumerate(headers):
        one.SeriesInstanceUID = f"{dicom_head.SERIES_UID}.9.{number + 1}"
    folder = dicom_head.write_series(tmp_path, headers)
    of_slice = {str(one.SOPInstanceUID): str(one.SeriesInstanceUID) for one in headers}
    material = replace(material, dicom_series=folder)
    dataset = written(name, material, tmp_path)
    if name == SEG:
        items = [(item.SeriesInstanceUID, item.ReferencedInstanceSequence) for item in dataset.ReferencedSeriesSequence]
    else:
        study = dataset.ReferencedFrameOfReferenceSequence[0].RTReferencedStudySequence[0]
        items = [(item.SeriesInstanceUID, item.ContourImageSequence) for item in study.RTReferencedSeriesSequence]
        assert len(items) == len(headers)
    assert len(items) == len({uid for uid, _ in items}) > 1
    for uid, (image,) in items:
        assert of_slice[image.ReferencedSOPInstanceUID] == uid
    check = check_seg if name == SEG else check_rtstruct
    assert all(row.passed for row in check(material, tmp_path))
    (dataset.ReferencedSeriesSequence if name == SEG else study.RTReferencedSeriesSequence)[0].SeriesInstanceUID = "1.2"
    dataset.save_as(tmp_path / name)
    assert not all(row.passed for row in check(material, tmp_path))


def test_a_series_that_is_no_even_stack_is_refused(tmp_path: Path) -> None:
    cases = {
        "1 slice is missing": lambda headers: headers.pop(40),
        "different frames of reference": lambda headers: setattr(headers[3], "FrameOfReferenceUID", "1.2.3"),
        "2 different orientations": lambda headers: setattr(headers[3], "ImageOrientationPatient", [1, 0, 0, 0, 1, 0]),
        "does not say where it lies in space": lambda headers: headers[3].__delattr__("ImagePositionPatient"),
        "lack FrameOfReferenceUID": lambda headers: headers[3].__delattr__("FrameOfReferenceUID"),
    }
    for number, (words, spoil) in enumerate(cases.items()):
        headers = dicom_head.slice_headers()
        spoil(headers)
        folder = tmp_path / str(number)
        folder.mkdir()
        dicom_head.write_series(folder, headers)
        with pytest.raises(DicomSeriesMismatchError, match=words):
            require_planning_series(folder, plans.volume())


def test_without_the_extra_it_says_what_to_install(series_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dicom_series, "find_spec", lambda name: None)
    with pytest.raises(ExchangeExtraMissingError, match=r"fusplan\[exchange\]"):
        require_planning_series(series_folder, plans.volume())


@pytest.mark.parametrize("name", [SEG, RTSTRUCT])
def test_identity_is_left_out_unless_asked_for(name: str, material: ExportMaterial, tmp_path: Path) -> None:
    bare = written(name, material, tmp_path)
    assert all(tag in bare and bare[tag].is_empty for tag in IDENTITY_TAGS)
    content = (tmp_path / name).read_bytes()
    for secret in (dicom_head.NAME, dicom_head.IDENTIFIER, dicom_head.BIRTH_DATE, dicom_head.STUDY_DATE, "Roe", "Hosp"):
        assert secret.encode() not in content
    kept = written(name, replace(material, keep_identity=True), tmp_path)
    assert kept.PatientName == dicom_head.NAME
    assert kept.PatientID == dicom_head.IDENTIFIER
    assert kept.StudyDate == dicom_head.STUDY_DATE
    assert "InstitutionName" not in kept


@pytest.mark.parametrize("name", [SEG, RTSTRUCT])
def test_study_and_frame_of_reference_are_the_series(name: str, material: ExportMaterial, tmp_path: Path) -> None:
    dataset = written(name, material, tmp_path)
    assert dataset.StudyInstanceUID == dicom_head.STUDY_UID
    assert dataset.FrameOfReferenceUID == dicom_head.FRAME_UID
    assert dataset.SeriesInstanceUID != dicom_head.SERIES_UID
    assert dataset.SeriesDescription == RESEARCH_ONLY
    again = written(name, material, tmp_path)
    assert again.SOPInstanceUID != dataset.SOPInstanceUID


def test_the_segmentation_is_binary_with_a_segment_a_lesion(material: ExportMaterial, tmp_path: Path) -> None:
    written(SEG, material, tmp_path)
    seg = highdicom.seg.segread(tmp_path / SEG)
    assert seg.SegmentationType == "BINARY"
    assert [one.segment_label for one in seg.SegmentSequence] == ["CLp left lesion", "CLp right lesion"]
    volume = seg.get_volume()
    voxel_mm3 = abs(np.linalg.det(volume.affine[:3, :3]))
    for index, lesion in enumerate(material.plan.lesions):
        inside = np.argwhere(volume.array[..., index])
        assert len(inside) * voxel_mm3 == pytest.approx(lesion.ellipsoid.volume_mm3, abs=0.5 * voxel_mm3)
        centre = volume.affine @ [*inside.mean(axis=0), 1]
        assert centre[:3] * (-1, -1, 1) == pytest.approx(lesion.centre.array, abs=0.3)


def test_a_plan_without_lesions_has_nothing_to_segment(material: ExportMaterial, tmp_path: Path) -> None:
    with pytest.raises(NoLesionInSeriesError):
        written(SEG, replace(material, plan=replace(material.plan, lesions=())), tmp_path)


def test_the_structure_set_has_points_and_outlines_in_the_planes_of_slices(
    material: ExportMaterial, tmp_path: Path
) -> None:
    dataset = written(RTSTRUCT, material, tmp_path)
    names = [one.ROIName for one in dataset.StructureSetROISequence]
    assert names == ["CLp left", "CLp right", "CLp left lesion", "CLp right lesion"]
    kinds = [{one.ContourGeometricType for one in roi.ContourSequence} for roi in dataset.ROIContourSequence]
    assert kinds == [{"POINT"}, {"POINT"}, {"CLOSED_PLANAR"}, {"CLOSED_PLANAR"}]
    for target, roi in zip(material.plan.targets, dataset.ROIContourSequence, strict=False):
        lps = np.array(roi.ContourSequence[0].ContourData, dtype=float)
        assert lps * (-1, -1, 1) == pytest.approx(target.point.array, abs=1e-6)
    positions = {one.SOPInstanceUID: one for one in dicom_head.slice_headers()}
    for roi in dataset.ROIContourSequence[2:]:
        for contour in roi.ContourSequence:
            header = positions[contour.ContourImageSequence[0].ReferencedSOPInstanceUID]
            row, column = np.reshape(np.array(header.ImageOrientationPatient, dtype=float), (2, 3))
            corners = np.reshape(np.array(contour.ContourData, dtype=float), (-1, 3))
            assert len(corners) == contour.NumberOfContourPoints
            heights = (corners - np.array(header.ImagePositionPatient, dtype=float)) @ np.cross(row, column)
            assert heights == pytest.approx(0, abs=1e-4)


def test_a_chosen_colour_of_a_target_is_that_of_its_structure(material: ExportMaterial, tmp_path: Path) -> None:
    plan = set_target_colour(material.plan, "clp-right", "#d81da5")
    dataset = written(RTSTRUCT, replace(material, plan=plan), tmp_path)
    left, right, *_ = (list(map(int, one.ROIDisplayColor)) for one in dataset.ROIContourSequence)
    assert right == [0xD8, 0x1D, 0xA5]
    assert left == colour_numbers(AMBER)


def test_the_structure_set_has_all_that_other_programs_insist_on(material: ExportMaterial, tmp_path: Path) -> None:
    dataset = written(RTSTRUCT, material, tmp_path)
    required = [*IDENTITY_TAGS, "OperatorsName", "Manufacturer", "SeriesNumber", "StructureSetLabel"]
    required += ["StructureSetDate", "StructureSetTime", "ApprovalStatus", "PositionReferenceIndicator"]
    assert [tag for tag in required if tag not in dataset] == []
    assert dataset.ApprovalStatus == "UNAPPROVED"
    study = dataset.ReferencedFrameOfReferenceSequence[0].RTReferencedStudySequence[0]
    assert study.ReferencedSOPInstanceUID == dicom_head.STUDY_UID
    series = study.RTReferencedSeriesSequence[0]
    assert series.SeriesInstanceUID == dicom_head.SERIES_UID
    assert len(series.ContourImageSequence) == 96
    numbers = [one.ROINumber for one in dataset.StructureSetROISequence]
    assert numbers == [one.ReferencedROINumber for one in dataset.ROIContourSequence]
    assert numbers == [one.ReferencedROINumber for one in dataset.RTROIObservationsSequence]
    assert all("ROIGenerationAlgorithm" in one for one in dataset.StructureSetROISequence)
    assert all("RTROIInterpretedType" in one and "ROIInterpreter" in one for one in dataset.RTROIObservationsSequence)
    # Contour data as they stand in the file, (3006,0050) DS, not as pydicom turns them into numbers.
    content = (tmp_path / RTSTRUCT).read_bytes()
    tag = b"\x06\x30\x50\x00DS"
    pieces = content.split(tag)[1:]
    assert len(pieces) > 10
    for piece in pieces:
        values = piece[2 : 2 + int.from_bytes(piece[:2], "little")].decode("ascii").split("\\")
        assert max(len(value) for value in values) <= 16


@pytest.mark.parametrize("spacing_mm", [0.6, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("shift_mm", [0.0, 0.37])
def test_outlines_keep_volume_and_place_on_thick_slices_too(spacing_mm: float, shift_mm: float) -> None:
    lesion = replace(plans.lesion("left", 7.0), long_axis=Direction.of(plans.FRAME, (0.5, 0.3, 1.0)))
    ellipsoid = replace(lesion, transverse_axis=Direction.of(plans.FRAME, (1.0, -0.6, -0.32))).ellipsoid
    matrix = np.eye(4)
    matrix[:3, :3] = plans.turn(20.0) @ np.diag([0.5, 0.5, spacing_mm])
    matrix[:3, 3] = (-40.0, -40.0, -60.0 + shift_mm)
    outlines = slice_outlines(ellipsoid, Grid.of((96, 96, 200), matrix, plans.FRAME, "series"))
    areas, centres = [], []
    for outline in outlines:
        corners = outline.corners_mm
        assert corners[:, 2] == pytest.approx(matrix[2, 3] + outline.slice_index * spacing_mm)
        x, y = (corners[:, :2] - corners[0, :2]).T
        areas.append(0.5 * abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))))
        centres.append(corners.mean(axis=0))
    assert sum(areas) * spacing_mm == pytest.approx(ellipsoid.volume_mm3, rel=0.01)
    centroid = np.average(centres, axis=0, weights=areas)
    assert centroid[:2] == pytest.approx(ellipsoid.centre.array[:2], abs=0.02)
    assert centroid[2] == pytest.approx(ellipsoid.centre.z, abs=spacing_mm / 2)


def test_on_thin_slices_the_outline_is_the_cross_section() -> None:
    ellipsoid = plans.lesion("right", 7.0).ellipsoid
    matrix = np.diag([0.5, 0.5, 0.02, 1.0])
    matrix[:3, 3] = (-40.0, -40.0, ellipsoid.centre.z - 5)
    for outline in slice_outlines(ellipsoid, Grid.of((96, 96, 500), matrix, plans.FRAME, "series"))[10:-10]:
        offsets = outline.corners_mm - ellipsoid.centre.array
        values = np.einsum("ni,ij,nj->n", offsets, ellipsoid.shape_matrix, offsets)
        assert values == pytest.approx(1.0, abs=0.01)  # the polygon is enlarged by 0.08 % to keep the area
