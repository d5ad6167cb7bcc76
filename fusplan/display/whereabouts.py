"""What lies at the cursor: its nucleus by every atlas, the intensity, and its coordinate in every frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from fusplan.atlas.colours import nucleus_colour
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import StructureRef
from fusplan.display.image_layers import ImageLayer, Picture, unit_words
from fusplan.export.coordinate_frames import CoordinateReading, HeadFrames
from fusplan.imaging.volume import Volume
from fusplan.spatial import Point, Points, ScannerRas, read_acpc

MOST_NUCLEI = 3
LEAST_PROBABILITY = 0.01
"""Less probable nuclei are not listed."""

OUTSIDE_NAME = "outside its nuclei"
OUTSIDE_COLOUR = "#8a929c"


@dataclass(frozen=True, slots=True)
class Membership:
    """How probable it is that the point lies in one nucleus (0 to 1); ``abbreviation`` is "" for outside all."""

    abbreviation: str
    name: str
    probability: float
    colour: str


@dataclass(frozen=True, slots=True)
class AtlasWhereabouts:
    """The nuclei at a point by one atlas: the most probable first, outside all nuclei last."""

    title: str
    memberships: tuple[Membership, ...]

    @property
    def best(self) -> Membership:
        """The most probable."""
        return max(self.memberships, key=lambda one: one.probability)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Everything that is said of a point.

    Attributes:
        atlases: one entry per atlas; none before a registration.
        intensity: the voxel's value with its indices, in words.
        readings: the coordinate in every frame that is defined.
        values: what each layer with a unit has there, in words.
        words: side, lateral, in front of or behind PC, above or below the plane; "" without landmarks.
    """

    atlases: tuple[AtlasWhereabouts, ...]
    intensity: str
    readings: tuple[CoordinateReading, ...]
    words: str
    values: tuple[str, ...] = ()


def where_am_i(
    point: Point[ScannerRas],
    frames: HeadFrames,
    atlases: Iterable[tuple[str, HeadAtlas]] = (),
    layers: Iterable[tuple[ImageLayer, Picture]] = (),
) -> Whereabouts:
    """All that is known of a point. Takes some milliseconds.

    Args:
        point: where.
        frames: of the head.
        atlases: title and atlas in the head, in the order in which they are shown.
        layers: those that lie over the image, with their pictures.
    """
    return Whereabouts(
        atlases=tuple(nuclei_at(point, title, atlas) for title, atlas in atlases),
        intensity=intensity_words(frames.volume, point),
        readings=frames.read(point),
        words=read_acpc(point, frames.geometry).words if frames.geometry is not None else "",
        values=tuple(value_words(layer, picture, point) for layer, picture in layers if unit_words(layer, picture)),
    )


def nuclei_at(point: Point[ScannerRas], title: str, atlas: HeadAtlas) -> AtlasWhereabouts:
    """The most probable nuclei at a point by one atlas; a nucleus is named after its part where that is meant."""
    gathered = Points.gather([point])
    probabilities = atlas.memberships(gathered)[0]
    about = atlas.atlas
    parts = {part.structure: part for part in about.parts if float(atlas.behind_cut_mm(gathered, part.key)[0]) >= 0}
    rows = []
    for index in np.argsort(-probabilities)[:MOST_NUCLEI]:
        probability = float(probabilities[index])
        if probability < LEAST_PROBABILITY:
            break
        structure = about.structures[int(index)]
        part = parts.get(structure.abbreviation)
        found = structure.ref if part is None else StructureRef(part.key, structure.side)
        name = structure.name if part is None else about.name_of(found)
        rows.append(Membership(found.key, f"{name}, {structure.side}", probability, nucleus_colour(found.key)))
    outside = max(0.0, 1.0 - float(probabilities.sum()))
    return AtlasWhereabouts(title, (*rows, Membership("", OUTSIDE_NAME, outside, OUTSIDE_COLOUR)))


def intensity_words(volume: Volume, point: Point[ScannerRas]) -> str:
    """The value of the voxel that holds a point, such as ``intensity 97 in voxel (92, 106, 84)``."""
    voxel = _voxel_at(volume, point)
    return f"intensity {float(volume.data[voxel]):.4g} in voxel {voxel}" if voxel is not None else "outside the image"


def value_words(layer: ImageLayer, picture: Picture, point: Point[ScannerRas]) -> str:
    """What a layer has at a point, such as ``temperature 54.3 °C``; of an image that of the voxel that holds it."""
    title, unit = layer.title or layer.key, unit_words(layer, picture)
    if isinstance(picture, Volume):
        voxel = _voxel_at(picture, point)
        return f"{title} {float(picture.data[voxel]):.4g} {unit}" if voxel is not None else f"{title}: none here"
    value = float(picture.at(Points.gather([point]))[0])
    return f"{title} {value:.4g} {unit}" if np.isfinite(value) else f"{title}: none here"


def _voxel_at(volume: Volume, point: Point[ScannerRas]) -> tuple[int, int, int] | None:
    """The indices of the voxel that holds a point, or None outside the volume."""
    cells, inside = volume.grid.cells(Points.gather([point]))
    if not inside[0]:
        return None
    i, j, k = (int(index) for index in np.unravel_index(int(cells[0]), volume.shape))
    return (i, j, k)
