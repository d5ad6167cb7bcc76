"""What one DICOM file says of itself, as plain values: kind, series, and where each of its images lies.

Coordinates are those of the file: patient LPS millimetres. Nothing that names the patient is kept, but the words to
recognise it by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

import pydicom
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

from fusplan.imaging.dicom.container import MAGIC, PREAMBLE_BYTES
from fusplan.imaging.dicom.directory import DirectoryError, referenced_files
from fusplan.imaging.dicom.elements import ElementReader, Numbers, quiet_pydicom
from fusplan.imaging.dicom.identity import private_words
from fusplan.imaging.dicom.telling import (
    PRIVATE_ELEMENTS,
    TELLING_ELEMENTS,
    Telling,
    state_private_b_value,
    telling_values,
)

MOST_FRAMES = 20_000

_IDENTIFYING = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "OtherPatientNames",
    "OtherPatientIDs",
    "PatientBirthName",
    "AccessionNumber",
)

_READ = [
    "DirectoryRecordSequence",
    *_IDENTIFYING,
    "PatientIdentityRemoved",
    "ImageType",
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyInstanceUID",
    "Modality",
    "SeriesDescription",
    "ProtocolName",
    "SeriesInstanceUID",
    "SeriesNumber",
    "InstanceNumber",
    "SeriesDate",
    "AcquisitionDate",
    "StudyDate",
    "FrameOfReferenceUID",
    "GantryDetectorTilt",
    "ImagesInAcquisition",
    "NumberOfSlices",
    "SpacingBetweenSlices",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "Rows",
    "Columns",
    "NumberOfFrames",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "BitsAllocated",
    "BitsStored",
    "PixelRepresentation",
    "RescaleSlope",
    "RescaleIntercept",
    "PixelPaddingValue",
    "PixelPaddingRangeLimit",
    "ModalityLUTSequence",
    "LossyImageCompression",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
    *TELLING_ELEMENTS,
    *PRIVATE_ELEMENTS,
]

UNSAFE_WHEN_MALFORMED = frozenset(
    {
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "PixelSpacing",
        "Rows",
        "Columns",
        "NumberOfFrames",
        "SamplesPerPixel",
        "BitsAllocated",
        "PixelRepresentation",
        "RescaleSlope",
        "RescaleIntercept",
    }
)
"""Where an image lies and what its numbers mean: without them it cannot be used, and no default may stand in."""


class NotDicomError(ValueError):
    """A file is no DICOM object of a series; one of the files that are passed over."""


class UnreadableDicomError(ValueError):
    """A file begins as DICOM, but its header cannot be read."""


@dataclass(frozen=True, slots=True)
class Plane:
    """One image of a file and where it lies.

    Attributes:
        source: the file's name in its container.
        frame: which image of the file, from 0.
        uid: SOP instance UID of the file.
        number: instance number, if any.
        position_mm: LPS of the centre of its first voxel.
        orientation: unit directions, LPS: of growing column number (3), then of growing row number (3).
        spacing_mm: between rows, then between columns, as DICOM orders them.
        slope, intercept: stored numbers times ``slope`` plus ``intercept`` are intensities.
        telling: with what it was taken, which tells it from images of other acquisitions.
        padding: lowest and highest stored number that the file says is no image; None when it does not say.
    """

    source: str
    frame: int
    uid: str
    number: int | None
    position_mm: Numbers
    orientation: Numbers
    spacing_mm: Numbers
    slope: float
    intercept: float
    telling: Telling
    padding: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """One DICOM file.

    Attributes:
        name: of the file in its container.
        uid, series_uid, study_uid, kind, transfer_syntax: SOP instance, series, study, SOP class, transfer syntax.
        modality, image_type, description, series_number, number, date: as they are; empty or None when missing.
        frame_of_reference: within which positions can be compared.
        rows, columns, frame_count: size of the images and how many the file holds; 0 when it holds none.
        samples, photometric: values in a voxel, and what they mean.
        bits, signed: of the stored numbers.
        planes: its images; empty when they have no place in space.
        stated_count: of images in the acquisition, as the scanner wrote it.
        stated_spacing_mm: between the centres of slices, as the scanner wrote it.
        tilt_deg: of the gantry, as the scanner wrote it.
        lossy: whether its images were ever compressed with loss.
        has_lookup: whether a table leads from stored numbers to intensities.
        malformed: keywords of elements that are there but are not what DICOM asks of them.
        private: words that name the patient; empty when the file says that it does not.
    """

    name: str
    uid: str
    series_uid: str
    study_uid: str
    kind: str
    transfer_syntax: str
    modality: str
    image_type: tuple[str, ...]
    description: str
    series_number: int | None
    number: int | None
    date: str | None
    frame_of_reference: str
    rows: int
    columns: int
    frame_count: int
    samples: int
    photometric: str
    bits: int
    signed: bool
    planes: tuple[Plane, ...]
    stated_count: int | None
    stated_spacing_mm: float | None
    tilt_deg: float | None
    lossy: bool
    has_lookup: bool
    malformed: tuple[str, ...]
    private: frozenset[str]


def read_instance(stream: BinaryIO, name: str) -> Instance:
    """The header of a DICOM file.

    Raises:
        NotDicomError: it holds no image or other object of a series.
        DirectoryError: it is a DICOMDIR.
        UnreadableDicomError: its header is damaged or packed in a way that is not read.
    """
    with quiet_pydicom():
        try:
            has_preamble = _begins_with_preamble(stream)
            dataset = pydicom.dcmread(stream, stop_before_pixels=True, force=True, specific_tags=list(_READ))
            if "DirectoryRecordSequence" in dataset:
                raise DirectoryError(referenced_files(dataset))
            state_private_b_value(dataset)
            reader = ElementReader()
            if not (reader.text(dataset, "SeriesInstanceUID") and reader.text(dataset, "SOPInstanceUID")):
                raise UnreadableDicomError("no series") if has_preamble else NotDicomError(name)
            return _instance(dataset, name, reader)
        except (NotDicomError, UnreadableDicomError, DirectoryError):
            raise
        except Exception as error:
            # A damaged header makes pydicom raise nearly anything: struct.error, KeyError, RecursionError, ...
            raise UnreadableDicomError(type(error).__name__) from None


def _begins_with_preamble(stream: BinaryIO) -> bool:
    """Whether a file begins as DICOM part 10 asks.

    Raises UnreadableDicomError for deflated files: pydicom would unpack one whole, however large it becomes, before
    anything can be looked at.
    """
    found = stream.read(PREAMBLE_BYTES + len(MAGIC)).endswith(MAGIC)
    if found:
        meta = read_dataset(stream, False, True, stop_when=lambda tag, _vr, _length: tag.group != 2)
        if meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:
            raise UnreadableDicomError("deflated")
    stream.seek(0)
    return found


def _instance(dataset: Dataset, name: str, reader: ElementReader) -> Instance:
    syntax = str(dataset.file_meta.get("TransferSyntaxUID", "")) if hasattr(dataset, "file_meta") else ""
    text, whole = partial(reader.text, dataset), partial(reader.whole, dataset)
    rows, columns = whole("Rows") or 0, whole("Columns") or 0
    frame_count = whole("NumberOfFrames") or 1
    has_image = rows > 0 and columns > 0 and 1 <= frame_count <= MOST_FRAMES
    planes = _planes(dataset, name, frame_count, reader) if has_image else ()
    return Instance(
        name=name,
        uid=text("SOPInstanceUID"),
        series_uid=text("SeriesInstanceUID"),
        study_uid=text("StudyInstanceUID"),
        kind=text("SOPClassUID"),
        transfer_syntax=syntax,
        modality=text("Modality"),
        image_type=tuple(value.upper() for value in reader.texts(dataset, "ImageType")),
        description=text("SeriesDescription") or text("ProtocolName"),
        series_number=whole("SeriesNumber"),
        number=whole("InstanceNumber"),
        date=_date(dataset, reader),
        frame_of_reference=text("FrameOfReferenceUID"),
        rows=rows,
        columns=columns,
        frame_count=frame_count if has_image else 0,
        samples=whole("SamplesPerPixel") or 1,
        photometric=text("PhotometricInterpretation"),
        bits=whole("BitsAllocated") or 0,
        signed=whole("PixelRepresentation") == 1,
        planes=() if UNSAFE_WHEN_MALFORMED.intersection(reader.malformed) else planes,
        stated_count=whole("NumberOfSlices") or whole("ImagesInAcquisition"),
        stated_spacing_mm=reader.number(dataset, "SpacingBetweenSlices"),
        tilt_deg=reader.number(dataset, "GantryDetectorTilt"),
        lossy=text("LossyImageCompression") == "01",
        has_lookup="ModalityLUTSequence" in dataset,
        private=_private(dataset, reader),
        malformed=reader.malformed,
    )


def _planes(dataset: Dataset, name: str, frame_count: int, reader: ElementReader) -> tuple[Plane, ...]:
    """The images of a file, or none when it does not say where each of them lies."""
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence")
    planes: list[Plane | None] = []
    if per_frame is None and frame_count == 1:
        planes = [_plane(dataset, [dataset], name, 0, reader)]
    elif per_frame is not None and len(per_frame) == frame_count:
        shared = list(dataset.get("SharedFunctionalGroupsSequence") or ())
        planes = [
            _plane(dataset, [item for group in (own, *shared) for item in _items(group)], name, index, reader)
            for index, own in enumerate(per_frame)
        ]
    return tuple(plane for plane in planes if plane is not None) if all(planes) else ()


def _items(group: Dataset) -> Iterator[Dataset]:
    """The single items of a frame's functional groups, and of the groups in them: position, diffusion, ..."""
    for element in group:
        if element.VR == "SQ" and element.value:
            yield element.value[0]
            yield from _items(element.value[0])


def _plane(dataset: Dataset, groups: list[Dataset], name: str, index: int, reader: ElementReader) -> Plane | None:
    """One image whose elements are in the first of ``groups`` that has them; None when it has no place in space."""

    def numbers(keyword: str, count: int) -> Numbers | None:
        return next((found for group in groups if (found := reader.numbers(group, keyword, count)) is not None), None)

    position, orientation = numbers("ImagePositionPatient", 3), numbers("ImageOrientationPatient", 6)
    spacing = numbers("PixelSpacing", 2)
    if position is None or orientation is None or spacing is None:
        return None
    slope, intercept = numbers("RescaleSlope", 1), numbers("RescaleIntercept", 1)
    return Plane(
        source=name,
        frame=index,
        uid=reader.text(dataset, "SOPInstanceUID"),
        number=reader.whole(dataset, "InstanceNumber"),
        position_mm=position,
        orientation=orientation,
        spacing_mm=spacing,
        slope=slope[0] if slope else 1.0,
        intercept=intercept[0] if intercept else 0.0,
        telling=telling_values(groups, reader),
        padding=_padding(dataset, reader),
    )


def _padding(dataset: Dataset, reader: ElementReader) -> tuple[float, float] | None:
    """The stored numbers that stand for no image, from the pixel padding value to the limit of its range."""
    value, limit = reader.whole(dataset, "PixelPaddingValue"), reader.whole(dataset, "PixelPaddingRangeLimit")
    if value is None:
        return None
    ends = [float(_as_stored(dataset, number, reader)) for number in (value, value if limit is None else limit)]
    return min(ends), max(ends)


def _as_stored(dataset: Dataset, number: int, reader: ElementReader) -> int:
    """A padding value as pixels are: some files write that of signed pixels as if they were unsigned."""
    bits = reader.whole(dataset, "BitsAllocated") or 16
    is_signed = reader.whole(dataset, "PixelRepresentation") == 1
    return number - (1 << bits) if is_signed and number >= 1 << (bits - 1) else number


def _private(dataset: Dataset, reader: ElementReader) -> frozenset[str]:
    if reader.text(dataset, "PatientIdentityRemoved").upper() == "YES":
        return frozenset()
    return private_words(value for keyword in _IDENTIFYING for value in reader.texts(dataset, keyword))


def _date(dataset: Dataset, reader: ElementReader) -> str | None:
    """``2024-05-31``, of the series or else of the acquisition or the study."""
    for keyword in ("SeriesDate", "AcquisitionDate", "StudyDate"):
        text = reader.text(dataset, keyword)
        if len(text) == 8 and text.isascii() and text.isdigit():
            return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return None
