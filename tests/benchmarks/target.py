"""Where each proposal for CLp lies, and what share of the lesion about it lies in CLp by each atlas, on real heads.

    python -m tests.benchmarks.target [HEAD ...] [--threads 2] [--keep FOLDER] [--fresh]

Without names: every head at hand (:mod:`tests.benchmarks.heads`; the built-in one always is). For each proposal, on
both sides and for lesions of 4x5 and 4x7 mm: the share of the lesion in CLp by either built-in atlas, the smaller of
the two, and the smaller of the two expected when the lesion lands off its place by 1.5 mm rms along each axis; where
the point lies; how far the right point is from the mirror image of the left one; and how far 4x7 instead of 4x5 moves
it. The AC-PC rule and the default of before 0.2 stand beside today's.

Registrations, which take long, are kept from run to run in a folder, by the content of the image. Landmarks and
proposals are always made anew; ``--fresh`` makes registrations anew too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import ndimage

from fusplan.atlas.catalogue import load_template
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.atlas.presets import CLP_RULE, AnteriorOffset, preset_point
from fusplan.atlas.structure_ref import clp
from fusplan.imaging.volume import Volume
from fusplan.planning.landmarks import carry_landmarks, refine_landmarks, with_ventricle_walls
from fusplan.planning.lesion_shares import LesionShares
from fusplan.planning.lesion_size import LesionSize, lesion_axes, lesion_ellipsoid, parse_lesion_size
from fusplan.planning.plan import Landmarks, Plan, RegistrationRecord
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.planning.plan_images import ImageReference
from fusplan.planning.propose import clp_consensus, propose
from fusplan.planning.sides import SIDES
from fusplan.progress import NoProgress
from fusplan.registration.greedy_engine import register
from fusplan.registration.request import RegistrationRequest
from fusplan.spatial import AcPcGeometry, Point, ScannerRas, Side
from fusplan.workflows.head_atlases import built_in_atlases
from fusplan.workflows.make_plan import record_of
from tests.benchmarks.heads import head_names, load_head

SIZES = ("4x5", "4x7")
BLUR_MM, GRID_MM = 1.5, 0.5
KEPT = Path(tempfile.gettempdir()) / "fusplan-target-benchmark"
RULE_BEFORE = replace(CLP_RULE, anterior=AnteriorOffset("pc", -1.0), above_plane_mm=5.5)
FORMER_RULE = "AC-PC rule of before"


@dataclass(frozen=True, slots=True)
class Row:
    """One proposal on one side of one head, for one size of lesion.

    Attributes:
        head, proposal, side, size: which.
        shares: of the lesion in CLp, by the Morel and by the Julich figures.
        blurred: the same, expected.
        place_mm: lateral of the midplane, in front of PC, above the plane.
    """

    head: str
    proposal: str
    side: Side
    size: str
    shares: tuple[float, ...]
    blurred: tuple[float, ...]
    place_mm: tuple[float, float, float]


def registered(name: str, volume: Volume, folder: Path, threads: int, fresh: bool) -> RegistrationRecord:
    """The registration of a head, from the folder where it lies there."""
    path = folder / volume.fingerprint[:20] / "head.fusplan.json"
    if path.is_file() and not fresh:
        return load_plan(path).registration
    template = load_template()
    started = time.perf_counter()
    record = record_of(register(RegistrationRequest(volume, template, threads=threads), NoProgress()), template)
    print(f"{name}: registered in {time.perf_counter() - started:.0f} s, verdict {record.quality.verdict}", flush=True)
    marks = carry_landmarks(template, record.mni_to_scanner)
    path.parent.mkdir(parents=True, exist_ok=True)
    image = replace(ImageReference.of_volume(volume), path=str(path.with_name("not kept")))
    save_plan(Plan(image, marks, record, (), (), ()), path)
    return load_plan(path).registration


def rows_of_head(name: str, folder: Path, threads: int, fresh: bool) -> list[Row]:
    """Every proposal of a head, both sides and sizes."""
    volume = load_head(name).volume
    record = registered(name, volume, folder, threads, fresh)
    warp = record.mni_to_scanner
    marks = with_ventricle_walls(refine_landmarks(carry_landmarks(load_template(), warp), volume), volume)
    inverse = warp.inverse()
    atlases: tuple[HeadAtlas, ...] = tuple(PatientAtlas(atlas, warp, inverse) for atlas in built_in_atlases())
    started = time.process_time()
    consensus = clp_consensus(marks, atlases, record.quality.verdict)
    print(f"{name}: consensus in {time.process_time() - started:.2f} s of processor time for both sides", flush=True)
    rows = []
    for side in SIDES:
        for size in SIZES:
            lesion = parse_lesion_size(size)
            points = {one.name: one.point for one in propose(clp(side), marks, atlases, lesion, consensus=consensus)}
            points[FORMER_RULE] = _rule_before(marks, side)
            rows += [
                _row(name, called, side, size, point, marks.geometry(), atlases) for called, point in points.items()
            ]
    return rows


def _rule_before(marks: Landmarks, side: Side) -> Point[ScannerRas]:
    wall = marks.ventricle_wall(side)
    return preset_point(RULE_BEFORE, marks.geometry(), side, None if wall is None else wall.lateral_mm)


def _row(
    head: str,
    called: str,
    side: Side,
    size: str,
    point: Point[ScannerRas],
    geometry: AcPcGeometry,
    atlases: Sequence[HeadAtlas],
) -> Row:
    found = [_shares(atlas, side, parse_lesion_size(size), point, geometry) for atlas in atlases]
    across, along, up = geometry.scanner_to_acpc("pc").apply(point).coordinates
    outward = across if side == "right" else -across
    return Row(head, called, side, size, tuple(a for a, _ in found), tuple(b for _, b in found), (outward, along, up))


def _shares(
    atlas: HeadAtlas, side: Side, size: LesionSize, point: Point[ScannerRas], geometry: AcPcGeometry
) -> tuple[float, float]:
    """Share of a lesion about a point in CLp, and that expected under the blur."""
    lesion = lesion_ellipsoid(point, size, *lesion_axes(geometry, side))
    grid = atlas.rasterise(point, float(lesion.half_extent_mm.max()) + 3 * BLUR_MM + GRID_MM, GRID_MM)
    field = LesionShares(grid, lesion).of(atlas.atlas.members(clp(side), grid)).astype(np.float64)
    there = grid.grid.from_frame.apply(point).array[:, None]
    blurred = ndimage.gaussian_filter(field, BLUR_MM / GRID_MM, truncate=3.0)
    share, expected = (ndimage.map_coordinates(each, there, order=1)[0] for each in (field, blurred))
    return float(share), float(expected)


def apart(rows: Iterable[Row]) -> list[float]:
    """How far the right point is from the mirror image of the left one, for every head and size."""
    places = {(row.head, row.size, row.side): np.array(row.place_mm) for row in rows}
    return [
        float(np.linalg.norm(place - places[head, size, "left"]))
        for (head, size, side), place in places.items()
        if side == "right"
    ]


def moved(rows: Iterable[Row]) -> list[float]:
    """How far the longer lesion moves the point, for every head and side."""
    places = {(row.head, row.side, row.size): np.array(row.place_mm) for row in rows}
    return [
        float(np.linalg.norm(place - places[head, side, SIZES[0]]))
        for (head, side, size), place in places.items()
        if size == SIZES[1]
    ]


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.1f} to {max(values):.1f}"


def summary(rows: Sequence[Row]) -> list[str]:
    """The table: one line a proposal, over all heads, sides and sizes."""
    lines = [
        "| proposal | Morel | Julich | worst | least worst | blurred worst | lateral | in front of PC | above plane "
        "| L-R mm | 4x5 to 4x7 mm |",
        "|---" * 11 + "|",
    ]
    for called in dict.fromkeys(row.proposal for row in rows):
        mine = [row for row in rows if row.proposal == called]
        shares = np.array([row.shares for row in mine]).mean(axis=0)
        worst = [min(row.shares) for row in mine]
        blurred = np.mean([min(row.blurred) for row in mine])
        where = " | ".join(_range([row.place_mm[axis] for row in mine]) for axis in range(3))
        lines.append(
            f"| {called} | {shares[0]:.2f} | {shares[1]:.2f} | {np.mean(worst):.2f} | {min(worst):.2f} | "
            f"{blurred:.2f} | {where} | {_range(apart(mine))} | {_range(moved(mine))} |"
        )
    return lines


def each(rows: Sequence[Row], called: str) -> list[str]:
    """One proposal on every head and side."""
    lines = ["| head | side | size | Morel | Julich | blurred worst | lateral | in front of PC | above plane |"]
    lines.append("|---" * 9 + "|")
    for row in rows:
        if row.proposal == called:
            numbers = " | ".join(f"{value:.2f}" for value in (*row.shares, min(row.blurred), *row.place_mm))
            lines.append(f"| {row.head} | {row.side} | {row.size} | {numbers} |")
    return lines


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heads", nargs="*")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=KEPT)
    parser.add_argument("--fresh", action="store_true")
    arguments = parser.parse_args()
    rows: list[Row] = []
    for name in arguments.heads or head_names():
        rows += rows_of_head(name, arguments.keep, arguments.threads, arguments.fresh)
    consensus = next((row.proposal for row in rows if row.proposal.startswith("Consensus")), rows[0].proposal)
    print("", *summary(rows), "", f"{consensus}, head by head", *each(rows, consensus), sep="\n")


if __name__ == "__main__":
    main()
