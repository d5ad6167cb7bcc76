"""Gzipped NIfTI images as bytes: arrays that are kept beside a plan. Images of a head are read by ``imaging.read``.

The same array and header give the same bytes, so that their sha256 can name the file.
"""

from __future__ import annotations

import gzip
import io
import zlib
from typing import Any

import nibabel as nib
import numpy as np
import numpy.typing as npt
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError
from nibabel.wrapstruct import WrapStructError

LARGEST_BYTES = 1 << 28
"""268 MB unpacked: twice a displacement field over a whole head on a 1 mm grid; the deep brain's has 4 MB. A damaged or
hostile file of 1 MB could unpack to a gigabyte."""

_UNREADABLE = (OSError, EOFError, ValueError, zlib.error, ImageFileError, WrapStructError, HeaderDataError)
"""What gzip and nibabel raise for bytes that are no gzipped NIfTI image."""


def pack(image: nib.Nifti1Image) -> bytes:
    """The bytes of a ``.nii.gz`` file."""
    return gzip.compress(image.to_bytes(), compresslevel=3, mtime=0)


def unpack(content: bytes) -> npt.NDArray[Any]:
    """The array of :func:`pack`, every number as it was. Raises ValueError for bytes that are no such file."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            unpacked = packed.read(LARGEST_BYTES + 1)
        if len(unpacked) > LARGEST_BYTES:
            raise ValueError(f"it unpacks to more than {LARGEST_BYTES / 1e6:.0f} MB")
        return np.asarray(nib.Nifti1Image.from_bytes(unpacked).dataobj)
    except _UNREADABLE as error:
        raise ValueError(f"not a packed image: {error}") from error
