"""The skull from a CT: its numbers in HU, the table under the head taken away, and what is doubtful about it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from fusplan.imaging.computed_tomography import HounsfieldScale, hounsfield_scale
from fusplan.imaging.volume import Volume
from fusplan.simulation.ct_sharpness import sharpness_warning
from fusplan.simulation.head_surface import largest_part
from fusplan.simulation.skull import AIR_HU, SKIN_FROM_HU, Skull, SkullWarning
from fusplan.spatial import Affine, Field, Grid, ScannerRas
from fusplan.spatial.grid import shape_of

COARSEST_VOXEL_MM = 1.05
"""Voxels larger than a millimetre blur table and diploe: the skull density ratio rises from 0.74 to 0.93 when a CT is
blurred by 1 mm (C)."""

TABLE_SPACING_MM = 1.5
"""Of the lattice on which head and table are told apart."""

KEPT_ROUND_HEAD_MM = 3.0
"""About three voxels: the partly filled voxels at the skin stay."""

METAL_FROM_HU = 3000.0
"""Dense enamel reaches 3000 HU, bone of a vault 2200 (M, unverified); many scanners cut off at 3071."""

LEAST_METAL_MM3 = 20.0


def skull_from_ct(ct: Volume, to_reference: Affine[ScannerRas, ScannerRas]) -> Skull:
    """The skull of a CT, where a rigid motion puts it. No voxel is resampled.

    Args:
        ct: the CT as its file places it.
        to_reference: rigid motion of its scanner RAS mm to those of the planning image.

    Raises:
        NotHounsfieldError: its numbers are not Hounsfield units.
        NoBoneInCtError: it shows no bone.
    """
    scale = hounsfield_scale(ct)
    grid, values = _head_alone(ct, scale)
    hounsfield = Field(grid.moved(to_reference), values, "HU", outside=AIR_HU)
    warnings = (
        _scale_warning(ct.name, scale),
        _voxel_warning(ct.spacing_mm),
        sharpness_warning(hounsfield, ct.series.kernel if ct.series is not None else None),
        _metal_warning(hounsfield),
    )
    return Skull("ct", hounsfield, tuple(warning for warning in warnings if warning is not None))


def _head_alone(ct: Volume, scale: HounsfieldScale) -> tuple[Grid[ScannerRas], npt.NDArray[np.float32]]:
    """The block of the CT that holds the head, in HU; air where there is table, pillow or frame."""
    factors = [max(1, round(TABLE_SPACING_MM / spacing_mm)) for spacing_mm in ct.spacing_mm]
    coarse = ct.data[:: factors[0], :: factors[1], :: factors[2]] > SKIN_FROM_HU + scale.offset
    head = largest_part(coarse)
    # One step more than the distance, since the lattice may have missed the outermost voxel.
    head = ndimage.binary_dilation(head, iterations=round(KEPT_ROUND_HEAD_MM / TABLE_SPACING_MM) + 1)
    block = []
    for axis, factor in enumerate(factors):
        occupied = np.flatnonzero(head.any(axis=tuple(other for other in range(3) if other != axis)))
        last = min(ct.shape[axis], (int(occupied[-1]) + 1) * factor)
        block.append(slice(int(occupied[0]) * factor, last))
    i, j, k = (np.arange(part.start, part.stop) // factor for part, factor in zip(block, factors, strict=True))
    values = ct.data[tuple(block)] - np.float32(scale.offset)
    values[~head[np.ix_(i, j, k)]] = AIR_HU
    return ct.grid.block(np.array([part.start for part in block]), shape_of(values)), values


def _scale_warning(name: str, scale: HounsfieldScale) -> SkullWarning | None:
    if scale.offset != 0:
        return SkullWarning(
            "implausible_hu",
            f"All numbers of {name} are {scale.offset:g} too large to be Hounsfield units; {scale.offset:g} was "
            f"subtracted, which puts air at {scale.air_hu:.0f} HU.",
        )
    if not scale.is_plausible:
        return SkullWarning(
            "implausible_hu",
            f"The CT numbers are a little off: air has {scale.air_hu:.0f} HU (wanted -1000) and soft tissue "
            f"{scale.soft_tissue_hu:.0f} HU (wanted about 35).",
            sdr_unreliable=True,
        )
    return None


def _voxel_warning(spacing_mm: tuple[float, float, float]) -> SkullWarning | None:
    if max(spacing_mm) <= COARSEST_VOXEL_MM:
        return None
    size = " x ".join(f"{step:.2f}" for step in spacing_mm)
    return SkullWarning(
        "coarse_voxels",
        f"SDR unreliable: the CT's voxels of {size} mm are coarser than 1 mm, which blurs the tables into the diploe.",
        sdr_unreliable=True,
    )


def _metal_warning(hounsfield: Field[ScannerRas]) -> SkullWarning | None:
    volume_mm3 = hounsfield.volume_mm3(METAL_FROM_HU)
    if volume_mm3 < LEAST_METAL_MM3:
        return None
    return SkullWarning(
        "metal",
        f"{volume_mm3 / 1000:.1f} ml of the CT has more than {METAL_FROM_HU:g} HU, which is metal (a clip, an "
        "electrode, a plate, a dental filling); its streaks falsify the bone about it.",
        sdr_unreliable=True,
    )
