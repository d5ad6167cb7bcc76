"""A head made of ellipsoids, a plan on it by hand, and made-up proposals: no window needed."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from fusplan.atlas.catalogue import BUILT_IN, load_atlas
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.imaging.volume import Volume
from fusplan.planning.lesion_size import LesionSize, plan_lesion
from fusplan.planning.plan import (
    ImageReference,
    Landmark,
    Landmarks,
    Plan,
    Proposal,
    Provenance,
    RegistrationRecord,
    Target,
)
from fusplan.registration.request import RegistrationQuality
from fusplan.spatial import Affine, Mni, Point, Warp
from fusplan.spatial.maps import Displacements

HAND = Provenance("user", "Placed by hand for a test.", "derived")


def head(spacing_mm: float = 3.0, fingerprint: str = "a" * 64, study_id: str | None = None) -> Volume:
    """A head of 150 x 190 x 180 mm: bright shell, grey inside, dark ventricles; an oblique affine."""
    shape = tuple(round(size / spacing_mm) for size in (180, 220, 210))
    affine = np.diag([spacing_mm, spacing_mm, spacing_mm, 1.0])
    affine[:3, 3] = [-90, -126, -80]
    i, j, k = np.meshgrid(*(np.arange(size) for size in shape), indexing="ij")
    x, y, z = (np.stack([i, j, k], axis=-1) * spacing_mm + affine[:3, 3]).transpose(3, 0, 1, 2)
    radius = np.sqrt((x / 75) ** 2 + ((y + 17) / 95) ** 2 + ((z - 20) / 90) ** 2)
    data = np.where(radius < 1, 200.0, 0.0) + np.where(radius < 0.92, -80.0, 0.0)
    data[(np.abs(x) < 2.5) & (np.abs(y + 15) < 15) & (np.abs(z) < 10)] = 20
    return Volume.of_array(data.astype(np.float32), affine, fingerprint, study_id=study_id)


def plan_of(volume: Volume) -> Plan:
    """Landmarks of MNI152NLin2009cAsym, two targets, two lesions, an identity registration."""
    frame = volume.scanner_frame

    def mark(x: float, y: float, z: float) -> Landmark:
        return Landmark(Point(frame, x, y, z), "template")

    landmarks = Landmarks(
        mark(0.1, 2.3, -4.4), mark(0.1, -24.3, -2.2), (mark(0.2, -10.0, 45.0), mark(0.0, -40.0, 30.0))
    )
    geometry = landmarks.geometry()
    targets = (
        Target("clp-left", "CLp left", "left", Point(frame, -9.0, -24.5, 5.0), HAND, locked=True),
        Target("clp-right", "CLp right", "right", Point(frame, 9.0, -24.5, 5.0), HAND, locked=False),
    )
    sizes = (LesionSize((4.0, 4.0), 5.0), LesionSize((4.0, 4.0), 7.0))
    lesions = tuple(plan_lesion(target, size, geometry) for target, size in zip(targets, sizes, strict=True))
    still = Displacements(np.zeros((2, 2, 2, 3), dtype=np.float32), np.diag([100.0, 100.0, 100.0, 1.0]))
    warp = Warp(still, Affine(Mni("MNI152NLin2009cAsym"), frame, np.eye(4)))
    quality = RegistrationQuality((), "ok", "Made by hand.")
    registration = RegistrationRecord("MNI152NLin2009cAsym", "test", (), (), quality, (), warp)
    image = ImageReference("head.nii.gz", volume.fingerprint, volume.shape, volume.affine)
    return Plan(image, landmarks, registration, (), targets, lesions)


OFFSETS = {
    "morel-centroid": (0.0, 0.0, 0.0),
    "morel-best-cover": (0.5, 0.5, 0.5),
    "julich-centroid": (0.0, 3.0, 0.0),
    "julich-best-cover": (0.0, 4.0, 1.0),
    "acpc-rule": (0.0, 0.0, 8.0),
}
"""Where the proposals lie from the targets, mm: all three verdicts occur."""


@lru_cache(maxsize=1)
def small_head() -> Volume:
    return head(4.0)


@lru_cache(maxsize=1)
def small_plan() -> Plan:
    """Five made-up proposals on each side; the registration is the identity."""
    plan = plan_of(small_head())
    proposals = tuple(
        Proposal(
            method.replace("-", " ").capitalize(),
            target.side,
            Point.of(target.point.frame, target.point.array + offset),
            Provenance(method, f"Made up for a test: {method}", "C", 2.5),
        )
        for target in plan.targets
        for method, offset in OFFSETS.items()
    )
    return replace(plan, proposals=proposals)


@lru_cache(maxsize=1)
def patient_atlases() -> tuple[PatientAtlas, ...]:
    warp = small_plan().registration.mni_to_scanner
    return tuple(PatientAtlas(load_atlas(name), warp, warp.inverse()) for name in BUILT_IN)
