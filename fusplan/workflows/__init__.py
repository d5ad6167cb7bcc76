"""One function per user job: a picklable request in, a result out. The command line and the window call the same."""

from fusplan.planning.lesion_size import LesionSize, parse_lesion_size
from fusplan.progress import NoProgress
from fusplan.workflows.export_plan import ExportRequest, export_plan
from fusplan.workflows.list_targets import list_targets
from fusplan.workflows.make_plan import LesionWish, MadePlan, MakePlanRequest, make_plan
from fusplan.workflows.open_plan import OpenPlanRequest, open_plan
from fusplan.workflows.plan_folder import PlanFolder, write_plan_folder
from fusplan.workflows.register_head import RegisterHeadRequest, register_head

__all__ = [
    "ExportRequest",
    "LesionSize",
    "LesionWish",
    "MadePlan",
    "MakePlanRequest",
    "NoProgress",
    "OpenPlanRequest",
    "PlanFolder",
    "RegisterHeadRequest",
    "export_plan",
    "list_targets",
    "make_plan",
    "open_plan",
    "parse_lesion_size",
    "register_head",
    "write_plan_folder",
]
