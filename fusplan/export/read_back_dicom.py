"""DICOM SEG and RTSTRUCT read back by pydicom, element by element, and compared with plan and series."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom import Dataset, dcmread

from fusplan.export.check_rows import CheckRow, centre_row, point_rows, target_places, volume_row
from fusplan.export.dicom_seg import DICOM_SEG_NAME
from fusplan.export.dicom_series import PlanningSeries, require_planning_series
from fusplan.export.formats import ExportMaterial
from fusplan.export.names_in_files import dicom_name
from fusplan.export.rtstruct import RTSTRUCT_NAME
from fusplan.spatial.lps import flip_ras_lps
from fusplan.spatial.points import FloatArray

_READER = "pydicom"

_REFERRED_SERIES = (
    ("ReferencedSeriesSequence", "ReferencedInstanceSequence"),
    ("RTReferencedSeriesSequence", "ContourImageSequence"),
)
"""Where the two objects name series, and the images of each."""


def check_seg(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """``lesions_seg.dcm``: each segment's volume and centre from its frames' positions, and the references."""
    series = require_planning_series(material.dicom_series, material.volume)
    dataset = dcmread(folder / DICOM_SEG_NAME)
    shared = dataset.SharedFunctionalGroupsSequence[0]
    measures = shared.PixelMeasuresSequence[0]
    between_rows, between_columns = (float(value) for value in measures.PixelSpacing)
    voxel_mm3 = between_rows * between_columns * series.grid.spacing_mm[2]
    orientation = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, dtype=np.float64)
    places: dict[int, list[FloatArray]] = {}
    frames = np.atleast_3d(dataset.pixel_array).reshape(-1, dataset.Rows, dataset.Columns)
    for frame, groups in zip(frames, dataset.PerFrameFunctionalGroupsSequence, strict=True):
        number = int(groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
        corner = np.array(groups.PlanePositionSequence[0].ImagePositionPatient, dtype=np.float64)
        rows, columns = np.nonzero(frame)
        steps = np.outer(columns * between_columns, orientation[:3]) + np.outer(rows * between_rows, orientation[3:])
        places.setdefault(number, []).append(corner + steps)
    found = {number: flip_ras_lps(np.vstack(parts)) for number, parts in places.items()}
    checks = [_references(DICOM_SEG_NAME, dataset, series)]
    half_edge_mm = max(series.grid.spacing_mm) / 2
    for number, lesion in enumerate(material.plan.lesions, start=1):
        inside = found.get(number, np.full((0, 3), np.inf))
        centre = inside.mean(axis=0) if len(inside) else np.full(3, np.inf)
        volume_mm3, expected_mm3 = len(inside) * voxel_mm3, lesion.ellipsoid.volume_mm3
        checks.append(volume_row(DICOM_SEG_NAME, _READER, lesion.name, volume_mm3, expected_mm3, voxel_mm3))
        checks.append(centre_row(DICOM_SEG_NAME, _READER, lesion.name, centre, lesion.centre.array, half_edge_mm))
    return checks


def check_rtstruct(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """``plan_rtstruct.dcm``: points, outlines' volume and centre, the references."""
    series = require_planning_series(material.dicom_series, material.volume)
    dataset = dcmread(folder / RTSTRUCT_NAME)
    names = {int(one.ROINumber): str(one.ROIName) for one in dataset.StructureSetROISequence}
    by_number = {int(one.ReferencedROINumber): one for one in dataset.ROIContourSequence}
    points, solids = [], {}
    for number, name in names.items():
        contours = by_number[number].ContourSequence
        if contours[0].ContourGeometricType == "POINT":
            points.append((name, _places(contours[0])[0]))
        else:
            solids[number] = [_places(contour) for contour in contours]
    rows = [_references(RTSTRUCT_NAME, dataset, series)]
    rows += point_rows(
        RTSTRUCT_NAME, _READER, [(dicom_name(name), place) for name, place in target_places(material.plan)], points
    )
    slab_mm = _slab_mm(series)
    for number, lesion in enumerate(material.plan.lesions, start=1 + len(material.plan.targets)):
        volume_mm3, centre = _solid(solids.get(number, []), slab_mm)
        rows.append(volume_row(RTSTRUCT_NAME, _READER, lesion.name, volume_mm3, lesion.ellipsoid.volume_mm3))
        rows.append(centre_row(RTSTRUCT_NAME, _READER, lesion.name, centre, lesion.centre.array, slab_mm / 2))
    return rows


def _places(contour: Dataset) -> FloatArray:
    return flip_ras_lps(np.array(contour.ContourData, dtype=np.float64).reshape(-1, 3))


def _slab_mm(series: PlanningSeries) -> float:
    """Distance between the planes of neighbouring slices."""
    matrix = series.grid.matrix
    normal = np.cross(matrix[:3, 0], matrix[:3, 1])
    return abs(float(matrix[:3, 2] @ normal)) / float(np.linalg.norm(normal))


def _solid(polygons: list[FloatArray], slab_mm: float) -> tuple[float, FloatArray]:
    """Volume (mm3) and centroid (3,) of closed plane polygons (n, 3) that each stand for a slab."""
    areas, centres = [], []
    for corners in polygons:
        first = corners[0]
        following = np.roll(corners, -1, axis=0)
        # Each triangle's part of the polygon's area, as vectors along its normal.
        parts = np.cross(corners - first, following - first) / 2
        whole = parts.sum(axis=0)
        area_mm2 = float(np.linalg.norm(whole))
        weights = parts @ whole / area_mm2
        areas.append(area_mm2)
        centres.append(((corners + following + first) / 3 * weights[:, None]).sum(axis=0) / area_mm2)
    if not areas:
        return 0.0, np.full(3, np.inf)
    return float(np.sum(areas)) * slab_mm, np.average(centres, axis=0, weights=areas)


def _references(file: str, dataset: Dataset, series: PlanningSeries) -> CheckRow:
    """How many identifiers of study, series, slices and frame of reference are not those of the series."""
    slices = {str(header.SOPInstanceUID) for header in series.slices}
    expected = {
        "StudyInstanceUID": {str(series.slices[0].StudyInstanceUID)},
        "FrameOfReferenceUID": {series.frame_of_reference_uid},
        "ReferencedFrameOfReferenceUID": {series.frame_of_reference_uid},
    }
    wrong = 0
    for element in dataset.iterall():
        if element.keyword in expected:
            wrong += str(element.value) not in expected[element.keyword]
    named = {
        str(element.value) for element in dataset.iterall() if element.keyword == "ReferencedSOPInstanceUID"
    } - expected["StudyInstanceUID"]
    wrong += len(named - slices) + (not named)
    # Each series is named with its own slices, also where every slice is a series of its own.
    series_of = {str(header.SOPInstanceUID): str(header.SeriesInstanceUID) for header in series.slices}
    for keyword, images in _REFERRED_SERIES:
        for item in (item for element in dataset.iterall() if element.keyword == keyword for item in element.value):
            wrong += sum(
                series_of.get(str(image.ReferencedSOPInstanceUID)) != str(item.SeriesInstanceUID)
                for image in item[images].value
            )
    return CheckRow(file, _READER, "references", "reference", wrong, 0)
