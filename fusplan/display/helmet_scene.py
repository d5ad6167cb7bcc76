"""The helmet in space: elements as discs coloured by what the skull does to them, and beams to the focus."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from fusplan.display.element_colours import OFF_WORDS, ElementColours, element_colours
from fusplan.display.layer_table import ElementQuantity
from fusplan.display.scene import HelmetSight, Scene, SceneLine, SceneSurface
from fusplan.display.treatment_sights import TreatmentSights
from fusplan.spatial import Point, ScannerRas
from fusplan.spatial.points import FloatArray

DISC_RADIUS_SHARE = 0.42
"""Of the distance between neighbours: discs do not touch."""

CORNERS = 12
"""Of a disc."""

NEAR_OPACITY, FAR_OPACITY = 0.2, 0.9
"""Discs that turn their backs to the eye are looked through, so that one sees into the helmet from all sides."""

EVERY_BEAM = 4
BEAM_COLOUR, BEAM_OPACITY = "#9fd4ff", 0.16

MIDDLE_SHARE, BALL_SHARE = 0.36, 1.0
"""Of the radius: how far from the focus to the apex the eye looks, and how much it sees about that place."""

EYE_AZIMUTH_DEG, EYE_ELEVATION_DEG = 50.0, 14.0


def with_helmet(scene: Scene, sights: TreatmentSights, helmet: bool, beams: bool, quantity: ElementQuantity) -> Scene:
    """A scene with the helmet of what is treated, and what its colours mean.

    Args:
        scene: without it.
        sights: of the target that is shown.
        helmet, beams: whether discs and beams are drawn.
        quantity: what colours the discs.
    """
    colours = coloured_elements(sights, quantity)
    return Scene(
        (*scene.surfaces, *(helmet_discs(sights, quantity) if helmet else ())),
        (*scene.lines, *((beam_lines(sights),) if beams else ())),
        scene.centre,
        scene.numbers,
        colours.bar if helmet else None,
        OFF_WORDS if not colours.is_on.all() else "",
        helmet_sight(sights),
    )


def helmet_sight(sights: TreatmentSights) -> HelmetSight:
    """From before, on the side that the head is cut open."""
    pose, radius_mm = sights.simulated.pose, sights.transducer.radius_mm
    middle = Point.of(pose.target.frame, pose.target.array + pose.axes[:, 2] * MIDDLE_SHARE * radius_mm)
    azimuth = EYE_AZIMUTH_DEG if sights.simulated.side == "right" else 180.0 - EYE_AZIMUTH_DEG
    return HelmetSight(middle, radius_mm * BALL_SHARE, (azimuth, EYE_ELEVATION_DEG))


@lru_cache(maxsize=4)
def coloured_elements(sights: TreatmentSights, quantity: ElementQuantity) -> ElementColours:
    """The colours of the elements; kept as long as the sights are."""
    return element_colours(sights.simulated, quantity)


@lru_cache(maxsize=4)
def helmet_discs(sights: TreatmentSights, quantity: ElementQuantity) -> tuple[SceneSurface, SceneSurface]:
    """The elements as discs, once facing the focus and once facing away, fainter; the same as long as nothing changes.

    Surfaces that are see-through are drawn from their faces alone: from every side one sees the far half of the helmet
    dense and the near half faint.
    """
    pose, helmet = sights.simulated.pose, sights.transducer
    elements = pose.elements(helmet)
    vertices, triangles, inwards = discs(elements.array, pose.target, _disc_radius_mm(elements.array))
    rgb = np.repeat(coloured_elements(sights, quantity).rgb, CORNERS + 1, axis=0)
    return (
        _half("Helmet, near side", vertices, -inwards, triangles[:, ::-1], rgb, NEAR_OPACITY, pose.target),
        _half("Helmet", vertices, inwards, triangles, rgb, FAR_OPACITY, pose.target),
    )


def _half(
    name: str,
    vertices: FloatArray,
    normals: FloatArray,
    triangles: npt.NDArray[np.int32],
    rgb: npt.NDArray[np.uint8],
    opacity: float,
    place: Point[ScannerRas],
) -> SceneSurface:
    return SceneSurface(
        "helmet",
        name,
        vertices.astype(np.float32),
        normals.astype(np.float32),
        np.ascontiguousarray(triangles, dtype=np.int32),
        "#ffffff",
        opacity,
        place,
        rgb,
    )


def discs(
    middles: FloatArray, towards: Point[ScannerRas], radius_mm: float
) -> tuple[FloatArray, npt.NDArray[np.int32], FloatArray]:
    """Discs that face a point: vertices (n 13, 3), triangles anticlockwise seen from there, and normals.

    Args:
        middles: (n, 3).
        towards: what they face.
        radius_mm: of each.
    """
    inwards = towards.array - middles
    inwards /= np.linalg.norm(inwards, axis=1, keepdims=True)
    helping = np.where(np.abs(inwards[:, :1]) < 0.9, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]])
    across = np.cross(inwards, helping)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    up = np.cross(inwards, across)
    angles = np.arange(CORNERS) * 2 * np.pi / CORNERS
    rim = across[:, None] * np.cos(angles)[None, :, None] + up[:, None] * np.sin(angles)[None, :, None]
    vertices = np.concatenate([middles[:, None], middles[:, None] + radius_mm * rim], axis=1)
    step = np.arange(CORNERS)
    fan = np.column_stack([np.zeros(CORNERS, dtype=int), step + 1, (step + 1) % CORNERS + 1])
    first = np.arange(len(middles))[:, None, None] * (CORNERS + 1)
    triangles = (first + fan[None]).reshape(-1, 3).astype(np.int32)
    return vertices.reshape(-1, 3), triangles, np.repeat(inwards, CORNERS + 1, axis=0)


def _disc_radius_mm(places: FloatArray) -> float:
    """From the area that every element has on its sphere."""
    reach = float(np.linalg.norm(places - places.mean(axis=0), axis=1).max())
    return DISC_RADIUS_SHARE * float(np.sqrt(2 * np.pi * reach**2 / len(places)))


@lru_cache(maxsize=4)
def beam_lines(sights: TreatmentSights) -> SceneLine:
    """Every fourth active element's beam to the focus, faint; the same as long as nothing changes."""
    simulated = sights.simulated
    elements = simulated.pose.elements(sights.transducer).array[simulated.elements.active][::EVERY_BEAM]
    ends = np.broadcast_to(simulated.elements.spot.array, elements.shape)
    pairs = np.stack([elements, ends], axis=1).reshape(-1, 3)
    return SceneLine(pairs, BEAM_COLOUR, 1.0, BEAM_OPACITY, are_pairs=True)
