"""Synthetic DICOM series, written by pydicom alone."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

SHAPE = (36, 40, 32)
"""Columns, rows, slices."""

SPACING_MM = (2.0, 2.25, 2.5)
"""Between columns, rows, slices."""

FIRST_LPS_MM = np.array([-31.5, -42.25, -33.125])
PATIENT = "Gruber^Anna Maria"


def turned(about_x_deg: float = 11.0, about_z_deg: float = -7.0) -> np.ndarray:
    """Columns: directions of growing column, row and slice number, LPS; right-handed."""
    x, z = np.radians(about_x_deg), np.radians(about_z_deg)
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return about_z @ about_x


def voxels() -> np.ndarray:
    """Axes (column, row, slice); no two axes look alike."""
    i, j, k = np.meshgrid(*(np.linspace(-1, 1, size) for size in SHAPE), indexing="ij")
    blob = 900 * np.exp(-2 * (i**2 + 1.3 * j**2 + 0.8 * k**2)) * (1 + 0.3 * i + 0.2 * j - 0.1 * k)
    return np.round(blob).astype(np.uint16)


def true_affine(axes: np.ndarray | None = None, step: np.ndarray | None = None) -> np.ndarray:
    """Voxel (column, row, slice) to RAS mm, from the definition in DICOM PS3.3 C.7.6.2.1.1."""
    axes = turned() if axes is None else axes
    step = axes[:, 2] * SPACING_MM[2] if step is None else step
    lps = np.eye(4)
    lps[:3, 0], lps[:3, 1], lps[:3, 2], lps[:3, 3] = (
        axes[:, 0] * SPACING_MM[0],
        axes[:, 1] * SPACING_MM[1],
        step,
        FIRST_LPS_MM,
    )
    return np.diag([-1.0, -1.0, 1.0, 1.0]) @ lps


def decimal(values: Any) -> list[str]:
    """As scanners write them: at most 16 characters."""
    return [f"{value:.9g}" for value in np.atleast_1d(values)]


def slice_object(
    number: int, pixels: np.ndarray, position: np.ndarray, axes: np.ndarray, uids: dict[str, str]
) -> FileDataset:
    """One MR image."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MRImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    one = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    one.SOPClassUID, one.SOPInstanceUID = MRImageStorage, meta.MediaStorageSOPInstanceUID
    one.StudyInstanceUID, one.SeriesInstanceUID, one.FrameOfReferenceUID = uids["study"], uids["series"], uids["frame"]
    one.Modality, one.SeriesDescription, one.SeriesNumber, one.SeriesDate = "MR", "T1 mprage sag", 4, "20240531"
    one.PatientName, one.PatientID, one.PatientBirthDate = PATIENT, "KSB-4711", "19610203"
    one.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    one.InstanceNumber, one.EchoTime = number, "3.1"
    one.ImagePositionPatient = decimal(position)
    one.ImageOrientationPatient = decimal(np.concatenate([axes[:, 0], axes[:, 1]]))
    one.PixelSpacing = decimal([SPACING_MM[1], SPACING_MM[0]])
    one.SliceThickness = f"{SPACING_MM[2]}"
    one.Rows, one.Columns = pixels.shape
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
    one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 16, 15, 0
    one.PixelData = np.ascontiguousarray(pixels).tobytes()
    return one


def series_objects(axes: np.ndarray | None = None, step: np.ndarray | None = None) -> list[FileDataset]:
    """The slices of one series in spatial order."""
    axes = turned() if axes is None else axes
    step = axes[:, 2] * SPACING_MM[2] if step is None else step
    uids = {name: generate_uid() for name in ("study", "series", "frame")}
    data = voxels()
    return [slice_object(k + 1, data[:, :, k].T, FIRST_LPS_MM + k * step, axes, uids) for k in range(SHAPE[2])]


def save(objects: Sequence[Dataset], folder: Path) -> Path:
    """Write objects under names whose order means nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    names = np.random.default_rng(4).permutation(len(objects))
    for name, one in zip(names, objects, strict=True):
        one.save_as(folder / f"IM{name:05d}", enforce_file_format=True)
    return folder


Edit = Callable[[list[FileDataset]], Any]


@pytest.fixture
def write_series(tmp_path: Path) -> Callable[..., Path]:
    """Write a series into a folder, after ``edit`` has changed the list of its objects (or returned another)."""

    def write(edit: Edit | None = None, folder: str = "dicom", **geometry: np.ndarray) -> Path:
        objects = series_objects(**geometry)
        changed = edit(objects) if edit is not None else None
        return save(objects if changed is None else changed, tmp_path / folder)

    return write


def enhanced(objects: Sequence[FileDataset], order: Sequence[int]) -> FileDataset:
    """The same slices as one enhanced multi-frame object, frames in the given order."""
    one = copy.deepcopy(objects[0])
    one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = pydicom.uid.EnhancedMRImageStorage
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(one, keyword)
    one.NumberOfFrames = len(order)
    one.PixelData = b"".join(objects[index].PixelData for index in order)
    shared, per_frame = Dataset(), []
    shared.PixelMeasuresSequence = [_group(objects[0], "PixelSpacing")]
    shared.PlaneOrientationSequence = [_group(objects[0], "ImageOrientationPatient")]
    for index in order:
        own = Dataset()
        own.PlanePositionSequence = [_group(objects[index], "ImagePositionPatient")]
        transformation = Dataset()
        transformation.RescaleSlope, transformation.RescaleIntercept = "2", "-5"
        own.PixelValueTransformationSequence = [transformation]
        per_frame.append(own)
    one.SharedFunctionalGroupsSequence, one.PerFrameFunctionalGroupsSequence = [shared], per_frame
    return one


def _group(source: Dataset, keyword: str) -> Dataset:
    group = Dataset()
    setattr(group, keyword, getattr(source, keyword))
    return group
