"""What a plan means: the values computed from it for people to read. They are stored beside it, never in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from fusplan.atlas.structure_ref import StructureRef
from fusplan.imaging.notes import ImageNote, Notes
from fusplan.planning.plan import Plan
from fusplan.planning.review_key import ReviewBasis
from fusplan.registration.request import Verdict
from fusplan.spatial import Ellipsoid, ScannerRas, Side

ShareKind: TypeAlias = Literal["structure", "rest", "outside"]
"""A structure or part; the rest of the structure that a part is cut from; outside all structures."""

REVIEW_VERSION: Final = 3
"""Of these values as :mod:`fusplan.planning.review_file` writes them, field by field. Raised whenever a field is added,
taken away or means something else: a review of another version is not believed but computed again."""


@dataclass(frozen=True, slots=True)
class StructureShare:
    """How much of a lesion lies in one structure, by one atlas.

    Attributes:
        abbreviation, name, side: the structure (``outside`` with side None for outside the thalamus).
        volume_mm3: volume of the lesion inside it.
        share_of_lesion: 0 to 1.
        share_of_structure: 0 to 1 (0 for outside).
        structure_mm3: volume of the structure in the patient (0 for outside).
        kind: of what it is a share.
    """

    abbreviation: str
    name: str
    side: Side | None
    volume_mm3: float
    share_of_lesion: float
    share_of_structure: float
    structure_mm3: float
    kind: ShareKind = "structure"


@dataclass(frozen=True, slots=True)
class Coverage:
    """One lesion against one atlas.

    Attributes:
        atlas: name of the atlas (``morel``, ``julich``).
        structure: what the coverage is of.
        lesion_volume_mm3: closed form.
        target: the share in that structure; None for an atlas that does not describe it.
        whole: the share in all of what the structure is cut from; that in the structure again when it is no part; None
            like ``target``.
        whole_key: what that whole is called in tables over several atlases (``CL`` of ``CLp``).
        spill: every other structure touched, largest first, and ``outside`` the thalamus; with them, when the
            structure is a part, the rest of its whole.
        sampling_error: estimated relative standard error of the largest share (below 0.01).
        title, called: the atlas in tables and in sentences ("the Morel figures"); "" stands for the name.
    """

    atlas: str
    structure: StructureRef
    lesion_volume_mm3: float
    target: StructureShare | None
    whole: StructureShare | None
    whole_key: str
    spill: tuple[StructureShare, ...]
    sampling_error: float
    title: str = ""
    called: str = ""

    @property
    def is_of_part(self) -> bool:
        """Whether what is covered is cut out of a larger structure, of which there is something to say, too."""
        return self.whole_key != self.structure.key

    @property
    def known_target(self) -> StructureShare:
        """The share in the structure, by an atlas that describes it; see :func:`describing`."""
        return self._known(self.target)

    @property
    def known_whole(self) -> StructureShare:
        """The share in all of what the structure is cut from, by an atlas that describes it."""
        return self._known(self.whole)

    def _known(self, share: StructureShare | None) -> StructureShare:
        if share is None:
            raise ValueError(f"the atlas {self.atlas} does not describe {self.structure.words}")
        return share

    @property
    def share_in_rest(self) -> float:
        """Share of the lesion, 0 to 1, in the rest of the whole that a part is cut from."""
        if self.whole is None or self.target is None:
            return 0.0
        return max(self.whole.share_of_lesion - self.target.share_of_lesion, 0.0)

    @property
    def short_title(self) -> str:
        """The atlas in tables."""
        return self.title or self.atlas.capitalize()

    @property
    def by_words(self) -> str:
        """The atlas in sentences."""
        return self.called or f"the {self.atlas.capitalize()} figures"


def describing(coverages: tuple[Coverage, ...]) -> tuple[Coverage, ...]:
    """Those by atlases that describe what is covered; the first of a review always does."""
    return tuple(coverage for coverage in coverages if coverage.target is not None)


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
    """Distance between two proposals of one side and aim, by their method names, and how usual it is.

    Attributes:
        first, second: which.
        distance_mm: how far they are apart.
        verdict: ok as in most heads, or where nothing is known of such two.
        usual_mm, usual_deviation_mm: mean and standard deviation in the reference heads; None where those had no such
            two.
    """

    first: str
    second: str
    distance_mm: float
    verdict: Verdict
    usual_mm: float | None
    usual_deviation_mm: float | None


AgreementStanding: TypeAlias = Literal[
    "as in most heads",
    "further apart than in most heads",
    "unusually far apart",
    "not judged",
    "nothing to compare",
]
"""How the proposals of a side stand to each other; ``not judged`` where the reference heads had no such proposals."""

_STANDING_VERDICTS: Final[Mapping[AgreementStanding, Verdict]] = {
    "as in most heads": "ok",
    "further apart than in most heads": "warning",
    "unusually far apart": "error",
    "not judged": "ok",
    "nothing to compare": "warning",
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the proposals of one side agree: all distances, the largest, and what is to be said of them."""

    side: Side
    distances: tuple[ProposalDistance, ...]
    largest_mm: float
    standing: AgreementStanding
    sentence: str

    @property
    def verdict(self) -> Verdict:
        """``ok`` is neutral: as in most heads, or not judged."""
        return _STANDING_VERDICTS[self.standing]

    def between(self, one: str, other: str) -> ProposalDistance | None:
        """The distance between two proposals, by their method names in any order."""
        wanted = {one, other}
        return next((found for found in self.distances if {found.first, found.second} == wanted), None)


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
        structure: what it is meant to cover.
        region_95: the ellipsoid that holds the true position of the target with 95 % probability.
        region_95_half_mm: its half extents along right, anterior, superior of the AC-PC frame.
        standard_deviation_mm: along the same.
        budget: how large each error source is, and last all of them together.
        half_cover_probability: that the lesion covers at least half of it (by the first atlas of its coverage).
        expected_share: mean and 5th / 95th percentile of the share of the structure that is covered.
        touches: for every neighbour with probability above 1 %, most probable first.
        draws, seed: of the Monte Carlo.
        largest_share: share of the structure that a lesion of this volume could cover at most, wherever it lies: below
            one half, ``half_cover_probability`` is 0 by arithmetic and says nothing about the position.
    """

    lesion_id: str
    structure: StructureRef
    region_95: Ellipsoid[ScannerRas]
    region_95_half_mm: tuple[float, float, float]
    standard_deviation_mm: tuple[float, float, float]
    budget: tuple[ErrorShare, ...]
    half_cover_probability: float
    expected_share: tuple[float, float, float]
    touches: tuple[TouchProbability, ...]
    draws: int
    seed: int
    largest_share: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class LesionReview:
    """Everything computed about one lesion."""

    lesion_id: str
    volume_mm3: float
    coverage: tuple[Coverage, ...]
    distances: tuple[Distance, ...]
    uncertainty: Uncertainty

    @property
    def structure(self) -> StructureRef:
        """What the lesion is meant to cover."""
        return self.uncertainty.structure


@dataclass(frozen=True, slots=True)
class Check:
    """One plausibility check of the plan.

    Attributes:
        name: what was checked.
        verdict: on it.
        sentence: for a person.
        image_note: what the reader of the planning image noticed, where the check passes that on.
    """

    name: str
    verdict: Verdict
    sentence: str
    image_note: ImageNote | None = None


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

    @property
    def image_notes(self) -> Notes:
        """What the reader of the planning image noticed, as the checks have it."""
        return tuple(check.image_note for check in self.checks if check.image_note is not None)

    @property
    def covered_keys(self) -> tuple[str, ...]:
        """What the lesions are meant to cover, each once, whichever the side."""
        return tuple(dict.fromkeys(lesion.structure.key for lesion in self.lesions))

    def is_of_all(self, plan: Plan) -> bool:
        """Whether nothing is missing: the checks and every lesion of the plan that it is of."""
        return bool(self.checks) and [found.lesion_id for found in self.lesions] == [one.id for one in plan.lesions]

    def lesion(self, lesion_id: str) -> LesionReview:
        return next(review for review in self.lesions if review.lesion_id == lesion_id)
