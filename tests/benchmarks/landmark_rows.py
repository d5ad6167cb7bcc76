"""One registration compared with the marks of a head, and the file that keeps such rows."""

from __future__ import annotations

import json
import resource
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from fusplan.atlas.catalogue import load_template
from fusplan.errors import FusplanError
from fusplan.planning.landmarks import carry_landmarks, refine_landmarks
from fusplan.planning.plan import Landmarks
from fusplan.progress import NoProgress
from fusplan.registration.greedy_engine import register
from fusplan.registration.request import RegistrationRequest
from fusplan.spatial import DegenerateLandmarksError, Point, Points, ScannerRas, acpc_geometry
from tests.benchmarks.heads import MarkedHead

AS_IT_IS = "as it is"
HEADING = f"{'head':<12} {'case':<20} {'AC mm':>6} {'PC mm':>6} {'plane deg':>9} {'verdict':<8} {'s':>6} {'CPU s':>6}"
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Errors:
    """Distance of the carried AC and PC from the marks, and the angle between the midplanes.

    ``ac_vector_mm``, ``pc_vector_mm``: the same errors to the right, anterior and superior in the true AC-PC frame.
    """

    ac_mm: float = NAN
    pc_mm: float = NAN
    midplane_deg: float = NAN
    ac_vector_mm: tuple[float, ...] = ()
    pc_vector_mm: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One registration.

    Attributes:
        errors: of the landmarks as a plan has them; NaN when the head was refused.
        carried: of the landmarks as the map alone carries them.
        measures: of the registration's quality.
        stages: wall seconds.
    """

    head: str
    case: str
    engine: str
    errors: Errors
    carried: Errors
    verdict: str
    seconds: float
    cpu_s: float
    measures: tuple[tuple[str, float], ...] = ()
    stages: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def worst_mm(self) -> float:
        return max(self.errors.ac_mm, self.errors.pc_mm)

    def line(self) -> str:
        errors, what = self.errors, self.case if self.engine == "fusplan" else self.engine
        return (
            f"{self.head:<12} {what:<20} {errors.ac_mm:6.2f} {errors.pc_mm:6.2f} {errors.midplane_deg:9.2f} "
            f"{self.verdict:<8} {self.seconds:6.1f} {self.cpu_s:6.1f}"
        )


class Stopwatch:
    """Wall and processor seconds since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), self._cpu_s()

    @staticmethod
    def _cpu_s() -> float:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime

    def spent(self) -> tuple[float, float]:
        return round(time.perf_counter() - self._wall, 2), round(self._cpu_s() - self._cpu, 2)


def measure(head: MarkedHead, case: str, threads: int) -> Row:
    """Register one head and compare with its marks."""
    watch = Stopwatch()
    try:
        result = register(RegistrationRequest(head.volume, load_template(), threads), NoProgress())
    except FusplanError as error:
        return Row(head.name, case, "fusplan", Errors(), Errors(), "refused", *watch.spent(), notes=(str(error),))
    spent = watch.spent()
    carried = carry_landmarks(load_template(), result.mni_to_scanner, result.contrast)
    return Row(
        head.name,
        case,
        "fusplan",
        _errors_of(head, refine_landmarks(carried, head.volume)),
        _errors_of(head, carried),
        result.quality.verdict,
        *spent,
        measures=tuple((measure.name, round(measure.value, 4)) for measure in result.quality.measures),
        stages=result.seconds,
        notes=result.notes,
    )


def errors_against_marks(
    head: MarkedHead, ac: Point[ScannerRas], pc: Point[ScannerRas], midline: Points[ScannerRas]
) -> Errors:
    """AC, PC and the midplane that was found against the marked ones."""
    axes = head.geometry().axes
    try:
        found = acpc_geometry(ac, pc, midline).axes[:, 0]
        angle_deg = float(np.degrees(np.arccos(np.clip(found @ axes[:, 0], -1, 1))))
    except DegenerateLandmarksError:
        angle_deg = 180.0
    return Errors(
        round(ac.distance_to(head.ac), 4),
        round(pc.distance_to(head.pc), 4),
        round(angle_deg, 4),
        tuple((axes.T @ (ac.array - head.ac.array)).round(3).tolist()),
        tuple((axes.T @ (pc.array - head.pc.array)).round(3).tolist()),
    )


def _errors_of(head: MarkedHead, landmarks: Landmarks) -> Errors:
    midline = Points.gather(landmark.point for landmark in landmarks.midline)
    return errors_against_marks(head, landmarks.ac.point, landmarks.pc.point, midline)


class Log:
    """Rows that are done, kept in a JSON-lines file when there is one."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.rows: list[Row] = []
        if path is not None and path.is_file():
            self.rows = [_row(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]

    def find(self, head: str, case: str, engine: str = "fusplan") -> Row | None:
        return next((row for row in self.rows if (row.head, row.case, row.engine) == (head, case, engine)), None)

    def add(self, row: Row) -> None:
        self.rows.append(row)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(row)) + "\n")


def _row(stored: dict[str, object]) -> Row:
    def frozen(value: object) -> object:
        return tuple(frozen(item) for item in value) if isinstance(value, list) else value

    def errors(value: object) -> Errors:
        return Errors(**{key: frozen(item) for key, item in dict(value).items()})  # type: ignore[call-overload]

    read = {"errors": errors, "carried": errors}
    return Row(**{key: read.get(key, frozen)(value) for key, value in stored.items()})  # type: ignore[arg-type]
