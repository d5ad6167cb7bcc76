"""Which structures stand out in every picture: what plans aim at by default, and fainter what that is cut from."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from fusplan.atlas.structure_ref import CLP_KEY

Prominence: TypeAlias = Literal["aim", "about the aim", "other"]

_PROMINENT: Final[dict[str, Prominence]] = {CLP_KEY: "aim", "CL": "about the aim"}


def prominence(key: str) -> Prominence:
    """How far a structure stands out, by its abbreviation or the key of a part."""
    return _PROMINENT.get(key, "other")


def stands_out(key: str) -> bool:
    """Whether a structure is drawn over the others, and named first."""
    return prominence(key) == "aim"
