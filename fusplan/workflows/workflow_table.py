"""The workflows that the window runs, as one value: handed to its parts, and put in others' place in tests.

They are named, not imported: an engine is loaded where the work is done, when it begins, and the window is on the
screen before. A worker process gets the name.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from fusplan.progress import Progress

if TYPE_CHECKING:
    from fusplan.atlas.catalogue import AtlasEntry
    from fusplan.display.facts import Fact
    from fusplan.display.template_overlay import TemplateOverlay
    from fusplan.display.treatment_sights import TreatmentSights
    from fusplan.imaging.dicom.series import SeriesList
    from fusplan.imaging.volume import Volume
    from fusplan.planning.new_targets import NewTarget
    from fusplan.planning.open_review import LesionReviewState
    from fusplan.planning.plan import Plan
    from fusplan.planning.plan_file import SavedPlan
    from fusplan.planning.review import Check
    from fusplan.planning.simulated_treatment import SimulatedTreatment
    from fusplan.planning.treatment_sketch import TreatmentSketch
    from fusplan.simulation.helmet_fit import TiltLimits
    from fusplan.simulation.reversible_range import ReversibleRange
    from fusplan.simulation.sonication import HeatingCalibration, Sonication
    from fusplan.simulation.tilt_search import TiltMap
    from fusplan.workflows.add_atlas import AddedAtlas
    from fusplan.workflows.ct_image import PlacedCt
    from fusplan.workflows.export_plan import CheckedExport
    from fusplan.workflows.kept_second_image import PlacedSecondImage
    from fusplan.workflows.made_plan import PlannedHead
    from fusplan.workflows.open_plan import OpenedPlan
    from fusplan.workflows.point_file import ReadPoints
    from fusplan.workflows.prepare_atlases import PreparedAtlases
    from fusplan.workflows.requests import (
        AddAtlasRequest,
        CheckPlanRequest,
        ExportRequest,
        KeptSecondImage,
        MakePlanRequest,
        NucleusTargetRequest,
        OpenPlanRequest,
        OverlayRequest,
        PlaceCtRequest,
        PrepareAtlasesRequest,
        ReadImageRequest,
        ReadPointsRequest,
        ReadSeriesRequest,
        RecomputeRequest,
        RemoveAtlasRequest,
        ReviewLesionRequest,
        SavePlanRequest,
        SaveReviewRequest,
        SecondImageRequest,
    )
    from fusplan.workflows.second_image import RegisteredSecondImage
    from fusplan.workflows.treatment_requests import DraggedHeatRequest, SightsRequest, SimulateRequest, SketchRequest
    from fusplan.workflows.treatment_sights import DraggedHeat
    from fusplan.workflows.treatment_steps import CalibrateRequest, ProposeSpotsRequest, ReversibleRequest, TiltsRequest
    from fusplan.workflows.written_plan import UnwrittenPlan, WrittenPlan

RequestT = TypeVar("RequestT")
ResultT = TypeVar("ResultT")

JobFunction: TypeAlias = Callable[[RequestT, Progress], ResultT]
"""Long work: a picklable request in, a result out; it may raise a FusplanError, or JobCancelled at a report."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow by name, loaded when it is called.

    Attributes:
        address: ``module:function`` below ``fusplan.workflows``, or one word where both are called the same.
    """

    address: str

    def __call__(self, request: Any, progress: Progress) -> Any:
        return self.load()(request, progress)

    def load(self) -> Callable[[Any, Progress], Any]:
        """The function itself; its module is imported now."""
        module, _, name = self.address.partition(":")
        found = importlib.import_module(f"{__package__}.{module}")
        function: Callable[[Any, Progress], Any] = getattr(found, name or module)
        return function


@dataclass(frozen=True, slots=True)
class Workflows:
    """Everything the window has done in another thread or process. A field is called as its function."""

    read_image: JobFunction[ReadImageRequest, Volume | SeriesList] = Workflow("read_image")
    read_series: JobFunction[ReadSeriesRequest, Volume] = Workflow("read_image:read_series")
    read_file_facts: JobFunction[Path, tuple[Fact, ...]] = Workflow("read_image:read_file_facts")
    find_demo_head: JobFunction[None, Path] = Workflow("read_image:find_demo_head")
    read_plan: JobFunction[OpenPlanRequest, OpenedPlan] = Workflow("open_plan:read_plan")
    reload_plan: JobFunction[Path, SavedPlan] = Workflow("open_plan:reload_plan")
    save_plan: JobFunction[SavePlanRequest, WrittenPlan | UnwrittenPlan] = Workflow("save_plan")
    save_review: JobFunction[SaveReviewRequest, None] = Workflow("save_plan:save_review")
    plan_head: JobFunction[MakePlanRequest, PlannedHead] = Workflow("make_plan:plan_head")
    recompute: JobFunction[RecomputeRequest, Plan] = Workflow("recompute")
    review_open_lesion: JobFunction[ReviewLesionRequest, LesionReviewState] = Workflow(
        "review_parts:review_open_lesion"
    )
    check_open_plan: JobFunction[CheckPlanRequest, tuple[Check, ...]] = Workflow("review_parts:check_open_plan")
    find_nucleus_target: JobFunction[NucleusTargetRequest, NewTarget] = Workflow("find_nucleus_target")
    prepare_atlases: JobFunction[PrepareAtlasesRequest, PreparedAtlases] = Workflow("prepare_atlases")
    add_atlas: JobFunction[AddAtlasRequest, AddedAtlas] = Workflow("add_atlas")
    remove_atlas: JobFunction[RemoveAtlasRequest, AtlasEntry] = Workflow("add_atlas:remove_atlas")
    overlay_template: JobFunction[OverlayRequest, TemplateOverlay] = Workflow("overlay_template")
    register_second_image: JobFunction[SecondImageRequest, RegisteredSecondImage] = Workflow(
        "second_image:register_second_image"
    )
    read_second_image: JobFunction[RegisteredSecondImage, PlacedSecondImage] = Workflow(
        "second_image:read_second_image"
    )
    open_second_image: JobFunction[KeptSecondImage, PlacedSecondImage] = Workflow("kept_second_image:open_second_image")
    place_ct: JobFunction[PlaceCtRequest, PlacedCt] = Workflow("ct_image:place_ct")
    simulate: JobFunction[SimulateRequest, SimulatedTreatment] = Workflow("simulate")
    sketch_treatment: JobFunction[SketchRequest, TreatmentSketch] = Workflow("sketch_treatment")
    compare_tilts: JobFunction[TiltsRequest, TiltMap] = Workflow("treatment_steps:compare_tilts")
    measure_tilt_limits: JobFunction[TiltsRequest, TiltLimits] = Workflow("treatment_steps:measure_tilt_limits")
    propose_spots: JobFunction[ProposeSpotsRequest, tuple[Sonication, ...]] = Workflow("treatment_steps:propose_spots")
    find_reversible_range: JobFunction[ReversibleRequest, ReversibleRange] = Workflow(
        "treatment_steps:find_reversible_range"
    )
    calibrate_heating: JobFunction[CalibrateRequest, HeatingCalibration] = Workflow("treatment_steps:calibrate_heating")
    make_sights: JobFunction[SightsRequest, TreatmentSights] = Workflow("treatment_sights:make_sights")
    drag_heat: JobFunction[DraggedHeatRequest, DraggedHeat] = Workflow("treatment_sights:drag_heat")
    read_point_file: JobFunction[ReadPointsRequest, ReadPoints] = Workflow("point_file:read_point_file")
    export_and_check: JobFunction[ExportRequest, CheckedExport] = Workflow("export_plan:export_and_check")
