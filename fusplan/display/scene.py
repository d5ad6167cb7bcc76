"""What the 3-D scene shows, as values: surfaces, lines, slice pictures, and which surface a ray meets first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.display import colours
from fusplan.display.colour_bars import ColourBar
from fusplan.display.drawn_layers import NUMBERED, BallKind, Shown, lines_of, marks_of, regions_of
from fusplan.display.grey_levels import GreyPicture
from fusplan.display.mesh_slices import SliceableMesh
from fusplan.display.outlines import NUCLEUS_OPACITY, LineStyle
from fusplan.display.views import SliceView
from fusplan.spatial import Direction, Ellipsoid, Point, Points, ScannerRas
from fusplan.spatial.points import FloatArray

SurfaceKind: TypeAlias = Literal["structure", "lesion", "region", "head", "helmet", "skull", "skin"] | BallKind

LOOKED_THROUGH: frozenset[SurfaceKind] = frozenset({"head", "region", "helmet", "skull", "skin"})
"""A click means what lies behind them."""
Preset: TypeAlias = Literal["superior", "left", "right", "anterior"]

LESION_OPACITY, AROUND_HEAT_OPACITY, HEAD_OPACITY = 0.8, 0.25, 0.2
HEAD_COLOUR = "#d8c4b4"

PRESETS_DEG: dict[Preset, tuple[float, float]] = {
    "superior": (-90.0, 90.0),
    "anterior": (90.0, 0.0),
    "right": (0.0, 0.0),
    "left": (180.0, 0.0),
}
"""Where the eye is: azimuth from the right axis towards the anterior one, and elevation, degrees.

The axes are those that the slices follow, the scanner's or AC-PC's.
"""

FEWEST_MS, MOST_MS = 40.0, 400.0
"""Changes within this time are drawn together, so that the slices follow the cursor without waiting for the scene."""


@dataclass(frozen=True, slots=True, eq=False)
class SceneSurface:
    """A closed triangle surface.

    Attributes:
        kind: what it is.
        name: shown when it is picked.
        vertices: scanner RAS mm, shape (n, 3).
        normals: outward unit normals of the vertices, shape (n, 3).
        triangles: shape (m, 3).
        colour: ``#rrggbb``.
        opacity: 1 is solid.
        place: where the cursor goes when it is picked.
        rgb: colours of the vertices, shape (n, 3), instead of the one; None for one colour.
    """

    kind: SurfaceKind
    name: str
    vertices: npt.NDArray[np.float32]
    normals: npt.NDArray[np.float32]
    triangles: npt.NDArray[np.int32]
    colour: str
    opacity: float
    place: Point[ScannerRas]
    rgb: npt.NDArray[np.uint8] | None = None

    @property
    def is_solid(self) -> bool:
        return self.opacity >= 1.0


@dataclass(frozen=True, slots=True, eq=False)
class SceneLine:
    """A line through points (n, 3), scanner RAS mm; or a line from every even one to the next (``are_pairs``)."""

    points: FloatArray
    colour: str
    width: float
    opacity: float = 1.0
    are_pairs: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ScenePlane:
    """A slice as a picture in space: its corner at the top left and its two edges, scanner RAS mm."""

    corner: FloatArray
    across: FloatArray
    down: FloatArray
    picture: GreyPicture

    @classmethod
    def of(cls, view: SliceView, picture: GreyPicture) -> ScenePlane:
        """The picture where its slice lies."""
        across, down = view.right.array * view.width_mm, -view.up.array * view.height_mm
        return cls(view.centre.array - across / 2 - down / 2, across, down, picture)


@dataclass(frozen=True, slots=True)
class SceneNumber:
    """A numbered point, drawn over all that is before it."""

    words: str
    point: Point[ScannerRas]
    colour: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class HelmetSight:
    """How the eye sees a helmet and the head in it: a ball that holds both, and azimuth and elevation (degrees)."""

    middle: Point[ScannerRas]
    radius_mm: float
    eye_deg: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """All that is drawn, and the point the eye turns about.

    Attributes:
        surfaces, lines, numbers: what is drawn.
        centre: what the eye turns about at first.
        bar, bar_words: what the colours of the helmet mean, and words below.
        helmet: how to see the helmet as a whole; None without one.
    """

    surfaces: tuple[SceneSurface, ...]
    lines: tuple[SceneLine, ...]
    centre: Point[ScannerRas] | None
    numbers: tuple[SceneNumber, ...] = ()
    bar: ColourBar | None = None
    bar_words: str = ""
    helmet: HelmetSight | None = None


def vertex_normals(vertices: FloatArray, triangles: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
    """Unit normals (n, 3): sums of the neighbouring triangles' normals, weighted by their areas."""
    corners = vertices[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sums = np.zeros_like(vertices)
    for axis in range(3):
        for corner in range(3):
            sums[:, axis] += np.bincount(triangles[:, corner], weights=faces[:, axis], minlength=len(vertices))
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.maximum(lengths, 1e-12), dtype=np.float32)


def surface_of_mesh(mesh: SliceableMesh, style: LineStyle) -> SceneSurface:
    """The surface of a structure, such as a nucleus."""
    name = " ".join(part for part in (mesh.name, mesh.side) if part)
    return make_surface("structure", name, mesh.vertices, mesh.triangles, style.colour, style.in_scene)


def make_surface(
    kind: SurfaceKind,
    name: str,
    vertices: Points[ScannerRas],
    triangles: npt.NDArray[np.int32],
    colour: str,
    opacity: float,
    place: Point[ScannerRas] | None = None,
) -> SceneSurface:
    """A surface with smooth normals; ``place`` is its centroid unless given."""
    return SceneSurface(
        kind,
        name,
        vertices.array.astype(np.float32),
        vertex_normals(vertices.array, triangles),
        np.ascontiguousarray(triangles, dtype=np.int32),
        colour,
        opacity,
        place if place is not None else vertices.mean(),
    )


@lru_cache(maxsize=4)
def unit_sphere(rings: int = 24) -> tuple[FloatArray, npt.NDArray[np.int32]]:
    """Vertices (n, 3) and outward triangles of a sphere of radius 1, by circles of latitude."""
    segments = 2 * rings
    latitudes = np.linspace(-np.pi / 2, np.pi / 2, rings + 1)[1:-1]
    longitudes = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    latitude, longitude = np.meshgrid(latitudes, longitudes, indexing="ij")
    body = np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=-1
    ).reshape(-1, 3)
    vertices = np.vstack([body, [[0, 0, -1], [0, 0, 1]]])
    south, north, last = len(body), len(body) + 1, (rings - 2) * segments
    faces = []
    for index in range(segments):
        following = (index + 1) % segments
        faces += [(south, following, index), (north, last + index, last + following)]
        for ring in range(rings - 2):
            a, b = ring * segments + index, ring * segments + following
            faces += [(a, b, b + segments), (a, b + segments, a + segments)]
    return vertices, np.array(faces, dtype=np.int32)


def surface_of_ellipsoid(
    kind: SurfaceKind, name: str, ellipsoid: Ellipsoid[ScannerRas], colour: str, opacity: float
) -> SceneSurface:
    """An ellipsoid's surface; the same one as long as nothing of it changes, so that it is drawn from kept arrays."""
    place, size = ellipsoid.centre, ellipsoid.semi_axes_mm
    return _surface_of_ellipsoid(kind, name, place, size, tuple(ellipsoid.rotation.ravel().tolist()), colour, opacity)


@lru_cache(maxsize=128)
def _surface_of_ellipsoid(
    kind: SurfaceKind,
    name: str,
    centre: Point[ScannerRas],
    semi_axes_mm: tuple[float, float, float],
    rotation: tuple[float, ...],
    colour: str,
    opacity: float,
) -> SceneSurface:
    ellipsoid = Ellipsoid(centre, semi_axes_mm, np.array(rotation).reshape(3, 3))
    sphere, triangles = unit_sphere()
    places = (sphere * np.array(ellipsoid.semi_axes_mm)) @ ellipsoid.rotation.T + ellipsoid.centre.array
    if np.linalg.det(ellipsoid.rotation) < 0:
        triangles = triangles[:, ::-1]
    return make_surface(kind, name, Points(ellipsoid.frame, places), triangles, colour, opacity, ellipsoid.centre)


def _ball(kind: SurfaceKind, name: str, centre: Point[ScannerRas], radius_mm: float, colour: str) -> SceneSurface:
    ellipsoid = Ellipsoid(centre, (radius_mm, radius_mm, radius_mm), np.eye(3))
    return surface_of_ellipsoid(kind, name, ellipsoid, colour, 1.0)


def plan_surfaces(shown: Shown) -> Iterator[SceneSurface]:
    """Lesions, and the marks and regions of the layers, as far as they are switched on."""
    plan, layers = shown.plan, shown.state.layers
    if plan is None:
        return
    if layers.lesions:
        # The lesion to expect lies within the planned one.
        opacity = AROUND_HEAT_OPACITY if shown.sights is not None and layers.heat_contours else LESION_OPACITY
        for lesion in plan.lesions:
            yield surface_of_ellipsoid("lesion", lesion.name, lesion.ellipsoid, colours.LESION, opacity)
    for mark in marks_of(shown):
        if mark.ball is not None:
            yield _ball(mark.ball.kind, mark.title or mark.label, mark.point, mark.ball.radius_mm, mark.ball.colour)
    for region in regions_of(shown):
        yield surface_of_ellipsoid("region", region.name, region.ellipsoid, region.look.colour, region.opacity)


def plan_lines(shown: Shown) -> Iterator[SceneLine]:
    """The lines of the layers that are switched on; the same ones as long as they do not change."""
    for line in lines_of(shown):
        yield _line(line.points, line.look.colour, line.beyond)


def plan_numbers(shown: Shown) -> Iterator[SceneNumber]:
    """The numbered points of the layers that are switched on: within the shells of nuclei they could not be read."""
    for mark in marks_of(shown):
        if mark.shape in NUMBERED:
            yield SceneNumber(mark.label, mark.point, mark.colour, mark.shape == "open dot")


@lru_cache(maxsize=64)
def _line(points: tuple[Point[ScannerRas], ...], colour: str, beyond: float = 0.0) -> SceneLine:
    """A line, drawn beyond both ends by a share of its length; the same one as long as it does not change."""
    places = Points.gather(points).array
    longer = beyond * (places[0] - places[-1])
    return SceneLine(np.vstack([places[:1] + longer, places[1:-1], places[-1:] - longer]), colour, 2.0)


def pause_ms(drawing_s: float) -> float:
    """How long changes are gathered before the scene is drawn again.

    Where drawing is slow, as without a graphics card, the slices and panels get two thirds of the time.

    Args:
        drawing_s: how long drawing took the last time.
    """
    return min(max(FEWEST_MS, 2000.0 * drawing_s), MOST_MS)


def scene_centre(shown: Shown) -> Point[ScannerRas] | None:
    """What the eye turns about: the middle of the nuclei, else of AC and PC, else the cursor."""
    if shown.meshes:
        return Points.gather([mesh.vertices.mean() for mesh in shown.meshes]).mean()
    if shown.geometry is not None:
        return shown.geometry.mcp
    return shown.state.cursor


def far_to_near(surfaces: Sequence[SceneSurface], eye: FloatArray) -> list[int]:
    """The order in which surfaces are drawn: solid ones, then see-through ones from the farthest centroid on.

    Lesions come last: they lie within shells of nuclei, under which they would fade.
    """

    def key(index: int) -> tuple[bool, bool, float]:
        surface = surfaces[index]
        away = float(np.linalg.norm(surface.place.array - eye))
        return (not surface.is_solid, surface.kind == "lesion", -away)

    return sorted(range(len(surfaces)), key=key)


def _ray_distance(surface: SceneSurface, origin: FloatArray, direction: FloatArray) -> float | None:
    """Distance along a ray to the first triangle met, by Moeller and Trumbore's test (1997)."""
    corners = surface.vertices.astype(np.float64)[surface.triangles]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    across = np.cross(direction, second)
    determinant = (first * across).sum(axis=1)
    slanted = np.abs(determinant) > 1e-12
    inverse = np.where(slanted, 1.0 / np.where(slanted, determinant, 1.0), 0.0)
    offset = origin - corners[:, 0]
    u = (offset * across).sum(axis=1) * inverse
    turned = np.cross(offset, first)
    v = (turned @ direction) * inverse
    distance = (turned * second).sum(axis=1) * inverse
    met = slanted & (u >= 0) & (v >= 0) & (u + v <= 1) & (distance > 1e-6)
    return float(distance[met].min()) if met.any() else None


def pick(scene: Scene, eye: Point[ScannerRas], direction: Direction[ScannerRas]) -> SceneSurface | None:
    """The surface a ray from the eye means: the first solid one or lesion met, else what is aimed at, else another.

    Shells about the head and 95 % regions are looked through.
    """
    hits = []
    for surface in scene.surfaces:
        if surface.kind not in LOOKED_THROUGH:
            distance = _ray_distance(surface, eye.array, direction.array)
            if distance is not None:
                hits.append((_faintness(surface), distance, surface))
    return min(hits, key=lambda hit: hit[:2])[2] if hits else None


def _faintness(surface: SceneSurface) -> int:
    """0 for solid ones and lesions, 1 for what is aimed at, 2 for the others."""
    if surface.opacity >= LESION_OPACITY:
        return 0
    return 1 if surface.opacity >= NUCLEUS_OPACITY["aim"] else 2
