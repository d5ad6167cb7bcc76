"""The elements of a DICOM object as plain values. What is malformed counts as missing, and is remembered."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeAlias

import pydicom
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

Numbers: TypeAlias = tuple[float, ...]

# Besides warning, pydicom logs what it dislikes and quotes it: a patient's name could get into a log file.
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)


@contextmanager
def quiet_pydicom() -> Iterator[None]:
    """Read what scanners write, without warnings: they quote elements, and so could print a patient's name."""
    with warnings.catch_warnings(), pydicom.config.disable_value_validation():
        warnings.simplefilter("ignore")
        yield


class ElementReader:
    """Reads elements of a data set and of its items, and remembers which were there but malformed."""

    def __init__(self) -> None:
        self._malformed: dict[str, None] = {}

    @property
    def malformed(self) -> tuple[str, ...]:
        """Keywords of elements whose value is not what DICOM asks of them, in the order they were read."""
        return tuple(self._malformed)

    def texts(self, dataset: Dataset, keyword: str) -> tuple[str, ...]:
        """Its values as texts, without padding; none when it is missing."""
        return tuple(str(value).strip("\0 ") for value in self._values(dataset, keyword))

    def text(self, dataset: Dataset, keyword: str) -> str:
        """Its values as one text, as DICOM joins them; empty when it is missing."""
        return "\\".join(self.texts(dataset, keyword))

    def all_numbers(self, dataset: Dataset, keyword: str) -> Numbers:
        """Its values when all are finite numbers, else none."""
        try:
            found = tuple(float(value) for value in self._values(dataset, keyword))
        except (TypeError, ValueError):
            found = (math.nan,)
        if all(map(math.isfinite, found)):
            return found
        self._malformed[keyword] = None
        return ()

    def numbers(self, dataset: Dataset, keyword: str, count: int) -> Numbers | None:
        """Its values when they are ``count`` finite numbers, else None."""
        found = self.all_numbers(dataset, keyword)
        if found and len(found) != count:
            self._malformed[keyword] = None
        return found if len(found) == count else None

    def number(self, dataset: Dataset, keyword: str) -> float | None:
        """Its value when it is one finite number, else None."""
        found = self.numbers(dataset, keyword, 1)
        return found[0] if found else None

    def whole(self, dataset: Dataset, keyword: str) -> int | None:
        """Its value as a whole number, else None."""
        found = self.number(dataset, keyword)
        return int(found) if found is not None else None

    def _values(self, dataset: Dataset, keyword: str) -> list[Any]:
        tag = tag_of(keyword)
        if tag not in dataset.keys():  # noqa: SIM118 (the data set's own test takes ten times as long)
            return []
        try:
            value = dataset[tag].value
        except Exception:  # pydicom raises nearly anything for what it cannot convert
            self._malformed[keyword] = None
            return _as_it_is(dataset, keyword)
        if value is None or isinstance(value, str):
            return [value] if value else []
        return list(value) if isinstance(value, (list, tuple, pydicom.multival.MultiValue)) else [value]


@cache
def tag_of(keyword: str) -> BaseTag:
    """The tag of a keyword of the standard."""
    return Tag(keyword)


def _as_it_is(dataset: Dataset, keyword: str) -> list[str]:
    """The text of an element that cannot be converted: a malformed name must still be recognised as one."""
    raw = getattr(dataset.get_item(keyword), "value", None)
    return raw.decode("latin-1").split("\\") if isinstance(raw, bytes) and raw else []


def element_words(keywords: Iterable[str]) -> str:
    """Elements as a person finds them in a DICOM viewer: ``EchoTime (0018,0081)``."""

    return ", ".join(f"{word} ({tag_of(word).group:04X},{tag_of(word).element:04X})" for word in keywords)
