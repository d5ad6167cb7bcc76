"""An atlas in a patient as smooth fields, ready to be outlined: every nucleus of both sides, parts as their own."""

from __future__ import annotations

import numpy as np

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import SIDES, StructureRef
from fusplan.display.contours import Nucleus
from fusplan.spatial import Points, ScannerRas
from fusplan.spatial.points import FloatArray

STEEPEST = 3.0
"""Fields are cut off here: at the midplane, where a structure of one side ends at once, a steeper step would
pull the outline towards one raster point."""

FAINTEST = 1e-9
NEVER_A_LABEL = 1e-3
"""A structure that is nowhere more probable than this cannot be the most probable one anywhere inside."""

CUT_STEEPNESS_PER_MM = 1.0
"""Steepness of the cut between a part and the rest of its nucleus, like that of nuclear borders."""


class PatientNuclei:
    """The nuclei of an atlas in a patient's scanner frame.

    Args:
        patient_atlas: the atlas in the patient.
    """

    def __init__(self, patient_atlas: HeadAtlas) -> None:
        self._atlas = patient_atlas
        about = patient_atlas.atlas
        parts = [StructureRef(part.key, side) for part in about.parts for side in SIDES]
        self._parts = tuple(part for part in parts if about.describes(part))
        self.nuclei = tuple(Nucleus(each.abbreviation, each.name, each.side) for each in about.structures) + tuple(
            Nucleus(part.key, about.name_of(part), part.side) for part in self._parts
        )

    def insideness(self, points: Points[ScannerRas]) -> FloatArray:
        """Shape (nuclei, n): log odds of each nucleus against its strongest rival and against lying outside.

        Zero exactly where the atlas's labels change; the field of a nucleus that a part is cut from is
        that of its remaining, front part.
        """
        memberships = self._atlas.memberships(points)
        total = memberships.sum(axis=1)
        within = np.log(np.maximum(total, FAINTEST)) - np.log(np.maximum(1.0 - total, FAINTEST))
        # Most structures of both sides are far from any one slice: they are outside everywhere on it.
        met = np.flatnonzero(memberships.max(axis=0, initial=0.0) > NEVER_A_LABEL)
        fields = np.full(memberships.shape[::-1], -STEEPEST)
        if len(met):
            logs = np.log(np.maximum(memberships[:, met], FAINTEST))
            fields[met] = np.clip(np.minimum(logs - _strongest_other(logs), within[:, None]), -STEEPEST, STEEPEST).T
        return self._with_parts(fields, points) if self._parts else fields

    def _with_parts(self, fields: FloatArray, points: Points[ScannerRas]) -> FloatArray:
        keys = dict.fromkeys(part.key for part in self._parts)
        behind = {key: self._atlas.behind_cut_mm(points, key) * CUT_STEEPNESS_PER_MM for key in keys}
        parts = []
        result = fields.copy()
        for part in self._parts:
            whole = self._atlas.atlas.whole(part).index
            parts.append(np.minimum(fields[whole], behind[part.key]))
            result[whole] = np.minimum(result[whole], -behind[part.key])
        return np.vstack([result, *parts])


def _strongest_other(logs: FloatArray) -> FloatArray:
    """Shape (n, s): for every column the largest value of the other columns of its row."""
    if logs.shape[1] == 1:
        return np.full_like(logs, -np.inf)
    rows = np.arange(len(logs))
    best = logs.argmax(axis=1)
    first = logs[rows, best]
    without_best = logs.copy()
    without_best[rows, best] = -np.inf
    others = np.repeat(first[:, None], logs.shape[1], axis=1)
    others[rows, best] = without_best.max(axis=1)
    return others
