"""What the person wants of the next plan on the open head, as typed: the options of ``fusplan plan``."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fusplan.errors import FusplanError
from fusplan.imaging.volume import Volume
from fusplan.number_text import NumberTextError, read_whole_number
from fusplan.planning.lesion_size import DEFAULT_SIZES, LesionSizeError, parse_lesion_size
from fusplan.planning.plan import Landmark, Landmarks
from fusplan.spatial import Side
from fusplan.workflows.requests import LesionWish, MakePlanRequest, ScannerMm

USUAL_SEED, USUAL_THREADS = 1, 2
FEWEST_THREADS, MOST_THREADS = 1, 64


class SeedError(FusplanError):
    """A seed that is no whole number from 0."""


@dataclass(frozen=True, slots=True)
class LesionOptions:
    """The lesion of one side: its size as written, and how far its upper end leans forward and outward."""

    size: str
    tilt_anterior_deg: float = 0.0
    tilt_lateral_deg: float = 0.0

    def wish(self) -> LesionWish:
        """The lesion that this describes. Raises LesionSizeError."""
        return LesionWish(parse_lesion_size(self.size), self.tilt_anterior_deg, self.tilt_lateral_deg)


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What may be chosen before a plan is made; what nobody touches is as the command line has it.

    Attributes:
        left, right: the lesions.
        atlas: name of the atlas that targets start from; None for where all atlases agree best.
        seed: of everything random, as written.
        threads: processor threads for the registration.
        keeps_landmarks: whether landmarks of the open plan that were placed by hand are used again.
    """

    left: LesionOptions = LesionOptions(DEFAULT_SIZES["left"].words)
    right: LesionOptions = LesionOptions(DEFAULT_SIZES["right"].words)
    atlas: str | None = None
    seed: str = str(USUAL_SEED)
    threads: int = USUAL_THREADS
    keeps_landmarks: bool = False

    def lesion(self, side: Side) -> LesionOptions:
        """The lesion of a side."""
        return self.left if side == "left" else self.right

    def with_lesion(self, side: Side, lesion: LesionOptions) -> PlanOptions:
        """Another lesion on a side."""
        return replace(self, left=lesion) if side == "left" else replace(self, right=lesion)

    def request(
        self, volume: Volume, volume_index: int | None, assumed_scanner_ras: bool, landmarks: Landmarks | None
    ) -> MakePlanRequest:
        """What the workflow is asked.

        Args:
            volume: the open image; it was read from a file.
            volume_index, assumed_scanner_ras: how it was read.
            landmarks: those of the open plan, if there is one.

        Raises:
            LesionSizeError, SeedError: what was typed cannot be used.
        """
        assert volume.path is not None
        kept = landmarks if self.keeps_landmarks else None
        ac_mm, pc_mm, midline_mm = placed_by_hand(kept) if kept is not None else (None, None, ())
        return MakePlanRequest(
            volume.path,
            volume_index=volume_index,
            assume_scanner_ras=assumed_scanner_ras,
            ac_mm=ac_mm,
            pc_mm=pc_mm,
            midline_mm=midline_mm,
            lesions={"left": self._wish("left"), "right": self._wish("right")},
            threads=self.threads,
            seed=parse_seed(self.seed),
            series_uid=volume.series.uid if volume.series is not None else None,
            atlas=self.atlas,
            known_as=volume.content_name if volume.content_sha256 is not None else None,
        )

    def _wish(self, side: Side) -> LesionWish:
        try:
            return self.lesion(side).wish()
        except LesionSizeError as error:
            raise LesionSizeError(f"{side.capitalize()} lesion: {error.message}", error.remedy) from error


def parse_seed(text: str) -> int:
    """The seed as written. Raises SeedError."""
    try:
        seed = read_whole_number(text)
    except NumberTextError:
        seed = -1
    if seed < 0:
        raise SeedError(f"'{text}' is not a seed.", f"Write a whole number from 0, such as {USUAL_SEED}.")
    return seed


def placed_by_hand(landmarks: Landmarks) -> tuple[ScannerMm | None, ScannerMm | None, tuple[ScannerMm, ...]]:
    """AC, PC and midline in scanner RAS mm as far as a person has placed them.

    The midline is one thing: when a point of it was placed by hand, all its points are as the person left them.
    """

    def own(landmark: Landmark) -> ScannerMm | None:
        return landmark.point.coordinates if landmark.source == "user" else None

    touched = any(landmark.source == "user" for landmark in landmarks.midline)
    midline = tuple(landmark.point.coordinates for landmark in landmarks.midline) if touched else ()
    return own(landmarks.ac), own(landmarks.pc), midline


def kept_words(landmarks: Landmarks | None) -> str:
    """Which landmarks would be kept: ``AC and the midline (4 points)``; "" for none."""
    if landmarks is None:
        return ""
    ac, pc, midline = placed_by_hand(landmarks)
    points = f"the midline ({len(midline)} points)" if len(midline) != 1 else "the midline (1 point)"
    named = [word for word, placed in (("AC", ac), ("PC", pc), (points, midline)) if placed]
    return " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:])))
