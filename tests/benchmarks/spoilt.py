"""Registrations made wrong on purpose: how often the verdict notices, and how often it doubts what is right.

    python -m tests.benchmarks.spoilt [--heads colin27 mne] [--log rows.jsonl]

The deformable stage is started from an affine that is shifted, turned or scaled. The truth is the marks for AC and PC,
and for the rest of the deep brain the same head's registration left alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk
from scipy.spatial.transform import Rotation

from fusplan.atlas.catalogue import load_template
from fusplan.registration.brain_extraction import looks_brain_extracted
from fusplan.registration.deep_brain import DeepBrain, TemplatePair
from fusplan.registration.greedy_engine import displacements_of
from fusplan.registration.greedy_stages import DEFORM, DEFORM_SETTINGS, GreedyRun
from fusplan.registration.quality import Fit, judge, measure_fit
from fusplan.registration.working_image import working_image
from fusplan.spatial import Affine, Mni, Points, ScannerRas, Warp
from fusplan.spatial.points import FloatArray
from fusplan.spatial.warp import Displacements
from tests.benchmarks.heads import MarkedHead, head_names, load_head

SHIFTS_MM = (3.0, 6.0, 9.0, 12.0, 15.0)
TURNS_DEG = (8.0, 12.0, 18.0)
SCALES = (0.85, 1.15)
LANDMARK_MM, CORE_MM = 1.5, 3.0
"""A result is wrong when AC or PC is further off than the first, or a twentieth of the core further than the second."""
SEED = 31


@dataclass(frozen=True, slots=True)
class SpoiltRow:
    """One result: true error of AC or PC, 95th percentile of the core's error, the verdict and what it is judged by."""

    head: str
    spoilt: str
    landmark_mm: float
    core_mm: float
    verdict: str
    fit: Fit

    @property
    def is_wrong(self) -> bool:
        return self.landmark_mm > LANDMARK_MM or self.core_mm > CORE_MM


def spoils() -> Iterator[tuple[str, FloatArray]]:
    """Name and 4 x 4 matrix, about the template's mid-commissural point, seeded directions."""
    rng = np.random.default_rng(SEED)
    marks = load_template().landmarks
    middle = (marks.ac.array + marks.pc.array) / 2

    def about_middle(linear: FloatArray, shift: FloatArray) -> FloatArray:
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = linear, middle - linear @ middle + shift
        return matrix

    yield "left alone", np.eye(4)
    for size_mm in SHIFTS_MM:
        direction = rng.normal(size=3)
        yield f"shift {size_mm:g} mm", about_middle(np.eye(3), size_mm * direction / np.linalg.norm(direction))
    for angle_deg in TURNS_DEG:
        axis = rng.normal(size=3)
        turn = Rotation.from_rotvec(np.radians(angle_deg) * axis / np.linalg.norm(axis)).as_matrix()
        yield f"turn {angle_deg:g} deg", about_middle(turn, np.zeros(3))
    for scale in SCALES:
        yield f"scale {scale:g}", about_middle(np.eye(3) * scale, np.zeros(3))


@dataclass(frozen=True, slots=True, eq=False)
class AlignedHead:
    """A head with the template aligned to it, before the deep brain is fitted: from here on it is spoilt."""

    head: MarkedHead
    patient: sitk.Image
    run: GreedyRun
    deep_brain: DeepBrain
    affine: FloatArray
    threads: int

    @classmethod
    def of(cls, head: MarkedHead, threads: int) -> AlignedHead:
        patient = working_image(head.volume)
        pair = TemplatePair.of(load_template(), looks_brain_extracted(head.volume))
        run = GreedyRun(pair.image, patient, threads)
        run.find_pose(1)
        return cls(head, patient, run, DeepBrain.of(pair), run.refine_affine(1), threads)

    @property
    def core(self) -> Points[Mni]:
        """Some of the places in the template where errors are counted."""
        return Points(self.deep_brain.frame, self.deep_brain.places().array[self.deep_brain.core.ravel()][::7])

    def fitted(self, spoil: FloatArray) -> tuple[Warp[Mni, ScannerRas], Fit]:
        """The map that is found from an affine spoilt by a 4 x 4 matrix, and what is measured on it."""
        affine, before, matched = self._start(spoil)
        warp = Warp(self._deformed(matched.image, affine), affine)
        return warp, self._measured(warp, before, matched)

    def moved(self, warp: Warp[Mni, ScannerRas], by_mm: Sequence[float]) -> tuple[Warp[Mni, ScannerRas], Fit]:
        """A right map moved after everything was fitted, and what is measured on it."""
        affine, before, matched = self._start(np.eye(4))
        shift = np.eye(4)
        shift[:3, 3] = by_mm
        wrong = Warp(warp.displacements, Affine(affine.source, affine.target, warp.affine.matrix @ shift))
        return wrong, self._measured(wrong, before, matched)

    def _start(self, spoil: FloatArray) -> tuple[Affine[Mni, ScannerRas], npt.NDArray[np.float32], DeepBrain]:
        affine = Affine(self.deep_brain.frame, self.head.volume.scanner_frame, self.affine @ spoil)
        before = self.deep_brain.patient_seen(self.patient, affine)
        return affine, before, self.deep_brain.matched_to(before)

    def _measured(self, warp: Warp[Mni, ScannerRas], before: npt.NDArray[np.float32], matched: DeepBrain) -> Fit:
        seen = matched.patient_seen(self.patient, warp)
        return measure_fit(matched, seen, before, warp, load_template().landmarks)

    def landmark_mm(self, warp: Warp[Mni, ScannerRas]) -> float:
        """The larger of AC's and PC's distances from the marks."""
        marks = load_template().landmarks
        return max(warp.apply(marks.ac).distance_to(self.head.ac), warp.apply(marks.pc).distance_to(self.head.pc))

    def _deformed(self, box: sitk.Image, start: Affine[Mni, ScannerRas]) -> Displacements[Mni]:
        """The deformable stage from another affine than the one found: greedy takes that from a file only."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "start.mat"
            np.savetxt(path, start.matrix, fmt="%.17g")
            command = DEFORM_SETTINGS.format(threads=self.threads) + DEFORM.replace("affine2", str(path))
            self.run._execute(command, box=box, moving1=self.patient, warp=None)
            return displacements_of(self.run._engine["warp"], start.source)


def spoil_head(head: MarkedHead, wanted: Sequence[str], threads: int) -> Iterator[SpoiltRow]:
    """The results of one head."""
    aligned = AlignedHead.of(head, threads)
    core = aligned.core
    truth: FloatArray | None = None
    for name, spoil in spoils():
        if name not in wanted and name != "left alone":
            continue
        warp, fit = aligned.fitted(spoil)
        places = warp.apply(core).array
        truth = places if truth is None else truth
        core_mm = float(np.percentile(np.linalg.norm(places - truth, axis=1), 95))
        yield SpoiltRow(
            head.name, name, round(aligned.landmark_mm(warp), 3), round(core_mm, 3), judge(fit).verdict, fit
        )


def summary_lines(rows: Sequence[SpoiltRow]) -> Iterator[str]:
    """Verdicts by true error, then the rates."""
    bands = {
        "right: AC, PC within 1.5 mm, core within 2 mm": [r for r in rows if not r.is_wrong and r.core_mm <= 2],
        "right, but a twentieth of the core 2 to 3 mm off": [r for r in rows if not r.is_wrong and r.core_mm > 2],
        "wrong: a twentieth of the core over 3 mm off": [
            r for r in rows if r.is_wrong and r.landmark_mm <= LANDMARK_MM
        ],
        "wrong: AC or PC over 1.5 mm off": [row for row in rows if row.landmark_mm > LANDMARK_MM],
    }
    yield f"{'':<50}" + "".join(f"{name:>9}" for name in ("ok", "warning", "error"))
    for name, found in bands.items():
        counts = "".join(f"{sum(row.verdict == v for row in found):>9}" for v in ("ok", "warning", "error"))
        yield f"{name:<50}{counts}"
    wrong, right = [row for row in rows if row.is_wrong], [row for row in rows if not row.is_wrong]
    if wrong:
        yield f"Hit rate (wrong and told so): {np.mean([r.verdict != 'ok' for r in wrong]):.0%} of {len(wrong)}"
        yield f"Miss rate (wrong and called ok): {np.mean([r.verdict == 'ok' for r in wrong]):.0%}"
    if right:
        yield f"False alarms (right but doubted): {np.mean([r.verdict != 'ok' for r in right]):.0%} of {len(right)}"
    for row in wrong:
        if row.verdict == "ok":
            yield f"    missed: {row.head}, {row.spoilt}: AC/PC {row.landmark_mm:.2f}, core {row.core_mm:.2f} mm"


def _logged(line: str) -> SpoiltRow:
    """A row of the log, judged by the limits as they are now."""
    values = json.loads(line)
    fit = Fit(**values["fit"])
    return SpoiltRow(**{**values, "fit": fit, "verdict": judge(fit).verdict})


def main() -> None:
    """Run what is asked for and print rows and rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heads", nargs="*", choices=head_names(), default=head_names())
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--log", type=Path, default=None, help="rows are kept here and not computed again")
    arguments = parser.parse_args()
    rows: list[SpoiltRow] = []
    if arguments.log is not None and arguments.log.is_file():
        rows = [_logged(line) for line in arguments.log.read_text(encoding="utf-8").splitlines()]
    done = {(row.head, row.spoilt) for row in rows}
    for name in arguments.heads:
        wanted = [spoilt for spoilt, _ in spoils() if (name, spoilt) not in done]
        for row in spoil_head(load_head(name), wanted, arguments.threads) if wanted else ():
            if (row.head, row.spoilt) in done:
                continue
            rows.append(row)
            errors = f"AC/PC {row.landmark_mm:6.2f}  core {row.core_mm:6.2f} mm"
            print(f"{row.head:<10} {row.spoilt:<14} {errors}  {row.verdict}", flush=True)
            if arguments.log is not None:
                with arguments.log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
    print("", *summary_lines(rows), sep="\n")


if __name__ == "__main__":
    main()
