"""AC, PC and midline points of a head: carried from the template, refined in the image, or as the user marked them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.planning.commissure import moved_to_spot
from fusplan.planning.plan import Landmark, Landmarks, LandmarkSource
from fusplan.planning.symmetry import centred, find_fissure
from fusplan.planning.ventricle import find_ventricle_walls
from fusplan.registration.contrast_kind import FLUID_IS_BRIGHT, ImageContrast
from fusplan.spatial import AcPcGeometry, Map, Mni, Point, Points, ScannerRas

BESIDE_PC_MM = 5.0
DRAWN_FORWARD_MM = 0.25
"""PC is drawn when the map carries it this far in front of what lies 5 mm to its right and left: 0.53 and 1.15 mm on
two T2 heads, at most 0.07 mm on five T1 heads, as they are and with their contrast turned round (C)."""


def carry_landmarks(
    template: TemplateImage, mni_to_scanner: Map[Mni, ScannerRas], contrast: ImageContrast | None = None
) -> Landmarks:
    """The template's AC, PC and midline points moved to the patient (source ``template``), without ventricle walls.

    Args:
        template: the template.
        mni_to_scanner: the map.
        contrast: of the patient's image, where it is known. Where fluid is bright, the map is drawn towards the flow
            void of the aqueduct, which is as narrow as the aqueduct: PC is then carried with what lies at its sides.
    """
    marked = template.landmarks
    midline = mni_to_scanner.apply(marked.midline)
    ac, pc = mni_to_scanner.apply(marked.ac), mni_to_scanner.apply(marked.pc)
    if contrast is not None and contrast.kind in FLUID_IS_BRIGHT:
        pc = _not_drawn(pc, ac, _between_sides(marked.pc, mni_to_scanner))
    return Landmarks(
        ac=Landmark(ac, "template"),
        pc=Landmark(pc, "template"),
        midline=tuple(Landmark(midline[index], "template") for index in range(len(midline))),
    )


def _between_sides(point: Point[Mni], mni_to_scanner: Map[Mni, ScannerRas]) -> Point[ScannerRas]:
    """Half-way between where the map carries the places to the right and left of a point."""
    beside = point.array + BESIDE_PC_MM * np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    sides = mni_to_scanner.apply(Points(point.frame, beside))
    return Point.of(sides.frame, sides.array.mean(axis=0))


def _not_drawn(pc: Point[ScannerRas], ac: Point[ScannerRas], sides: Point[ScannerRas]) -> Point[ScannerRas]:
    """PC, or the place between its sides where that lies clearly behind it."""
    forward = (ac.array - pc.array) / ac.distance_to(pc)
    return sides if float((pc.array - sides.array) @ forward) > DRAWN_FORWARD_MM else pc


def refine_landmarks(landmarks: Landmarks, volume: Volume) -> Landmarks:
    """The landmarks refined by the image itself (source ``refined``).

    Points of the interhemispheric fissure are added to the template's midline. The template's AC and PC are moved
    sideways into the middle, and in the midplane towards the middle of the bright spot that they make. What a user has
    marked stays as it is; so does what the image does not show clearly.
    """
    if all(landmark.source == "template" for landmark in landmarks.midline):
        fissure = find_fissure(volume, landmarks.geometry())
        midline = (*landmarks.midline, *(Landmark(point, "refined") for point in fissure))
        landmarks = replace(landmarks, midline=midline)
    geometry = landmarks.geometry()
    ac, pc = (_refined(landmark, volume, geometry) for landmark in (landmarks.ac, landmarks.pc))
    return replace(landmarks, ac=ac, pc=pc)


def _refined(landmark: Landmark, volume: Volume, geometry: AcPcGeometry) -> Landmark:
    """AC or PC; the same where it is not the template's or the image says nothing."""
    if landmark.source != "template":
        return landmark
    for moved in (centred, moved_to_spot):
        point = moved(landmark.point, volume, geometry)
        landmark = landmark if point is None else Landmark(point, "refined")
    return landmark


def replace_landmarks(
    landmarks: Landmarks,
    ac: Point[ScannerRas] | None = None,
    pc: Point[ScannerRas] | None = None,
    midline: tuple[Point[ScannerRas], ...] = (),
    source: LandmarkSource = "user",
) -> Landmarks:
    """The landmarks with those given put in place of the old ones (``midline``: all of them, or none).

    Ventricle walls are kept as they are: measure them again with :func:`with_ventricle_walls`, since they are
    distances from the midplane.

    Raises:
        DegenerateLandmarksError: the result does not define an AC-PC frame.
    """
    changed = replace(
        landmarks,
        ac=landmarks.ac if ac is None else Landmark(ac, source),
        pc=landmarks.pc if pc is None else Landmark(pc, source),
        midline=tuple(Landmark(point, source) for point in midline) or landmarks.midline,
    )
    changed.geometry()
    return changed


def with_ventricle_walls(landmarks: Landmarks, volume: Volume) -> Landmarks:
    """The landmarks with the third-ventricle walls as found in the image in their AC-PC frame."""
    return replace(landmarks, ventricle_walls=find_ventricle_walls(volume, landmarks.geometry()))
