"""Names that a person gave, as the forms of other programs can hold them."""

from __future__ import annotations

import re

from fusplan.harmless import harmless

LONGEST_DICOM_NAME = 64
"""Characters of a long string (LO, PS3.5 6.2)."""


def plain_name(name: str) -> str:
    """A name on one line: single blanks, no tabs or line breaks, and what would act or not be seen written out."""
    return " ".join(harmless(name).split())


def dicom_name(name: str) -> str:
    """A name as one value of a DICOM long string, where a backslash would begin another value."""
    return plain_name(name).replace("\\", "/")[:LONGEST_DICOM_NAME].strip()


def file_stem(name: str) -> str:
    """A name as letters, digits and hyphens, for a file."""
    return re.sub(r"[^0-9A-Za-z]+", "-", name).strip("-") or "item"
