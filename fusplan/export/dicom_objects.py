"""What the DICOM objects of an export have in common: which study they belong to, and whose name they bear.

An object that refers to a series must carry its study and frame of reference UIDs; these are kept always. Everything
else that says who was scanned and when (name, ID, birth date, sex, study date and time, accession number, referring
physician, study ID) is left empty, which the standard allows, unless it is asked for: then the object is filed with
the study in a picture archive, and holds the patient's identity.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

from pydicom import Dataset

from fusplan import __version__
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.planning.atomic_file import write_atomically

MANUFACTURER = "fusplan"
MODEL = "fusplan"
DEVICE_SERIAL = "none"
SERIES_NUMBER = 9001
"""High, so that it does not collide with the scanner's series."""

IDENTITY_TAGS = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "StudyID",
)
"""All of Type 2 in the Patient and General Study modules (PS3.3 C.7.1.1 and C.7.2.1): present, possibly empty."""

_GEOMETRY_TAGS = (
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "FrameOfReferenceUID",
    "PositionReferenceIndicator",
    "Modality",
    "Rows",
    "Columns",
    "PixelSpacing",
    "SliceThickness",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "InstanceNumber",
)


LONGEST_SHORT_TEXT = 1024
"""Characters of DICOM's value representation ST."""


def bare_header(header: Dataset, keep_identity: bool) -> Dataset:
    """A slice's header with what a derived object needs to know, and the identity only when it is to be kept."""
    bare = Dataset()
    bare.SpecificCharacterSet = "ISO_IR 192"
    for tag in _GEOMETRY_TAGS:
        if tag in header:
            setattr(bare, tag, header[tag].value)
    for tag in IDENTITY_TAGS:
        value = header[tag].value if keep_identity and tag in header else None
        setattr(bare, tag, value if value is not None else "")
    bare.SpecificCharacterSet = "ISO_IR 192"
    return bare


def fill_equipment(dataset: Dataset, moment: datetime) -> None:
    """Say what program wrote an object, when, and that it is not for clinical use."""
    dataset.Manufacturer = MANUFACTURER
    dataset.ManufacturerModelName = MODEL
    dataset.DeviceSerialNumber = DEVICE_SERIAL
    dataset.SoftwareVersions = __version__
    dataset.SeriesDescription = RESEARCH_ONLY
    dataset.InstanceCreationDate = f"{moment:%Y%m%d}"
    dataset.InstanceCreationTime = f"{moment:%H%M%S}"


def write_dicom(dataset: Dataset, path: Path) -> None:
    """Write an object as a DICOM file. Raises FileNotWritableError."""
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    write_atomically(path, stream.getvalue())


def colour_numbers(colour: str) -> list[int]:
    """``#rrggbb`` as three numbers up to 255."""
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
