"""What rays see of a field is the field's own value at each of their samples."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fusplan.simulation.head_rays import HeadRays, vault_directions
from fusplan.spatial import Field, Grid, Point, Points, ScannerRas
from fusplan.spatial.frames import FrameMismatchError

FRAME = ScannerRas("head")
TURN = np.linalg.qr(np.array([[1.0, 0.2, -0.1], [-0.2, 1.0, 0.3], [0.1, -0.3, 1.0]]))[0]


def slanted_field(order: str) -> Field[ScannerRas]:
    matrix = np.eye(4)
    matrix[:3, :3] = TURN * (4.0, 5.0, 6.0)
    matrix[:3, 3] = (-70.0, -80.0, -60.0)
    values = np.random.default_rng(0).normal(size=(34, 30, 24)).astype(np.float32)
    return Field(Grid.of((34, 30, 24), matrix, FRAME, "noise"), np.asarray(values, order=order), "1", outside=-9.0)  # type: ignore[call-overload]


@pytest.mark.parametrize("order", ["C", "F"])
def test_rays_see_what_the_field_has_at_their_samples(order: str) -> None:
    field = slanted_field(order)
    rays = HeadRays(Point(FRAME, 1.0, 2.0, 3.0), TURN.T, vault_directions()[::200])
    along = (rays.directions @ rays.axes.T)[:, None] * rays.distances_mm[:, None]
    wanted = field.at(Points(FRAME, (rays.centre.array + along).reshape(-1, 3)))
    seen = rays.seen(field)
    assert_allclose(seen.reshape(-1), wanted, atol=1e-6)
    assert 0 < np.mean(seen == -9.0) < 1


def test_rays_of_another_study_are_refused() -> None:
    rays = HeadRays(Point(ScannerRas("another"), 0.0, 0.0, 0.0), np.eye(3), vault_directions()[::200])
    with pytest.raises(FrameMismatchError):
        rays.seen(slanted_field("C"))
