"""A plan in the formats of other programs and as a report."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fusplan.atlas.catalogue import load_template
from fusplan.errors import FileNotWritableError
from fusplan.export.formats import FORMATS, ExportFormat, ExportMaterial, export_files, find_format
from fusplan.export.readings import read_in_plan
from fusplan.planning.atomic_file import write_atomically, writing_errors_explained
from fusplan.progress import PartOfProgress, Progress
from fusplan.report.html_report import report_html
from fusplan.workflows.open_plan import OpenPlanRequest, open_plan, plan_file_at

REPORT_NAME = "report.html"


def _write_report(material: ExportMaterial, folder: Path) -> None:
    plan = material.plan
    page = report_html(
        plan,
        material.volume,
        material.review,
        {target.id: read_in_plan(plan, target.point) for target in plan.targets},
        material.atlases,
        template=load_template(),
        written=f"{date.today().day} {date.today():%B %Y}",
    )
    write_atomically(folder / REPORT_NAME, page.encode("utf-8"))


ALL_FORMATS: Mapping[str, ExportFormat] = {
    **FORMATS,
    "report": ExportFormat("a page to read and print", (REPORT_NAME,), _write_report),
}
"""Every format a plan can be written in."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export and where to.

    Attributes:
        plan_path: a plan file or a plan folder.
        formats: names from ``ALL_FORMATS``; all of them when empty.
        out: folder to write into, made when missing; the plan's own folder when None.
        overwrite: whether files of the same names may be replaced.
        image_path: where the plan's image is now, when it is no longer where the plan says.
    """

    plan_path: Path
    formats: tuple[str, ...] = ()
    out: Path | None = None
    overwrite: bool = False
    image_path: Path | None = None


def export_plan(request: ExportRequest, progress: Progress) -> tuple[Path, ...]:
    """Write a saved plan in the formats asked for; returns the files written.

    Raises:
        FusplanError: an unknown format, a plan or image that cannot be used, files in the way.
    """
    names = request.formats or tuple(ALL_FORMATS)
    chosen = [find_format(name, ALL_FORMATS) for name in names]
    out = request.out if request.out is not None else plan_file_at(request.plan_path).parent
    _refuse_existing([out / name for one in chosen for name in one.file_names], request.overwrite)
    opened = open_plan(OpenPlanRequest(request.plan_path, request.image_path), PartOfProgress(progress, 0.0, 0.5))
    progress.report(0.6, "Writing")
    return write_formats(ExportMaterial(opened.plan, opened.review, opened.volume, opened.atlases), names, out)


def write_formats(material: ExportMaterial, names: tuple[str, ...], out: Path) -> tuple[Path, ...]:
    """Write formats beside whatever ``out`` holds already: first all of them elsewhere, then each in its place.

    Raises:
        FileNotWritableError: no permission, full disk.
    """
    with writing_errors_explained(out):
        out.mkdir(parents=True, exist_ok=True)
        workplace = tempfile.TemporaryDirectory(dir=out, prefix=".fusplan-export.", ignore_cleanup_errors=True)
    with workplace as folder:
        written = export_files(material, names, Path(folder), ALL_FORMATS)
        for path in written:
            with writing_errors_explained(out / path.name):
                path.replace(out / path.name)
    return tuple(out / path.name for path in written)


def _refuse_existing(paths: list[Path], overwrite: bool) -> None:
    present = [path for path in paths if path.exists()]
    if present and not overwrite:
        raise FileNotWritableError(
            f"{', '.join(path.name for path in present)} already in {present[0].parent}.",
            "Choose another folder with --out, or replace them with --overwrite.",
        )
