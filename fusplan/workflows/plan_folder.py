"""A plan as a folder: the plan file, its review, coordinates, label maps and the report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fusplan.export.bundle import write_folder
from fusplan.export.formats import ExportMaterial, export_files
from fusplan.planning.file_names import PLAN_FILE_NAME
from fusplan.planning.plan_file import save_plan
from fusplan.planning.review_file import save_review
from fusplan.progress import Progress
from fusplan.workflows.export_plan import ALL_FORMATS, PLAN_FOLDER_FORMATS
from fusplan.workflows.made_plan import MadePlan


@dataclass(frozen=True, slots=True, eq=False)
class PlanFolder:
    """A written plan folder."""

    folder: Path
    made: MadePlan
    files: tuple[Path, ...]


def write_plan_folder(made: MadePlan, out: Path, overwrite: bool, progress: Progress) -> PlanFolder:
    """Write the plan and its usual formats into a new folder, all or nothing.

    Raises:
        FileNotWritableError: the folder is not empty, cannot be written, or the disk is full.
    """
    material = ExportMaterial(made.plan, made.review, made.volume, made.atlases)

    def write(folder: Path) -> None:
        progress.report(0.92, "Writing the plan")
        # Saved first, so that paths in it are seen from the final folder.
        save_plan(made.plan, folder / PLAN_FILE_NAME)
        save_review(made.review, made.plan, folder / PLAN_FILE_NAME)
        for number, name in enumerate(PLAN_FOLDER_FORMATS):
            progress.report(0.93 + 0.07 * number / len(PLAN_FOLDER_FORMATS), f"Writing {ALL_FORMATS[name].title}")
            export_files(material, (name,), folder, ALL_FORMATS)
        progress.report(1.0, "Done")

    return PlanFolder(out, made, write_folder(out, overwrite, write))
