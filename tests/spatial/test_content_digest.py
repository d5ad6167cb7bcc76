"""Keys made of content: what gives the same key, what another."""

from __future__ import annotations

import hashlib
import pickle

import numpy as np
import pytest

from fusplan.spatial import Affine, Mni, ScannerRas, Warp
from fusplan.spatial.content_digest import array_digest, content_digest
from fusplan.spatial.warp import Displacements
from tests.fixtures import plans


def test_content_is_the_sha256_of_its_json_so_that_any_program_can_make_the_key() -> None:
    text = '["a", 1, 0.1, null, [true, [1.5, -0.0]]]'
    assert content_digest("a", 1, 0.1, None, (True, [1.5, -0.0])) == hashlib.sha256(text.encode()).hexdigest()


def test_every_digit_of_a_number_counts() -> None:
    assert content_digest(0.1 + 0.2) != content_digest(0.3)
    assert content_digest(np.float64(0.3)) == content_digest(0.3)
    assert content_digest("a", "b") != content_digest("ab")


def test_arrays_are_told_apart_by_type_shape_and_values_not_by_layout() -> None:
    values = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    head = b"f4 (2, 3, 4)"
    assert array_digest(values) == hashlib.sha256(head + values.tobytes()).hexdigest()
    assert array_digest(np.asfortranarray(values)) == array_digest(values.copy())
    assert array_digest(np.stack([values, values])[0]) == array_digest(values)
    others = (values.astype(np.float64), values.reshape(3, 2, 4), values + np.float32(1e-6), values.astype(np.int32))
    assert len({array_digest(one) for one in (values, *others)}) == 5


def other_warps() -> dict[str, Warp]:
    warp = plans.warp()
    vectors = warp.displacements.vectors_mm.copy()
    vectors[3, 4, 5, 1] = np.nextafter(vectors[3, 4, 5, 1], np.float32(9))
    grid = warp.displacements.grid.matrix.copy()
    grid[0, 3] += 1e-9
    matrix = warp.affine.matrix.copy()
    matrix[2, 3] += 1e-9
    field, affine = warp.displacements, warp.affine
    return {
        "one vector": Warp(Displacements.of(vectors, field.grid.matrix, plans.TEMPLATE), affine),
        "the grid": Warp(Displacements.of(field.vectors_mm, grid, plans.TEMPLATE), affine),
        "the matrix": Warp(field, Affine(affine.source, affine.target, matrix)),
        "the head": Warp(field, Affine(affine.source, ScannerRas("another"), affine.matrix)),
    }


@pytest.mark.parametrize("changed", other_warps())
def test_maps_of_one_key_move_points_alike(changed: str) -> None:
    warp = plans.warp()
    assert warp.digest == plans.warp().digest
    assert pickle.loads(pickle.dumps(warp)).digest == warp.digest
    assert other_warps()[changed].digest != warp.digest
    assert warp.inverse().digest not in (warp.digest, other_warps()[changed].inverse().digest)


def test_a_field_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its key is asked for at every step of a drag."""
    hashed: list[int] = []

    def counted(array: np.ndarray) -> str:
        hashed.append(array.size)
        return array_digest(array)

    monkeypatch.setattr("fusplan.spatial.warp.array_digest", counted)
    warp = plans.warp()
    for _ in range(3):
        nudged = Warp(warp.displacements, Affine(warp.source, warp.target, np.eye(4)))
        assert nudged.digest != warp.digest
    assert len(hashed) == 1


def test_affine_maps_have_keys_too() -> None:
    first = Affine(Mni("a"), ScannerRas("b"), np.diag([2.0, 2, 2, 1]))
    assert first.digest == Affine(Mni("a"), ScannerRas("b"), np.diag([2.0, 2, 2, 1])).digest
    assert first.digest != Affine(Mni("c"), ScannerRas("b"), np.diag([2.0, 2, 2, 1])).digest
