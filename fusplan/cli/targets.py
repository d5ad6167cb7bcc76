"""``fusplan targets``: a plan's targets and proposals in every frame, targets from a file, or the target presets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fusplan.atlas.presets import LEFT_OUT, PRESETS
from fusplan.atlas.structure_ref import CLP_KEY, StructureRef
from fusplan.cli.console import answer, fail, image_notes_json, out, plain, warn, warn_of_image
from fusplan.cli.options import AsJson, PointsFrame, points_frame
from fusplan.cli.tables import Column, TableContent, number_column, print_table
from fusplan.errors import FusplanError
from fusplan.planning.plan_file import load_plan
from fusplan.progress import NoProgress
from fusplan.workflows.add_points import AddedPoints, add_points
from fusplan.workflows.list_targets import Place, list_targets
from fusplan.workflows.open_plan import image_notes, plan_file_at
from fusplan.workflows.requests import AddPointsRequest


def targets(
    plan: Annotated[Path | None, typer.Argument(help="A plan folder or plan file; without one the presets.")] = None,
    presets: Annotated[bool, typer.Option("--presets", help="Also the target presets in this head.")] = False,
    add: Annotated[
        Path | None,
        typer.Option("--add", help="Add the points of a file as targets: .mrk.json, .fcsv, Brainsight .txt, CSV."),
    ] = None,
    frame: PointsFrame = None,
    aim: Annotated[
        str | None,
        typer.Option("--aim", help="What the points of --add aim at: CLp, or 'none' for nothing in particular."),
    ] = None,
    image: Annotated[
        Path | None, typer.Option("--image", help="The plan's image, when it is no longer where the plan says.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List a plan's targets and proposals in every frame; without a plan, the target presets."""
    try:
        if add is not None:
            request = AddPointsRequest(_plan_to_add_to(plan), add, points_frame(frame), aim_key(aim), image)
            _add(request, as_json)
            return
        if plan is None:
            answer(as_json, _presets_json(), _say_presets)
            return
        path = plan_file_at(plan)
        opened = load_plan(path)
        places, notes = list_targets(opened), image_notes(opened, path)
    except FusplanError as error:
        fail(error)
    shown = [place for place in places if presets or place.kind != "preset"]
    warn_of_image(notes)
    value = {"targets": [_place_json(place) for place in shown], "image_notes": image_notes_json(notes)}
    answer(as_json, value, lambda: _say_places(shown))


class AddingNeedsError(FusplanError):
    """Targets cannot be added with what was given."""


class AimNotKnownError(FusplanError):
    """Nothing of the name that was given can be aimed at."""


def aim_key(text: str | None) -> str | None:
    """What ``--aim`` says. Raises AimNotKnownError."""
    known = {"none": None, CLP_KEY.lower(): CLP_KEY}
    if text is None:
        return None
    if text.lower() not in known:
        raise AimNotKnownError(f"Points of a file cannot be said to aim at {text!r}.", f"Say {CLP_KEY}, or none.")
    return known[text.lower()]


def _plan_to_add_to(plan: Path | None) -> Path:
    if plan is None:
        raise AddingNeedsError("There is no plan to add targets to.", "Say which: fusplan targets PLAN --add FILE.")
    return plan


def _add(request: AddPointsRequest, as_json: bool) -> None:
    path = plan_file_at(request.plan_path)
    # Before anything is added: the review beside the plan, which knows them, is of the plan as it was.
    notes = image_notes(load_plan(path), path)
    result = add_points(request, NoProgress())
    warn_of_image(notes)
    value = {
        "added": [
            {
                "id": one.id,
                "name": one.name,
                "side": one.side,
                "scanner_ras_mm": list(one.point.coordinates),
                "aim": _key(one.aim),
            }
            for one in result.added
        ],
        "format": result.format_name,
        "frame": result.frame,
        "left_out": {
            "landmarks": list(result.landmarks),
            "already_in_plan": list(result.present),
            "without_a_place": list(result.undefined),
        },
        "notes": list(result.remarks),
        "image_notes": image_notes_json(notes),
        "overtaken_by_other_programs": result.overtaken,
    }
    answer(as_json, value, lambda: _say_added(result))


def _say_added(result: AddedPoints) -> None:
    if result.overtaken:
        warn("Another program saved the plan meanwhile; it was read again, and what the other did is kept.")
    for target in result.added:
        x, y, z = target.point.coordinates
        aim = "" if target.aim is None else f", aims at {target.aim.key}"
        out.print(f"Added: {target.name}, {target.side}, scanner RAS mm {x:.2f}, {y:.2f}, {z:.2f}{aim}", markup=False)
    for remark in result.remarks:
        warn(remark)
    if result.present:
        warn(f"Already in the plan, left as they are: {', '.join(result.present)}.")
    if result.landmarks:
        warn(
            f"Named like landmarks of the AC-PC frame, so not added as targets: {', '.join(result.landmarks)}. "
            "To take them as landmarks: fusplan landmarks PLAN --from FILE."
        )
    aimless = [target.name for target in result.added if target.aim is None]
    if aimless:
        out.print(
            f"Aim at nothing in particular: {', '.join(aimless)}. So no check compares them with a nucleus; --aim CLp "
            "says that they aim at CLp.",
            markup=False,
        )
    if result.added:
        out.print("The plan is saved. Files exported from it before do not have these targets yet.")


def _place_json(place: Place) -> dict[str, Any]:
    return {
        "kind": place.kind,
        "name": place.name,
        "side": place.side,
        "aim": _key(place.aim),
        **place.reading.columns,
        "words": place.reading.words.words,
        "source": place.provenance.words,
        "method": place.provenance.method,
        "confidence": place.provenance.confidence,
        "uncertainty_mm": place.provenance.uncertainty_mm,
    }


def _key(aim: StructureRef | None) -> str | None:
    return None if aim is None else aim.key


def _say_places(places: list[Place]) -> None:
    for place in places:
        reading = place.reading
        confidence = f"confidence {place.provenance.confidence}"
        if place.kind == "target" and place.aim is not None:
            confidence = f"aims at {place.aim.key}, {confidence}"
        if place.provenance.uncertainty_mm is not None:
            confidence += f", about {place.provenance.uncertainty_mm:g} mm uncertain"
        name = place.name if place.side in place.name else f"{place.name}, {place.side}"
        out.print(f"[bold]{plain(name)}[/] [dim]{place.kind}, {confidence}[/]")
        out.print(f"  {plain(reading.words.words)}")
        frames = (
            (reading.scanner.frame.label, reading.scanner.coordinates, 2),
            ("scanner LPS mm", reading.lps_mm, 2),
            (reading.voxel.frame.label, reading.voxel.coordinates, 2),
            (reading.acpc_from_mcp.frame.label, reading.acpc_from_mcp.coordinates, 2),
            (reading.acpc_from_pc.frame.label, reading.acpc_from_pc.coordinates, 2),
            (reading.acpc_from_ac.frame.label, reading.acpc_from_ac.coordinates, 2),
            (reading.mni.frame.label, reading.mni.coordinates, 2),
        )
        rows = [
            (f"  {plain(label)}", *(f"{value:.{digits}f}" for value in coordinates))
            for label, coordinates, digits in frames
        ]
        print_table(TableContent.of((Column(whole=True), *(number_column() for _ in range(3))), rows))
        out.print(f"  [dim]{plain(place.provenance.words)}[/]\n")


def _presets_json() -> dict[str, Any]:
    return {
        "presets": [
            {
                "key": preset.key,
                "name": preset.name,
                "right": preset.words("right"),
                "left": preset.words("left"),
                "frame": "AC-PC mm of the patient",
                "source": preset.source,
                "confidence": preset.confidence,
                "note": preset.note,
            }
            for preset in PRESETS
        ],
        "left_out": [{"name": name, "reason": reason} for name, reason in LEFT_OUT],
    }


def _say_presets() -> None:
    rows = [
        (preset.name, preset.words(), preset.confidence, preset.source + (f"; {preset.note}" if preset.note else ""))
        for preset in PRESETS
    ]
    headings = ("preset", "position in the AC-PC frame of the patient, mm", "confidence", "source")
    print_table(TableContent.of(map(Column, headings), [[plain(cell) for cell in row] for row in rows]))
    out.print("V read in the source, C computed from published data, M from memory of the literature (unverified),")
    out.print("derived: worked out for this program, not a published clinical coordinate.")
    for name, reason in LEFT_OUT:
        out.print(f"Left out: {name} ({reason}).")
