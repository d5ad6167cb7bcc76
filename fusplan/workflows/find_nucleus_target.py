"""A target at the centroid of a nucleus."""

from __future__ import annotations

from fusplan.planning.new_targets import NewTarget, nucleus_target
from fusplan.progress import Progress
from fusplan.workflows.requests import NucleusTargetRequest


def find_nucleus_target(request: NucleusTargetRequest, progress: Progress) -> NewTarget:
    """The target at the centroid of a nucleus in a head: about a second. Raises UnknownStructureError."""
    progress.report(0.1, "Finding the centroid of the nucleus")
    return nucleus_target(request.atlas, request.abbreviation, request.side)
