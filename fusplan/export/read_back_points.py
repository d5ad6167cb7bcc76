"""The files of points read back by plain parsing of their documented forms."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from fusplan.export.check_rows import CheckRow, centre_row, point_rows, target_places, volume_row
from fusplan.export.formats import ExportMaterial
from fusplan.export.named_points import NoPointInFileError, place_points
from fusplan.export.names_in_files import plain_name
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.points_in import read_points
from fusplan.spatial.lps import flip_ras_lps
from fusplan.spatial.points import FloatArray

_PARSER = "plain parsing"

_LESION_CENTRE_LIMIT_MM = 0.01


def check_csv(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """``targets.csv`` in every scanner frame it has, and ``lesions.csv``."""
    rows = _check_target_records(material, "targets.csv", "csv module", _records(folder / "targets.csv"))
    return rows + _check_lesion_records(material, "lesions.csv", "csv module", _records(folder / "lesions.csv"))


def check_json(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """``targets.json``."""
    content = _json(folder / "targets.json")
    rows = _check_target_records(material, "targets.json", "json module", content["targets"])
    return rows + _check_lesion_records(material, "targets.json", "json module", content["lesions"])


def check_markups(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """``targets.mrk.json``."""
    return _check_point_file(material, folder, "targets.mrk.json")


def check_fcsv(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """``targets.fcsv``."""
    return _check_point_file(material, folder, "targets.fcsv")


def check_brainsight(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """``targets_brainsight.txt``."""
    return _check_point_file(material, folder, "targets_brainsight.txt")


def check_localite(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """``targets_localite.xml``."""
    name = "targets_localite.xml"
    root = ElementTree.parse(folder / name).getroot()
    if root.get("coordinateSpace") != "LPS":
        return [CheckRow.unreadable(name, "its coordinate space is not LPS")]
    found = []
    for marker in root.findall("./Target/Marker"):
        place = marker.find("ColVec3D")
        if place is not None:
            lps = [float(place.attrib[f"data{axis}"]) for axis in range(3)]
            found.append((marker.attrib["description"], flip_ras_lps(lps)))
    return point_rows(name, "ElementTree", target_places(material.plan), found)


def check_frames(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """``frames.json``: the targets' coordinates in each frame, brought to scanner RAS by the matrix in the file."""
    name = "frames.json"
    frames = {frame["key"]: frame for frame in _json(folder / name)["frames"]}
    rows = []
    for record_key, frame_key in _COLUMNS.items():
        matrix = np.array(frames[frame_key]["to_scanner_ras_mm"])
        found = [
            (label, matrix[:3, :3] @ place + matrix[:3, 3]) for label, place in _read_in_plan(material, record_key)
        ]
        rows += point_rows(name, "json module", target_places(material.plan), found, frame_key)
    template = material.plan.registration.mni_to_scanner.source.template
    affine = np.array(frames[template]["nonlinear"]["affine"])
    planned = material.plan.registration.mni_to_scanner.affine.matrix
    rows.append(CheckRow(name, "json module", template, "reference", float(np.sum(affine != planned)), 0))
    return rows


def check_report(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """``report.html``: how many targets' names, or the notice, the page does not show."""
    name = "report.html"
    page = _PageText()
    page.feed((folder / name).read_text(encoding="utf-8"))
    shown = plain_name(" ".join(page.parts))
    wanted = [RESEARCH_ONLY, *(label for label, _ in target_places(material.plan))]
    return [CheckRow(name, "html.parser", "names", "reference", sum(one not in shown for one in wanted), 0)]


class _PageText(HTMLParser):
    """The text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


_COLUMNS = {
    "scanner_ras_{}_mm": "scanner_ras",
    "scanner_lps_{}_mm": "scanner_lps",
    "voxel_{}_from_0": "voxel",
    "acpc_from_mcp_{}_mm": "acpc_mcp",
    "acpc_from_pc_{}_mm": "acpc_pc",
    "acpc_from_ac_{}_mm": "acpc_ac",
}
"""Columns of the tables and the frames they are in."""

_AXES = {"scanner": ("x", "y", "z"), "voxel": ("i", "j", "k"), "acpc": ("right", "anterior", "superior")}


def _names(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.format(axis) for axis in _AXES[pattern.split("_", maxsplit=1)[0]])


def _read_in_plan(material: ExportMaterial, pattern: str) -> Iterator[tuple[str, FloatArray]]:
    from fusplan.export.readings import read_in_plan  # noqa: PLC0415

    for target in material.plan.targets:
        columns = read_in_plan(material.plan, target.point).columns
        yield plain_name(target.name), np.array([columns[name] for name in _names(pattern)])


def _check_point_file(material: ExportMaterial, folder: Path, name: str) -> list[CheckRow]:
    try:
        file = read_points(folder / name)
    except NoPointInFileError:
        if target_places(material.plan):
            raise
        return []
    placed = place_points(file, file.settle_frame(None), material.plan.image.frame)
    found = [(label, point.array) for label, point in placed]
    return point_rows(name, _PARSER, target_places(material.plan), found)


def _check_target_records(
    material: ExportMaterial, file: str, reader: str, records: list[dict[str, Any]]
) -> list[CheckRow]:
    """Scanner RAS as it stands, and LPS and voxels brought back to it by this module's own arithmetic."""
    expected = target_places(material.plan)
    affine = material.volume.affine
    rows = []
    for pattern, frame in (
        ("scanner_ras_{}_mm", ""),
        ("scanner_lps_{}_mm", "LPS"),
        ("voxel_{}_from_0", "voxel"),
    ):
        found = []
        for record in records:
            place = np.array([float(record[name]) for name in _names(pattern)])
            if "lps" in pattern:
                place = flip_ras_lps(place)
            if "voxel" in pattern:
                place = affine[:3, :3] @ place + affine[:3, 3]
            found.append((plain_name(str(record["name"])), place))
        rows += point_rows(file, reader, expected, found, frame)
    return rows


def _check_lesion_records(
    material: ExportMaterial, file: str, reader: str, records: list[dict[str, Any]]
) -> list[CheckRow]:
    rows = []
    by_id = {str(record["id"]): record for record in records}
    for lesion in material.plan.lesions:
        record = by_id[lesion.id]
        place = np.array([float(record[f"centre_scanner_ras_{axis}_mm"]) for axis in "xyz"])
        rows.append(centre_row(file, reader, lesion.name, place, lesion.centre.array, _LESION_CENTRE_LIMIT_MM))
        found_mm3 = np.pi / 6 * np.prod([float(record[key]) for key in ("width_1_mm", "width_2_mm", "length_mm")])
        rows.append(volume_row(file, reader, lesion.name, float(found_mm3), lesion.ellipsoid.volume_mm3))
    return rows


def _records(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
