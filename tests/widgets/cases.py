"""A small case for the views: a head made of ellipsoids, a plan by hand, nuclei as ellipsoids."""

from __future__ import annotations

import numpy as np

from fusplan.display.mesh_slices import SliceableMesh
from fusplan.imaging.volume import Volume
from fusplan.planning.document import PlanDocument
from fusplan.planning.lesion_size import LesionSize, plan_lesion
from fusplan.planning.plan import (
    ImageReference,
    Landmark,
    Landmarks,
    Plan,
    Provenance,
    RegistrationRecord,
    Target,
)
from fusplan.registration.request import RegistrationQuality
from fusplan.spatial import Affine, Ellipsoid, Mni, Point, ScannerRas, Warp
from fusplan.spatial.maps import Displacements
from fusplan.widgets.case import Case, CaseAtlas
from tests.display.meshes import of_ellipsoid

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


def nuclei(frame: ScannerRas) -> tuple[SliceableMesh, ...]:
    """A thalamus, CL and CLp on each side, as ellipsoids."""
    made = []
    for sign, side in ((-1, "left"), (1, "right")):
        for name, centre, size in (
            ("MD", (sign * 8.0, -16.0, 5.0), (5.0, 10.0, 7.0)),
            ("CL", (sign * 9.0, -22.0, 6.0), (3.0, 7.0, 6.0)),
            ("CLp", (sign * 9.0, -24.5, 5.0), (2.5, 3.0, 4.0)),
        ):
            vertices, faces = of_ellipsoid(Ellipsoid(Point(frame, *centre), size, np.eye(3)), 600)
            made.append(SliceableMesh.prepare(name, vertices, faces, side, f"Nucleus {name}"))
    return tuple(made)


def open_case(with_plan: bool = True, volume: Volume | None = None) -> Case:
    """A case as the window has it after a head was opened, with or without a plan."""
    shown = volume if volume is not None else head()
    case = Case()
    if not with_plan:
        case.open_volume(shown)
        return case
    case.open_document(shown, PlanDocument(plan_of(shown)))
    case.set_atlases({"morel": CaseAtlas("morel", "Test atlas", None, nuclei(shown.scanner_frame))})
    case.view.update(cursor=Point(shown.scanner_frame, 9.0, -24.5, 5.0))
    return case
