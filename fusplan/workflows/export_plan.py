"""A plan in the formats of other programs and as a report."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from fusplan.atlas.catalogue import load_template
from fusplan.errors import FileNotWritableError, FusplanError
from fusplan.export.dicom_series import DicomSeriesMismatchError, exchange_extra_installed, require_planning_series
from fusplan.export.formats import (
    FORMATS,
    TREATMENT,
    ExportFormat,
    ExportMaterial,
    export_files,
    find_format,
)
from fusplan.export.own_folder import require_own_folder
from fusplan.export.readings import read_in_plan
from fusplan.export.self_check import SelfCheck, self_check
from fusplan.imaging.notes import Notes
from fusplan.imaging.volume import Volume
from fusplan.planning.atomic_file import write_atomically, writing_errors_explained
from fusplan.printing.paper import find_paper, usual_paper
from fusplan.printing.ready import printing_problem, require_printing
from fusplan.progress import PartOfProgress, Progress
from fusplan.report.html_report import report_html
from fusplan.report.printed.report import printed_report
from fusplan.workflows.open_plan import open_plan, plan_file_at
from fusplan.workflows.requests import ExportRequest, OpenPlanRequest
from fusplan.workflows.simulation_of_plan import PlanOnHead, simulate_saved, simulation_at_hand

REPORT_NAME = "report.html"
PDF_NAME = "report.pdf"
PDF = "pdf"
WITH_TREATMENT = (TREATMENT, "report", PDF)
"""Formats that show what the treatment does."""

NO_TREATMENT = (
    f"Left out: {TREATMENT}: the plan has no treatment of its own. --format {TREATMENT} simulates the one that the "
    "program proposes."
)


def _today() -> str:
    return f"{date.today().day} {date.today():%B %Y}"


def _write_report(material: ExportMaterial, folder: Path) -> None:
    plan = material.plan
    page = report_html(
        plan,
        material.volume,
        material.review,
        {target.id: read_in_plan(plan, target.point) for target in plan.targets},
        material.atlases,
        template=load_template(),
        written=_today(),
        simulated=material.simulated,
    )
    write_atomically(folder / REPORT_NAME, page.encode("utf-8"))


def _write_pdf(material: ExportMaterial, folder: Path) -> None:
    require_printing()
    # Qt is loaded when a page is drawn, and never otherwise: the command line works without it.
    from fusplan.printing.pdf_file import draw_pdf  # noqa: PLC0415

    plan = material.plan
    report = printed_report(
        plan,
        material.volume,
        material.review,
        {target.id: read_in_plan(plan, target.point) for target in plan.targets},
        material.atlases,
        template=load_template(),
        written=_today(),
        simulated=material.simulated,
    )
    write_atomically(folder / PDF_NAME, draw_pdf(report, find_paper(material.paper or usual_paper())).content)


ALL_FORMATS: Mapping[str, ExportFormat] = {
    **FORMATS,
    "report": ExportFormat("a page to read and print", (REPORT_NAME,), _write_report),
    PDF: ExportFormat("the report to print: two pages, and one a simulated target", (PDF_NAME,), _write_pdf),
}
"""Every format a plan can be written in."""

PLAN_FOLDER_FORMATS = ("csv", "mrk.json", "nifti", "report")
"""What is written with every new plan; the others are for those who have the other program."""

ALL = "all"
"""Stands for every format where names of formats are given."""


@dataclass(frozen=True, slots=True)
class CheckedExport:
    """What was written, and what reading it back found.

    Attributes:
        files: every file, where it is.
        check: point by point and lesion by lesion.
        left_out: a sentence for every format that ``all`` would have but for something missing.
        out: the folder written into.
        messages: about atlases that were left out, and a stored review that was not believed.
        image_notes: what the reader of the planning image noticed.
    """

    files: tuple[Path, ...]
    check: SelfCheck
    left_out: tuple[str, ...]
    out: Path
    messages: tuple[str, ...] = ()
    image_notes: Notes = ()

    @property
    def places(self) -> dict[Path, int]:
        """The files and folders in ``out``, and how many files each is."""
        return Counter(self.out / file.relative_to(self.out).parts[0] for file in self.files)


def export_plan(request: ExportRequest, progress: Progress) -> tuple[Path, ...]:
    """Write a saved plan in the formats asked for; returns the files written.

    Raises:
        FusplanError: an unknown format, a plan or image that cannot be used, files in the way.
    """
    return export_and_check(request, progress).files


def export_and_check(request: ExportRequest, progress: Progress) -> CheckedExport:
    """Write a saved plan in the formats asked for, then read every file back and compare it with the plan.

    Raises:
        FusplanError: as for :func:`export_plan`. Files that differ from the plan are no error: see ``check.failed``.
    """
    names = tuple(ALL_FORMATS) if not request.formats or ALL in request.formats else request.formats
    chosen = [find_format(name, ALL_FORMATS) for name in names]
    if request.paper:
        find_paper(request.paper)
    if PDF in names and names != tuple(ALL_FORMATS):
        require_printing()
    out = request.out if request.out is not None else plan_file_at(request.plan_path).parent
    _refuse_existing([out / name for one in chosen for name in one.file_names], request.overwrite)
    wanted = OpenPlanRequest(request.plan_path, request.image_path, request.review)
    opened = open_plan(wanted, PartOfProgress(progress, 0.0, 0.5))
    series = request.dicom_series or _series_folder_of(opened.volume)
    material = ExportMaterial(
        opened.plan, opened.review, opened.volume, opened.atlases, series, request.keep_identity, request.paper
    )
    left_out: tuple[str, ...] = ()
    everything = names == tuple(ALL_FORMATS)
    if everything:
        names, left_out = _possible(material, names, insist=request.dicom_series is not None)
    if not set(names).isdisjoint(WITH_TREATMENT):
        simulating = PartOfProgress(progress, 0.5, 0.6)
        names, material, untold = _with_treatment(material, names, request, not everything, simulating)
        left_out += untold
    progress.report(0.6, "Writing")
    files = write_formats(material, names, out)
    progress.report(0.85, "Reading every file back")
    return CheckedExport(files, self_check(material, names, out), left_out, out, opened.messages, opened.volume.notes)


def _with_treatment(
    material: ExportMaterial, names: tuple[str, ...], request: ExportRequest, insist: bool, progress: Progress
) -> tuple[tuple[str, ...], ExportMaterial, tuple[str, ...]]:
    """The formats, the material with what the treatment does, and a sentence about a treatment that is left out.

    It is simulated where it is asked for by name, or where the plan has one of its own; not in passing.

    Args:
        material, names: what is written, and in which formats.
        request: may hold a simulation.
        insist: formats were asked for by name: a treatment that cannot be simulated is an error then.
    """
    plan = material.plan
    at_hand = simulation_at_hand(plan, request.simulated)
    if at_hand is not None:
        return names, replace(material, simulated=at_hand), ()
    without = tuple(name for name in names if name != TREATMENT)
    asked = insist and TREATMENT in names
    if plan.treatment is None and not asked:
        return without, material, (NO_TREATMENT,) if TREATMENT in names else ()
    head = PlanOnHead(plan, material.volume, material.atlases, plan_file_at(request.plan_path).parent)
    try:
        return names, replace(material, simulated=simulate_saved(head, progress)), ()
    except FusplanError as error:
        if asked:
            raise
        return without, material, (f"Left out: the simulated treatment: {error.message} {error.remedy}",)


def _series_folder_of(volume: Volume) -> Path | None:
    """The folder of DICOM files that an image was read from, if it was."""
    # Of a zip or a single file the folder around it is not searched: it may hold anything.
    return volume.path if volume.series is not None and volume.path is not None and volume.path.is_dir() else None


def _possible(
    material: ExportMaterial, names: tuple[str, ...], insist: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of all formats those that can be written, and a sentence about the others.

    Args:
        material: what would be written.
        names: of the formats.
        insist: the user named a series, so that one which does not serve is an error.
    """
    reason = ""
    if material.dicom_series is None:
        reason = "they refer to the DICOM series the image was made from; give its folder with --dicom-series"
    elif not insist and not exchange_extra_installed():
        reason = "pydicom and highdicom are not installed (pip install 'fusplan[exchange]')"
    elif not insist:
        try:
            require_planning_series(material.dicom_series, material.volume)
        except DicomSeriesMismatchError as error:
            reason = error.message.rstrip(".")
    told: list[str] = []
    if reason:
        dicom = [name for name in names if ALL_FORMATS[name].needs_dicom_series]
        names = tuple(name for name in names if name not in dicom)
        told.append(f"Left out: {' and '.join(dicom)}: {reason}.")
    problem = printing_problem()
    if problem is not None:
        names = tuple(name for name in names if name != PDF)
        told.append(f"Left out: {PDF}: {problem.message} {problem.remedy}")
    return names, tuple(told)


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
                _put_in_place(path, out / path.name)
    return tuple(file for path in written for file in _files_of(out / path.name))


def _put_in_place(path: Path, destination: Path) -> None:
    """Move a file or folder to its place; an earlier folder goes to where ``path`` was, to be removed with it."""
    if path.is_dir() and destination.exists():
        require_own_folder(destination)
        aside = path.with_name(f"{path.name}.earlier")
        destination.rename(aside)
        try:
            path.rename(destination)
        except BaseException:
            aside.rename(destination)
            raise
    else:
        path.replace(destination)


def _files_of(path: Path) -> tuple[Path, ...]:
    return tuple(sorted(one for one in path.rglob("*") if one.is_file())) if path.is_dir() else (path,)


def _refuse_existing(paths: list[Path], overwrite: bool) -> None:
    with writing_errors_explained(paths[0].parent):
        present = [path for path in paths if path.exists()]
    if present and not overwrite:
        raise FileNotWritableError(
            f"{', '.join(path.name for path in present)} already in {present[0].parent}.",
            "Choose another folder with --out, or replace them with --overwrite.",
        )
    for path in present:
        if path.is_dir():
            require_own_folder(path)
