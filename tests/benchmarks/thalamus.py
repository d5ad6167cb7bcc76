"""The registered thalamus against FreeSurfer's labels of one head, and the built-in atlases against each other.

    python -m tests.benchmarks.thalamus

FreeSurfer's label is itself an estimate (it takes part of the internal capsule and leaves out the geniculate bodies),
and the atlases draw smooth borders, so this is agreement and not accuracy.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from fusplan.atlas.catalogue import load_atlas, load_template
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.atlas.structure_ref import clp
from fusplan.imaging.read import read_volume
from fusplan.progress import NoProgress
from fusplan.registration.greedy_engine import register
from fusplan.registration.request import RegistrationRequest
from fusplan.spatial import Side
from tests.benchmarks.heads import SHARED_DATA

ATLASES = ("morel", "julich")
FREESURFER_THALAMUS: dict[Side, int] = {"left": 10, "right": 49}
HEAD, LABELS = "mne_sample_ecog_T1.mgz", "mne_sample_ecog_aseg.mgz"

Mask = npt.NDArray[np.bool_]


def dice(first: Mask, second: Mask) -> float:
    """Overlap: twice the common volume by the sum of volumes."""
    return float(2 * (first & second).sum() / (first.sum() + second.sum()))


def surface_distance_95_mm(first: Mask, second: Mask, spacing_mm: tuple[float, float, float]) -> float:
    """95th percentile of the distances from each surface to the other, both ways together."""

    def surface(mask: Mask) -> Mask:
        return np.asarray(mask & ~ndimage.binary_erosion(mask))

    faces = surface(first), surface(second)
    distances = [
        ndimage.distance_transform_edt(~other, sampling=spacing_mm)[own] for own, other in (faces, faces[::-1])
    ]
    return float(np.percentile(np.concatenate(distances), 95))


def thalamus_of(atlas: PatientAtlas, side: Side, labels: npt.NDArray[np.int16]) -> Mask:
    """Where an atlas on a grid has the thalamus of a side."""
    wanted = [s.index for s in atlas.atlas.structures if s.side == side and s.group == "thalamus"]
    return np.isin(labels, wanted)


def compare(folder: Path) -> list[str]:
    """The lines to print."""
    patient, truth = read_volume(folder / HEAD), read_volume(folder / LABELS)
    if truth.shape != patient.shape or not np.allclose(truth.affine, patient.affine):
        raise ValueError("the labels lie on another grid than the head")
    result = register(RegistrationRequest(patient, load_template()), NoProgress())
    atlases = [PatientAtlas(load_atlas(name), result.mni_to_scanner, result.scanner_to_mni) for name in ATLASES]
    on_grid = {a.atlas.name: a.rasterise_on(patient.grid).labels for a in atlases}
    spacing, voxel_mm3 = truth.spacing_mm, abs(float(np.linalg.det(truth.affine[:3, :3])))
    lines = [f"{'side':<6} {'compared':<24} {'Dice':>6} {'95 % surface mm':>16} {'volumes mm3':>16}"]
    masks: dict[tuple[str, Side], Mask] = {}
    for side, label in FREESURFER_THALAMUS.items():
        masks["FreeSurfer", side] = truth.data == label
        for atlas in atlases:
            masks[atlas.atlas.name, side] = thalamus_of(atlas, side, on_grid[atlas.atlas.name])
    pairs = [("morel", "FreeSurfer"), ("julich", "FreeSurfer"), ("morel", "julich")]
    for side, (one, other) in product(FREESURFER_THALAMUS, pairs):
        first, second = masks[one, side], masks[other, side]
        lines.append(
            f"{side:<6} {one + ' - ' + other:<24} {dice(first, second):6.3f} "
            f"{surface_distance_95_mm(first, second, spacing):16.2f} "
            f"{first.sum() * voxel_mm3:8.0f}{second.sum() * voxel_mm3:8.0f}"
        )
    for side in FREESURFER_THALAMUS:
        centroids = [atlas.centroid(clp(side)) for atlas in atlases]
        offsets = [ndimage.center_of_mass(masks[name, side]) for name in ("FreeSurfer", *ATLASES)]
        shifts = [float(np.linalg.norm((np.array(o) - np.array(offsets[0])) * spacing)) for o in offsets[1:]]
        lines.append(
            f"{side:<6} CLp centroids of the atlases {centroids[0].distance_to(centroids[1]):.2f} mm apart; "
            f"thalamus centroids from FreeSurfer's: {ATLASES[0]} {shifts[0]:.2f}, {ATLASES[1]} {shifts[1]:.2f} mm"
        )
    return lines


def main() -> None:
    """Print the comparison, or why it cannot be made."""
    folder = SHARED_DATA / "heads"
    if not (folder / LABELS).is_file():
        print("the head with FreeSurfer labels is not beside this checkout")
        return
    print(*compare(folder), sep="\n")


if __name__ == "__main__":
    main()
