"""The checks of a plan in the order in which a person wants them, what needs a look first, and how many there are.

The agreement of the proposals is among them: window, reports and command line count here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.planning.review import Check
from fusplan.registration.request import Verdict


@dataclass(frozen=True, slots=True)
class SortedChecks:
    """Checks that need a look (errors before warnings) and those that are fine, and a sentence over all."""

    to_look_at: tuple[Check, ...]
    fine: tuple[Check, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many are ``wrong``, ``to_look_at`` and ``fine``."""
        errors = sum(check.verdict == "error" for check in self.to_look_at)
        return {"wrong": errors, "to_look_at": len(self.to_look_at) - errors, "fine": len(self.fine)}

    @property
    def verdict(self) -> Verdict:
        """That of the gravest."""
        return self.to_look_at[0].verdict if self.to_look_at else "ok"

    @property
    def words(self) -> str:
        """How many need a look."""
        counts = self.counts
        parts = [f"{counts['wrong']} wrong"] if counts["wrong"] else []
        parts += [f"{counts['to_look_at']} to look at"] if counts["to_look_at"] else []
        return ", ".join([*parts, f"{counts['fine']} fine"]) + "."


def sorted_checks(checks: tuple[Check, ...]) -> SortedChecks:
    """Checks sorted by verdict, otherwise in their order."""
    errors = tuple(check for check in checks if check.verdict == "error")
    warnings = tuple(check for check in checks if check.verdict == "warning")
    return SortedChecks((*errors, *warnings), tuple(check for check in checks if check.verdict == "ok"))
