"""What a plan means: the values computed from it for people to read. They are stored beside it, never in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.atlas.structure_ref import StructureRef
from fusplan.planning.review_key import ReviewBasis
from fusplan.registration.request import Verdict
from fusplan.spatial import Ellipsoid, ScannerRas, Side


@dataclass(frozen=True, slots=True)
class StructureShare:
    """How much of a lesion lies in one structure, by one atlas.

    Attributes:
        abbreviation, name, side: the structure (``outside`` with side None for outside the thalamus).
        volume_mm3: volume of the lesion inside it.
        share_of_lesion: 0 to 1.
        share_of_structure: 0 to 1 (0 for outside).
    """

    abbreviation: str
    name: str
    side: Side | None
    volume_mm3: float
    share_of_lesion: float
    share_of_structure: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """One lesion against one atlas.

    Attributes:
        atlas: name of the atlas (``morel``, ``julich``).
        lesion_volume_mm3: closed form.
        clp: the share in the posterior part of CL; cl: the share in the whole of CL (both on the lesion's side); None
            for an atlas that describes no CLp.
        spill: every other structure touched, largest first, and ``outside`` the thalamus.
        sampling_error: estimated relative standard error of the largest share (below 0.01).
        clp_volume_mm3, cl_volume_mm3: of the structure in the patient.
        title, called: the atlas in tables and in sentences ("the Morel figures"); "" stands for the name.
    """

    atlas: str
    lesion_volume_mm3: float
    clp: StructureShare | None
    cl: StructureShare | None
    spill: tuple[StructureShare, ...]
    sampling_error: float
    clp_volume_mm3: float
    cl_volume_mm3: float
    title: str = ""
    called: str = ""

    @property
    def known_clp(self) -> StructureShare:
        """The share in CLp of an atlas that describes it; see :func:`describing_clp`."""
        if self.clp is None:
            raise ValueError(f"the atlas {self.atlas} describes no CLp")
        return self.clp

    @property
    def known_cl(self) -> StructureShare:
        """The share in CL of an atlas that describes CLp."""
        if self.cl is None:
            raise ValueError(f"the atlas {self.atlas} describes no CLp")
        return self.cl

    @property
    def short_title(self) -> str:
        """The atlas in tables."""
        return self.title or self.atlas.capitalize()

    @property
    def by_words(self) -> str:
        """The atlas in sentences."""
        return self.called or f"the {self.atlas.capitalize()} figures"


def describing_clp(coverages: tuple[Coverage, ...]) -> tuple[Coverage, ...]:
    """Those by atlases that describe CLp; the first of a review always does."""
    return tuple(one for one in coverages if one.clp is not None)


DistanceKind: TypeAlias = Literal["structure", "midline", "ventricle wall"]


@dataclass(frozen=True, slots=True)
class Distance:
    """Shortest distance from a lesion's surface to something.

    Attributes:
        to: what it is, for a person.
        distance_mm: negative: how deep the lesion reaches into it, or across it.
        kind: what it is.
        structure: which one, where it is a structure of the atlas.
    """

    to: str
    distance_mm: float
    kind: DistanceKind
    structure: StructureRef | None = None


@dataclass(frozen=True, slots=True)
class ProposalDistance:
    """Distance between two proposals of one side, by their method names."""

    first: str
    second: str
    distance_mm: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the proposals of one side agree."""

    side: Side
    distances: tuple[ProposalDistance, ...]
    largest_mm: float
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class TouchProbability:
    """Probability, under the stated errors, that a lesion touches a structure (more than 1 % of its volume inside)."""

    abbreviation: str
    name: str
    probability: float


ErrorKind: TypeAlias = Literal["landmarks", "device", "registration", "person", "atlas", "together"]
Moves: TypeAlias = Literal["lesion", "anatomy"]


@dataclass(frozen=True, slots=True)
class ErrorShare:
    """One line of an error budget.

    Attributes:
        kind: which error; ``together`` for all of them.
        name: what it is, for a person.
        rms_mm: 3-D root mean square.
        citation: where its size comes from; None for all together.
        moves: whether it moves the lesion or the anatomy; None for all together.
    """

    kind: ErrorKind
    name: str
    rms_mm: float
    citation: str | None = None
    moves: Moves | None = None

    @property
    def words(self) -> str:
        """Name, source and what it moves, in a line."""
        source = "" if self.citation is None else f" ({self.citation})"
        return f"{self.name}{source}" + ("" if self.moves is None else f": moves the {self.moves}")


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """What the stated errors do to one lesion (seeded Monte Carlo).

    Attributes:
        lesion_id: the lesion.
        region_95: the ellipsoid that holds the true position of the target with 95 % probability.
        standard_deviation_mm: along right, anterior, superior of the AC-PC frame.
        budget: how large each error source is, and last all of them together.
        half_clp_probability: that the lesion covers at least half of CLp (by the plan's first atlas).
        expected_clp_share: mean and 5th / 95th percentile of the share of CLp covered.
        touches: for every neighbour with probability above 1 %, most probable first.
        draws, seed: of the Monte Carlo.
        largest_clp_share: share of CLp that a lesion of this volume could cover at most, wherever it lies: below one
            half, ``half_clp_probability`` is 0 by arithmetic and says nothing about the position.
    """

    lesion_id: str
    region_95: Ellipsoid[ScannerRas]
    standard_deviation_mm: tuple[float, float, float]
    budget: tuple[ErrorShare, ...]
    half_clp_probability: float
    expected_clp_share: tuple[float, float, float]
    touches: tuple[TouchProbability, ...]
    draws: int
    seed: int
    largest_clp_share: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class LesionReview:
    """Everything computed about one lesion."""

    lesion_id: str
    volume_mm3: float
    coverage: tuple[Coverage, ...]
    distances: tuple[Distance, ...]
    uncertainty: Uncertainty


@dataclass(frozen=True, slots=True)
class Check:
    """One plausibility check of the plan with its verdict and a sentence for a person."""

    name: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class PlanReview:
    """Everything computed about a plan, or the parts of it that are known.

    Attributes:
        agreements: of the proposals of each side that has any.
        lesions: in the order of the plan.
        checks: never empty once they are made.
        basis: which plan it is of, and by which atlases.
    """

    agreements: tuple[Agreement, ...]
    lesions: tuple[LesionReview, ...]
    checks: tuple[Check, ...]
    basis: ReviewBasis

    def lesion(self, lesion_id: str) -> LesionReview:
        return next(review for review in self.lesions if review.lesion_id == lesion_id)
