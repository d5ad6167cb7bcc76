from __future__ import annotations

import numpy as np
import pytest

from fusplan.atlas.catalogue import load_template
from fusplan.planning.landmarks import carry_landmarks, replace_landmarks
from fusplan.planning.plan import Landmarks
from fusplan.registration.contrast_kind import ImageContrast
from fusplan.spatial import Affine, DegenerateLandmarksError, Point, ScannerRas, Warp
from fusplan.spatial.warp import Displacements

FRAME = ScannerRas("head")


def carried() -> tuple[Affine, Landmarks]:
    template = load_template()
    matrix = np.eye(4)
    matrix[:3, :3] = 0.9 * np.array([[0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1]])
    matrix[:3, 3] = (3.0, -7.0, 11.0)
    to_scanner = Affine(template.frame, FRAME, matrix)
    return to_scanner, carry_landmarks(template, to_scanner)


def test_template_landmarks_go_where_the_map_takes_them() -> None:
    to_scanner, landmarks = carried()
    template = load_template().landmarks
    assert landmarks.ac.source == landmarks.pc.source == "template"
    assert landmarks.ac.point == to_scanner.apply(template.ac)
    assert landmarks.geometry().length_mm == pytest.approx(0.9 * template.ac.distance_to(template.pc))
    assert len(landmarks.midline) == len(template.midline)


@pytest.mark.parametrize("drawn_mm", [1.3, 0.1])
def test_where_fluid_is_bright_pc_is_not_drawn_forward_between_its_sides(drawn_mm: float) -> None:
    """A map that is right but for a narrow place about PC, which it carries too far in front."""
    template = load_template()
    grid = template.grid
    off_mm = grid.places(np.indices(grid.shape).reshape(3, -1).T).array - template.landmarks.pc.array
    vectors = np.zeros((len(off_mm), 3))
    vectors[:, 1] = drawn_mm * np.exp(-((off_mm / 1.5) ** 2).sum(axis=1) / 2)
    field = Displacements.of(vectors.reshape(*grid.shape, 3).astype(np.float32), grid.matrix, template.frame)
    still = Affine(template.frame, FRAME, np.eye(4))
    drawn = Warp(field, still)

    def off_pc(contrast: ImageContrast | None) -> float:
        return carry_landmarks(template, drawn, contrast).pc.point.distance_to(still.apply(template.landmarks.pc))

    assert off_pc(None) == off_pc(ImageContrast("T1", 1.0)) == pytest.approx(drawn_mm, rel=0.15)
    bright = off_pc(ImageContrast("T2", 1.0))
    assert bright == (off_pc(None) if drawn_mm < 0.25 else pytest.approx(0, abs=0.02))


def test_replacing_one_landmark_keeps_the_others() -> None:
    _, landmarks = carried()
    marked = Point.of(FRAME, landmarks.ac.point.array + np.array([0.5, 0, 0]))
    changed = replace_landmarks(landmarks, ac=marked)
    assert changed.ac.point == marked
    assert changed.ac.source == "user"
    assert changed.pc is landmarks.pc
    assert changed.midline == landmarks.midline


def test_landmarks_that_make_no_frame_are_refused() -> None:
    _, landmarks = carried()
    with pytest.raises(DegenerateLandmarksError):
        replace_landmarks(landmarks, ac=landmarks.pc.point)
