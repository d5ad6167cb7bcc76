"""The printed report read back by pypdf: its pages, the notice on each, every target's name and coordinates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fusplan.export.check_rows import CheckRow
from fusplan.export.formats import ExportMaterial
from fusplan.export.names_in_files import plain_name
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.readings import read_in_plan
from fusplan.spatial.points import FloatArray

NAME = "report.pdf"
READER = "pypdf"
PAGES = 2
MOST_TREATED = 2
"""Pages of a treatment that was simulated, one a target."""

SHOWN_TARGETS = 6
"""So many targets have their coordinates on the pages; of the others the pages say that they are left out."""

_DRAWN = re.compile(rb"^[-.\d ]+ [mlc]\n", re.MULTILINE)
"""Operators of ways (move, line, curve), one a line as Qt writes them: nine of ten of a page, and none of its words."""

_NUMBER = r"\s*([-\N{MINUS SIGN}]?\d+\.\d\d)"


def check_pdf(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """``report.pdf``: each target of the first six in every scanner frame and the template's."""
    import pypdf  # noqa: PLC0415 - comes with the extra "exchange"

    pages = [text_of(page) for page in pypdf.PdfReader(folder / NAME).pages]
    text = "".join(pages)
    targets = material.plan.targets[:SHOWN_TARGETS]
    treated = 0 if material.simulated is None else len(material.simulated.targets)
    wanted = PAGES + min(treated, MOST_TREATED)
    wrong = abs(len(pages) - wanted) + sum(_bare(RESEARCH_ONLY) not in _bare(page) for page in pages)
    rows = [CheckRow(NAME, READER, "pages and their notice", "reference", float(wrong), 0)]
    missing = sum(_bare(_beginning(target.name)) not in _bare(text) for target in targets)
    rows.append(CheckRow(NAME, READER, "names", "reference", float(missing), 0))
    for label, places in _planned(material):
        printed = _printed(text, label)
        for target, place, found in zip(targets, places, _as_many(printed, len(places)), strict=True):
            # The frame of the plan itself goes without saying, as in the checks of the other formats.
            by = "" if label == material.plan.image.frame.label else f" by {label}"
            rows.append(_row(f"{plain_name(target.name)}{by}", place, found))
    return rows


def text_of(page: Any) -> str:
    """The words of a page of pypdf's; the lines drawn on it, which pypdf reads for seconds, are gone from it then."""
    from pypdf.generic import DecodedStreamObject, NameObject  # noqa: PLC0415 - as above

    content = page.get_contents()
    words = DecodedStreamObject()
    words.set_data(_DRAWN.sub(b"", content.get_data() if content is not None else b""))
    page[NameObject("/Contents")] = words
    return str(page.extract_text())


def _row(subject: str, planned: FloatArray, found: FloatArray | None) -> CheckRow:
    error = float("inf") if found is None else float(np.linalg.norm(found - planned))
    return CheckRow(NAME, READER, subject, "point", error, 0.01)


def _planned(material: ExportMaterial) -> Iterator[tuple[str, list[FloatArray]]]:
    """The label of each frame as the page has it, and the coordinates of the targets in it."""
    found: dict[str, list[FloatArray]] = {}
    for target in material.plan.targets[:SHOWN_TARGETS]:
        reading = read_in_plan(material.plan, target.point)
        found.setdefault("LPS mm (DICOM, ITK)", []).append(np.array(reading.lps_mm))
        points = (reading.scanner, reading.acpc_from_mcp, reading.acpc_from_pc, reading.acpc_from_ac, reading.mni)
        for point in (*points, reading.voxel):
            found.setdefault(point.frame.label, []).append(point.array)
    yield from found.items()


def _printed(text: str, label: str) -> list[FloatArray]:
    """Every three numbers that follow a frame's label, over line breaks and the words that say how they count."""
    pattern = re.escape(label).replace(r"\ ", r"\s+") + r"(?:\s*[a-z'][a-z',\s]*?)?" + _NUMBER * 3
    return [
        np.array([float(number.replace("\N{MINUS SIGN}", "-")) for number in match.groups()])
        for match in re.finditer(pattern, text)
    ]


def _as_many(found: list[FloatArray], count: int) -> list[FloatArray | None]:
    return [*found[:count], *[None] * (count - len(found))]


def _beginning(name: str) -> str:
    """What is printed of a long name for certain: names are cut in the middle."""
    return " ".join(name.split())[:18]


def _bare(words: str) -> str:
    return "".join(words.split())
