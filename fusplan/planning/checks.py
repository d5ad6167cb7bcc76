"""Plausibility checks of a plan: a value, a warning limit, an error limit, and a sentence for a person."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import CLP_KEY, StructureRef
from fusplan.imaging.notes import Notes
from fusplan.imaging.volume import Volume
from fusplan.planning.agreement import agreements
from fusplan.planning.aims import aim_of, leader_first
from fusplan.planning.coverage import share_coverable
from fusplan.planning.distances import distance_to_midline_mm
from fusplan.planning.number_words import percent
from fusplan.planning.plan import Landmarks, Lesion, Plan, Target
from fusplan.planning.review import Check
from fusplan.planning.sides import SIDES, other_side_sentence
from fusplan.planning.target_places import target_place
from fusplan.registration.request import Verdict
from fusplan.spatial import AcPcGeometry, Side, read_acpc
from fusplan.spatial.acpc import PATIENTS_ACPC_MM


@dataclass(frozen=True, slots=True)
class Limits:
    """A value is ok up to ``warning``, a warning up to ``error``, an error beyond."""

    warning: float
    error: float

    def verdict(self, value: float) -> Verdict:
        if not value <= self.error:  # written so that not-a-number is an error
            return "error"
        return "ok" if value <= self.warning else "warning"


_MEAN_MM, _SD_MM = PATIENTS_ACPC_MM
ACPC_LENGTH_OK_MM = (_MEAN_MM - 3 * _SD_MM, _MEAN_MM + 3 * _SD_MM)
ACPC_LENGTH_POSSIBLE_MM = (20.0, 35.0)
"""Outside these one of the two points is not what it is called (derived)."""

MIDLINE_RESIDUAL = Limits(2.0, 5.0)
"""mm of a midline point from the fitted midplane (derived: real midlines bow by 1 to 2 mm)."""
ROLL_OR_YAW = Limits(15.0, 35.0)
"""degrees; heads are rarely turned further in a scanner, a swapped point turns the frame further (derived)."""
PITCH = Limits(35.0, 60.0)
"""degrees of the AC-PC line against the scanner's horizontal (derived; AC-PC in a usual head lies at 0 to 25)."""
SIDES_DIFFER = Limits(3.0, 6.0)
"""mm by which left and right targets of one aim may differ in lateral distance, depth or height (derived)."""
CLEAR_OF_WALL_MM = 1.0
"""A lesion nearer to the ventricle or the midline than this deserves a look (derived; the device errs by 1 mm)."""

_WORST: tuple[Verdict, ...] = ("ok", "warning", "error")


def worst(verdicts: list[Verdict]) -> Verdict:
    """The most serious of the verdicts; ok when there are none."""
    return max(verdicts, key=_WORST.index, default="ok")


def check_plan(plan: Plan, volume: Volume, atlases: tuple[HeadAtlas, ...]) -> tuple[Check, ...]:
    """All checks of a plan on its image, those of the foundation first."""
    geometry = plan.landmarks.geometry()
    checks = [
        _image_check(plan, volume),
        *check_image_notes(volume.notes),
        *check_atlases(plan, atlases),
        *check_proposals(plan),
        *check_agreement(plan),
        Check("registration", plan.registration.quality.verdict, plan.registration.quality.sentence),
        *check_findings(plan),
        *check_geometry(geometry),
        *check_ventricle(plan.landmarks),
    ]
    for target in plan.targets:
        checks += check_target(target, geometry, atlases)
    checks += _sides_alike(plan, geometry)
    for lesion in plan.lesions:
        checks += check_lesion(lesion, plan, geometry, atlases)
    checks += _overlaps(plan.lesions)
    return tuple(checks)


def _image_check(plan: Plan, volume: Volume) -> Check:
    if volume.fingerprint != plan.image.sha256:
        return Check("image", "error", f"{volume.name} is not the image this plan was made on: positions do not apply.")
    places = [target.point for target in plan.targets] + [lesion.centre for lesion in plan.lesions]
    if not all(volume.contains(place) for place in places):
        return Check("image", "error", "A target or lesion lies outside the image.")
    return Check("image", "ok", f"The plan belongs to {volume.name}; all targets lie inside it.")


def check_image_notes(notes: Notes) -> tuple[Check, ...]:
    """What the reader of the image noticed: warnings need a look, notices do not. Silent where there is nothing."""
    return tuple(Check(f"image: {note.kind}", note.verdict, note.sentence, note) for note in notes)


def check_atlases(plan: Plan, atlases: tuple[HeadAtlas, ...]) -> tuple[Check, ...]:
    """Whether the atlases a plan was made with are still there and the same. Silent where they are."""
    present = {atlas.atlas.name: atlas.atlas for atlas in atlases}
    checks = []
    for reference in plan.atlases:
        name = f"atlas {reference.title}"
        found = present.get(reference.name)
        if found is None:
            sentence = (
                f"The atlas {reference.title} that this plan was made with is not there any more. Its targets and its "
                "proposals stay as they were saved; they cannot be computed anew, and its coverage is not shown. Add "
                f"the atlas again under the name {reference.name} to have it back."
            )
            checks.append(Check(name, "warning", sentence))
        elif reference.digest is not None and found.digest != reference.digest:
            sentence = (
                f"The atlas {reference.title} is not the same as when this plan was made with it. Its targets and "
                "proposals are as they were saved; coverage is by the atlas as it is now. Make the plan anew to follow "
                "the atlas."
            )
            checks.append(Check(name, "warning", sentence))
    return tuple(checks)


def check_proposals(plan: Plan) -> tuple[Check, ...]:
    """Whether the proposals were computed on the plan's landmarks and registration. Silent where they were."""
    if not plan.proposals or plan.proposals_fit:
        return ()
    if plan.proposals_fit is None:
        sentence = (
            "It is not known whether the proposals belong to these landmarks and this registration: an earlier version "
            "of the program saved this plan without saying it."
        )
        return (Check("proposals", "ok", sentence),)
    sentence = (
        "The proposals belong to other landmarks or another registration than the plan has now: compare no target with "
        "them until they are computed anew (the window does that when it opens the plan)."
    )
    return (Check("proposals", "warning", sentence),)


def check_agreement(plan: Plan) -> tuple[Check, ...]:
    """How far the proposals of each side lie apart, by how far they do in ordinary heads."""
    return tuple(Check(f"proposals on the {found.side}", found.verdict, found.sentence) for found in agreements(plan))


def check_findings(plan: Plan) -> tuple[Check, ...]:
    """What the registration found out about the image, such as its contrast."""
    return tuple(
        Check(measure.name.lower(), measure.verdict, f"{measure.sentence[:1].upper()}{measure.sentence[1:]}.")
        for measure in plan.registration.quality.measures
        if measure.is_finding
    )


def check_geometry(geometry: AcPcGeometry) -> tuple[Check, ...]:
    """AC-PC length, agreement of the midline points, and how the head is turned."""
    length_mm = geometry.length_mm
    low, high = ACPC_LENGTH_OK_MM
    length: Verdict = "ok" if low <= length_mm <= high else "warning"
    if not ACPC_LENGTH_POSSIBLE_MM[0] <= length_mm <= ACPC_LENGTH_POSSIBLE_MM[1]:
        length = "error"
    expected = f"patients: {_MEAN_MM:g} ± {_SD_MM:g} mm"
    advice = "" if length == "ok" else " Check AC and PC on the image."
    residual_mm = geometry.midplane.largest_residual_mm
    pitch_deg = float(np.degrees(np.arcsin(geometry.axes[2, 1])))
    turns = {"roll": geometry.midplane.roll_deg, "yaw": geometry.midplane.yaw_deg}
    turned = worst([*(ROLL_OR_YAW.verdict(abs(value)) for value in turns.values()), PITCH.verdict(abs(pitch_deg))])
    words = ", ".join(f"{name} {value:.0f}°" for name, value in {**turns, "pitch": pitch_deg}.items())
    return (
        Check("AC-PC length", length, f"AC to PC is {length_mm:.1f} mm ({expected}).{advice}"),
        Check(
            "midplane",
            MIDLINE_RESIDUAL.verdict(residual_mm),
            f"The midline points lie within {residual_mm:.1f} mm of one plane.",
        ),
        Check("head position", turned, f"The AC-PC frame is turned against the scanner by {words}."),
    )


def check_ventricle(landmarks: Landmarks) -> tuple[Check, ...]:
    """Whether the walls of the third ventricle were found."""
    return tuple(
        Check(f"ventricle wall {wall.side}", "ok" if wall.plausible else "warning", wall.sentence)
        for wall in landmarks.ventricle_walls
    )


def check_target(target: Target, geometry: AcPcGeometry, atlases: tuple[HeadAtlas, ...]) -> tuple[Check, ...]:
    """Side of the target, and the nucleus it lies in by each atlas: that which it aims at, if any."""
    reading = read_acpc(target.point, geometry)
    if reading.side == target.side:
        side = Check(f"{target.name}: side", "ok", f"{target.name} lies on the {target.side}: {reading.words}.")
    else:
        side = Check(
            f"{target.name}: side",
            "error",
            f"{target.name} is called {target.side} but lies {reading.lateral_mm:.1f} mm to the {reading.side} of the "
            "midplane.",
        )
    return (side, *(_nucleus_check(target, atlas) for atlas in atlases))


def _nucleus_check(target: Target, atlas: HeadAtlas) -> Check:
    place = target_place(target, atlas)
    return Check(f"{target.name}: nucleus by {place.atlas}", place.verdict, place.sentence)


def _sides_alike(plan: Plan, geometry: AcPcGeometry) -> list[Check]:
    """Whether the first targets of both sides that aim at the same structure lie alike."""
    first: dict[str, dict[Side, Target]] = {}
    for target in plan.targets:
        if target.aim is not None:
            first.setdefault(target.aim.key, {}).setdefault(target.side, target)
    return [
        _alike(key, pair["left"], pair["right"], geometry) for key, pair in first.items() if len(pair) == len(SIDES)
    ]


def _alike(key: str, left: Target, right: Target, geometry: AcPcGeometry) -> Check:
    to_acpc = geometry.scanner_to_acpc("pc")
    one, other = to_acpc.apply(left.point).array, to_acpc.apply(right.point).array
    differences_mm = np.abs([abs(one[0]) - abs(other[0]), one[1] - other[1], one[2] - other[2]])
    lateral, depth, height = differences_mm
    return Check(
        "left and right" if key == CLP_KEY else f"left and right {key}",
        SIDES_DIFFER.verdict(float(differences_mm.max())),
        f"The {key} targets differ by {lateral:.1f} mm in distance from the midline, {depth:.1f} mm front to back "
        f"and {height:.1f} mm in height.",
    )


def check_lesion(
    lesion: Lesion, plan: Plan, geometry: AcPcGeometry, atlases: tuple[HeadAtlas, ...]
) -> tuple[Check, ...]:
    """Whether a lesion belongs to its target, keeps clear of midline and ventricle, and what it can cover at most."""
    checks = []
    target = next((target for target in plan.targets if target.id == lesion.target_id), None)
    if target is None:
        checks.append(Check(f"{lesion.name}: target", "error", f"{lesion.name} belongs to no target of this plan."))
    elif (other_side := other_side_sentence(lesion, target, geometry)) is not None:
        checks.append(Check(f"{lesion.name}: target", "error", other_side))
    to_midline_mm = distance_to_midline_mm(lesion.ellipsoid, lesion.side, geometry)
    wall = plan.landmarks.ventricle_wall(lesion.side)
    to_wall_mm = to_midline_mm - (wall.lateral_mm if wall is not None else 0.0)
    # The wall is measured in front of and below the CLp target, so its lateral level is a warning only.
    verdict: Verdict = "error" if to_midline_mm < 0 else "warning" if to_wall_mm < CLEAR_OF_WALL_MM else "ok"
    border = "midline" if wall is None or to_midline_mm < 0 else "level of the third-ventricle wall"
    gap_mm = to_midline_mm if border == "midline" else to_wall_mm
    where = "crosses" if gap_mm < 0 else "keeps clear of"
    checks.append(
        Check(f"{lesion.name}: midline", verdict, f"{lesion.name} {where} the {border} by {abs(gap_mm):.1f} mm.")
    )
    if target is not None and target.aim is not None and atlases:
        aim = aim_of(lesion, plan)
        checks += _size_check(lesion, aim, leader_first(aim, atlases)[0])
    return tuple(checks)


def _size_check(lesion: Lesion, aim: StructureRef, atlas: HeadAtlas) -> list[Check]:
    """How much of its aim a lesion of this size can cover: below half, that probability is 0 by arithmetic."""
    if not atlas.atlas.describes(aim):
        return []
    aim_mm3, lesion_mm3 = atlas.volume_mm3(aim), lesion.ellipsoid.volume_mm3
    most = share_coverable(lesion_mm3, aim_mm3)
    sentence = (
        f"{lesion.name} ({lesion.size_words}, {lesion_mm3:.0f} mm³) can cover at most {percent(most)} of {aim.key} "
        f"({aim_mm3:.0f} mm³ in this head by {atlas.atlas.called})."
    )
    if most < 0.5:
        sentence += (
            f" Covering half of {aim.key} is therefore impossible wherever it lies; that says nothing about its aim."
        )
    return [Check(f"{lesion.name}: size", "ok", sentence)]


def _overlaps(lesions: tuple[Lesion, ...]) -> list[Check]:
    checks = []
    for first, second in combinations(lesions, 2):
        shared = float(second.ellipsoid.contains(first.ellipsoid.sample(1024)).mean())
        if shared > 0:
            sentence = f"{percent(shared)} of {first.name} lies inside {second.name}."
            checks.append(Check(f"{first.name} and {second.name}", "warning", sentence))
    return checks
