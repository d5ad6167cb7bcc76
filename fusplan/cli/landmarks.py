"""``fusplan landmarks``: AC, PC and midline points of a plan, or those of a file put in their place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fusplan.cli.console import (
    answer,
    fail,
    image_notes_json,
    out,
    plain,
    progress_bar,
    verdict_markup,
    warn,
    warn_of_image,
)
from fusplan.cli.options import AsJson, PointsFrame, points_frame
from fusplan.cli.tables import Column, TableContent, print_table
from fusplan.display.landmark_rows import by_name, landmark_rows
from fusplan.errors import FusplanError
from fusplan.planning.checks import check_geometry
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import load_plan
from fusplan.workflows.open_plan import image_notes, plan_file_at
from fusplan.workflows.requests import SetLandmarksRequest
from fusplan.workflows.set_landmarks import SetLandmarks, set_landmarks_from_file

NAMES_SAID = 6
"""Of the points that are left out."""


def landmarks(
    plan: Annotated[Path, typer.Argument(help="A plan folder or plan file.")],
    from_file: Annotated[
        Path | None,
        typer.Option(
            "--from", help="Take AC, PC and midline points by name from .mrk.json, .fcsv, Brainsight .txt or CSV."
        ),
    ] = None,
    frame: PointsFrame = None,
    image: Annotated[
        Path | None, typer.Option("--image", help="The plan's image, when it is no longer where the plan says.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List a plan's landmarks in scanner RAS and AC-PC mm, or take them from a file.

    With --from, third ventricle and proposals are computed anew; targets and lesions stay where they are.
    """
    try:
        if from_file is None:
            path = plan_file_at(plan)
            shown = load_plan(path)
            notes = image_notes(shown, path)
            warn_of_image(notes)
            content = {**_plan_json(shown), "image_notes": image_notes_json(notes)}
            answer(as_json, content, lambda: _say_plan(shown))
            return
        request = SetLandmarksRequest(plan, from_file, points_frame(frame), image)
        with progress_bar() as progress:
            result = set_landmarks_from_file(request, progress)
    except FusplanError as error:
        fail(error)
    warn_of_image(result.image_notes)
    answer(as_json, _result_json(result), lambda: _say_result(result))


def _plan_json(plan: Plan) -> dict[str, Any]:
    geometry = plan.landmarks.geometry()
    marks = (("ac", plan.landmarks.ac), ("pc", plan.landmarks.pc), *_midline(plan))
    return {
        "frame": plan.image.frame.label,
        "landmarks": [
            {"name": name, "scanner_ras_mm": list(mark.point.coordinates), "source": mark.source}
            for name, mark in marks
        ],
        "acpc_length_mm": geometry.length_mm,
        "checks": [
            {"name": check.name, "verdict": check.verdict, "sentence": check.sentence}
            for check in check_geometry(geometry)
        ],
    }


def _midline(plan: Plan) -> list[tuple[str, Any]]:
    return [(f"midline {number}", mark) for number, mark in enumerate(plan.landmarks.midline, start=1)]


def _result_json(result: SetLandmarks) -> dict[str, Any]:
    return {
        "changed": result.plan is not result.before,
        "format": result.format_name,
        "points_frame": result.frame,
        "left_out": list(result.left_out),
        "overtaken_by_other_programs": result.overtaken,
        "without_a_place": list(result.undefined),
        "notes": list(result.remarks),
        "image_notes": image_notes_json(result.image_notes),
        "before": _plan_json(result.before),
        "after": _plan_json(result.plan),
        "origin_moved_mm": result.effect.origin_moved_mm,
        "axes_turned_deg": result.effect.turned_deg,
        "proposals": [
            {"name": one.name, "side": one.side, "moved_mm": one.moved_mm} for one in result.effect.proposals
        ],
    }


def _say_plan(plan: Plan) -> None:
    geometry = plan.landmarks.geometry()
    rows = []
    in_acpc = landmark_rows(plan.landmarks, geometry, "acpc")
    for row, other in zip(landmark_rows(plan.landmarks, geometry, "scanner"), in_acpc, strict=True):
        rows.append((row.title, ", ".join(row.coordinates), ", ".join(other.coordinates), plain(row.details)))
    whole = (Column(name, whole=True) for name in ("landmark", "scanner RAS mm", "AC-PC mm from MCP"))
    print_table(TableContent.of((*whole, Column("source")), rows))
    for check in check_geometry(geometry):
        out.print(f"{plain(check.name)}: {verdict_markup(check.verdict)}. {plain(check.sentence)}")


def _say_result(result: SetLandmarks) -> None:
    if result.overtaken:
        warn("Another program saved the plan meanwhile; it was read again, and what the other did is kept.")
    for remark in result.remarks:
        warn(remark)
    if result.plan is result.before:
        out.print("The plan has these landmarks already; nothing was changed.")
        return
    if result.left_out:
        more = f" and {len(result.left_out) - NAMES_SAID} more" if len(result.left_out) > NAMES_SAID else ""
        warn(f"Not named like landmarks, so left out: {', '.join(result.left_out[:NAMES_SAID])}{more}.")
    _say_plan(result.plan)
    out.print(f"{result.effect.frame_words}")
    for name, words in by_name(result.effect.proposals):
        out.print(f"Proposal {plain(name)} moved: {plain(words)}")
    marks = result.before.landmarks
    for title, mark in (("AC", marks.ac), ("PC", marks.pc)):
        x, y, z = mark.point.coordinates
        out.print(f"[dim]{title} was at {x:.2f}, {y:.2f}, {z:.2f} (scanner RAS mm).[/]")
    out.print(
        "The plan is saved; targets and lesions stay where they were. Files exported before are of the old frame."
    )
