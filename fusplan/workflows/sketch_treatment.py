"""A rough answer to a change of the helmet, in some hundredths of a second."""

from __future__ import annotations

from fusplan.planning.treatment_sketch import TreatmentSketch, sketch_target
from fusplan.progress import Progress
from fusplan.workflows.treatment_requests import SketchRequest


def sketch_treatment(request: SketchRequest, progress: Progress) -> TreatmentSketch:
    """What the elements do at a target. Raises JobCancelled."""
    progress.report(0.0, "Sketching")
    return sketch_target(request.plan, request.target, request.simulated)
