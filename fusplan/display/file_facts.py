"""What the header of an image file says, for the person who opened it."""

from __future__ import annotations

from pathlib import Path

from fusplan.display.facts import Fact
from fusplan.errors import FusplanError
from fusplan.imaging.placement import choose_placement
from fusplan.imaging.read import read_header


def file_facts(path: Path, assumed_scanner_ras: bool = False) -> tuple[Fact, ...]:
    """Format, type of the stored numbers and transform of an image file; only its header is read.

    Nothing when the header cannot be read any more: the image itself is in memory already.
    """
    try:
        header = read_header(path)
        placement = choose_placement(header, assumed_scanner_ras)
    except FusplanError:
        return ()
    stored = header.dtype.newbyteorder("=").name
    return (
        Fact("Format", f"{header.format_name}, {stored}", "File format and type of the stored numbers"),
        Fact("Placed by", f"{placement.source} ({placement.meaning})", "Which transform of the header was used"),
    )
