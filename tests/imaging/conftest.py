"""Small heads on disk, written by nibabel: an independent program."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

SHAPE = (34, 40, 36)
SPACING_MM = 2.0


def head_array(shape: tuple[int, ...] = SHAPE, dtype: str = "int16") -> np.ndarray:
    """A smooth blob with a gradient, so that no two axes look alike; 0 to about 200."""
    i, j, k = np.meshgrid(*(np.linspace(-1, 1, size) for size in shape[:3]), indexing="ij")
    blob = 200 * np.exp(-2 * (i**2 + 1.3 * j**2 + 0.8 * k**2)) * (1 + 0.3 * i + 0.2 * j - 0.1 * k)
    return np.round(np.clip(blob, 0, 250)).astype(dtype)


def head_affine() -> np.ndarray:
    """2 mm, oblique, left-handed."""
    x, z = np.radians(11), np.radians(-7)
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    affine = np.eye(4)
    affine[:3, :3] = about_z @ about_x @ np.diag([-SPACING_MM, SPACING_MM, SPACING_MM])
    affine[:3, 3] = (33.0, -41.5, -30.25)
    return affine


def edit_header(path: Path, kind: Any, edit: Callable[[Any], None]) -> None:
    """Change a written NIfTI header; nibabel itself would make it agree with the image when writing."""
    packed = path.name.endswith(".gz")
    content = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    size = kind.header_class.sizeof_hdr
    header = kind.header_class(content[:size], check=False)
    edit(header)
    content = header.binaryblock + content[size:]
    path.write_bytes(gzip.compress(content) if packed else content)


WriteHead = Callable[..., Path]


@pytest.fixture
def write_head(tmp_path: Path) -> WriteHead:
    """Write a head: ``write_head("a.nii.gz", data=..., affine=..., kind=nib.Nifti1Image, edit=change_the_header)``."""

    def write(
        name: str = "head.nii.gz",
        data: np.ndarray | None = None,
        affine: np.ndarray | None = None,
        kind: Any = nib.Nifti1Image,
        edit: Callable[[Any], None] | None = None,
        header: Any = None,
    ) -> Path:
        image = kind(head_array() if data is None else data, head_affine() if affine is None else affine, header)
        path = tmp_path / name
        image.to_filename(path)
        if edit is not None:
            edit_header(path, kind, edit)
        return path

    return write
