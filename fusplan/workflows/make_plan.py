"""From a head image to a plan: registration, landmarks, proposals, targets and lesions on both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np

from fusplan.atlas.catalogue import load_template
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.errors import FusplanError
from fusplan.imaging.read import read_volume
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.planning.landmarks import (
    carry_landmarks,
    refine_landmarks,
    replace_landmarks,
    with_ventricle_walls,
)
from fusplan.planning.lesion_size import DEFAULT_SIZES, LesionSize, plan_lesion
from fusplan.planning.plan import (
    ImageReference,
    Landmarks,
    Lesion,
    Plan,
    Proposal,
    RegistrationRecord,
    Target,
)
from fusplan.planning.plan_file import require_storable_path
from fusplan.planning.plan_file_models import FURTHEST_MM
from fusplan.planning.propose import propose, starting_target
from fusplan.planning.review import PlanReview
from fusplan.planning.review_plan import review
from fusplan.planning.sides import SIDES
from fusplan.progress import PartOfProgress, Progress
from fusplan.registration.greedy_engine import register
from fusplan.registration.request import RegistrationRequest, RegistrationResult
from fusplan.spatial import Point, ScannerRas, Side
from fusplan.workflows.head_atlases import atlases_in_head, references, require_clp

ScannerMm: TypeAlias = tuple[float, float, float]
"""Scanner RAS mm of the image, as typed by a person before the image is read."""


class LandmarkOutsideError(FusplanError):
    """A landmark that the user gave is not a place in the image."""

    def __init__(self, name: str, place_mm: ScannerMm, image_name: str) -> None:
        super().__init__(
            f"The {name} given at {', '.join(f'{value:g}' for value in place_mm)} is not within {image_name}.",
            "Give landmarks in scanner RAS mm (not voxels, and not LPS); 'fusplan info' tells where the image lies.",
        )


@dataclass(frozen=True, slots=True)
class LesionWish:
    """Size and tilt of the lesion wanted on one side.

    Attributes:
        size: full diameters.
        tilt_anterior_deg, tilt_lateral_deg: how far the upper end of the long axis leans forward and outward.
    """

    size: LesionSize
    tilt_anterior_deg: float = 0.0
    tilt_lateral_deg: float = 0.0


def _default_lesions() -> dict[Side, LesionWish]:
    return {side: LesionWish(DEFAULT_SIZES[side]) for side in SIDES}


@dataclass(frozen=True, slots=True)
class MakePlanRequest:
    """What to plan on.

    Attributes:
        image_path: the head MRI: a file, or of DICOM a folder, a zip or one file of the series.
        volume_index: which volume of a 4-D image, counted from 1.
        assume_scanner_ras: accept an image without a spatial transform.
        ac_mm, pc_mm: the user's own landmarks in scanner RAS mm, instead of those found.
        midline_mm: the user's own midline points in scanner RAS mm; when given they replace all found ones.
        lesions: what is wanted on each side.
        threads: processor threads for the registration.
        seed: of everything random.
        series_uid: which DICOM series, when there are several at ``image_path``.
        atlas: name of the atlas that targets start from; it must describe CLp. None starts from the first built-in one.
    """

    image_path: Path
    volume_index: int | None = None
    assume_scanner_ras: bool = False
    ac_mm: ScannerMm | None = None
    pc_mm: ScannerMm | None = None
    midline_mm: tuple[ScannerMm, ...] = ()
    lesions: dict[Side, LesionWish] = field(default_factory=_default_lesions)
    threads: int = 2
    seed: int = 1
    series_uid: str | None = None
    atlas: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MadePlan:
    """A new plan, what it means, the image it belongs to, and sentences about atlases that were left out."""

    plan: Plan
    review: PlanReview
    volume: Volume
    atlases: tuple[HeadAtlas, ...]
    messages: tuple[str, ...] = ()


def make_plan(request: MakePlanRequest, progress: Progress) -> MadePlan:
    """Plan both CLp lesions on a head.

    Raises:
        FusplanError: the image, the landmarks or a lesion cannot be used; the message says why and what to do.
        JobCancelled: the progress was told to stop.
    """
    progress.report(0.0, "Reading your image")
    require_storable_path(request.image_path)
    require_clp(request.atlas)
    volume = read_volume(
        request.image_path,
        volume_index=request.volume_index,
        assume_scanner_ras=request.assume_scanner_ras,
        series_uid=request.series_uid,
    )
    require_landmarks_inside(request, volume)
    template = load_template()
    registered = register(
        RegistrationRequest(volume, template, threads=request.threads), PartOfProgress(progress, 0.05, 0.7)
    )
    progress.report(0.7, "Finding AC, PC, midline and third ventricle")
    landmarks = find_landmarks(request, volume, template, registered)
    record = record_of(registered, template)
    wanted = () if request.atlas is None else (request.atlas,)
    found = atlases_in_head(record, volume.fingerprint, wanted, insist=True)
    atlases = found.atlases
    progress.report(0.75, "Comparing proposals for both targets")
    plan = _assemble(request, volume, landmarks, record, atlases)
    progress.report(0.9, "Computing coverage and uncertainty")
    return MadePlan(plan, review(plan, volume, atlases), volume, atlases, found.messages)


def require_landmarks_inside(request: MakePlanRequest, volume: Volume) -> None:
    """Refuse landmarks of the user's that lie outside the image: before the long work, not after it.

    Raises:
        LandmarkOutsideError: one is not finite or outside.
    """
    given = [("AC", request.ac_mm), ("PC", request.pc_mm), *(("midline point", one) for one in request.midline_mm)]
    for name, place_mm in given:
        if place_mm is None:
            continue
        # Half a voxel around the outer centres belongs to the image. Written so that not-a-number is outside.
        if np.all(np.abs(place_mm) < FURTHEST_MM):
            place = Point.of(volume.scanner_frame, place_mm)
            voxel = volume.voxel_to_scanner.inverse().apply(place).array
            if np.all((voxel >= -0.5) & (voxel <= np.array(volume.shape) - 0.5)):
                continue
        raise LandmarkOutsideError(name, place_mm, volume.name)


def find_landmarks(
    request: MakePlanRequest, volume: Volume, template: TemplateImage, registered: RegistrationResult
) -> Landmarks:
    """Landmarks carried from the template and refined, or the user's own, with the ventricle walls of the image."""
    frame = volume.scanner_frame

    def given(place: ScannerMm | None) -> Point[ScannerRas] | None:
        return None if place is None else Point.of(frame, place)

    landmarks = replace_landmarks(
        carry_landmarks(template, registered.mni_to_scanner),
        ac=given(request.ac_mm),
        pc=given(request.pc_mm),
        midline=tuple(Point.of(frame, place) for place in request.midline_mm),
    )
    return with_ventricle_walls(refine_landmarks(landmarks, volume), volume)


def record_of(registered: RegistrationResult, template: TemplateImage) -> RegistrationRecord:
    """What a plan keeps of a registration."""
    return RegistrationRecord(
        template=template.frame.template,
        engine=registered.engine,
        versions=registered.versions,
        seconds=registered.seconds,
        quality=registered.quality,
        notes=registered.notes,
        mni_to_scanner=registered.mni_to_scanner,
    )


def _assemble(
    request: MakePlanRequest,
    volume: Volume,
    landmarks: Landmarks,
    record: RegistrationRecord,
    atlases: tuple[HeadAtlas, ...],
) -> Plan:
    geometry = landmarks.geometry()
    proposals: list[Proposal] = []
    targets: list[Target] = []
    lesions: list[Lesion] = []
    for side in SIDES:
        wish = request.lesions[side]
        proposed = propose(side, landmarks, atlases, wish.size, wish.tilt_anterior_deg, wish.tilt_lateral_deg)
        target = starting_target(proposed, side)
        proposals.extend(proposed)
        targets.append(target)
        lesions.append(
            plan_lesion(target, wish.size, geometry, wish.tilt_anterior_deg, wish.tilt_lateral_deg, f"lesion-{side}")
        )
    image = ImageReference.of_volume(volume, request.volume_index, request.assume_scanner_ras)
    return Plan(
        image,
        landmarks,
        record,
        tuple(proposals),
        tuple(targets),
        tuple(lesions),
        request.seed,
        atlases=references(atlases),
    )
