"""``fusplan plan`` and ``fusplan demo``: from a head MRI to a plan folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from fusplan.atlas.catalogue import demo_head_path
from fusplan.cli.console import answer, fail, interruptible, out, plain, progress_bar, verdict_markup, warn
from fusplan.cli.options import (
    AsJson,
    AssumeScannerRas,
    ImagePath,
    OutFolder,
    Overwrite,
    PointsFrame,
    SeriesChoice,
    Threads,
    VolumeIndex,
    decimal_number,
    points_frame,
    whole_number,
)
from fusplan.cli.tables import Column, TableContent, print_table
from fusplan.errors import FusplanError
from fusplan.export.bundle import require_free
from fusplan.export.landmarks_in import find_landmarks
from fusplan.export.points_in import read_points
from fusplan.number_text import NumberTextError, read_three_numbers
from fusplan.planning.edits import find_lesion
from fusplan.planning.lesion_size import parse_lesion_size
from fusplan.planning.lesion_summary import column_name, lesion_summary
from fusplan.planning.plan import Plan
from fusplan.planning.review import Coverage, PlanReview, describing
from fusplan.planning.sorted_checks import sorted_checks
from fusplan.spatial import Side, read_acpc
from fusplan.workflows.make_plan import make_plan
from fusplan.workflows.plan_folder import PlanFolder, write_plan_folder
from fusplan.workflows.point_file import points_on_image
from fusplan.workflows.requests import LesionWish, MakePlanRequest, ScannerMm

LeftSize: TypeAlias = Annotated[
    str, typer.Option("--left", metavar="WxL", help="Left lesion in mm: 4x5 is 4 across, 5 along; or AxBxL.")
]
RightSize: TypeAlias = Annotated[str, typer.Option("--right", metavar="WxL", help="Right lesion in mm.")]
Tilt: TypeAlias = Annotated[
    tuple[float, float],
    typer.Option(
        metavar="ANTERIOR LATERAL",
        parser=decimal_number,
        help="Lean of the lesions' upper ends forward and outward, degrees.",
    ),
]
LandmarkMm: TypeAlias = Annotated[
    tuple[float, float, float] | None,
    typer.Option(
        metavar="X Y Z", parser=decimal_number, help="Your own mark in scanner RAS mm, instead of the one found."
    ),
]
MidlineMm: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--midline", metavar='"X Y Z"', help="Your own midline point in scanner RAS mm; may be repeated."),
]
Seed: TypeAlias = Annotated[
    int, typer.Option("--seed", metavar="N", parser=whole_number(0), help="Seed of the uncertainty's random draws.")
]


LandmarkFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--landmarks", help="Your own AC, PC and midline points by name, from .mrk.json, .fcsv, Brainsight .txt or CSV."
    ),
]


class LandmarksTwiceError(FusplanError):
    """Landmarks are given both one by one and as a file."""

    def __init__(self) -> None:
        super().__init__(
            "Landmarks are given both as a file and one by one.",
            "Leave out --landmarks, or leave out --ac, --pc and --midline.",
        )


StartAtlas: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--atlas",
        metavar="NAME",
        help="Start targets from this atlas alone, not from where all agree best (see 'fusplan atlas list').",
    ),
]


Force: TypeAlias = Annotated[
    bool, typer.Option("--force", help="Plan even on a CT, or on what shows no head that is known.")
]


class MidlineOptionError(FusplanError):
    """A midline point on the command line is not three numbers."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"A midline point was given as --midline {text!r}; three numbers in scanner RAS mm were expected.",
            'Write it like --midline "0.5 -20 50", once for every point.',
        )


def plan(
    image: ImagePath,
    to: OutFolder,
    overwrite: Overwrite = False,
    left: LeftSize = "4x5",
    right: RightSize = "4x7",
    tilt: Tilt = (0.0, 0.0),
    ac: LandmarkMm = None,
    pc: LandmarkMm = None,
    midline: MidlineMm = None,
    landmarks: LandmarkFile = None,
    frame: PointsFrame = None,
    volume: VolumeIndex = None,
    series: SeriesChoice = None,
    assume_scanner_ras: AssumeScannerRas = False,
    threads: Threads = 2,
    seed: Seed = 1,
    atlas: StartAtlas = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Plan both CLp lesions on a head MRI and write a plan folder.

    Ends with exit code 3 and writes nothing when the image shows no head that is known, or is a CT.
    """
    try:
        ac_mm, pc_mm, midline_mm = _landmarks(ac, pc, midline, landmarks, frame, image)
        request = MakePlanRequest(
            image_path=image,
            volume_index=volume,
            assume_scanner_ras=assume_scanner_ras,
            ac_mm=ac_mm,
            pc_mm=pc_mm,
            midline_mm=midline_mm,
            lesions=_wishes(left, right, tilt),
            threads=threads,
            seed=seed,
            atlas=atlas,
            series_number=series,
            force=force,
        )
        _plan_to_folder(request, to, overwrite, as_json)
    except FusplanError as error:
        fail(error)


def demo(
    to: OutFolder,
    overwrite: Overwrite = False,
    left: LeftSize = "4x5",
    right: RightSize = "4x7",
    threads: Threads = 2,
    as_json: AsJson = False,
) -> None:
    """Plan on the built-in head (Colin27, one real person) and write a plan folder."""
    try:
        lesions = _wishes(left, right, (0.0, 0.0))
        request = MakePlanRequest(image_path=demo_head_path(), lesions=lesions, threads=threads)
        _plan_to_folder(request, to, overwrite, as_json)
    except FusplanError as error:
        fail(error)


def _wishes(left: str, right: str, tilt: tuple[float, float]) -> dict[Side, LesionWish]:
    return {
        "left": LesionWish(parse_lesion_size(left), *tilt),
        "right": LesionWish(parse_lesion_size(right), *tilt),
    }


def _landmarks(
    ac: ScannerMm | None,
    pc: ScannerMm | None,
    midline: list[str] | None,
    file: Path | None,
    frame: str | None,
    image: Path,
) -> tuple[ScannerMm | None, ScannerMm | None, tuple[ScannerMm, ...]]:
    """AC, PC and midline points in scanner RAS mm, as typed or from a file."""
    if file is None:
        return ac, pc, tuple(_midline_point(text) for text in midline or ())
    if ac is not None or pc is not None or midline:
        raise LandmarksTwiceError
    points = points_on_image(read_points(file), image)
    for remark in points.remarks:
        warn(remark)
    return find_landmarks(points).scanner_ras_mm(points.settle_frame(points_frame(frame)))


def _midline_point(text: str) -> ScannerMm:
    try:
        return read_three_numbers(text)
    except NumberTextError:
        raise MidlineOptionError(text) from None


def _plan_to_folder(request: MakePlanRequest, to: Path, overwrite: bool, as_json: bool) -> None:
    started = time.perf_counter()
    require_free(to, overwrite)
    with progress_bar() as progress:
        with interruptible():
            made = make_plan(request, progress)
        written = write_plan_folder(made, to, overwrite, progress)
    for sentence in (*(note.sentence for note in made.volume.notes), *made.plan.registration.remarks, *made.messages):
        warn(sentence)
    answer(as_json, _as_json(written), lambda: _say(written, time.perf_counter() - started))


def _as_json(written: PlanFolder) -> dict[str, Any]:
    plan, review = written.made.plan, written.made.review
    return {
        "folder": str(written.folder),
        "files": [str(path.resolve().relative_to(written.folder.resolve())) for path in written.files],
        "image_notes": [note.as_json for note in review.image_notes],
        "landmarks": {
            "frame": plan.image.frame.label,
            "ac_mm": plan.landmarks.ac.point.coordinates,
            "pc_mm": plan.landmarks.pc.point.coordinates,
            "acpc_length_mm": plan.landmarks.geometry().length_mm,
        },
        "registration": {
            "verdict": plan.registration.quality.verdict,
            "sentence": plan.registration.quality.sentence,
            "seconds": dict(plan.registration.seconds),
        },
        "targets": [
            {
                "id": target.id,
                "name": target.name,
                "side": target.side,
                "frame": target.point.frame.label,
                "mm": target.point.coordinates,
                "source": target.provenance.method,
            }
            for target in plan.targets
        ],
        "lesions": [_lesion_json(plan, review, lesion.id) for lesion in plan.lesions],
        "proposals": [
            {"side": found.side, "standing": found.standing, "verdict": found.verdict, "sentence": found.sentence}
            for found in review.agreements
        ],
        "check_counts": sorted_checks(review.checks).counts,
        "checks": [
            {"name": check.name, "verdict": check.verdict, "sentence": check.sentence} for check in review.checks
        ],
    }


def _lesion_json(plan: Plan, review: PlanReview, lesion_id: str) -> dict[str, Any]:
    lesion = next(one for one in plan.lesions if one.id == lesion_id)
    reviewed = review.lesion(lesion_id)
    return {
        "id": lesion.id,
        "name": lesion.name,
        "target": lesion.target_id,
        "width_mm": lesion.width_mm,
        "length_mm": lesion.length_mm,
        "volume_mm3": reviewed.volume_mm3,
        "coverage": {cover.atlas: _coverage_json(cover) for cover in describing(reviewed.coverage)},
        "uncertainty_sd_mm": reviewed.uncertainty.standard_deviation_mm,
        "numbers": lesion_summary(reviewed).columns,
    }


def _coverage_json(cover: Coverage) -> dict[str, float]:
    """Keys are named after what is covered, as the columns of ``lesions.csv`` are."""
    key, target = column_name(cover.structure.key), cover.known_target
    content = {
        f"{key}_mm3": target.volume_mm3,
        f"{key}_share_of_lesion": target.share_of_lesion,
        f"{key}_share_of_nucleus": target.share_of_structure,
    }
    if cover.is_of_part:
        content[f"{column_name(cover.whole_key)}_share_of_lesion"] = cover.known_whole.share_of_lesion
    return content


def _say(written: PlanFolder, seconds: float) -> None:
    plan, review = written.made.plan, written.made.review
    geometry = plan.landmarks.geometry()
    summaries = {lesion.id: lesion_summary(review.lesion(lesion.id)) for lesion in plan.lesions}
    # Lesions may be meant to cover different nuclei: one column then has the name of each.
    columns: dict[str, list[str]] = {}
    for row in (row for summary in summaries.values() for row in summary.numbers if row.heading):
        columns[row.key] = list(dict.fromkeys((*columns.get(row.key, []), row.heading)))
    rows = []
    for lesion in plan.lesions:
        found = {row.key: row.words for row in summaries[lesion.id].numbers if row.heading}
        cells = (found.get(key, "") for key in columns)
        rows.append(
            (plain(lesion.name), lesion.size_words, read_acpc(lesion.centre, geometry).words, *map(plain, cells))
        )
    titles = ("lesion", "size", "centre", *(" or ".join(headings) for headings in columns.values()))
    print_table(TableContent.of(map(Column, titles), rows))
    out.print(
        f"Registration: {verdict_markup(plan.registration.quality.verdict)}. {plan.registration.quality.sentence}"
    )
    for lesion_id, summary in summaries.items():
        for row in summary.of("aim"):
            out.print(f"{plain(find_lesion(plan, lesion_id).name)}: {row.in_text}")
    checks = sorted_checks(review.checks)
    for check in checks.to_look_at:
        out.print(f"{plain(check.name)}: {verdict_markup(check.verdict)}. {plain(check.sentence)}")
    out.print(f"Of {len(review.checks)} checks {checks.words}")
    out.print(f"Written in {seconds:.0f} s: {plain(written.folder)}")
    out.print(f"Read first: {plain(written.folder / 'report.html')}")
