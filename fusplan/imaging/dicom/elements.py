"""The elements of a DICOM object as plain values; what is malformed counts as missing."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pydicom
from pydicom.dataset import Dataset

Numbers: TypeAlias = tuple[float, ...]

# Besides warning, pydicom logs what it dislikes and quotes it: a patient's name could get into a log file.
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)


@contextmanager
def quiet_pydicom() -> Iterator[None]:
    """Read what scanners write, without warnings: they quote elements, and so could print a patient's name."""
    with warnings.catch_warnings(), pydicom.config.disable_value_validation():
        warnings.simplefilter("ignore")
        yield


def _values(dataset: Dataset, keyword: str) -> list[Any]:
    if keyword not in dataset:
        return []
    value = dataset[keyword].value
    if value is None or isinstance(value, str):
        return [value] if value else []
    return list(value) if isinstance(value, (list, tuple, pydicom.multival.MultiValue)) else [value]


def texts_of(dataset: Dataset, keyword: str) -> tuple[str, ...]:
    """Its values as texts, without padding; none when it is missing."""
    return tuple(str(value).strip("\0 ") for value in _values(dataset, keyword))


def text_of(dataset: Dataset, keyword: str) -> str:
    """Its values as one text, as DICOM joins them; empty when it is missing."""
    return "\\".join(texts_of(dataset, keyword))


def numbers_of(dataset: Dataset, keyword: str, count: int) -> Numbers | None:
    """Its values when they are ``count`` finite numbers, else None."""
    try:
        found = tuple(float(value) for value in _values(dataset, keyword))
    except (TypeError, ValueError):
        return None
    return found if len(found) == count and all(map(math.isfinite, found)) else None


def number_of(dataset: Dataset, keyword: str) -> float | None:
    """Its value when it is one finite number, else None."""
    found = numbers_of(dataset, keyword, 1)
    return found[0] if found else None


def whole_of(dataset: Dataset, keyword: str) -> int | None:
    """Its value as a whole number, else None."""
    found = number_of(dataset, keyword)
    return int(found) if found is not None else None
