from __future__ import annotations

import numpy as np
import pytest

from fusplan.atlas.catalogue import load_template
from fusplan.planning.landmarks import carry_landmarks, replace_landmarks
from fusplan.planning.plan import Landmarks
from fusplan.spatial import Affine, DegenerateLandmarksError, Point, ScannerRas

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
