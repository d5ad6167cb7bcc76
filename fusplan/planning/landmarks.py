"""AC, PC and midline points of a head: carried from the template, refined in the image, or as the user marked them."""

from __future__ import annotations

from dataclasses import replace

from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.planning.commissure import moved_to_spot
from fusplan.planning.plan import Landmark, Landmarks, LandmarkSource
from fusplan.planning.symmetry import centred, find_fissure
from fusplan.planning.ventricle import find_ventricle_walls
from fusplan.spatial import AcPcGeometry, Map, Mni, Point, ScannerRas


def carry_landmarks(template: TemplateImage, mni_to_scanner: Map[Mni, ScannerRas]) -> Landmarks:
    """The template's AC, PC and midline points moved to the patient (source ``template``), without ventricle walls."""
    marked = template.landmarks
    midline = mni_to_scanner.apply(marked.midline)
    return Landmarks(
        ac=Landmark(mni_to_scanner.apply(marked.ac), "template"),
        pc=Landmark(mni_to_scanner.apply(marked.pc), "template"),
        midline=tuple(Landmark(midline[index], "template") for index in range(len(midline))),
    )


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
