"""The small synthetic plan as material for the writers: image, atlas in the head, a review made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.export.formats import ExportMaterial
from fusplan.planning.plan import Plan
from fusplan.planning.review import PlanReview
from tests.fixtures import dicom_head, plans
from tests.fixtures.lesion_reviews import plan_review
from tests.fixtures.simulated_plans import simulated_plan


@pytest.fixture
def plan() -> Plan:
    return plans.plan()


@pytest.fixture
def review(plan: Plan) -> PlanReview:
    return plan_review(plan)


@pytest.fixture(scope="session")
def patient_atlas() -> PatientAtlas:
    return plans.patient_atlas()


@pytest.fixture(scope="session")
def series_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The DICOM series that the synthetic head would have been converted from."""
    return dicom_head.write_series(tmp_path_factory.mktemp("series"))


@pytest.fixture
def material(plan: Plan, review: PlanReview, patient_atlas: PatientAtlas, series_folder: Path) -> ExportMaterial:
    return ExportMaterial(plan, review, plans.volume(), (patient_atlas,), series_folder, simulated=simulated_plan(plan))
