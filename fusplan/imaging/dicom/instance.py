"""What one DICOM file says of itself, as plain values: kind, series, and where each of its images lies.

Coordinates are those of the file: patient LPS millimetres. Nothing that names the patient is kept, but the words to
recognise it by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pydicom
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

from fusplan.imaging.dicom.container import MAGIC, PREAMBLE_BYTES
from fusplan.imaging.dicom.elements import Numbers, number_of, numbers_of, quiet_pydicom, text_of, texts_of, whole_of
from fusplan.imaging.dicom.identity import private_words

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
    "Modality",
    "SeriesDescription",
    "ProtocolName",
    "SeriesInstanceUID",
    "SeriesNumber",
    "InstanceNumber",
    "AcquisitionNumber",
    "TemporalPositionIdentifier",
    "EchoTime",
    "InversionTime",
    "TriggerTime",
    "DiffusionBValue",
    "ComplexImageComponent",
    "SeriesDate",
    "AcquisitionDate",
    "StudyDate",
    "FrameOfReferenceUID",
    "GantryDetectorTilt",
    "ImagesInAcquisition",
    "NumberOfSlices",
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
]

_TELLING = {
    "ImageType": "image type",
    "ComplexImageComponent": "image type",
    "EchoTime": "echo time",
    "EffectiveEchoTime": "echo time",
    "InversionTime": "inversion time",
    "TemporalPositionIdentifier": "time point",
    "TemporalPositionIndex": "time point",
    "TriggerTime": "trigger time",
    "DiffusionBValue": "diffusion weighting",
    "AcquisitionNumber": "acquisition",
    "FrameType": "image type",
}
"""Elements that tell images in one place apart, and what they are called."""


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
        telling: what tells it from other images in the same place: (what, value).
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
    telling: tuple[tuple[str, str], ...]
    padding: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """One DICOM file.

    Attributes:
        name: of the file in its container.
        uid, series_uid, kind, transfer_syntax: SOP instance, series, SOP class, transfer syntax.
        modality, image_type, description, series_number, number, date: as they are; empty or None when missing.
        frame_of_reference: within which positions can be compared.
        rows, columns, frame_count: size of the images and how many the file holds; 0 when it holds none.
        samples, photometric: values in a voxel, and what they mean.
        bits, signed: of the stored numbers.
        planes: its images; empty when they have no place in space.
        stated_count: of images in the acquisition, as the scanner wrote it.
        tilt_deg: of the gantry, as the scanner wrote it.
        lossy: whether its images were ever compressed with loss.
        has_lookup: whether a table leads from stored numbers to intensities.
        private: words that name the patient; empty when the file says that it does not.
    """

    name: str
    uid: str
    series_uid: str
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
    tilt_deg: float | None
    lossy: bool
    has_lookup: bool
    private: frozenset[str]


def read_instance(stream: BinaryIO, name: str) -> Instance:
    """The header of a DICOM file.

    Raises:
        NotDicomError: it holds no image or other object of a series (a directory, for instance).
        UnreadableDicomError: its header is damaged or packed in a way that is not read.
    """
    with quiet_pydicom():
        try:
            has_preamble = _begins_with_preamble(stream)
            dataset = pydicom.dcmread(stream, stop_before_pixels=True, force=True, specific_tags=list(_READ))
            if not (text_of(dataset, "SeriesInstanceUID") and text_of(dataset, "SOPInstanceUID")):
                is_directory = "DirectoryRecordSequence" in dataset
                raise NotDicomError(name) if is_directory or not has_preamble else UnreadableDicomError("no series")
            return _instance(dataset, name)
        except (NotDicomError, UnreadableDicomError):
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


def _instance(dataset: Dataset, name: str) -> Instance:
    syntax = str(dataset.file_meta.get("TransferSyntaxUID", "")) if hasattr(dataset, "file_meta") else ""
    frame_count = whole_of(dataset, "NumberOfFrames") or 1
    has_image = bool(dataset.get("Rows")) and bool(dataset.get("Columns")) and 1 <= frame_count <= MOST_FRAMES
    return Instance(
        name=name,
        uid=text_of(dataset, "SOPInstanceUID"),
        series_uid=text_of(dataset, "SeriesInstanceUID"),
        kind=text_of(dataset, "SOPClassUID"),
        transfer_syntax=syntax,
        modality=text_of(dataset, "Modality"),
        image_type=texts_of(dataset, "ImageType"),
        description=text_of(dataset, "SeriesDescription") or text_of(dataset, "ProtocolName"),
        series_number=whole_of(dataset, "SeriesNumber"),
        number=whole_of(dataset, "InstanceNumber"),
        date=_date(dataset),
        frame_of_reference=text_of(dataset, "FrameOfReferenceUID"),
        rows=int(dataset.Rows) if has_image else 0,
        columns=int(dataset.Columns) if has_image else 0,
        frame_count=frame_count if has_image else 0,
        samples=whole_of(dataset, "SamplesPerPixel") or 1,
        photometric=text_of(dataset, "PhotometricInterpretation"),
        bits=whole_of(dataset, "BitsAllocated") or 0,
        signed=whole_of(dataset, "PixelRepresentation") == 1,
        planes=_planes(dataset, name, frame_count) if has_image else (),
        stated_count=whole_of(dataset, "NumberOfSlices") or whole_of(dataset, "ImagesInAcquisition"),
        tilt_deg=number_of(dataset, "GantryDetectorTilt"),
        lossy=text_of(dataset, "LossyImageCompression") == "01",
        has_lookup="ModalityLUTSequence" in dataset,
        private=_private(dataset),
    )


def _planes(dataset: Dataset, name: str, frame_count: int) -> tuple[Plane, ...]:
    """The images of a file, or none when it does not say where each of them lies."""
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence")
    planes: list[Plane | None] = []
    if per_frame is None and frame_count == 1:
        planes = [_plane(dataset, [dataset], name, 0)]
    elif per_frame is not None and len(per_frame) == frame_count:
        shared = list(dataset.get("SharedFunctionalGroupsSequence") or ())
        planes = [
            _plane(dataset, [item for group in (own, *shared) for item in _items(group)], name, index)
            for index, own in enumerate(per_frame)
        ]
    return tuple(plane for plane in planes if plane is not None) if all(planes) else ()


def _items(group: Dataset) -> Iterator[Dataset]:
    """The single items of a frame's functional groups: position, orientation, pixel measures, ..."""
    for element in group:
        if element.VR == "SQ" and element.value:
            yield element.value[0]


def _plane(dataset: Dataset, groups: list[Dataset], name: str, index: int) -> Plane | None:
    """One image whose elements are in the first of ``groups`` that has them; None when it has no place in space."""

    def numbers(keyword: str, count: int) -> Numbers | None:
        return next((found for group in groups if (found := numbers_of(group, keyword, count)) is not None), None)

    position, orientation = numbers("ImagePositionPatient", 3), numbers("ImageOrientationPatient", 6)
    spacing = numbers("PixelSpacing", 2)
    if position is None or orientation is None or spacing is None:
        return None
    slope, intercept = numbers("RescaleSlope", 1), numbers("RescaleIntercept", 1)
    telling = ((word, text_of(group, keyword)) for keyword, word in _TELLING.items() for group in groups)
    return Plane(
        source=name,
        frame=index,
        uid=text_of(dataset, "SOPInstanceUID"),
        number=whole_of(dataset, "InstanceNumber"),
        position_mm=position,
        orientation=orientation,
        spacing_mm=spacing,
        slope=slope[0] if slope else 1.0,
        intercept=intercept[0] if intercept else 0.0,
        telling=tuple((word, value) for word, value in telling if value),
        padding=_padding(dataset),
    )


def _padding(dataset: Dataset) -> tuple[float, float] | None:
    """The stored numbers that stand for no image, from the pixel padding value to the limit of its range."""
    value, limit = whole_of(dataset, "PixelPaddingValue"), whole_of(dataset, "PixelPaddingRangeLimit")
    if value is None:
        return None
    ends = [float(_as_stored(dataset, number)) for number in (value, value if limit is None else limit)]
    return min(ends), max(ends)


def _as_stored(dataset: Dataset, number: int) -> int:
    """A padding value as pixels are: some files write that of signed pixels as if they were unsigned."""
    bits = whole_of(dataset, "BitsAllocated") or 16
    is_signed = whole_of(dataset, "PixelRepresentation") == 1
    return number - (1 << bits) if is_signed and number >= 1 << (bits - 1) else number


def _private(dataset: Dataset) -> frozenset[str]:
    if text_of(dataset, "PatientIdentityRemoved").upper() == "YES":
        return frozenset()
    return private_words(value for keyword in _IDENTIFYING for value in texts_of(dataset, keyword))


def _date(dataset: Dataset) -> str | None:
    """``2024-05-31``, of the series or else of the acquisition or the study."""
    for keyword in ("SeriesDate", "AcquisitionDate", "StudyDate"):
        text = text_of(dataset, keyword)
        if len(text) == 8 and text.isascii() and text.isdigit():
            return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return None
