"""Finding the atlases, the template and the built-in head, and loading them once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

import nibabel
import numpy as np

from fusplan.atlas.imported.label_atlas import LabelAtlas
from fusplan.atlas.imported.manifest import LabelAtlasManifest
from fusplan.atlas.imported.stored_atlas import parts_of, read_label_atlas
from fusplan.atlas.manifest import (
    AtlasManifest,
    AtlasManifestError,
    DemoManifest,
    kind_of_atlas,
    read_manifest,
    require_content,
)
from fusplan.atlas.mixture_atlas import MixtureAtlas
from fusplan.atlas.mixture_reading import read_mixture_atlas, template_landmarks
from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.atlas.template_files import read_template_manifest, template_folder
from fusplan.errors import FusplanError
from fusplan.imaging.template_image import TemplateImage
from fusplan.paths import built_in_atlases_folder, resources_folder, user_atlases_folder
from fusplan.spatial import Field, Grid, Mni, ScannerRas
from fusplan.spatial.grid import shape_of

BUILT_IN = ("morel", "julich")
"""The built-in atlases, the one that plans start from first."""


AnyAtlas: TypeAlias = MixtureAtlas | LabelAtlas[Mni] | LabelAtlas[ScannerRas]
"""An atlas of figures, of voxels in a template, or of voxels in one head."""


class UnknownAtlasError(FusplanError):
    """No atlas of the given name is built in or in the user's folder."""


@dataclass(frozen=True, slots=True)
class AtlasEntry:
    """One atlas that can be loaded.

    Attributes:
        name: what ``load_atlas`` takes.
        title, template, source, licence: from its description; ``title`` says what is wrong when it cannot be read.
        origin: built in, or added by the user.
        folder: where it lies.
        problem: why it cannot be loaded, if so.
        warnings: what must be said wherever it is chosen.
        image_sha256: of the only image it belongs to, for an atlas in a patient's own space.
        parts: keys of the parts that it offers of its structures, such as ``CLp``.
    """

    name: str
    title: str
    template: str
    source: str
    licence: str
    origin: Literal["built-in", "user"]
    folder: Path
    problem: str | None = None
    warnings: tuple[str, ...] = ()
    image_sha256: str | None = None
    parts: tuple[str, ...] = ()


def list_atlases() -> tuple[AtlasEntry, ...]:
    """All atlases, the built-in ones first. A user's atlas with a broken description is listed with its problem."""
    built_in = [_entry(built_in_atlases_folder() / name, "built-in") for name in BUILT_IN]
    folder = user_atlases_folder()
    # A name with a dot in front is an atlas that is being written, or was when the program was killed.
    present = folder.glob("*/atlas.json") if folder.is_dir() else ()
    found = sorted(path.parent for path in present if not path.parent.name.startswith("."))
    users = [_entry(path, "user") for path in found]
    return tuple(built_in + [entry for entry in users if entry.name not in BUILT_IN])


def _entry(folder: Path, origin: Literal["built-in", "user"]) -> AtlasEntry:
    try:
        is_labels = kind_of_atlas(folder / "atlas.json") == "labels"
        path = folder / "atlas.json"
        manifest = read_manifest(path, LabelAtlasManifest) if is_labels else read_manifest(path, AtlasManifest)
    except AtlasManifestError as error:
        return AtlasEntry(folder.name, "cannot be read", "", "", "", origin, folder, problem=str(error))
    entry = AtlasEntry(
        manifest.name, manifest.title, manifest.template, manifest.source, manifest.licence, origin, folder
    )
    if isinstance(manifest, LabelAtlasManifest):
        image = None if manifest.image is None else manifest.image.sha256
        parts = tuple(part.key for part in parts_of(manifest.clp))
        return replace(entry, warnings=manifest.warnings, image_sha256=image, parts=parts)
    return replace(entry, parts=(CLP_KEY,))


def load_atlas(name: str) -> MixtureAtlas:
    """The atlas of figures of that name, such as ``morel`` or ``julich``; loaded once.

    Raises:
        UnknownAtlasError: there is none; the message lists the known ones.
        AtlasManifestError: its files are broken, or it is one of voxels (see :func:`open_atlas`).
    """
    atlas = open_atlas(name)
    if not isinstance(atlas, MixtureAtlas):
        raise AtlasManifestError(f"The atlas {name} is made of voxels, not of figures.", "Choose a built-in atlas.")
    return atlas


def open_atlas(name: str) -> AnyAtlas:
    """The atlas of that name, of whichever form; loaded once.

    Raises:
        UnknownAtlasError: there is none; the message lists the known ones.
        AtlasManifestError: its files are broken.
    """
    return load_entry(find_entry(name))


def load_entry(entry: AtlasEntry) -> AnyAtlas:
    """A listed atlas; loaded once. Raises AtlasManifestError: its files are broken, or gone by now."""
    try:
        changed_ns = (entry.folder / "atlas.json").stat().st_mtime_ns
    except OSError as error:
        raise AtlasManifestError(
            f"The atlas {entry.name} is no longer in {entry.folder}.", "Add it again, or choose another one."
        ) from error
    return _load(entry.folder, changed_ns)


def find_entry(name: str) -> AtlasEntry:
    """The listed atlas of that name. Raises UnknownAtlasError, which lists the known ones."""
    entries = list_atlases()
    for entry in entries:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in entries)
    raise UnknownAtlasError(
        f"There is no atlas named {name!r}.", f"Known atlases: {known}. Add your own with 'fusplan atlas add'."
    )


@lru_cache(maxsize=8)
def _load(folder: Path, changed_ns: int) -> AnyAtlas:
    del changed_ns  # only part of the key: a changed description is read again
    if kind_of_atlas(folder / "atlas.json") == "labels":
        return read_label_atlas(folder)
    return read_mixture_atlas(folder)


@lru_cache(maxsize=1)
def load_template() -> TemplateImage:
    """The template head MNI152NLin2009cAsym with brain mask and landmarks; loaded once.

    Raises:
        AtlasManifestError: a file is missing or is not the one the description names.
    """
    folder, manifest = template_folder(), read_template_manifest()
    image = nibabel.load(require_content(folder / manifest.t1.name, manifest.t1.sha256))
    mask = nibabel.load(require_content(folder / manifest.brain_mask.name, manifest.brain_mask.sha256))
    if image.shape != mask.shape or not np.allclose(image.affine, mask.affine):
        raise AtlasManifestError("The template and its brain mask lie on different grids.", "Install fusplan again.")
    frame = Mni(manifest.template)
    data = np.asarray(image.dataobj, dtype=np.float32)
    return TemplateImage(
        data=data,
        brain_mask=np.asarray(mask.dataobj) > 0,
        grid=Grid.of(shape_of(data), image.affine, frame, manifest.t1.sha256[:12]),
        landmarks=template_landmarks(manifest.landmarks, frame),
        sha256=manifest.t1.sha256,
    )


@lru_cache(maxsize=1)
def load_template_brain() -> Field[Mni]:
    """The template's brain mask alone, 1 inside; loaded once. Raises as :func:`load_template`."""
    folder, manifest = template_folder(), read_template_manifest()
    mask = nibabel.load(require_content(folder / manifest.brain_mask.name, manifest.brain_mask.sha256))
    values = (np.asarray(mask.dataobj) > 0).astype(np.float32)
    grid = Grid.of(shape_of(values), mask.affine, Mni(manifest.template), manifest.brain_mask.sha256[:12])
    return Field(grid, values, "1", outside=0.0)


def is_demo_head(*sha256: str | None) -> bool:
    """Whether one of these is the content of the built-in head."""
    return read_manifest(resources_folder() / "demo" / "demo.json", DemoManifest).t1.sha256 in sha256


def demo_head_path() -> Path:
    """The built-in head (Colin27), its content checked. Raises AtlasManifestError when it is missing or changed."""
    folder = resources_folder() / "demo"
    manifest = read_manifest(folder / "demo.json", DemoManifest)
    return require_content(folder / manifest.t1.name, manifest.t1.sha256)
