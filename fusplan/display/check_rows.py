"""The checks of a plan in the order in which a person wants them: what needs a look first."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.planning.review import Check


@dataclass(frozen=True, slots=True)
class SortedChecks:
    """Checks that need a look (errors before warnings) and those that are fine, and a sentence over all."""

    to_look_at: tuple[Check, ...]
    fine: tuple[Check, ...]

    @property
    def words(self) -> str:
        """How many need a look."""
        errors = sum(check.verdict == "error" for check in self.to_look_at)
        warnings = len(self.to_look_at) - errors
        parts = [f"{errors} wrong"] if errors else []
        parts += [f"{warnings} to look at"] if warnings else []
        return ", ".join([*parts, f"{len(self.fine)} fine"]) + "."


def sorted_checks(checks: tuple[Check, ...]) -> SortedChecks:
    """Checks sorted by verdict, otherwise in their order."""
    errors = tuple(check for check in checks if check.verdict == "error")
    warnings = tuple(check for check in checks if check.verdict == "warning")
    return SortedChecks((*errors, *warnings), tuple(check for check in checks if check.verdict == "ok"))
