"""Sizes of paper. Imports no Qt."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fusplan.errors import FusplanError


@dataclass(frozen=True, slots=True)
class Paper:
    """A size of paper, upright."""

    name: str
    width_mm: float
    height_mm: float


PAPERS: Mapping[str, Paper] = MappingProxyType(
    {
        "A4": Paper("A4", 210.0, 297.0),  # ISO 216
        "Letter": Paper("Letter", 215.9, 279.4),  # ANSI/ASME Y14.1: 8.5 x 11 inches
    }
)

LETTER_TERRITORIES = frozenset({"US", "BO", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "VE"})
"""Where letter paper is the usual one (LC_PAPER of 279 x 216 mm in the locales of glibc)."""


class UnknownPaperError(FusplanError):
    """A size of paper that the report is not laid out for."""


def find_paper(name: str) -> Paper:
    """The paper of that name, in any case. Raises UnknownPaperError."""
    found = next((paper for key, paper in PAPERS.items() if key.lower() == name.lower()), None)
    if found is None:
        raise UnknownPaperError(f"There is no paper {name!r}.", f"Choose {' or '.join(PAPERS)}.")
    return found


def usual_paper(environment: Mapping[str, str] | None = None) -> str:
    """The name of the paper of the place that the environment tells of (LC_ALL, LC_PAPER, LANG), else A4."""
    seen = os.environ if environment is None else environment
    locale = next((value for key in ("LC_ALL", "LC_PAPER", "LANG") if (value := seen.get(key))), "")
    territory = locale.partition(".")[0].partition("@")[0].rpartition("_")[2]
    return "Letter" if territory in LETTER_TERRITORIES else "A4"
