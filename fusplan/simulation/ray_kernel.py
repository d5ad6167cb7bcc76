"""The inner loops of rays through a skull, compiled: where bone begins and ends, which way it faces, what it passes on.

All in voxel indices of the CT numbers; ``to_frame`` and distances lead to mm.
"""

from __future__ import annotations

import cmath
import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.compiled import compiled
from fusplan.spatial.points import FloatArray

FloatVolume: TypeAlias = npt.NDArray[np.float32]
ComplexArray: TypeAlias = npt.NDArray[np.complex128]

BEYOND_IMAGE_HU = -1000.0
"""Air, beyond the image. Constants of compiled loops stand in their own file."""


@compiled
def sample(volume: FloatVolume, x: float, y: float, z: float) -> float:
    """Trilinear; air beyond the outer centres."""
    ni, nj, nk = volume.shape
    if not (x >= 0.0 and y >= 0.0 and z >= 0.0 and x <= ni - 1 and y <= nj - 1 and z <= nk - 1):
        return BEYOND_IMAGE_HU
    i, j, k = min(int(x), ni - 2), min(int(y), nj - 2), min(int(z), nk - 2)
    u, v, w = x - i, y - j, z - k
    low = (volume[i, j, k] * (1 - w) + volume[i, j, k + 1] * w) * (1 - v) + (
        volume[i, j + 1, k] * (1 - w) + volume[i, j + 1, k + 1] * w
    ) * v
    high = (volume[i + 1, j, k] * (1 - w) + volume[i + 1, j, k + 1] * w) * (1 - v) + (
        volume[i + 1, j + 1, k] * (1 - w) + volume[i + 1, j + 1, k + 1] * w
    ) * v
    return float(low * (1 - u) + high * u)


@compiled
def entry_share(start: FloatArray, end: FloatArray, shape: FloatArray) -> float:
    """The share of the way from start to end (indices) at which a ray comes into the block of voxels; 1 if never."""
    first, last = 0.0, 1.0
    for axis in range(3):
        way = end[axis] - start[axis]
        if abs(way) < 1e-12:
            if start[axis] < 0.0 or start[axis] > shape[axis] - 1:
                return 1.0
            continue
        one_face, other_face = -start[axis] / way, (shape[axis] - 1 - start[axis]) / way
        first = max(first, min(one_face, other_face))
        last = min(last, max(one_face, other_face))
    return first if first < last else 1.0


@compiled
def find_tables(
    volume: FloatVolume,
    starts: FloatArray,
    ends: FloatArray,
    lengths_mm: FloatArray,
    step_mm: float,
    bone_hu: float,
    reach_mm: float,
    outer_mm: FloatArray,
    inner_mm: FloatArray,
) -> None:
    """Distance from the start at which each ray meets the outer and leaves the inner table.

    Not-a-number without bone, and where the image ends within bone. Both lie where the numbers, linear between two
    steps, pass ``bone_hu``.
    """
    shape = np.array([float(volume.shape[0]), float(volume.shape[1]), float(volume.shape[2])])
    for ray in range(starts.shape[0]):
        outer_mm[ray], inner_mm[ray] = math.nan, math.nan
        length = lengths_mm[ray]
        x, y, z = starts[ray, 0], starts[ray, 1], starts[ray, 2]
        u, v, w = (ends[ray, 0] - x) / length, (ends[ray, 1] - y) / length, (ends[ray, 2] - z) / length
        entry = entry_share(starts[ray], ends[ray], shape) * length
        if sample(volume, x + u * (entry + 0.1), y + v * (entry + 0.1), z + w * (entry + 0.1)) > bone_hu:
            continue  # the image is cut through bone there: nobody knows how much of it is missing
        way = max(entry - step_mm, 0.0)
        until = length
        before = BEYOND_IMAGE_HU
        while way <= until:
            here = sample(volume, x + u * way, y + v * way, z + w * way)
            if here > bone_hu and before <= bone_hu and math.isnan(outer_mm[ray]):
                outer_mm[ray] = way - step_mm * (here - bone_hu) / (here - before)
                until = min(length, outer_mm[ray] + reach_mm)
            elif here <= bone_hu and before > bone_hu:
                inner_mm[ray] = way - step_mm * (bone_hu - here) / (before - here)
            before = here
            way += step_mm
        if math.isnan(inner_mm[ray]):
            outer_mm[ray] = math.nan  # the target, or the end of the reach, lies in bone


@compiled
def bone_gradients(
    volume: FloatVolume,
    places: FloatArray,
    sigma_voxels: FloatArray,
    soft_hu: float,
    hard_hu: float,
    gradients: FloatArray,
) -> None:
    """Gradient, per voxel index, of the bone fraction smoothed by a Gaussian, at places (n, 3) in indices.

    The fraction is 0 up to ``soft_hu``, 1 from ``hard_hu``, linear between. Up to three sigma are summed.
    """
    ni, nj, nk = volume.shape
    for row in range(places.shape[0]):
        gradients[row, 0] = gradients[row, 1] = gradients[row, 2] = math.nan
        x, y, z = places[row, 0], places[row, 1], places[row, 2]
        if math.isnan(x):
            continue
        reach_i, reach_j, reach_k = 3 * sigma_voxels[0], 3 * sigma_voxels[1], 3 * sigma_voxels[2]
        first_i, last_i = max(0, math.ceil(x - reach_i)), min(ni - 1, math.floor(x + reach_i))
        first_j, last_j = max(0, math.ceil(y - reach_j)), min(nj - 1, math.floor(y + reach_j))
        first_k, last_k = max(0, math.ceil(z - reach_k)), min(nk - 1, math.floor(z + reach_k))
        along_k = np.empty(max(last_k - first_k + 1, 1))
        for k in range(first_k, last_k + 1):
            along_k[k - first_k] = math.exp(-0.5 * ((k - z) / sigma_voxels[2]) ** 2)
        gx, gy, gz = 0.0, 0.0, 0.0
        for i in range(first_i, last_i + 1):
            along_i = math.exp(-0.5 * ((i - x) / sigma_voxels[0]) ** 2)
            for j in range(first_j, last_j + 1):
                along_ij = along_i * math.exp(-0.5 * ((j - y) / sigma_voxels[1]) ** 2)
                total, moment = 0.0, 0.0
                for k in range(first_k, last_k + 1):
                    bone = min(max((volume[i, j, k] - soft_hu) / (hard_hu - soft_hu), 0.0), 1.0) * along_k[k - first_k]
                    total += bone
                    moment += bone * (k - z)
                gx += along_ij * total * (i - x)
                gy += along_ij * total * (j - y)
                gz += along_ij * moment
        gradients[row, 0] = gx / sigma_voxels[0] ** 2
        gradients[row, 1] = gy / sigma_voxels[1] ** 2
        gradients[row, 2] = gz / sigma_voxels[2] ** 2


@compiled
def transmit(
    volume: FloatVolume,
    places: FloatArray,
    steps: FloatArray,
    layers: npt.NDArray[np.int64],
    layer_mm: FloatArray,
    cosines: FloatArray,
    table: FloatArray,
    first_hu: float,
    water: FloatArray,
    angular_frequency: float,
    found: ComplexArray,
) -> None:
    """Pressure through a stack of fluid layers, sampled along rays, over that through as much water.

    Args:
        volume: CT numbers.
        places, steps: (n, 3) indices of the middle of each ray's first layer, and from layer to layer.
        layers: (n,) how many; 0 for a ray without bone.
        layer_mm: (n,) length of a layer along the ray.
        cosines: (n,) cosine of the angle between ray and normal.
        table: (h, 3) density kg/m3, speed m/s, attenuation Np/m of CT numbers ``first_hu``, ``first_hu`` + 1, ...
        first_hu: CT number of the table's first row.
        water: density, speed.
        angular_frequency: per second.
        found: (n,) result; 0 for a ray without bone.
    """
    last = table.shape[0] - 1
    for ray in range(places.shape[0]):
        found[ray] = 0.0
        if layers[ray] == 0:
            continue
        water_number = angular_frequency / water[1]
        across = water_number * math.sqrt(max(0.0, 1 - cosines[ray] ** 2))
        water_along = water_number * cosines[ray]
        water_impedance = angular_frequency * water[0] / water_along
        thickness = layer_mm[ray] * cosines[ray] * 1e-3
        pressure, velocity = 1.0 + 0.0j, 1.0 / water_impedance + 0.0j
        for layer in range(layers[ray] - 1, -1, -1):
            hu = sample(
                volume,
                places[ray, 0] + steps[ray, 0] * layer,
                places[ray, 1] + steps[ray, 1] * layer,
                places[ray, 2] + steps[ray, 2] * layer,
            )
            at = min(max(hu - first_hu, 0.0), float(last))
            low = min(int(at), last - 1)
            share = at - low
            density = table[low, 0] * (1 - share) + table[low + 1, 0] * share
            speed = table[low, 1] * (1 - share) + table[low + 1, 1] * share
            loss = table[low, 2] * (1 - share) + table[low + 1, 2] * share
            number = complex(angular_frequency / speed, loss)
            along = cmath.sqrt(number * number - across * across)
            forth = cmath.exp(1j * along * thickness)
            cosine, sine = (forth + 1 / forth) / 2, (forth - 1 / forth) / 2j
            impedance = angular_frequency * density / along
            pressure, velocity = (
                cosine * pressure - 1j * impedance * sine * velocity,
                cosine * velocity - 1j * sine * pressure / impedance,
            )
        whole = 2.0 / (pressure + water_impedance * velocity)
        found[ray] = whole * cmath.exp(-1j * water_along * thickness * layers[ray])
