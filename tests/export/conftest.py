"""The small synthetic plan as material for the writers: image, atlas in the head, a review made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from fusplan.atlas.catalogue import load_atlas
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.atlas.structure_ref import StructureRef, clp
from fusplan.export.formats import ExportMaterial
from fusplan.planning.plan import Lesion, Plan
from fusplan.planning.review import (
    Coverage,
    Distance,
    ErrorShare,
    LesionReview,
    PlanReview,
    StructureShare,
    TouchProbability,
    Uncertainty,
)
from fusplan.planning.review_key import ReviewBasis
from fusplan.spatial import Ellipsoid
from tests.fixtures import dicom_head, plans


def share(
    abbreviation: str, volume_mm3: float, of_lesion: float, of_structure: float, whole_mm3: float = 0.0
) -> StructureShare:
    side = None if abbreviation == "outside" else "left"
    kind = {"outside": "outside", "CL-CLp": "rest"}.get(abbreviation, "structure")
    return StructureShare(abbreviation, abbreviation, side, volume_mm3, of_lesion, of_structure, whole_mm3, kind)


def coverage(atlas: str) -> Coverage:
    return Coverage(
        atlas=atlas,
        lesion_volume_mm3=41.9,
        structure=clp("left"),
        target=share("CLp", 20.0, 0.48, 0.125, 160.0),
        whole=share("CL", 25.0, 0.6, 0.05, 500.0),
        whole_key="CL",
        spill=(
            share("outside", 6.0, 0.14, 0.0),
            share("CL-CLp", 5.5, 0.12, 0.01),
            share("MDpc", 5.0, 0.12, 0.01),
            share("VPLp", 1.0, 0.02, 0.001),
        ),
        sampling_error=0.004,
    )


def lesion_review(lesion: Lesion) -> LesionReview:
    region = Ellipsoid(lesion.centre, (3.0, 4.0, 5.0), lesion.ellipsoid.rotation)
    uncertainty = Uncertainty(
        lesion_id=lesion.id,
        structure=clp(lesion.side),
        region_95=region,
        standard_deviation_mm=(1.0, 1.25, 1.5),
        budget=(ErrorShare("device", "Device", 0.99),),
        half_cover_probability=0.5,
        expected_share=(0.2, 0.1, 0.3),
        touches=(TouchProbability("MDpc", "Mediodorsal", 0.9),),
        draws=1000,
        seed=7,
    )
    distances = (
        Distance(f"VPL {lesion.side}", 1.5, "structure", StructureRef("VPL", lesion.side)),
        Distance("midline", 6.25, "midline"),
        Distance("third-ventricle wall", -0.5, "ventricle wall"),
    )
    volume_mm3 = lesion.ellipsoid.volume_mm3
    return LesionReview(lesion.id, volume_mm3, (coverage("morel"), coverage("julich")), distances, uncertainty)


@pytest.fixture
def plan() -> Plan:
    return plans.plan()


@pytest.fixture
def review(plan: Plan) -> PlanReview:
    return PlanReview((), tuple(lesion_review(lesion) for lesion in plan.lesions), (), ReviewBasis.of(plan, ()))


@pytest.fixture(scope="session")
def patient_atlas() -> PatientAtlas:
    warp = plans.warp()
    return PatientAtlas(load_atlas("morel"), warp, warp.inverse())


@pytest.fixture(scope="session")
def series_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The DICOM series that the synthetic head would have been converted from."""
    return dicom_head.write_series(tmp_path_factory.mktemp("series"))


@pytest.fixture
def material(plan: Plan, review: PlanReview, patient_atlas: PatientAtlas, series_folder: Path) -> ExportMaterial:
    return ExportMaterial(plan, review, plans.volume(), (patient_atlas,), series_folder)
