"""Label maps, masks and surfaces read back: volumes and centres, by SimpleITK (or nibabel) and trimesh."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import SimpleITK as sitk

from fusplan.export.bids_derivatives import ANATOMY, BIDS_FOLDER, LESIONS, LESIONS_FINE, NUCLEI
from fusplan.export.check_rows import CheckRow, centre_row, overlaps_another, volume_row
from fusplan.export.formats import ExportMaterial
from fusplan.export.label_maps import part_labels
from fusplan.export.masks import MASKS_FOLDER, lesion_mask_names, structure_mask_name
from fusplan.export.mesh_files import MESH_FILES
from fusplan.export.surfaces import SURFACES_FOLDER, lesion_surface_name, structure_surface_name
from fusplan.planning.plan import Lesion
from fusplan.spatial.lps import flip_ras_lps
from fusplan.spatial.points import FloatArray

_STRUCTURE_CENTRE_LIMIT_MM = 1.0
"""Of a mask or surface of a structure from its centroid by integration in the template: otherwise counted."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadMap:
    """A label map as a reader sees it.

    Attributes:
        reader: by what it was read.
        indices: for each label the voxels (n, 3) in the reader's own index order.
        index_to_ras: 4 x 4.
    """

    reader: str
    indices: dict[int, FloatArray]
    index_to_ras: FloatArray

    @property
    def voxel_mm3(self) -> float:
        return abs(float(np.linalg.det(self.index_to_ras[:3, :3])))

    @property
    def half_edge_mm(self) -> float:
        """Half the longest edge of a voxel."""
        return float(np.linalg.norm(self.index_to_ras[:3, :3], axis=0).max()) / 2

    def volume_mm3(self, label: int) -> float:
        return len(self.indices.get(label, ())) * self.voxel_mm3

    def centroid(self, label: int) -> FloatArray:
        """Shape (3,), scanner RAS mm; infinite when there is none of the label."""
        if label not in self.indices:
            return np.full(3, np.inf)
        return np.asarray(self.index_to_ras[:3, :3] @ self.indices[label].mean(axis=0) + self.index_to_ras[:3, 3])


def read_map(path: Path) -> ReadMap:
    """A label map by SimpleITK, or by nibabel when it is sheared, which ITK refuses."""
    try:
        image = sitk.ReadImage(str(path))
    except RuntimeError:
        nifti = nib.Nifti1Image.from_filename(path)
        return ReadMap("nibabel", _by_label(np.asarray(nifti.dataobj)), np.asarray(nifti.affine, dtype=np.float64))
    labels = sitk.GetArrayFromImage(image).transpose(2, 1, 0)
    matrix = np.eye(4)
    matrix[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * np.array(image.GetSpacing())
    matrix[:3, 3] = image.GetOrigin()
    return ReadMap("SimpleITK", _by_label(labels), np.diag([-1.0, -1.0, 1.0, 1.0]) @ matrix)


def _by_label(labels: FloatArray) -> dict[int, FloatArray]:
    places = np.argwhere(labels)
    values = labels[tuple(places.T)]
    return {int(value): places[values == value].astype(np.float64) for value in np.unique(values)}


def check_label_maps(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """``lesions.nii.gz``, ``lesions_supersampled.nii.gz`` and ``nuclei.nii.gz`` with their tables."""
    rows = _check_lesion_map(material, folder, "lesions.nii.gz", "lesions.tsv")
    rows += _check_lesion_map(material, folder, "lesions_supersampled.nii.gz", "lesions.tsv")
    return rows + _check_nuclei_map(material, folder, "nuclei.nii.gz", "nuclei.tsv")


def check_bids(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """The BIDS data set: its description, maps and tables."""
    place = f"{BIDS_FOLDER}/{ANATOMY}"
    description = json.loads((folder / BIDS_FOLDER / "dataset_description.json").read_text(encoding="utf-8"))
    wanted = {"Name", "BIDSVersion", "DatasetType", "GeneratedBy"}
    missing = len(wanted - set(description)) + (description.get("DatasetType") != "derivative")
    rows = [CheckRow(f"{BIDS_FOLDER}/dataset_description.json", "json module", "fields", "reference", missing, 0)]
    for stem in (LESIONS, LESIONS_FINE):
        rows += _check_lesion_map(material, folder, f"{place}/{stem}.nii.gz", f"{place}/{stem}.tsv")
    return rows + _check_nuclei_map(material, folder, f"{place}/{NUCLEI}.nii.gz", f"{place}/{NUCLEI}.tsv")


def check_masks(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """Every mask."""
    rows = []
    for lesion in material.plan.lesions:
        for name in lesion_mask_names(lesion):
            file = f"{MASKS_FOLDER}/{name}"
            rows += _lesion_rows(file, read_map(folder / file), 1, lesion)
    for aimed in material.aimed():
        file = f"{MASKS_FOLDER}/{structure_mask_name(aimed)}"
        found = read_map(folder / file)
        centre = aimed.atlas.centroid(aimed.structure).array
        limit_mm = _STRUCTURE_CENTRE_LIMIT_MM + found.half_edge_mm
        rows.append(centre_row(file, found.reader, aimed.structure.words, found.centroid(1), centre, limit_mm))
    return rows


def check_surfaces(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """Every mesh: closed, its volume and its centre."""
    rows = []
    for suffix in MESH_FILES:
        for lesion in material.plan.lesions:
            file = f"{SURFACES_FOLDER}/{lesion_surface_name(lesion, suffix)}"
            volume_mm3, centre = _mesh(folder / file)
            rows.append(volume_row(file, "trimesh", lesion.name, volume_mm3, lesion.ellipsoid.volume_mm3))
            rows.append(centre_row(file, "trimesh", lesion.name, centre, lesion.centre.array, 0.01))
        for aimed in material.aimed():
            file = f"{SURFACES_FOLDER}/{structure_surface_name(aimed, suffix)}"
            if (folder / file).exists():
                _, centre = _mesh(folder / file)
                expected, called = aimed.atlas.centroid(aimed.structure).array, aimed.structure.words
                rows.append(centre_row(file, "trimesh", called, centre, expected, _STRUCTURE_CENTRE_LIMIT_MM))
    return rows


def _mesh(path: Path) -> tuple[float, FloatArray]:
    """Volume (mm3; infinite of a mesh that is not closed) and centroid (3,), scanner RAS mm, of a mesh in LPS mm."""
    import trimesh  # noqa: PLC0415 - only with the extra

    mesh = trimesh.load_mesh(str(path))
    volume_mm3 = float(mesh.volume) if mesh.is_watertight else float("inf")
    return volume_mm3, flip_ras_lps(mesh.center_mass)


def _check_lesion_map(material: ExportMaterial, folder: Path, name: str, table: str) -> list[CheckRow]:
    found = read_map(folder / name)
    rows = [_table_row(found, folder, table)]
    lesions = material.plan.lesions
    for label, lesion in enumerate(lesions, start=1):
        if not overlaps_another(lesion, lesions):
            rows += _lesion_rows(name, found, label, lesion)
    return rows


def _check_nuclei_map(material: ExportMaterial, folder: Path, name: str, table: str) -> list[CheckRow]:
    found = read_map(folder / name)
    rows = [_table_row(found, folder, table)]
    atlas = material.atlases[0]
    for structure, label in part_labels(atlas.atlas).items():
        centre = atlas.centroid(structure).array
        limit_mm = _STRUCTURE_CENTRE_LIMIT_MM + found.half_edge_mm
        rows.append(centre_row(name, found.reader, structure.words, found.centroid(label), centre, limit_mm))
    return rows


def _lesion_rows(file: str, found: ReadMap, label: int, lesion: Lesion) -> list[CheckRow]:
    expected_mm3 = lesion.ellipsoid.volume_mm3
    return [
        volume_row(file, found.reader, lesion.name, found.volume_mm3(label), expected_mm3, found.voxel_mm3),
        centre_row(file, found.reader, lesion.name, found.centroid(label), lesion.centre.array, found.half_edge_mm),
    ]


def _table_row(found: ReadMap, folder: Path, table: str) -> CheckRow:
    """How many labels of a map its table does not explain."""
    with (folder / table).open(encoding="utf-8", newline="") as stream:
        named = {int(row["index"]) for row in csv.DictReader(stream, delimiter="\t") if row["name"]}
    return CheckRow(table, "csv module", "labels", "reference", len(set(found.indices) - named), 0)
