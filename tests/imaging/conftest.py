"""Small heads on disk, written by nibabel: an independent program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from tests.fixtures.nifti_heads import WriteHead, edit_header, head_affine, head_array


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
