"""A user's atlas as it is kept: ``atlas.json``, ``labels.nii.gz`` and its licence, to and from :class:`LabelAtlas`."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import nibabel
import numpy as np
import numpy.typing as npt

from fusplan.atlas.imported.central_lateral import CLP_MOST_ANTERIOR_OF_PC_MM
from fusplan.atlas.imported.label_atlas import LabelAtlas, LabelStructure
from fusplan.atlas.imported.manifest import LABELS_FILE, ClpModel, ImageModel, LabelAtlasManifest
from fusplan.atlas.imported.structure_names import is_whole_thalamus
from fusplan.atlas.imported.template_maps import PATIENT_SPACE, template_map
from fusplan.atlas.manifest import AtlasManifestError, read_manifest, require_content
from fusplan.atlas.mixture_reading import template_landmarks
from fusplan.atlas.structure_part import StructurePart, posterior_central_lateral
from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.atlas.template_acpc import TemplateAcPc, template_acpc
from fusplan.atlas.template_files import read_template_manifest
from fusplan.spatial import Grid, Mni, Point, ScannerRas
from fusplan.spatial.frames import Frame
from fusplan.spatial.grid import shape_of
from fusplan.spatial.points import FloatArray

F = TypeVar("F", bound=Frame)

_VOXELS = "label atlas"


@lru_cache(maxsize=1)
def built_in_acpc() -> TemplateAcPc:
    """The AC-PC frame of the built-in template. Raises AtlasManifestError."""
    manifest = read_template_manifest()
    return template_acpc(template_landmarks(manifest.landmarks, Mni(manifest.template)))


def label_map_bytes(values: npt.NDArray[np.int16], affine: FloatArray) -> bytes:
    """A label map as the bytes of a ``.nii.gz``; the same map gives the same bytes."""
    image = nibabel.Nifti1Image(values, affine)
    image.header.set_xyzt_units("mm")
    image.set_sform(affine, code=1)
    image.set_qform(None, code=0)
    return gzip.compress(image.to_bytes(), compresslevel=6, mtime=0)


def manifest_bytes(manifest: LabelAtlasManifest) -> bytes:
    """The text of ``atlas.json``."""
    return (json.dumps(manifest.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def read_label_atlas(folder: Path) -> LabelAtlas[Mni] | LabelAtlas[ScannerRas]:
    """The label atlas kept in a folder; one of a template is carried to the built-in template.

    Raises:
        AtlasManifestError: a file is missing, broken or changed.
    """
    manifest = read_manifest(folder / "atlas.json", LabelAtlasManifest)
    path = require_content(folder / LABELS_FILE, manifest.labels_sha256)
    try:
        image = nibabel.load(path)
        values = np.asarray(image.dataobj, dtype=np.int16)
    except Exception as error:  # nibabel raises many kinds; the sha256 has matched, so this was stored so
        raise AtlasManifestError(f"{path} cannot be read ({error}).", "Remove the atlas and add it again.") from error
    licence_text = ""
    if manifest.licence_file is not None:
        try:
            licence_text = (folder / manifest.licence_file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise AtlasManifestError(
                f"The licence of {manifest.name} cannot be read ({error}).", "Remove the atlas and add it again."
            ) from error
    if manifest.template == PATIENT_SPACE:
        if manifest.image is None:
            raise AtlasManifestError(
                f"{manifest.name} lies in a patient's own space but names no image.", "Remove it and add it again."
            )
        return label_atlas(manifest, values, head_grid(manifest.image, values, image.affine), licence_text)
    return label_atlas(manifest, values, template_grid(manifest.template, values, image.affine), licence_text)


def head_grid(image: ImageModel, values: npt.NDArray[np.int16], matrix: npt.ArrayLike) -> Grid[ScannerRas]:
    """The grid of a label map that lies in the scanner frame of one image."""
    return Grid.of(shape_of(values), matrix, ScannerRas(image.sha256[:12]), _VOXELS)


def template_grid(template: str, values: npt.NDArray[np.int16], matrix: npt.ArrayLike) -> Grid[Mni]:
    """The grid of a label map of a template, carried to the built-in one."""
    return Grid.of(shape_of(values), matrix, Mni(template), _VOXELS).moved(template_map(template).to_built_in)


def label_atlas(
    manifest: LabelAtlasManifest,
    values: npt.NDArray[np.int16],
    grid: Grid[F],
    licence_text: str = "",
) -> LabelAtlas[F]:
    """The atlas of a description and its label map on a grid (maps already applied).

    Raises:
        AtlasManifestError: the map holds a value that the description does not name.
    """
    place = {model.value: index for index, model in enumerate(manifest.structures)}
    lookup = np.full(int(values.max(initial=0)) + 1, -1, dtype=np.int16)
    for value, index in place.items():
        if value < len(lookup):
            lookup[value] = index
    label_map = lookup[values]
    if np.any((values > 0) & (label_map < 0)) or values.min(initial=0) < 0:
        raise AtlasManifestError(
            f"The label map of {manifest.name} holds labels its description lacks.", "Remove it and add it again."
        )
    has_nuclei = sum(model.thalamic for model in manifest.structures) > 2
    structures = []
    for index, model in enumerate(manifest.structures):
        cells = np.argwhere(label_map == index)
        middle = cells.mean(axis=0) if len(cells) else np.zeros(3)
        rest = has_nuclei and is_whole_thalamus(model.abbreviation, model.name)
        structures.append(
            LabelStructure(
                index,
                model.abbreviation,
                f"{model.name}, outside its nuclei" if rest else model.name,
                model.side,
                len(cells) * grid.cell_mm3,
                grid.to_frame.apply(Point.of(grid.voxel_frame, middle)),
                model.thalamic,
            )
        )
    return LabelAtlas(
        name=manifest.name,
        title=manifest.title,
        what=_what(manifest),
        source=manifest.source,
        licence=manifest.licence,
        licence_text=licence_text,
        method=_method(manifest),
        notes=manifest.notes,
        warnings=manifest.warnings,
        structures=tuple(structures),
        label_map=label_map,
        grid=grid,
        parts=parts_of(manifest.clp),
        part_notes={CLP_KEY: manifest.clp.note},
        template_acpc=built_in_acpc(),
        digest=digest_of(manifest),
    )


def parts_of(clp: ClpModel) -> tuple[StructurePart, ...]:
    """The parts that an atlas with this verdict on its CL offers."""
    if clp.structure is None:
        return ()
    return (posterior_central_lateral(clp.structure, CLP_MOST_ANTERIOR_OF_PC_MM),)


def digest_of(manifest: LabelAtlasManifest) -> str:
    """sha256 over what decides its answers: the labels, their names, and the space they were declared in."""
    decisive = manifest.model_dump(mode="json", include={"template", "image", "labels_sha256", "structures", "clp"})
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode("utf-8")).hexdigest()


def _what(manifest: LabelAtlasManifest) -> str:
    files = manifest.made_from[0] if len(manifest.made_from) == 1 else f"{len(manifest.made_from)} masks"
    form = "" if manifest.maker == "other" else f" ({manifest.maker})"
    return f"An atlas added by the user from {files}{form}; it does not come with the program."


def _method(manifest: LabelAtlasManifest) -> str:
    if manifest.template == PATIENT_SPACE:
        return "It lies in the scanner frame of one image and belongs to that image only."
    return template_map(manifest.template).words
