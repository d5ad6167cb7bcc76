"""What is said above every step of a treatment: whether its numbers are of the plan as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.session.session import Session

NO_PLAN = "A treatment is of the targets of a plan. Make a plan on this head first (Ctrl+R)."
NO_TARGETS = "This plan has no target to treat. Place one first (Alt+4)."
BEING_SIMULATED = "Being simulated\N{HORIZONTAL ELLIPSIS}"
OF_EARLIER = "Numbers in grey are of the plan as it was; they are being computed anew\N{HORIZONTAL ELLIPSIS}"
WAITING_FOR_CT = "The skull is that of a CT, which is not at hand: see the step Skull."

Tone: TypeAlias = Literal["muted", "warning"]


@dataclass(frozen=True, slots=True)
class SimulationWords:
    """How the simulation stands.

    Attributes:
        sentence: for a person; "" when all is known and current.
        tone: how it is said.
        offers_again: whether a person may have it simulated again.
    """

    sentence: str = ""
    tone: Tone = "muted"
    offers_again: bool = False


def simulation_words(session: Session) -> SimulationWords:
    """Of what is open."""
    plan = session.plan
    if plan is None:
        return SimulationWords(NO_PLAN)
    if not plan.targets:
        return SimulationWords(NO_TARGETS)
    if session.simulated_is_current:
        return SimulationWords()
    trouble = session.simulation_trouble
    if trouble is not None:
        return SimulationWords(f"{trouble.message} {trouble.remedy}".strip(), "warning", True)
    if session.ct_trouble is not None:
        return SimulationWords(WAITING_FOR_CT, "warning")
    return SimulationWords(BEING_SIMULATED if session.simulated is None else OF_EARLIER)
