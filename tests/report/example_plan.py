"""A made-up but plausible plan on any head, for tests of the page that shows it: no registration is run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.atlas.catalogue import load_atlas, load_template
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.imaging.volume import Volume
from fusplan.planning.agreement import agreement
from fusplan.planning.plan import (
    ImageReference,
    Landmark,
    Landmarks,
    Lesion,
    Plan,
    Proposal,
    Provenance,
    RegistrationRecord,
    Target,
    VentricleWall,
)
from fusplan.planning.review import (
    Check,
    Coverage,
    Distance,
    LesionReview,
    PlanReview,
    StructureShare,
    TouchProbability,
    Uncertainty,
)
from fusplan.registration.request import QualityMeasure, RegistrationQuality
from fusplan.spatial import (
    AcPcGeometry,
    Affine,
    Direction,
    Ellipsoid,
    Mni,
    Point,
    ScannerRas,
    Side,
    Warp,
    acpc_geometry,
)
from fusplan.spatial.maps import Displacements

COVER = "Where the planned lesion covers most of CLp with least spill, by the {} figures"
RULE = "Third-ventricle wall + 6 mm, 1 mm behind the PC, 5.5 mm above the AC-PC plane; a derived research preset"


@dataclass(frozen=True)
class ExamplePlan:
    """All that a report is made of."""

    volume: Volume
    plan: Plan
    review: PlanReview
    atlases: tuple[PatientAtlas, ...]

    @property
    def geometry(self) -> AcPcGeometry:
        return self.plan.landmarks.geometry()


def affine_warp(volume: Volume, geometry: AcPcGeometry) -> Warp[Mni, ScannerRas]:
    """The template laid onto a head by its AC-PC frames, scaled along the AC-PC line."""
    template = load_template().landmarks
    stand_in = ScannerRas("template")
    of_template = acpc_geometry(
        Point.of(stand_in, template.ac.coordinates),
        Point.of(stand_in, template.pc.coordinates),
        type(template.midline)(stand_in, template.midline.array),
    )
    scale = np.diag([1.0, geometry.length_mm / of_template.length_mm, 1.0, 1.0])
    matrix = geometry.acpc_to_scanner().matrix @ scale @ of_template.scanner_to_acpc().matrix
    still = Displacements(np.zeros((2, 2, 2, 3), dtype=np.float32), np.diag([100.0, 100.0, 100.0, 1.0]))
    return Warp(still, Affine(template.ac.frame, volume.scanner_frame, matrix))


def example_plan(
    volume: Volume,
    ac_mm: tuple[float, float, float],
    pc_mm: tuple[float, float, float],
    midline_mm: tuple[tuple[float, float, float], ...],
) -> ExamplePlan:
    """A plan with both lesions on a head whose landmarks are given in scanner RAS mm."""
    frame = volume.scanner_frame
    landmarks = Landmarks(
        Landmark(Point.of(frame, ac_mm), "template"),
        Landmark(Point.of(frame, pc_mm), "template"),
        tuple(Landmark(Point.of(frame, place), "template") for place in midline_mm),
        (
            VentricleWall("left", 2.6, True, "Found where the intensity rises most steeply."),
            VentricleWall("right", 2.4, True, "Found where the intensity rises most steeply."),
        ),
    )
    geometry = landmarks.geometry()
    warp = affine_warp(volume, geometry)
    atlases = tuple(PatientAtlas(load_atlas(name), warp, warp.inverse()) for name in ("morel", "julich"))
    proposals = tuple(one for side in ("left", "right") for one in _proposals(side, atlases, geometry))
    targets = tuple(_target(side, proposals) for side in ("left", "right"))
    lesions = tuple(_lesion(target, length, geometry) for target, length in zip(targets, (5.0, 7.0), strict=True))
    plan = Plan(
        image=ImageReference(volume.name, volume.fingerprint, volume.shape, volume.affine),
        landmarks=landmarks,
        registration=_registration(warp),
        proposals=proposals,
        targets=targets,
        lesions=lesions,
    )
    review = PlanReview(
        agreements=tuple(agreement(side, proposals, geometry) for side in ("left", "right")),
        lesions=tuple(_lesion_review(lesion) for lesion in lesions),
        checks=_checks(),
    )
    return ExamplePlan(volume, plan, review, atlases)


def _at(geometry: AcPcGeometry, right: float, anterior_of_pc: float, superior: float) -> Point[ScannerRas]:
    return geometry.acpc_to_scanner("pc").apply(Point(geometry.frame("pc"), right, anterior_of_pc, superior))


def _proposals(side: Side, atlases: tuple[PatientAtlas, ...], geometry: AcPcGeometry) -> list[Proposal]:
    sign = 1.0 if side == "right" else -1.0
    found = []
    for atlas, title in zip(atlases, ("Morel", "Julich"), strict=True):
        centroid = atlas.clp_centroid(side)
        below = Point.of(centroid.frame, centroid.array + geometry.axes @ np.array([0.4 * sign, 0.3, -1.6]))
        name = title.lower()
        cover = Provenance(f"{name}-best-cover", COVER.format(title), "C", 2.5)
        middle = Provenance(f"{name}-centroid", f"Centroid of CLp by the {title} figures", "C", 2.5)
        found.append(Proposal(f"{title}, best cover", side, below, cover))
        found.append(Proposal(f"{title}, centroid", side, centroid, middle))
    rule = Provenance("acpc-rule", RULE, "derived", 3.0)
    found.append(Proposal("AC-PC rule", side, _at(geometry, sign * 8.5, -1.0, 5.5), rule))
    return found


def _target(side: Side, proposals: tuple[Proposal, ...]) -> Target:
    first = next(proposal for proposal in proposals if proposal.side == side)
    return Target(f"clp-{side}", f"CLp {side}", side, first.point, first.provenance)


def _lesion(target: Target, length_mm: float, geometry: AcPcGeometry) -> Lesion:
    frame = target.point.frame
    return Lesion(
        id=f"lesion-{target.side}",
        name=f"Lesion {target.side}",
        side=target.side,
        target_id=target.id,
        centre=target.point,
        width_mm=(4.0, 4.0),
        length_mm=length_mm,
        long_axis=Direction.of(frame, geometry.axes[:, 2]),
        transverse_axis=Direction.of(frame, geometry.axes[:, 0]),
    )


def _registration(warp: Warp[Mni, ScannerRas]) -> RegistrationRecord:
    measures = (
        QualityMeasure("Deep-brain correlation", 0.91, 0.7, 0.55, "ok", "The template fits well where it counts."),
        QualityMeasure("AC-PC length, mm", 27.8, 31.0, 33.0, "ok", "Within what people have."),
        QualityMeasure("Largest local volume change", 1.84, 3.0, 6.0, "ok", "No tearing and no folding."),
        QualityMeasure("Round-trip error, mm", 0.004, 0.1, 0.5, "ok", "There and back ends where it began."),
        QualityMeasure("Angle of the midplane, deg", 6.2, 5.0, 15.0, "warning", "The head is turned more than usual."),
    )  # fmt: skip
    quality = RegistrationQuality(measures, "ok", "The template lies well on this head. Confirm it on the pictures.")
    return RegistrationRecord(
        template="MNI152NLin2009cAsym",
        engine="greedy deep-brain 1",
        versions=(("picsl-greedy", "1.4.1"), ("SimpleITK", "2.5.0"), ("numpy", "2.4.6")),
        seconds=(("rigid", 2.4), ("affine", 1.9), ("deep brain", 8.6)),
        quality=quality,
        notes=("The whole head was used; no brain extraction was needed.",),
        mni_to_scanner=warp,
    )


def _share(
    abbreviation: str, name: str, side: Side | None, of_lesion: float, whole: float, volume: float
) -> StructureShare:
    inside = of_lesion * volume
    return StructureShare(abbreviation, name, side, inside, of_lesion, inside / whole if whole else 0.0)


def _coverage(atlas: str, side: Side, volume: float, clp_share: float) -> Coverage:
    rest = 1.0 - clp_share
    return Coverage(
        atlas=atlas,
        lesion_volume_mm3=volume,
        clp=_share("CLp", "Central lateral nucleus, posterior part", side, clp_share, 402.0, volume),
        cl=_share("CL", "Central lateral nucleus", side, clp_share + 0.02, 790.0, volume),
        spill=(
            _share("MDpc", "Mediodorsal parvocellular", side, rest * 0.5, 800.0, volume),
            _share("PuM", "Pulvinar medial", side, rest * 0.33, 1600.0, volume),
            _share("outside", "outside the thalamus", None, rest * 0.16, 0.0, volume),
            _share("CM", "Centromedian nucleus", side, rest * 0.01, 285.0, volume),
        ),
        sampling_error=0.006,
        clp_volume_mm3=402.0,
        cl_volume_mm3=790.0,
    )


def _lesion_review(lesion: Lesion) -> LesionReview:
    volume = lesion.ellipsoid.volume_mm3
    region: Ellipsoid[ScannerRas] = Ellipsoid(lesion.centre, (4.9, 5.6, 6.3), lesion.ellipsoid.rotation)
    uncertainty = Uncertainty(
        lesion_id=lesion.id,
        region_95=region,
        standard_deviation_mm=(1.75, 1.98, 2.24),
        budget=(
            ("Marking AC, PC and the midline (AFIDs raters: median 0.38 mm per point)", 0.71),
            ("The device's own targeting error (Moser 2013: 0.99 ± 0.39 mm)", 1.07),
            ("Registration of the atlas to this head", 1.75),
            ("This person's nucleus against the registered atlas", 1.5),
            ("Which atlas is right", 1.2),
        ),
        half_clp_probability=0.004,
        expected_clp_share=(0.071, 0.021, 0.104),
        touches=(
            TouchProbability("MDpc", "Mediodorsal parvocellular", 0.72),
            TouchProbability("PuM", "Pulvinar medial", 0.66),
            TouchProbability("CM", "Centromedian nucleus", 0.31),
            TouchProbability("LP", "Lateral posterior nucleus", 0.12),
            TouchProbability("Hb", "Habenula", 0.02),
        ),
        draws=4000,
        seed=1,
    )
    distances = (
        Distance("MDpc", -1.3), Distance("PuM", -0.7), Distance("CM", 1.2), Distance("Hb", 3.4),
        Distance("third-ventricle wall", 3.9), Distance("midplane", 6.0),
    )  # fmt: skip
    coverage = (_coverage("morel", lesion.side, volume, 0.77), _coverage("julich", lesion.side, volume, 0.52))
    return LesionReview(lesion.id, volume, coverage, distances, uncertainty)


def _checks() -> tuple[Check, ...]:
    return (
        Check("AC-PC length", "ok", "27.8 mm; patients have 26.4 ± 1.4 mm."),
        Check("Lesion volume", "ok", "Both lesions lie within 68.5 ± 39.7 mm³ of published ones."),
        Check("Atlas agreement", "warning", "The two atlases put CLp 3.1 mm apart on the left. Compare them."),
    )
