"""The numbers behind a mixture atlas: expected occupancy of many structures at many points, fast.

A structure of volume V whose places follow the mixture pdf p is expected to fill the share V p(x) of the
space near x. Arrays only; :class:`fusplan.atlas.mixture_atlas.MixtureAtlas` gives them frames.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.atlas.mixture_kernel import add_gaussians
from fusplan.spatial.points import FloatArray

CUTOFF_SIGMA = 6.0
"""Beyond this Mahalanobis distance a Gaussian counts as zero: it has fallen to 1.5e-8 of its peak."""

FAINTEST_EXPONENT = -0.5 * CUTOFF_SIGMA**2
"""Exponent at the cutoff; what remains of a Gaussian there is taken off, so that it ends without a step."""

POINTS_PER_CHUNK = 4096
"""Points evaluated at once: few enough that a chunk of a grid is compact and most structures can be skipped."""


@dataclass(frozen=True, slots=True, eq=False)
class Gaussian:
    """One part of a mixture: ``weight`` of its structure, ``mean_mm`` (3,), ``covariance_mm2`` (3, 3)."""

    weight: float
    mean_mm: FloatArray
    covariance_mm2: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class MixtureField:
    """Gaussian mixtures prepared for evaluation.

    Attributes:
        exponents: (10, c): coefficients of each Gaussian's exponent on (1, x, y, z, xx, xy, xz, yy, yz, zz)
            about ``centre_mm``.
        amplitudes: (c,), peak of each Gaussian times weight and volume (a share of space, no unit).
        lowest_mm, highest_mm: (c, 3), the box outside which a Gaussian is cut off.
        column_of: (c,), the structure each Gaussian belongs to.
        columns: number of structures.
    """

    centre_mm: FloatArray
    exponents: FloatArray
    amplitudes: FloatArray
    lowest_mm: FloatArray
    highest_mm: FloatArray
    column_of: npt.NDArray[np.intp]
    columns: int

    @classmethod
    def of(cls, volumes_mm3: Sequence[float], mixtures: Sequence[Sequence[Gaussian]]) -> MixtureField:
        """The field of structures given by their volumes and mixtures, in that order."""
        parts = [(column, part) for column, mixture in enumerate(mixtures) for part in mixture]
        means = np.array([part.mean_mm for _, part in parts])
        covariances = np.array([part.covariance_mm2 for _, part in parts])
        weights = np.array([volumes_mm3[column] * part.weight for column, part in parts])
        centre = means.mean(axis=0)
        offsets = means - centre
        precisions = np.linalg.inv(covariances)
        linear = np.einsum("cij,cj->ci", precisions, offsets)
        constant = -0.5 * np.einsum("ci,ci->c", offsets, linear)
        diagonal = -0.5 * precisions[:, [0, 1, 2], [0, 1, 2]]
        mixed = -precisions[:, [0, 0, 1], [1, 2, 2]]
        quadratic = np.stack([diagonal[:, 0], mixed[:, 0], mixed[:, 1], diagonal[:, 1], mixed[:, 2], diagonal[:, 2]])
        reach = CUTOFF_SIGMA * np.sqrt(covariances[:, [0, 1, 2], [0, 1, 2]])
        return cls(
            centre_mm=centre,
            exponents=np.vstack([constant[None], linear.T, quadratic]),
            amplitudes=weights / np.sqrt((2 * np.pi) ** 3 * np.linalg.det(covariances)),
            lowest_mm=means - reach,
            highest_mm=means + reach,
            column_of=np.array([column for column, _ in parts], dtype=np.intp),
            columns=len(mixtures),
        )

    def chunks(self, places_mm: FloatArray) -> Iterator[tuple[slice, FloatArray]]:
        """Consecutive parts of (n, 3) places with their densities (m, columns); parts far from all are skipped."""
        for start in range(0, len(places_mm), POINTS_PER_CHUNK):
            part = slice(start, start + POINTS_PER_CHUNK)
            values = self._chunk(places_mm[part])
            if values is not None:
                yield part, values

    def densities(self, places_mm: FloatArray) -> FloatArray:
        """Expected occupancy (n, columns) of each structure at places (n, 3)."""
        result = np.zeros((len(places_mm), self.columns))
        for part, values in self.chunks(places_mm):
            result[part] = values
        return result

    def box_above_mm(self, least: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Lowest and highest corner (3,) of the box outside which no Gaussian reaches its share ``least`` (c,).

        Gaussians whose ``least`` is infinite are left out.
        """
        reach_sigma = np.sqrt(2 * np.log(np.maximum(self.amplitudes / least, 1.0)))[:, None]
        middle = (self.lowest_mm + self.highest_mm) / 2
        half = (self.highest_mm - middle) / CUTOFF_SIGMA * reach_sigma
        counted = np.isfinite(least)
        return (middle - half)[counted].min(axis=0), (middle + half)[counted].max(axis=0)

    def _chunk(self, places_mm: FloatArray) -> FloatArray | None:
        near = np.all((self.lowest_mm <= places_mm.max(axis=0)) & (self.highest_mm >= places_mm.min(axis=0)), axis=1)
        chosen = np.flatnonzero(near)
        if len(chosen) == 0:
            return None
        result = np.zeros((len(places_mm), self.columns))
        add_gaussians(
            np.ascontiguousarray(places_mm),
            self.centre_mm,
            np.ascontiguousarray(self.exponents[:, chosen].T),
            self.amplitudes[chosen],
            self.lowest_mm[chosen],
            self.highest_mm[chosen],
            self.column_of[chosen],
            FAINTEST_EXPONENT,
            float(np.exp(FAINTEST_EXPONENT)),
            result,
        )
        return result
