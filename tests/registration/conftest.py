"""Small images with known content, and whole heads that are registered once a session."""

from __future__ import annotations

import pytest

from tests.fixtures.blobs import BlobVolume, blobs


@pytest.fixture
def blob_volume() -> BlobVolume:
    return blobs
