"""Small images with known content, and whole heads that are registered once a session."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fixtures.blobs import BlobVolume, blobs
from tests.fixtures.registrations import Registered, registered_head


@pytest.fixture
def blob_volume() -> BlobVolume:
    return blobs


@pytest.fixture
def registered() -> Callable[[str], Registered]:
    """Each head is registered once."""
    return registered_head
