"""``lesions_seg.dcm``: the planned lesions as a DICOM segmentation on the slices of the planning series.

BINARY, since other forms are read by few programs; one segment a lesion, each whole, also where lesions overlap.
Voxels are chosen as in the label maps, so that their volume is the ellipsoid's.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from fusplan import __version__
from fusplan.atlas.colours import LESION
from fusplan.errors import FusplanError
from fusplan.export.dicom_objects import (
    DEVICE_SERIAL,
    MANUFACTURER,
    MODEL,
    SERIES_NUMBER,
    bare_header,
    colour_numbers,
    write_dicom,
)
from fusplan.export.dicom_series import PlanningSeries, by_series
from fusplan.export.label_maps import lesion_labels
from fusplan.export.names_in_files import dicom_name
from fusplan.export.notice import RESEARCH_ONLY, notice_words
from fusplan.imaging.notes import Notes
from fusplan.planning.plan import Lesion, Plan

DICOM_SEG_NAME = "lesions_seg.dcm"

_OWN_SCHEME = "99FUSPLAN"
"""Coding scheme of this program's own terms: none of SNOMED's means a lesion that is only planned."""


class NoLesionInSeriesError(FusplanError):
    """There is nothing to segment."""


def write_dicom_seg(plan: Plan, series: PlanningSeries, keep_identity: bool, path: Path, notes: Notes = ()) -> None:
    """Write the segmentation.

    Raises:
        NoLesionInSeriesError: the plan has no lesion, or none within the series' slices; FileNotWritableError.
    """
    from highdicom.seg import Segmentation, SegmentationTypeValues  # noqa: PLC0415 - only with the extra

    masks = [lesion_labels((lesion,), series.grid) > 0 for lesion in plan.lesions]
    met = np.flatnonzero(np.any(masks, axis=(0, 1, 2))) if masks else np.array([], dtype=int)
    if len(met) == 0:
        raise NoLesionInSeriesError(
            "There is no planned lesion within the slices of the series, so there is nothing to segment.",
            "Plan a lesion first, or leave this format out.",
        )
    # All slices between the first and last that hold a lesion, so that the frames make an even stack.
    span = slice(int(met[0]), int(met[-1]) + 1)
    frames = np.stack([mask[:, :, span].transpose(2, 1, 0) for mask in masks], axis=-1)
    sources = series.slices[span]
    dataset = Segmentation(
        source_images=[_of_one_series(bare_header(header, keep_identity), sources[0]) for header in sources],
        pixel_array=frames.astype(np.uint8),
        segmentation_type=SegmentationTypeValues.BINARY,
        segment_descriptions=[_described(number, lesion) for number, lesion in enumerate(plan.lesions, start=1)],
        series_instance_uid=generate_uid(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MODEL,
        software_versions=__version__,
        device_serial_number=DEVICE_SERIAL,
        content_label="PLANNED_LESIONS",
        content_description=RESEARCH_ONLY,
        series_description=RESEARCH_ONLY,
        transfer_syntax_uid=ExplicitVRLittleEndian,
    )
    dataset.ReferencedSeriesSequence = [_referenced(uid, slices) for uid, slices in by_series(sources).items()]
    if notes:
        dataset.ImageComments = notice_words(notes)
    write_dicom(dataset, path)


def _of_one_series(header: Dataset, first: Dataset) -> Dataset:
    """A header as of the first slice's series: highdicom takes no others; the true series are named afterwards."""
    header.SeriesInstanceUID = first.SeriesInstanceUID
    return header


def _referenced(series_uid: str, slices: Sequence[Dataset]) -> Dataset:
    """An item of the Referenced Series Sequence (PS3.3 C.12.2): a series and those of its slices that are meant."""
    instances = []
    for header in slices:
        instance = Dataset()
        instance.ReferencedSOPClassUID = header.SOPClassUID
        instance.ReferencedSOPInstanceUID = header.SOPInstanceUID
        instances.append(instance)
    item = Dataset()
    item.ReferencedInstanceSequence = instances
    item.SeriesInstanceUID = series_uid
    return item


def _described(number: int, lesion: Lesion) -> Any:
    from highdicom import AlgorithmIdentificationSequence  # noqa: PLC0415
    from highdicom.color import CIELabColor  # noqa: PLC0415
    from highdicom.seg import SegmentAlgorithmTypeValues, SegmentDescription  # noqa: PLC0415
    from highdicom.sr import CodedConcept  # noqa: PLC0415
    from pydicom.sr.codedict import codes  # noqa: PLC0415

    return SegmentDescription(
        segment_number=number,
        segment_label=dicom_name(lesion.name),
        segmented_property_category=codes.cid7150.SpatialAndRelationalConcept,
        segmented_property_type=CodedConcept("PLANNED_LESION", _OWN_SCHEME, "Planned lesion"),
        algorithm_type=SegmentAlgorithmTypeValues.SEMIAUTOMATIC,
        algorithm_identification=AlgorithmIdentificationSequence(
            name="fusplan", version=__version__, family=CodedConcept("ELLIPSOID", _OWN_SCHEME, "Ellipsoid as planned")
        ),
        display_color=CIELabColor.from_rgb(*colour_numbers(LESION)),
    )
