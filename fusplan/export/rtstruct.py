"""``plan_rtstruct.dcm``: targets as points and lesions as outlines, a DICOM RT Structure Set on the planning series."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage, generate_uid

from fusplan.atlas.colours import AMBER, LESION
from fusplan.export.dicom_objects import (
    IDENTITY_TAGS,
    LONGEST_SHORT_TEXT,
    SERIES_NUMBER,
    bare_header,
    colour_numbers,
    fill_equipment,
    write_dicom,
)
from fusplan.export.dicom_series import PlanningSeries, by_series
from fusplan.export.lesion_contours import slice_outlines
from fusplan.export.names_in_files import dicom_name
from fusplan.export.notice import RESEARCH_ONLY, notice_words
from fusplan.imaging.notes import Notes
from fusplan.planning.plan import Lesion, Plan, Target
from fusplan.spatial import Point, ScannerRas
from fusplan.spatial.lps import flip_ras_lps
from fusplan.spatial.points import FloatArray

RTSTRUCT_NAME = "plan_rtstruct.dcm"

_STUDY_COMPONENT = "1.2.840.10008.3.1.2.3.1"
"""Detached Study Management, retired, but still what structure sets name the study by."""

_LONGEST_NUMBER = 16
"""Characters that DICOM allows for a decimal string (PS3.5 6.2)."""


def write_rtstruct(plan: Plan, series: PlanningSeries, keep_identity: bool, path: Path, notes: Notes = ()) -> None:
    """Write the structure set. Raises FileNotWritableError."""
    moment = datetime.now()
    dataset = _patient_and_study(series.slices[0], keep_identity)
    dataset.SOPClassUID = RTStructureSetStorage
    dataset.SOPInstanceUID = generate_uid()
    dataset.SeriesInstanceUID = generate_uid()
    dataset.SeriesNumber = SERIES_NUMBER + 1
    dataset.InstanceNumber = 1
    dataset.Modality = "RTSTRUCT"
    dataset.OperatorsName = ""
    dataset.FrameOfReferenceUID = series.frame_of_reference_uid
    dataset.PositionReferenceIndicator = ""
    fill_equipment(dataset, moment)
    dataset.StructureSetLabel = "fusplan"
    dataset.StructureSetName = "fusplan"
    dataset.StructureSetDescription = notice_words(notes)[:LONGEST_SHORT_TEXT]
    dataset.StructureSetDate = f"{moment:%Y%m%d}"
    dataset.StructureSetTime = f"{moment:%H%M%S}"
    dataset.ApprovalStatus = "UNAPPROVED"
    dataset.ReferencedFrameOfReferenceSequence = [_referenced_frame(series)]
    _add_structures(dataset, plan, series)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    write_dicom(dataset, path)


def _patient_and_study(header: Dataset, keep_identity: bool) -> Dataset:
    bare = bare_header(header, keep_identity)
    made = _item(StudyInstanceUID=bare.StudyInstanceUID)
    made.SpecificCharacterSet = bare.SpecificCharacterSet
    for tag in IDENTITY_TAGS:
        setattr(made, tag, bare[tag].value)
    return made


def _referenced_frame(series: PlanningSeries) -> Dataset:
    first = series.slices[0]
    referenced = [
        _item(SeriesInstanceUID=uid, ContourImageSequence=[_image_reference(header) for header in slices])
        for uid, slices in by_series(series.slices).items()
    ]
    of_study = _item(
        ReferencedSOPClassUID=_STUDY_COMPONENT,
        ReferencedSOPInstanceUID=first.StudyInstanceUID,
        RTReferencedSeriesSequence=referenced,
    )
    return _item(FrameOfReferenceUID=series.frame_of_reference_uid, RTReferencedStudySequence=[of_study])


def _add_structures(dataset: Dataset, plan: Plan, series: PlanningSeries) -> None:
    structures, contours, observations = [], [], []
    items: tuple[Target | Lesion, ...] = (*plan.targets, *plan.lesions)
    for number, item in enumerate(items, start=1):
        structures.append(
            _item(
                ROINumber=number,
                ReferencedFrameOfReferenceUID=series.frame_of_reference_uid,
                ROIName=dicom_name(item.name),
                ROIDescription=RESEARCH_ONLY,
                ROIGenerationAlgorithm="SEMIAUTOMATIC",
            )
        )
        drawn = [_point(item.point, series)] if isinstance(item, Target) else _outlines(item, series)
        for place, contour in enumerate(drawn, start=1):
            contour.ContourNumber = place
        colour = colour_numbers((item.colour or AMBER) if isinstance(item, Target) else LESION)
        contours.append(_item(ROIDisplayColor=colour, ContourSequence=drawn, ReferencedROINumber=number))
        # What a structure means for a treatment is left open: this is not a treatment plan.
        observations.append(
            _item(ObservationNumber=number, ReferencedROINumber=number, RTROIInterpretedType="", ROIInterpreter="")
        )
    dataset.StructureSetROISequence = structures
    dataset.ROIContourSequence = contours
    dataset.RTROIObservationsSequence = observations


def _point(point: Point[ScannerRas], series: PlanningSeries) -> Dataset:
    index = float(series.grid.from_frame.apply(point).z)
    nearest = int(np.clip(round(index), 0, len(series.slices) - 1))
    return _contour("POINT", point.array[None], series.slices[nearest])


def _outlines(lesion: Lesion, series: PlanningSeries) -> list[Dataset]:
    found = slice_outlines(lesion.ellipsoid, series.grid)
    return [_contour("CLOSED_PLANAR", one.corners_mm, series.slices[one.slice_index]) for one in found]


def _contour(kind: str, places_mm: FloatArray, header: Dataset) -> Dataset:
    """One contour; ``places_mm`` (n, 3) scanner RAS."""
    return _item(
        ContourImageSequence=[_image_reference(header)],
        ContourGeometricType=kind,
        NumberOfContourPoints=len(places_mm),
        ContourData=_decimal_strings(flip_ras_lps(places_mm).ravel().tolist()),
    )


def _decimal_strings(numbers: Iterable[float]) -> list[str]:
    """Numbers with a precision of 0.000001, each within the 16 characters of a decimal string."""
    texts = [f"{number + 0.0:.6f}" for number in numbers]
    assert all(len(text) <= _LONGEST_NUMBER for text in texts)
    return texts


def _image_reference(header: Dataset) -> Dataset:
    return _item(ReferencedSOPClassUID=header.SOPClassUID, ReferencedSOPInstanceUID=header.SOPInstanceUID)


def _item(**elements: Any) -> Dataset:
    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made
