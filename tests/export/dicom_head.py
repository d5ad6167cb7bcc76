"""A synthetic MR series on the grid of ``plans.volume()``, written slice by slice from the standard's definitions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

from tests.planning import plans

STUDY_UID = "1.2.826.0.1.3680043.8.498.1"
SERIES_UID = "1.2.826.0.1.3680043.8.498.2"
FRAME_UID = "1.2.826.0.1.3680043.8.498.3"
NAME, IDENTIFIER, BIRTH_DATE, STUDY_DATE = "Doe^Jane", "PID-4711", "19600102", "20240305"


def slice_headers(affine: np.ndarray | None = None, size: int = 96) -> list[Dataset]:
    """One header for each slice: columns along the first voxel axis, rows along the second."""
    matrix = np.diag([-1.0, -1.0, 1.0, 1.0]) @ (plans.image_affine() if affine is None else affine)
    spacing = np.linalg.norm(matrix[:3, :3], axis=0)
    cosines = matrix[:3, :3] / spacing
    headers = []
    for index in range(size):
        one = Dataset()
        one.SOPClassUID = MRImageStorage
        one.SOPInstanceUID = f"{SERIES_UID}.{index + 1}"
        one.StudyInstanceUID, one.SeriesInstanceUID, one.FrameOfReferenceUID = STUDY_UID, SERIES_UID, FRAME_UID
        one.Modality, one.StudyDate, one.StudyTime, one.AccessionNumber, one.StudyID = (
            "MR",
            STUDY_DATE,
            "1201",
            "A1",
            "7",
        )
        one.PatientName, one.PatientID, one.PatientBirthDate, one.PatientSex = NAME, IDENTIFIER, BIRTH_DATE, "F"
        one.ReferringPhysicianName = "Roe^Richard"
        one.InstitutionName = "General Hospital"
        one.Rows = one.Columns = size
        one.PixelSpacing = [f"{spacing[1]:.6f}", f"{spacing[0]:.6f}"]
        one.SliceThickness = f"{spacing[2]:.6f}"
        one.ImageOrientationPatient = [f"{value:.10f}" for value in (*cosines[:, 0], *cosines[:, 1])]
        one.ImagePositionPatient = [f"{value:.6f}" for value in matrix[:3, 3] + index * matrix[:3, 2]]
        one.InstanceNumber = size - index  # the order of numbers is not the order in space
        headers.append(one)
    return headers


def write_series(folder: Path, headers: list[Dataset] | None = None) -> Path:
    """Headers as files without pixels, which nothing here reads; beside them a file that is not DICOM."""
    for index, one in enumerate(slice_headers() if headers is None else headers):
        one.file_meta = FileMetaDataset()
        one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID
        one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
        (folder / "slices").mkdir(exist_ok=True)
        one.save_as(folder / "slices" / f"IM{index:04d}", enforce_file_format=True)
    (folder / "notes.txt").write_text("not a DICOM file")
    return folder
