"""From an atlas folder (``atlas.json`` and its figures) to a :class:`MixtureAtlas`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from fusplan.atlas.levels import CALIBRATION_SPACING_MM, find_levels
from fusplan.atlas.manifest import (
    AtlasManifest,
    AtlasManifestError,
    FiguresFile,
    LandmarksManifest,
    StructureFigures,
    read_manifest,
    require_content,
)
from fusplan.atlas.mixture_atlas import MixtureAtlas, SideOfAtlas, Structure
from fusplan.atlas.mixture_field import Gaussian, MixtureField
from fusplan.atlas.structure_part import posterior_central_lateral
from fusplan.atlas.structure_ref import CLP_KEY, SIDES
from fusplan.atlas.template_acpc import TemplateAcPc, template_acpc
from fusplan.imaging.template_image import TemplateLandmarks
from fusplan.spatial import Mni, Point, Points, Side
from fusplan.spatial.points import FloatArray, read_only


def read_mixture_atlas(folder: Path) -> MixtureAtlas:
    """The atlas in a folder, its figures checked against their sha256.

    Levels that the description does not store are found on the spot (some seconds).

    Raises:
        AtlasManifestError: the description or the figures are missing, incomplete or do not fit each other.
    """
    manifest = read_manifest(folder / "atlas.json", AtlasManifest)
    figures_path = require_content(folder / manifest.figures_file, manifest.figures_sha256)
    figures = read_manifest(figures_path, FiguresFile)
    if figures.template != manifest.template:
        raise AtlasManifestError(
            f"The figures in {figures_path} are in {figures.template}, their atlas in {manifest.template}.",
            "Both must name the same template.",
        )
    frame = Mni(manifest.template)
    landmarks = template_landmarks(manifest.landmarks, frame)
    acpc = template_acpc(landmarks)
    structures = tuple(_structure(index, figure, frame) for index, figure in enumerate(figures.structures))
    _require_clp_structure(manifest, structures, folder)
    stored = manifest.calibration.levels if manifest.calibration is not None else None
    return MixtureAtlas(
        name=manifest.name,
        title=manifest.title,
        what=manifest.what,
        source=manifest.source,
        licence=manifest.licence,
        method=manifest.method,
        notes=tuple(manifest.notes),
        frame=frame,
        landmarks=landmarks,
        acpc=acpc,
        structures=structures,
        sides={
            side: _side_of_atlas(side, structures, acpc, None if stored is None else stored[side]) for side in SIDES
        },
        parts=(posterior_central_lateral(manifest.clp.structure, manifest.clp.most_anterior_of_pc_mm),),
        part_notes={CLP_KEY: manifest.clp.note},
        digest=manifest.figures_sha256,
    )


def template_landmarks(manifest: LandmarksManifest, frame: Mni) -> TemplateLandmarks:
    """The landmarks of a description as points of the template."""
    return TemplateLandmarks(
        ac=Point.of(frame, manifest.ac_mm),
        pc=Point.of(frame, manifest.pc_mm),
        midline=Points(frame, np.array(list(manifest.midline_mm.values()))),
        source=f"{manifest.source} ({manifest.licence})",
    )


def compute_levels(
    side: Side,
    structures: tuple[Structure, ...],
    acpc: TemplateAcPc,
    spacing_mm: float = CALIBRATION_SPACING_MM,
) -> dict[str, float]:
    """The levels of one side, from the structures' stated volumes; see :mod:`fusplan.atlas.levels`."""
    mine = [structure for structure in structures if structure.side == side]

    def on_side(places_mm: FloatArray) -> npt.NDArray[np.bool_]:
        lateral_mm = acpc.from_pc.apply(Points(acpc.from_pc.source, places_mm)).array[:, 0]
        return np.asarray((lateral_mm >= 0) == (side == "right"))

    return find_levels(_field(mine), [one.group for one in mine], [one.volume_mm3 for one in mine], on_side, spacing_mm)


def _side_of_atlas(
    side: Side, structures: tuple[Structure, ...], acpc: TemplateAcPc, stored: dict[str, float] | None
) -> SideOfAtlas:
    mine = [structure for structure in structures if structure.side == side]
    levels = compute_levels(side, structures, acpc) if stored is None else stored
    missing = {one.group for one in mine} - set(levels)
    if missing:
        raise AtlasManifestError(
            f"The stored levels of the {side} side lack {', '.join(sorted(missing))}.",
            "Remove the calibration from the description: the levels are then found anew.",
        )
    return SideOfAtlas(
        field=_field(mine),
        indices=np.array([one.index for one in mine], dtype=np.intp),
        levels=read_only([levels[one.group] for one in mine]),
    )


def _field(structures: list[Structure]) -> MixtureField:
    return MixtureField.of([one.volume_mm3 for one in structures], [one.components for one in structures])


def _structure(index: int, figures: StructureFigures, frame: Mni) -> Structure:
    return Structure(
        index=index,
        abbreviation=figures.abbreviation,
        name=figures.name,
        side=figures.side,
        volume_mm3=figures.volume_mm3,
        centroid=Point.of(frame, figures.centroid_mm),
        thalamic=figures.thalamic,
        components=tuple(_gaussian(row, figures) for row in figures.components),
    )


def _gaussian(row: list[float], figures: StructureFigures) -> Gaussian:
    """One row of figures: weight, mean x y z, covariance xx xy xz yy yz zz."""
    weight, x, y, z, xx, xy, xz, yy, yz, zz = row
    covariance = read_only([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
    if np.linalg.eigvalsh(covariance)[0] <= 1e-3:
        raise AtlasManifestError(
            f"A covariance of {figures.abbreviation} {figures.side} is not positive definite.",
            "Correct the figures of this structure.",
        )
    return Gaussian(weight, read_only([x, y, z]), covariance)


def _require_clp_structure(manifest: AtlasManifest, structures: tuple[Structure, ...], folder: Path) -> None:
    for side in SIDES:
        if not any(one.abbreviation == manifest.clp.structure and one.side == side for one in structures):
            raise AtlasManifestError(
                f"The atlas in {folder} names {manifest.clp.structure!r} as the nucleus that holds CLp, but describes "
                f"no such structure on the {side} side.",
                "Name one of the structures in its figures.",
            )
