"""A small synthetic plan with a tiny smooth warp, for every test that needs one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from fusplan.imaging.volume import Volume
from fusplan.planning.plan import (
    ImageReference,
    Landmark,
    Landmarks,
    Lesion,
    Measurement,
    Plan,
    Proposal,
    Provenance,
    RegistrationRecord,
    SecondImageRecord,
    Target,
    VentricleWall,
)
from fusplan.registration.request import QualityMeasure, RegistrationQuality
from fusplan.spatial import Affine, Direction, Mni, Point, ScannerRas, Side, Warp
from fusplan.spatial.maps import Displacements

IMAGE_BYTES = b"the bytes of a synthetic head"
SHA256 = hashlib.sha256(IMAGE_BYTES).hexdigest()
FRAME = ScannerRas(SHA256[:12])
TEMPLATE = Mni("MNI152NLin2009cAsym")


def turn(angle_deg: float) -> np.ndarray:
    """A rotation about the superior axis."""
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])


def image_affine(spacing_mm: float = 1.0, size: int = 96) -> np.ndarray:
    """An oblique grid in LAS order about the origin."""
    affine = np.eye(4)
    affine[:3, :3] = turn(7.0) @ np.diag([-spacing_mm, spacing_mm, spacing_mm])
    affine[:3, 3] = -affine[:3, :3] @ np.full(3, (size - 1) / 2) + (1.5, -2.25, 3.125)
    return affine


def volume(spacing_mm: float = 1.0, size: int = 96) -> Volume:
    data = np.zeros((size, size, size), dtype=np.float32)
    return Volume.of_array(data, image_affine(spacing_mm, size), SHA256, Path("/heads/T1w.nii.gz"))


def warp() -> Warp[Mni, ScannerRas]:
    """8 x 9 x 10 nodes, 10 mm apart, up to 2 mm of displacement."""
    i, j, k = np.meshgrid(np.arange(8), np.arange(9), np.arange(10), indexing="ij")
    vectors = 2 * np.stack([np.sin(0.5 * i), np.cos(0.4 * j), np.sin(0.3 * k + 0.2 * i)], axis=-1)
    grid = np.diag([10.0, 10.0, 10.0, 1.0])
    grid[:3, 3] = (-35.0, -55.0, -40.0)
    matrix = np.eye(4)
    matrix[:3, :3] = turn(4.0) @ np.diag([0.93, 0.95, 0.97])
    matrix[:3, 3] = (1.1, -2.2, 3.3)
    return Warp(Displacements(vectors.astype(np.float32), grid), Affine(TEMPLATE, FRAME, matrix))


def point(x: float, y: float, z: float) -> Point[ScannerRas]:
    return Point(FRAME, x, y, z)


def target(side: Side) -> Target:
    x = 8.5 if side == "right" else -8.25
    provenance = Provenance("morel-best-cover", "Where the lesion covers most of CLp (Morel figures).", "C", 2.5)
    return Target(f"clp-{side}", f"CLp {side}", side, point(x, -13.1, 5.5), provenance)


def lesion(side: Side, length_mm: float) -> Lesion:
    aimed = target(side)
    return Lesion(
        id=f"lesion-clp-{side}",
        name=f"CLp {side} lesion",
        side=side,
        target_id=aimed.id,
        centre=aimed.point,
        width_mm=(4.0, 4.0),
        length_mm=length_mm,
        long_axis=Direction.of(FRAME, (0.1 if side == "right" else -0.1, 0.2, 1.0)),
        transverse_axis=Direction.of(FRAME, (1.0, 0.0, -0.1 if side == "right" else 0.1)),
    )


def landmarks() -> Landmarks:
    return Landmarks(
        ac=Landmark(point(0.2, 12.5, 0.1), "template"),
        pc=Landmark(point(-0.1, -12.4, -0.2), "user"),
        midline=(
            Landmark(point(0.3, 5.0, 50.0), "template"),
            Landmark(point(-0.2, -40.0, 30.0), "template"),
            Landmark(point(0.1, 40.0, 20.0), "template"),
        ),
        ventricle_walls=(
            VentricleWall("left", 2.4, True, "Found in the image."),
            VentricleWall("right", 3.0, False, "Not found; 3 mm taken."),
        ),
    )


def registration() -> RegistrationRecord:
    measure = QualityMeasure("deep-brain correlation", 0.91, 0.75, 0.5, "ok", "The template fits.")
    return RegistrationRecord(
        template=TEMPLATE.template,
        engine="greedy deep-brain 1",
        versions=(("picsl-greedy", "1.4.0.3"), ("fusplan", "0.1.0")),
        seconds=(("rigid", 3.25), ("affine", 2.5), ("deformable", 9.125)),
        quality=RegistrationQuality((measure,), "ok", "The alignment can be trusted."),
        notes=("The head is not brain-extracted.",),
        mni_to_scanner=warp(),
    )


def second_image(path: str | None = "/heads/T2w.nii.gz") -> SecondImageRecord:
    """Another image of the head, turned by 3 degrees and shifted."""
    motion = np.eye(4)
    motion[:3, :3] = turn(3.0)
    motion[:3, 3] = (1.25, -2.5, 0.375)
    sha256 = "c3" * 32
    image = ImageReference(path, sha256, (80, 90, 70), image_affine(1.2, 80))
    return SecondImageRecord(
        image=image,
        to_reference=Affine(image.frame, FRAME, motion),
        sentence="Moved by 2.8 mm and turned by 3.0° to fit (rigid).",
        similarity_before=1.0625,
        similarity=1.1875,
        engine="greedy, rigid by mutual information, recipe 1",
        versions=(("picsl_greedy", "0.0.6"), ("numpy", "2.0.0")),
    )


def plan(image_path: str = "/heads/T1w.nii.gz") -> Plan:
    return Plan(
        image=ImageReference(image_path, SHA256, (96, 96, 96), image_affine()),
        landmarks=landmarks(),
        registration=registration(),
        proposals=(
            Proposal("Morel best cover", "left", target("left").point, target("left").provenance),
            Proposal(
                "AC-PC rule",
                "right",
                point(9.0, -13.4, 5.4),
                Provenance("acpc-rule", "Wall + 6 mm, 1 mm behind PC, 5.5 mm above.", "derived"),
            ),
        ),
        targets=(target("left"), target("right")),
        lesions=(lesion("left", 5.0), lesion("right", 7.0)),
        seed=7,
        measurements=(Measurement("distance-1", "Distance 1", (point(0, 0, 0), point(3, 4, 0))),),
    )
