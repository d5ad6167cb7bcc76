"""A thing and what is known of it, in words: rows of a panel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """One row.

    Attributes:
        label: what it is.
        value: the value with its unit.
        explanation: more, for who asks.
    """

    label: str
    value: str
    explanation: str = ""
