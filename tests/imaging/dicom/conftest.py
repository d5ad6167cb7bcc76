"""Synthetic DICOM series, written by pydicom alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from tests.fixtures.dicom_series import (
    save,
    series_objects,
)

Edit = Callable[[list[FileDataset]], Any]


@pytest.fixture
def write_series(tmp_path: Path) -> Callable[..., Path]:
    """Write a series into a folder, after ``edit`` has changed the list of its objects (or returned another)."""

    def write(edit: Edit | None = None, folder: str = "dicom", **geometry: np.ndarray) -> Path:
        objects = series_objects(**geometry)
        changed = edit(objects) if edit is not None else None
        return save(objects if changed is None else changed, tmp_path / folder)

    return write
