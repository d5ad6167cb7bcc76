"""From a head image to a plan: registration, landmarks, proposals, targets and lesions on both sides."""

from __future__ import annotations

import numpy as np

from fusplan.atlas.catalogue import load_template
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import clp
from fusplan.errors import FusplanError
from fusplan.imaging.computed_tomography import looks_like_ct
from fusplan.imaging.read import read_volume
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.planning.landmark_edits import set_proposals
from fusplan.planning.landmarks import (
    carry_landmarks,
    refine_landmarks,
    replace_landmarks,
    with_ventricle_walls,
)
from fusplan.planning.lesion_size import plan_lesion
from fusplan.planning.plan import Landmarks, Lesion, Plan, Proposal, RegistrationRecord, Target
from fusplan.planning.plan_file import require_storable_path
from fusplan.planning.plan_format.fields import FURTHEST_MM
from fusplan.planning.plan_images import ImageReference
from fusplan.planning.propose import clp_consensus, propose, starting_target
from fusplan.planning.review_key import references
from fusplan.planning.review_plan import review
from fusplan.planning.sides import SIDES
from fusplan.progress import PartOfProgress, Progress
from fusplan.registration.contrast_kind import CT_BY_ITS_NUMBERS
from fusplan.registration.greedy_engine import register
from fusplan.registration.request import RegistrationRequest, RegistrationResult
from fusplan.spatial import Point, ScannerRas
from fusplan.workflows.head_atlases import atlases_in_head, require_clp
from fusplan.workflows.made_plan import MadePlan, PlannedHead
from fusplan.workflows.no_head import NotAHeadError, require_head, told_by_registration
from fusplan.workflows.requests import MakePlanRequest, ScannerMm


class LandmarkOutsideError(FusplanError):
    """A landmark that the user gave is not a place in the image."""

    def __init__(self, name: str, place_mm: ScannerMm, image_name: str) -> None:
        super().__init__(
            f"The {name} given at {', '.join(f'{value:g}' for value in place_mm)} is not within {image_name}.",
            "Give landmarks in scanner RAS mm (not voxels, and not LPS); 'fusplan info' tells where the image lies.",
        )


def plan_head(request: MakePlanRequest, progress: Progress) -> PlannedHead:
    """:func:`make_plan` in another process: image and carried atlases stay there. Raises as it does."""
    made = make_plan(request, progress)
    return PlannedHead(made.plan, made.review, made.messages)


def make_plan(request: MakePlanRequest, progress: Progress) -> MadePlan:
    """Plan both CLp lesions on a head.

    Raises:
        NoHeadError: the image shows no head.
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
        series_number=request.series_number,
    ).known_as(request.known_as)
    require_landmarks_inside(request, volume)
    if looks_like_ct(volume) and not request.force:
        raise NotAHeadError(volume.name, CT_BY_ITS_NUMBERS)
    template = load_template()
    registered = register(
        RegistrationRequest(volume, template, threads=request.threads), PartOfProgress(progress, 0.05, 0.7)
    )
    if not request.force:
        require_head(registered, volume.name)
    progress.report(0.7, "Finding AC, PC, midline and third ventricle")
    with told_by_registration(registered, volume.name):
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
        # Written so that not-a-number is outside.
        is_place = bool(np.all(np.abs(place_mm) < FURTHEST_MM))
        if is_place and volume.contains(Point.of(volume.scanner_frame, place_mm)):
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
        carry_landmarks(template, registered.mni_to_scanner, registered.contrast),
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
        recipe=registered.recipe,
    )


def _assemble(
    request: MakePlanRequest,
    volume: Volume,
    landmarks: Landmarks,
    record: RegistrationRecord,
    atlases: tuple[HeadAtlas, ...],
) -> Plan:
    geometry = landmarks.geometry()
    consensus = clp_consensus(landmarks, atlases, record.quality.verdict)
    proposals: list[Proposal] = []
    targets: list[Target] = []
    lesions: list[Lesion] = []
    for side in SIDES:
        wish = request.lesions[side]
        tilts = (wish.tilt_anterior_deg, wish.tilt_lateral_deg)
        proposed = propose(clp(side), landmarks, atlases, wish.size, *tilts, consensus)
        target = starting_target(proposed, clp(side), request.atlas)
        proposals.extend(proposed)
        targets.append(target)
        lesions.append(plan_lesion(target, wish.size, geometry, *tilts, f"lesion-{side}"))
    image = ImageReference.of_volume(volume, request.volume_index, request.assume_scanner_ras)
    plan = Plan(image, landmarks, record, (), tuple(targets), tuple(lesions), request.seed, atlases=references(atlases))
    return set_proposals(plan, tuple(proposals))
