"""Both built-in atlases, and one rasterisation of each that several tests read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from fusplan.atlas.catalogue import load_atlas
from fusplan.atlas.labelling import Labels
from fusplan.atlas.lattice import Lattice
from fusplan.atlas.mixture_atlas import MixtureAtlas
from fusplan.spatial import Points
from fusplan.spatial.points import FloatArray


@dataclass(frozen=True)
class Raster:
    """An atlas labelled on a lattice."""

    atlas: MixtureAtlas
    lattice: Lattice
    places_mm: FloatArray
    labels: Labels

    @property
    def volumes_mm3(self) -> FloatArray:
        counts = np.bincount(self.labels[self.labels >= 0], minlength=len(self.atlas.structures))
        return counts * self.lattice.cell_mm3


@pytest.fixture(scope="session", params=["morel", "julich"])
def raster(request: pytest.FixtureRequest) -> Raster:
    atlas = load_atlas(request.param)
    lattice = Lattice.holding(*atlas.box_mm(), 0.5)
    places = lattice.places_mm
    return Raster(atlas, lattice, places, atlas.labels(Points(atlas.frame, places)))


@pytest.fixture(scope="session")
def morel() -> MixtureAtlas:
    return load_atlas("morel")
