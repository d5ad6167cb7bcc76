"""What scripts and notebooks import: the jobs of the command line as functions, their requests, and progress.

    >>> from fusplan.api import MakePlanRequest, NoProgress, make_plan  # doctest: +SKIP
    >>> made = make_plan(MakePlanRequest(image_path=Path("T1w.nii.gz")), NoProgress())  # doctest: +SKIP

Each job raises a :class:`fusplan.errors.FusplanError` with a sentence and a remedy where the request cannot be met.
"""

from fusplan.errors import FusplanError
from fusplan.planning.lesion_size import LesionSize, parse_lesion_size
from fusplan.progress import NoProgress, Progress
from fusplan.workflows.export_plan import export_plan
from fusplan.workflows.list_targets import list_targets
from fusplan.workflows.made_plan import MadePlan
from fusplan.workflows.make_plan import make_plan
from fusplan.workflows.open_plan import open_plan
from fusplan.workflows.plan_folder import PlanFolder, write_plan_folder
from fusplan.workflows.register_head import RegisteredHead, register_head
from fusplan.workflows.requests import ExportRequest, LesionWish, MakePlanRequest, OpenPlanRequest, RegisterHeadRequest
from fusplan.workflows.simulate_plan import SimulatedPlan, simulate_plan
from fusplan.workflows.treatment_requests import SimulatePlanRequest, TreatmentWish

__all__ = [
    "ExportRequest",
    "FusplanError",
    "LesionSize",
    "LesionWish",
    "MadePlan",
    "MakePlanRequest",
    "NoProgress",
    "OpenPlanRequest",
    "PlanFolder",
    "Progress",
    "RegisterHeadRequest",
    "RegisteredHead",
    "SimulatePlanRequest",
    "SimulatedPlan",
    "TreatmentWish",
    "export_plan",
    "list_targets",
    "make_plan",
    "open_plan",
    "parse_lesion_size",
    "register_head",
    "simulate_plan",
    "write_plan_folder",
]
