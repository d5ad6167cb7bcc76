"""How far apart the proposals for one aim lie in ordinary heads: the measure of what is unusual in another head.

The numbers are in ``resources/planning/proposal_spread.json``, made by ``tests/benchmarks/proposal_spread.py`` from
heads that this program registered, with their names, the day, and how the proposals were made.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from fusplan.notice import RESEARCH_ONLY
from fusplan.paths import resources_folder

SPREAD_FILE = resources_folder() / "planning" / "proposal_spread.json"

WARNING_DEVIATIONS, ERROR_DEVIATIONS = 2.5, 4.0
"""Standard deviations above the mean from which on a distance is further than in most heads, and unusual (derived: 2
and 3 of a normal distribution, widened since the deviation of six heads is itself sure to a third only, and since the
worst of some fifteen pairs is told)."""

LEAST_DEVIATION_MM = 0.5
"""A smaller deviation of so few heads is not believed: landmarks alone differ by that much (derived)."""

BEYOND_THE_LARGEST_MM = 2.0
"""An unusual distance lies at least this far beyond the largest of the reference heads (derived: twice the error of the
device; judged by the five others, no reference head is then unusual)."""


@dataclass(frozen=True, slots=True)
class PairSpread:
    """The distance between proposals of two kinds over the reference heads, both sides of each together.

    Attributes:
        first, second: methods of the proposals, such as ``morel-centroid``, in the order of the alphabet.
        mean_mm, standard_deviation_mm, largest_mm: of their distances.
    """

    first: str
    second: str
    mean_mm: float
    standard_deviation_mm: float
    largest_mm: float

    @property
    def warning_mm(self) -> float:
        """Further than in most heads beyond this."""
        return self.mean_mm + WARNING_DEVIATIONS * max(self.standard_deviation_mm, LEAST_DEVIATION_MM)

    @property
    def error_mm(self) -> float:
        """Unusual beyond this."""
        by_deviation = self.mean_mm + ERROR_DEVIATIONS * max(self.standard_deviation_mm, LEAST_DEVIATION_MM)
        return max(by_deviation, self.largest_mm + BEYOND_THE_LARGEST_MM)


@dataclass(frozen=True, slots=True)
class ProposalSpread:
    """The reference.

    Attributes:
        aim_key: what the proposals are for.
        heads: names of the reference heads.
        made: the day, as year-month-day.
        rule: the AC-PC rule that was among them, in words.
        lesion_sizes: for which the best covers were looked for.
        pairs: every two kinds of proposals that there were.
    """

    aim_key: str
    heads: tuple[str, ...]
    made: str
    rule: str
    lesion_sizes: str
    pairs: tuple[PairSpread, ...]

    @property
    def head_count(self) -> int:
        return len(self.heads)

    def pair(self, one: str, other: str) -> PairSpread | None:
        """Of proposals by two methods, in any order; None where the reference heads had no such two."""
        wanted = tuple(sorted((one, other)))
        return next((pair for pair in self.pairs if (pair.first, pair.second) == wanted), None)

    @property
    def plain(self) -> dict[str, Any]:
        """As it stands in the file."""
        about = "Distances between the proposals for one aim in reference heads, mm; both sides of each head together."
        return {"about": about, "notice": RESEARCH_ONLY, "head_count": self.head_count, **asdict(self)}

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> ProposalSpread:
        """The inverse of :attr:`plain`."""
        return cls(
            aim_key=plain["aim_key"],
            heads=tuple(plain["heads"]),
            made=plain["made"],
            rule=plain["rule"],
            lesion_sizes=plain["lesion_sizes"],
            pairs=tuple(PairSpread(**pair) for pair in plain["pairs"]),
        )


@lru_cache(maxsize=1)
def reference_spread() -> ProposalSpread:
    """That of the reference heads which comes with the program."""
    return ProposalSpread.of_plain(json.loads(SPREAD_FILE.read_text(encoding="utf-8")))
