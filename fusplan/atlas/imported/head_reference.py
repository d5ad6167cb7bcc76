"""The built-in thalamus, in its template or in a head: what imported atlases are compared with."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from fusplan.atlas.imported.alignment import LEFT, OUT, RIGHT, SIDES, Sides, ThalamusReference
from fusplan.atlas.lattice import Lattice
from fusplan.atlas.mixture_atlas import MixtureAtlas
from fusplan.atlas.patient_atlas import volume_change
from fusplan.spatial import Map, Mni, Points, ScannerRas

BOX_MM = (np.array([-45.0, -65.0, -35.0]), np.array([45.0, 35.0, 45.0]))
"""Template mm: both thalami with room about them; nothing beyond is asked."""

SAMPLING_MM = 1.0


@lru_cache(maxsize=2)
def thalamus_in_template(atlases: tuple[MixtureAtlas, ...]) -> ThalamusReference[Mni]:
    """All that any of the built-in atlases has for thalamus, side by side."""

    def where(points: Points[Mni]) -> Sides:
        result = np.full(len(points), OUT, dtype=np.int8)
        low, high = BOX_MM
        rows = np.flatnonzero(np.all((points.array >= low) & (points.array <= high), axis=1))
        near = Points(points.frame, points.array[rows])
        for atlas in atlases:
            labels = atlas.labels(near)
            for code, side in ((LEFT, "left"), (RIGHT, "right")):
                wanted = [one.index for one in atlas.structures if one.side == side and one.thalamic]
                result[rows[np.isin(labels, wanted)]] = code
        return result

    lattice = Points(atlases[0].frame, Lattice.holding(*BOX_MM, SAMPLING_MM).places_mm)
    found = where(lattice)
    places = {side: lattice.array[found == code] for side, code in zip(SIDES, (LEFT, RIGHT), strict=True)}
    volumes = {side: len(inside) * SAMPLING_MM**3 for side, inside in places.items()}
    return ThalamusReference(where, places, volumes)


def thalamus_in_head(
    atlases: tuple[MixtureAtlas, ...],
    mni_to_scanner: Map[Mni, ScannerRas],
    scanner_to_mni: Map[ScannerRas, Mni],
) -> ThalamusReference[ScannerRas]:
    """The same in a head, where its registration puts it."""
    reference = thalamus_in_template(atlases)
    template = mni_to_scanner.source
    places = {
        side: mni_to_scanner.apply(Points(template, inside)).array for side, inside in reference.places_mm.items()
    }
    volumes = {
        side: float(volume_change(mni_to_scanner, Points(template, inside)).sum()) * SAMPLING_MM**3
        for side, inside in reference.places_mm.items()
    }
    return ThalamusReference(lambda points: reference.where(scanner_to_mni.apply(points)), places, volumes)
