"""Matrices of every kind that an image may have, for Hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation


@st.composite
def affines(draw: st.DrawFn) -> np.ndarray:
    """Rotations, spacings from 0.2 to 5, shear up to 0.4, reflections, shifts."""
    angles = draw(st.tuples(*[st.floats(-180, 180)] * 3))
    scales = draw(st.tuples(*[st.floats(0.2, 5)] * 3))
    shear = np.eye(3)
    shear[0, 1], shear[0, 2], shear[1, 2] = draw(st.tuples(*[st.floats(-0.4, 0.4)] * 3))
    mirror = np.diag([draw(st.sampled_from([1.0, -1.0])), 1, 1])
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", angles, degrees=True).as_matrix() @ mirror @ np.diag(scales) @ shear
    matrix[:3, 3] = draw(st.tuples(*[st.floats(-200, 200)] * 3))
    return matrix
