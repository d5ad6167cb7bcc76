"""A case with the built-in atlases in it, and a desk that keeps what panels ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from fusplan.atlas.catalogue import BUILT_IN, load_atlas
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.errors import FusplanError
from fusplan.imaging.volume import Volume
from fusplan.planning.document import PlanDocument
from fusplan.planning.plan import Plan, Proposal, Provenance
from fusplan.progress import NoProgress
from fusplan.spatial import Point
from fusplan.widgets.case import Case, CaseAtlas
from fusplan.widgets.desk import Desk
from fusplan.widgets.message_bar import Message
from tests.widgets.cases import head, nuclei, plan_of

OFFSETS = {
    "morel-centroid": (0.0, 0.0, 0.0),
    "morel-best-cover": (0.5, 0.5, 0.5),
    "julich-centroid": (0.0, 3.0, 0.0),
    "julich-best-cover": (0.0, 4.0, 1.0),
    "acpc-rule": (0.0, 0.0, 8.0),
}
"""Where the proposals lie from the targets, mm: all three verdicts occur."""


@lru_cache(maxsize=1)
def small_head() -> Volume:
    return head(4.0)


@lru_cache(maxsize=1)
def small_plan() -> Plan:
    """Five made-up proposals on each side; the registration is the identity."""
    plan = plan_of(small_head())
    proposals = tuple(
        Proposal(
            method.replace("-", " ").capitalize(),
            target.side,
            Point.of(target.point.frame, target.point.array + offset),
            Provenance(method, f"Made up for a test: {method}", "C", 2.5),
        )
        for target in plan.targets
        for method, offset in OFFSETS.items()
    )
    return replace(plan, proposals=proposals)


@lru_cache(maxsize=1)
def patient_atlases() -> tuple[PatientAtlas, ...]:
    warp = small_plan().registration.mni_to_scanner
    return tuple(PatientAtlas(load_atlas(name), warp, warp.inverse()) for name in BUILT_IN)


def atlas_case() -> Case:
    """A case with plan and atlases, as the window has it after a plan was opened."""
    case = Case()
    case.open_document(small_head(), PlanDocument(small_plan()))
    meshes = nuclei(small_head().scanner_frame)
    case.set_atlases(
        {atlas.atlas.name: CaseAtlas(atlas.atlas.name, atlas.atlas.title, atlas, meshes) for atlas in patient_atlases()}
    )
    case.view.update(cursor=small_plan().targets[0].point)
    return case


class InlineJobs:
    """Does long work at once."""

    def in_thread(
        self,
        function: Callable[..., object],
        request: object,
        title: str,
        then: Callable[[Any], None],
        on_error: Callable[[FusplanError], None] | None = None,
    ) -> Any:
        then(function(request, NoProgress()))

    in_process = in_thread


@dataclass
class KeptDesk:
    """A desk and what was said at it."""

    messages: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = Desk(InlineJobs(), say=self.messages.append)
