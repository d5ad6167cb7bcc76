"""Whether an image that lies over another one would fit better as its own mirror image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusplan.imaging.volume import Volume
from fusplan.registration.rigid_run import RigidRun
from fusplan.registration.second_image import similarity
from fusplan.registration.working_image import working_image
from fusplan.spatial import AcPcGeometry, Affine, ScannerRas


def mirror_gain(first: Volume, placed: Volume, geometry: AcPcGeometry, threads: int) -> float:
    """How much more normalised mutual information a mirrored image shares with the first than the image itself.

    Both are laid over the first anew, coarsely, so that an unsymmetrical head does not decide.

    Args:
        first: the image that is planned on.
        placed: another one, in the frame of the first.
        geometry: of the first; left and right are exchanged in its midplane.
        threads: processor threads.
    """
    fixed = working_image(first)
    scores = []
    for volume in (placed, replace(placed, grid=placed.grid.moved(midplane_mirror(geometry)))):
        moving = working_image(volume)
        scores.append(similarity(fixed, moving, RigidRun(fixed, moving, threads).from_headers()))
    return scores[1] - scores[0]


def midplane_mirror(geometry: AcPcGeometry) -> Affine[ScannerRas, ScannerRas]:
    """The reflection in the midsagittal plane."""
    normal = geometry.axes[:, 0]
    matrix = np.eye(4)
    matrix[:3, :3] -= 2 * np.outer(normal, normal)
    matrix[:3, 3] = 2 * (geometry.ac.array @ normal) * normal
    return Affine(geometry.ac.frame, geometry.ac.frame, matrix)
