"""The numbers of DICOM images, plain or compressed, as float32 intensities.

Plain and RLE pixels are decoded by pydicom; JPEG, JPEG-LS and JPEG 2000 by GDCM inside SimpleITK. GDCM gets each
compressed image alone, in a temporary file that holds nothing but its pixels: no name, no date, no place.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import MRImageStorage, generate_uid

from fusplan.errors import FileUnreadableError
from fusplan.imaging.dicom.container import Container
from fusplan.imaging.dicom.elements import quiet_pydicom
from fusplan.imaging.dicom.instance import Plane
from fusplan.imaging.dicom.kinds import GDCM_SYNTAXES
from fusplan.imaging.header import TruncatedImageError

_PIXEL_ELEMENTS = ("Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation")


class NoPixelDataError(FileUnreadableError):
    """A DICOM image without its pixels."""


class PixelsUnreadableError(FileUnreadableError):
    """The pixels of a DICOM image are damaged."""


def decode_planes(
    container: Container, planes: Sequence[Plane], shape: tuple[int, int, int], title: str
) -> npt.NDArray[np.float32]:
    """The intensities of a stack, axes (column, row, plane), Fortran order.

    Args:
        container: where the planes' files are.
        planes: in the order of the third axis.
        shape: columns, rows, planes.
        title: what the series is called in a refusal.

    Raises:
        NoPixelDataError, TruncatedImageError, PixelsUnreadableError: an image has no, too few or damaged pixels.
    """
    data = np.empty(shape, dtype=np.float32, order="F")
    wanted: dict[str, list[tuple[int, Plane]]] = {}
    for index, plane in enumerate(planes):
        wanted.setdefault(plane.source, []).append((index, plane))
    for source, slots in wanted.items():
        numbers = {plane.frame: index for index, plane in slots}
        with _failures_told(slots[0][0], len(planes), title):
            for frame, stored in _stored_images(container, source):
                if frame in numbers:
                    plane = planes[numbers[frame]]
                    data[:, :, numbers[frame]] = stored.T.astype(np.float64) * plane.slope + plane.intercept
                    del numbers[frame]
            if numbers:
                raise EOFError
    return data


@contextmanager
def _failures_told(index: int, count: int, title: str) -> Iterator[None]:
    """Turn what decoding raises into a sentence. Files are not named: their names may name the patient."""
    which = f"image {index + 1} of {count} of {title}"
    remedy = "Copy the series again from its source."
    try:
        yield
    except KeyError:
        raise NoPixelDataError(f"There are no pixels in {which}.", remedy) from None
    except EOFError:
        raise TruncatedImageError(
            f"There are fewer pixels in {which} than its header says: it is cut off.", remedy
        ) from None
    except MemoryError:
        raise
    except Exception as error:
        # Damaged pixels make the decoders raise nearly anything; their messages may quote elements of the file.
        raise PixelsUnreadableError(
            f"The pixels of {which} cannot be decoded ({type(error).__name__}).", remedy
        ) from None


def _stored_images(container: Container, source: str) -> Iterator[tuple[int, npt.NDArray[np.generic]]]:
    """Each image of a file as (frame, stored numbers of shape (rows, columns)).

    Raises KeyError without pixels, EOFError with too few, and whatever the decoders raise.
    """
    with quiet_pydicom(), container.open(source) as file:
        dataset = pydicom.dcmread(file, force=True)
        if not any(keyword in dataset for keyword in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
            raise KeyError("PixelData")
        if "TransferSyntaxUID" not in dataset.file_meta:
            dataset.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
        if dataset.file_meta.TransferSyntaxUID in GDCM_SYNTAXES:
            yield from enumerate(_decoded_by_gdcm(dataset))
        else:
            _require_enough(dataset)
            yield from enumerate(iter_pixels(dataset, raw=True))


def _require_enough(dataset: Dataset) -> None:
    """Raise EOFError when plain pixels end early; pydicom pads some of them in silence."""
    pixels = dataset.get("PixelData")
    if pixels is None or dataset.file_meta.TransferSyntaxUID.is_compressed:
        return
    count = int(dataset.Rows) * int(dataset.Columns) * int(dataset.get("NumberOfFrames") or 1)
    if len(pixels) * 8 < count * int(dataset.BitsAllocated):
        raise EOFError


def _decoded_by_gdcm(dataset: Dataset) -> Iterator[npt.NDArray[np.generic]]:
    import SimpleITK as sitk  # noqa: PLC0415 - takes 0.1 s to import, and few images are packed so

    frame_count = int(dataset.get("NumberOfFrames") or 1)
    with tempfile.TemporaryDirectory(prefix="fusplan-") as folder:
        path = Path(folder) / "pixels.dcm"
        for frame in generate_frames(dataset.PixelData, number_of_frames=frame_count):
            _pixels_alone(dataset, frame).save_as(path, enforce_file_format=True)
            image = sitk.ReadImage(str(path), imageIO="GDCMImageIO")
            yield np.asarray(sitk.GetArrayFromImage(image)).reshape(int(dataset.Rows), int(dataset.Columns))


def _pixels_alone(dataset: Dataset, frame: bytes) -> Dataset:
    """A DICOM object with one compressed image and nothing else of the file it comes from."""
    alone = Dataset()
    alone.file_meta = FileMetaDataset()
    alone.file_meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    alone.file_meta.MediaStorageSOPClassUID = alone.SOPClassUID = MRImageStorage
    alone.file_meta.MediaStorageSOPInstanceUID = alone.SOPInstanceUID = generate_uid()
    for keyword in _PIXEL_ELEMENTS:
        setattr(alone, keyword, dataset.get(keyword))
    alone.SamplesPerPixel = 1
    alone.PhotometricInterpretation = "MONOCHROME2"
    alone.PixelData = encapsulate([frame])
    alone["PixelData"].is_undefined_length = True
    return alone
