"""Small images with known content, and whole heads that are registered once a session."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from fusplan.imaging.volume import Volume

BlobVolume = Callable[..., Volume]


def blobs(shape: tuple[int, int, int], affine: npt.NDArray[np.float64], centres: npt.ArrayLike) -> Volume:
    """A dim ball of 36 mm about the scanner's origin that holds bright Gaussian blobs of 3 mm at scanner positions."""
    steps = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in shape), indexing="ij", sparse=True)

    def squared_distance(centre: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
        total = np.zeros(shape, dtype=np.float32)
        for row, place in zip(affine[:3].astype(np.float32), centre.astype(np.float32), strict=True):
            total += (row[0] * steps[0] + row[1] * steps[1] + row[2] * steps[2] + row[3] - place) ** 2
        return total

    data = np.where(squared_distance(np.zeros(3)) < 36**2, np.float32(200), np.float32(0))
    for centre in np.atleast_2d(np.asarray(centres, dtype=np.float64)):
        data += 800 * np.exp(squared_distance(centre) / np.float32(-2 * 3.0**2))
    return Volume.of_array(data, affine, "made-for-a-test")


@pytest.fixture
def blob_volume() -> BlobVolume:
    return blobs
