"""A case with the built-in atlases in it, and a desk that keeps what panels ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fusplan.display.drawn_atlas import DrawnAtlas
from fusplan.errors import FusplanError
from fusplan.planning.document import PlanDocument
from fusplan.progress import NoProgress
from fusplan.session.messages import Message
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from tests.planning.small_heads import patient_atlases, small_head, small_plan
from tests.widgets.cases import nuclei


def atlas_case() -> Case:
    """A case with plan and atlases, as the window has it after a plan was opened."""
    case = Case()
    case.open_document(small_head(), PlanDocument(small_plan()))
    meshes = nuclei(small_head().scanner_frame)
    case.set_atlases(
        {
            atlas.atlas.name: DrawnAtlas(atlas.atlas.name, atlas.atlas.title, atlas, meshes)
            for atlas in patient_atlases()
        }
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
