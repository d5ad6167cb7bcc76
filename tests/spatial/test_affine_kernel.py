from __future__ import annotations

import numpy as np

from fusplan.spatial.affine_kernel import WORTH_COMPILED_CODE, move


def test_few_and_many_points_are_moved_alike() -> None:
    rng = np.random.default_rng(7)
    matrix = np.vstack([rng.normal(size=(3, 4)), [0, 0, 0, 1]])
    many = rng.normal(scale=100, size=(WORTH_COMPILED_CODE + 5, 3))
    moved = move(matrix, many)
    expected = (matrix @ np.column_stack([many, np.ones(len(many))]).T).T[:, :3]
    assert np.allclose(moved, expected, rtol=0, atol=1e-10)
    assert np.allclose(move(matrix, many[:5]), moved[:5], rtol=0, atol=1e-10)
    assert np.allclose(move(matrix, many[0]), moved[0], rtol=0, atol=1e-10)


def test_points_that_are_not_contiguous_and_a_transposed_matrix_are_moved_too() -> None:
    rng = np.random.default_rng(8)
    matrix = np.eye(4)
    matrix[:3, :3] = rng.normal(size=(3, 3))
    many = rng.normal(size=(3, 2 * WORTH_COMPILED_CODE)).T[::2]
    assert np.allclose(move(matrix.T.copy().T, many), many @ matrix[:3, :3].T, rtol=0, atol=1e-12)
    assert move(matrix, np.empty((0, 3))).shape == (0, 3)
