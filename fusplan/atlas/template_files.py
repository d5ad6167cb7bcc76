"""The template's files: where they lie, and what of them is read without the rest."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from fusplan.atlas.manifest import AtlasManifestError, TemplateManifest, read_manifest, require_content
from fusplan.imaging.coarse_template import CoarseTemplate
from fusplan.paths import built_in_atlases_folder


def template_folder() -> Path:
    """Where they lie."""
    return built_in_atlases_folder() / "mni152-2009c"


def read_template_manifest() -> TemplateManifest:
    """What describes them. Raises AtlasManifestError: it is missing or broken."""
    return read_manifest(template_folder() / "template.json", TemplateManifest)


@lru_cache(maxsize=1)
def load_coarse_template() -> CoarseTemplate:
    """The template's brain at 8 mm; loaded once, without the template itself.

    Raises:
        AtlasManifestError: its file is missing or is not the one the description names.
    """
    coarse = read_template_manifest().coarse
    path = require_content(template_folder() / coarse.name, coarse.sha256)
    try:
        return CoarseTemplate.read(path)
    except (OSError, ValueError, KeyError) as error:
        raise AtlasManifestError(f"The file {path} cannot be read.", "Install fusplan again.") from error
