"""The sides of a raw atlas's structures settled: those without one are halved at the midplane, or left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusplan.atlas.imported.raw_atlas import RawAtlas, RawStructure, listed
from fusplan.errors import FusplanError
from fusplan.spatial import Side

ONE_SIDED_SHARE = 0.9
"""A structure without a side of which so much lies on one side belongs to that side (own judgement)."""


class NoSidesError(FusplanError):
    """No name of an atlas says left or right, and it lies in a head, whose midplane is not known."""


def with_sides(raw: RawAtlas, in_template: bool) -> RawAtlas:
    """Every structure on one side.

    In a template the midplane is x = 0: a structure that lies across it is halved. In a patient's own space the
    midplane is known only with a plan, so that structures without a side are left out there.

    Raises:
        NoSidesError: nothing remains.
    """
    if all(one.side is not None for one in raw.structures):
        return raw
    return _halved(raw) if in_template else _without_sideless(raw)


def _without_sideless(raw: RawAtlas) -> RawAtlas:
    kept = tuple(one for one in raw.structures if one.side is not None)
    dropped = [one.name for one in raw.structures if one.side is None]
    if not kept:
        raise NoSidesError(
            f"No structure says on which side it is: {listed(dropped)}.",
            "Name each with its side in the table (Left-..., Right-..., lh, rh, _L and _R), one label a side.",
        )
    values = raw.values.copy()
    values[~np.isin(values, [one.value for one in kept])] = 0
    note = f"Left out because nothing says on which side they are: {listed(dropped)}."
    return replace(raw, values=values, structures=kept, notes=(*raw.notes, note))


def _halved(raw: RawAtlas) -> RawAtlas:
    values = raw.values.copy()
    structures: list[RawStructure] = []
    halved = []
    following = max(one.value for one in raw.structures) + 1
    for one in raw.structures:
        if one.side is not None:
            structures.append(one)
            continue
        cells = np.argwhere(values == one.value)
        x_mm = raw.grid.places(cells).array[:, 0]
        share_right = float((x_mm >= 0).mean())
        if share_right >= ONE_SIDED_SHARE or share_right <= 1 - ONE_SIDED_SHARE:
            structures.append(replace(one, side="right" if share_right > 0.5 else "left"))
            continue
        halved.append(one.name)
        values[tuple(cells[x_mm >= 0].T)] = following
        parts: tuple[tuple[Side, int, float], ...] = (
            ("left", one.value, 1 - share_right), ("right", following, share_right),
        )  # fmt: skip
        for side, value, share in parts:
            structures.append(replace(one, side=side, value=value, volume_mm3=one.volume_mm3 * share))
        following += 1
    note = (f"Halved at x = 0, since their names say no side: {listed(halved)}.",) if halved else ()
    return replace(raw, values=values, structures=tuple(structures), notes=(*raw.notes, *note))
