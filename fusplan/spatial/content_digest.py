"""Keys made of content: the same numbers give the same key, in another process and after a file, too.

What is compared by such a key may be a copy; ``is`` and ``id()`` hold for one object in one process only.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

import numpy as np
import numpy.typing as npt


def content_digest(*content: Any) -> str:
    """Sha256 (hex) of numbers, texts, None, and sequences of these; floats count with all their digits."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode("ascii")).hexdigest()


def array_digest(array: npt.NDArray[Any]) -> str:
    """Sha256 (hex) of an array's type, shape and values, whatever its layout in memory: 2 ms a megabyte."""
    values = np.ascontiguousarray(array)
    if sys.byteorder == "big":  # pragma: no cover - no such machine here
        values = values.byteswap()
    digest = hashlib.sha256(f"{values.dtype.kind}{values.dtype.itemsize} {values.shape}".encode("ascii"))
    digest.update(values.data)
    return digest.hexdigest()
