"""Heads whose ventricles are made large by a known field: doubted or not, followed or not, wrong maps noticed or not.

    python -m tests.benchmarks.atrophy [--heads seg3d] [--log rows.jsonl]

A real head's lateral and third ventricles are widened until they hold a wanted multiple of their volume (hydrocephalus
ex vacuo). What lies about them is pushed away from their walls, less with the distance; fluid fills what they gain.
Where every point goes is known, so AC, PC, the CLp of both sides and the core of the deep brain are told in mm of the
truth: the same head's own registration (its marks, for AC and PC), moved by the field.

Rows: the head left alone; the deformable stage started from affines made wrong as in ``spoilt``; the right map moved by
3 to 5 mm after all fitting. A result is wrong as there.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from fusplan.atlas.catalogue import load_atlas
from fusplan.atlas.structure_ref import clp
from fusplan.imaging.volume import Volume
from fusplan.planning.sides import SIDES
from fusplan.registration.quality import Fit, judge
from fusplan.spatial import Mni, Point, Points, ScannerRas, Warp
from fusplan.spatial.points import FloatArray
from tests.benchmarks.heads import MarkedHead, head_names, load_head
from tests.benchmarks.spoilt import AlignedHead, SpoiltRow, spoils, summary_lines

GROWTHS = (1.5, 2.5)
"""Volumes of the ventricles, as multiples of the head's own."""

REACH_MM = 14.0
"""What is pushed by the walls' whole way beside them is pushed 0.6 of it at this distance, 0.14 at twice it."""

SMOOTH_MM = 3.0
BOX_MM = 45.0
MOVED_MM = ((3.0, 0.0, 0.0), (0.0, 4.0, 0.0), (0.0, 0.0, 4.0), (-2.5, -2.5, 3.5))
SPOILS = ("shift 3 mm", "shift 6 mm", "shift 9 mm", "turn 8 deg", "turn 18 deg", "scale 0.85", "scale 1.15")
HEADS = ("seg3d", "brainchop")


@dataclass(frozen=True, slots=True, eq=False)
class Widening:
    """How a head's ventricles grow: back from the new image into the old one, and forth.

    Attributes:
        volume: the head as it was.
        back_mm: shape (3, ni, nj, nk), along the voxel axes: where in the old image a voxel of the new one was.
    """

    volume: Volume
    back_mm: FloatArray

    @classmethod
    def of(cls, volume: Volume, ventricles: npt.NDArray[np.bool_], growth: float) -> Widening:
        """The field that makes ventricles hold so many times as much, within 1 %."""
        spacing_mm, whole = volume.spacing_mm, ventricles
        box = tuple(
            slice(max(0, int(at.min() - BOX_MM / mm)), int(at.max() + BOX_MM / mm))
            for at, mm in zip(np.nonzero(whole), spacing_mm, strict=True)
        )
        ventricles = whole[box]
        outside = ndimage.distance_transform_edt(~ventricles, sampling=spacing_mm)
        inside = ndimage.distance_transform_edt(ventricles, sampling=spacing_mm)
        smooth = ndimage.gaussian_filter(outside - inside, [SMOOTH_MM / mm for mm in spacing_mm])
        away = np.stack(np.gradient(smooth, *spacing_mm)) * np.exp(-((np.maximum(smooth, 0) / REACH_MM) ** 2) / 2)
        low, high = 0.0, 12.0
        for _ in range(12):
            middle = (low + high) / 2
            steps = np.indices(ventricles.shape) - middle * away / np.array(spacing_mm)[:, None, None, None]
            grown = ndimage.map_coordinates(ventricles.astype(np.float32), steps, order=1).sum() / ventricles.sum()
            low, high = (middle, high) if grown < growth else (low, middle)
        back_mm = np.zeros((3, *whole.shape))
        back_mm[(slice(None), *box)] = -(low + high) / 2 * away
        return cls(volume, back_mm)

    def sampled(self, data: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Of the old image, on the grid of the new one."""
        steps = self.back_mm / np.array(self.volume.spacing_mm)[:, None, None, None]
        return np.asarray(ndimage.map_coordinates(data, np.indices(data.shape) + steps, order=1, mode="nearest"))

    def least_growth(self, ventricles: npt.NDArray[np.bool_]) -> float:
        """Of any place in the tissue of the new image, old against new volume; above 0: nothing folds over itself."""
        derivative = np.stack([np.stack(np.gradient(part, *self.volume.spacing_mm)) for part in self.back_mm])
        is_fluid = self.sampled(ventricles.astype(np.float32)) > 0.1
        places = ndimage.binary_dilation(ventricles, iterations=20) & ~is_fluid
        return float(np.linalg.det(derivative[:, :, places].transpose(2, 0, 1) + np.eye(3)).min())

    def moved(self, places: FloatArray) -> FloatArray:
        """Where points of the old head, (n, 3) scanner RAS mm, are in the new one."""
        grid, spacing_mm = self.volume.grid, np.array(self.volume.spacing_mm)
        old = grid.indices(Points(self.volume.scanner_frame, places))
        new = old.copy()
        for _ in range(60):
            back = [ndimage.map_coordinates(part, new.T, order=1, mode="nearest") for part in self.back_mm]
            new += 0.7 * (old - np.stack(back, axis=1) / spacing_mm - new)
        return grid.places(new).array

    def head(self, head: MarkedHead, name: str) -> MarkedHead:
        """The head with the large ventricles, its marks moved along."""
        data = self.sampled(np.ascontiguousarray(head.volume.data))
        volume = Volume.of_array(data, head.volume.affine, name, study_id=head.volume.scanner_frame.study_id)
        marks = np.vstack([head.ac.array, head.pc.array, head.midline.array])
        ac, pc, *midline = self.moved(marks)
        frame = volume.scanner_frame
        return replace(
            head,
            name=name,
            volume=volume,
            ac=Point.of(frame, ac),
            pc=Point.of(frame, pc),
            midline=Points(frame, np.array(midline)),
        )


def ventricles_of(aligned: AlignedHead, warp: Warp[Mni, ScannerRas]) -> npt.NDArray[np.bool_]:
    """The lateral and third ventricles in a T1 head: what is dark where the map puts the template's and beside it."""
    volume, deep_brain = aligned.head.volume, aligned.deep_brain
    template = deep_brain.places().array[deep_brain.ventricles.ravel()]
    finer = np.concatenate([template + np.array(by) for by in np.ndindex(2, 2, 2)]) - 0.25
    indices = np.rint(volume.grid.indices(warp.apply(Points(deep_brain.frame, finer)))).astype(int)
    there = np.zeros(volume.shape, dtype=bool)
    there[tuple(indices.T)] = True
    tissue = deep_brain.patient_seen(aligned.patient, warp)[deep_brain.core & ~deep_brain.ventricles]
    scale = np.median(volume.data[there]) / np.median(
        deep_brain.patient_seen(aligned.patient, warp)[deep_brain.ventricles]
    )
    dark = volume.data < (np.median(volume.data[there]) + scale * np.median(tissue)) / 2
    return np.asarray(ndimage.binary_dilation(ndimage.binary_closing(there), iterations=1) & dark)


@dataclass(frozen=True, slots=True)
class AtrophyRow:
    """One result: how much the ventricles were made to grow, the errors of CLp (the worse side) and of the others."""

    growth: float
    clp_mm: float
    result: SpoiltRow


def rows_of(head: MarkedHead, threads: int) -> Iterator[AtrophyRow]:
    """All results of one head, those with its own ventricles first."""
    clean = AlignedHead.of(head, threads)
    clean_warp, fit = clean.fitted(np.eye(4))
    deep_brain = clean.deep_brain
    atlas = load_atlas("morel")
    targets = Points.gather([atlas.centroid(clp(side)) for side in SIDES])
    tissue = (deep_brain.core & ~deep_brain.ventricles).ravel()
    core = Points(deep_brain.frame, deep_brain.places().array[tissue][::7])
    right = SpoiltRow(head.name, "left alone", round(clean.landmark_mm(clean_warp), 3), 0.0, judge(fit).verdict, fit)
    yield AtrophyRow(1.0, 0.0, right)
    ventricles = ventricles_of(clean, clean_warp)
    for growth in GROWTHS:
        widening = Widening.of(head.volume, ventricles, growth)
        name = f"{head.name} x{growth:g}"
        aligned = AlignedHead.of(widening.head(head, name), threads)
        true_core = widening.moved(clean_warp.apply(core).array)
        true_targets = widening.moved(clean_warp.apply(targets).array)
        pushed_mm = np.linalg.norm(true_targets - clean_warp.apply(targets).array, axis=1)
        print(
            f"{name}: {ventricles.sum() * head.volume.grid.cell_mm3 / 1000:.1f} ml before, least growth of tissue "
            f"{widening.least_growth(ventricles):.2f}, CLp pushed by {pushed_mm.round(1)} mm",
            flush=True,
        )
        for spoilt, warp, found in _results(aligned):
            off_mm = np.linalg.norm(warp.apply(core).array - true_core, axis=1)
            clp_mm = np.linalg.norm(warp.apply(targets).array - true_targets, axis=1).max()
            landmark_mm, core_mm = aligned.landmark_mm(warp), float(np.percentile(off_mm, 95))
            result = SpoiltRow(name, spoilt, round(landmark_mm, 3), round(core_mm, 3), judge(found).verdict, found)
            yield AtrophyRow(growth, round(float(clp_mm), 3), result)


def _results(aligned: AlignedHead) -> Iterator[tuple[str, Warp[Mni, ScannerRas], Fit]]:
    """What was done, the map, and what is measured on it."""
    alone, fit = aligned.fitted(np.eye(4))
    yield "left alone", alone, fit
    for by_mm in MOVED_MM:
        yield f"map moved {np.linalg.norm(by_mm):.1f} mm", *aligned.moved(alone, by_mm)
    for name, spoil in spoils():
        if name in SPOILS:
            yield name, *aligned.fitted(spoil)


def _logged(line: str) -> AtrophyRow:
    """A row of the log, judged by the limits as they are now."""
    values = json.loads(line)
    fit = Fit(**values["result"]["fit"])
    result = SpoiltRow(**{**values["result"], "fit": fit, "verdict": judge(fit).verdict})
    return AtrophyRow(values["growth"], values["clp_mm"], result)


def _said(row: AtrophyRow) -> str:
    result, fit = row.result, row.result.fit
    errors = f"CLp {row.clp_mm:5.2f}  AC/PC {result.landmark_mm:5.2f}  core {result.core_mm:5.2f} mm"
    seen = f"ventricles x{fit.ventricles:4.2f}, shift {fit.largest_shift_mm:4.1f} / {fit.median_shift_mm:3.1f} mm"
    seen += f", local {fit.local_correlation:.2f}"
    return f"{result.head:<16} {result.spoilt:<17} {errors}  {seen}  {result.verdict}"


def main() -> None:
    """Run what is asked for and print rows and rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heads", nargs="*", choices=head_names(), default=HEADS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--log", type=Path, default=None, help="heads whose rows are kept here are not computed again")
    arguments = parser.parse_args()
    lines = arguments.log.read_text(encoding="utf-8").splitlines() if arguments.log and arguments.log.is_file() else []
    rows = [_logged(line) for line in lines]
    for row in rows:
        print(_said(row))
    for name in arguments.heads:
        if any(row.result.head == name for row in rows):
            continue
        for row in rows_of(load_head(name), arguments.threads):
            rows.append(row)
            print(_said(row), flush=True)
            if arguments.log is not None:
                with arguments.log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
    print("", *summary_lines([row.result for row in rows if row.growth > 1]), sep="\n")


if __name__ == "__main__":
    main()
