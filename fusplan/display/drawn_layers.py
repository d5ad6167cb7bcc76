"""What the layers draw over the image, in space: surfaces, marks, lines, regions; for slices and the 3-D scene alike.

A slice shows what lies near it (:mod:`fusplan.display.slice_content`), the scene shows all
(:mod:`fusplan.display.scene`). Who adds a layer writes its entry in :mod:`fusplan.display.layer_table`, and here what
it draws and its row of :data:`DRAWN_LAYERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from fusplan.atlas.presets import remembered_line
from fusplan.display import colours
from fusplan.display.heat_looks import HEAT_LOOKS, heat_style
from fusplan.display.layer_table import Layers
from fusplan.display.mesh_slices import SliceableMesh
from fusplan.display.named_landmarks import named_landmarks
from fusplan.display.outlines import NUCLEUS_OPACITY, LineLook, LineStyle, OutlineGroup, edge_style, nucleus_style
from fusplan.display.target_rows import target_colours
from fusplan.display.view_state import Selection, ViewState
from fusplan.planning.plan import Measurement, Plan
from fusplan.planning.sides import SIDES
from fusplan.spatial import AcPcGeometry, Ellipsoid, Point, Points, ScannerRas

if TYPE_CHECKING:
    from fusplan.display.treated_spots import TreatedSpots
    from fusplan.display.treatment_sights import TreatmentSights

MarkShape: TypeAlias = Literal["rings", "ring", "cross", "dot", "open dot"]
"""Rings about a dot with a label beside; a small ring; a cross with a label; a dot with a label; a hollow one."""

NUMBERED: Final = ("dot", "open dot")
"""Marks whose labels are laid out together."""

BallKind: TypeAlias = Literal["target", "landmark", "proposal"]

TARGET_RADIUS_MM, LANDMARK_RADIUS_MM, PROPOSAL_RADIUS_MM = 0.8, 0.9, 0.5
PLAIN_BALL = "#ffffff"
"""In the scene, of targets without a chosen colour: in a palette colour they would be lost in the lesion about them."""

REGION_OPACITY = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What there is to draw over an image.

    Attributes:
        state: what is switched on, and the cursor.
        plan: targets, lesions, landmarks, measurements; None before a registration.
        geometry: AC-PC of the plan's landmarks, None without a plan.
        meshes: nuclei of the chosen atlas.
        regions: 95 % regions.
        edges: surfaces of the template where the registration puts them.
        compared: surfaces of what is aimed at, by another atlas than the one of ``meshes``.
        astray: id of every target that lies elsewhere than it aims at, and that in words.
        spots: of the target whose treatment is shown; None outside of its workspace.
        sights: what else is drawn of that; None outside of the workspace, or while it is being made.
    """

    state: ViewState
    plan: Plan | None = None
    geometry: AcPcGeometry | None = None
    meshes: Sequence[SliceableMesh] = ()
    regions: Sequence[Ellipsoid[ScannerRas]] = ()
    edges: Sequence[SliceableMesh] = ()
    compared: Sequence[SliceableMesh] = ()
    astray: tuple[tuple[str, str], ...] = ()
    spots: TreatedSpots | None = None
    sights: TreatmentSights | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """What marks and lines are made of: the plan, what is selected, the targets that lie astray, and spots."""

    plan: Plan
    selection: Selection
    astray: tuple[tuple[str, str], ...] = ()
    spots: TreatedSpots | None = None


@dataclass(frozen=True, slots=True)
class Ball:
    """How the scene shows a mark: what it is, radius, colour."""

    kind: BallKind
    radius_mm: float
    colour: str


@dataclass(frozen=True, slots=True, eq=False)
class SpaceMark:
    """A point of a layer.

    Attributes:
        kind: what it is, in a word.
        point: where.
        shape: how slices show it.
        colour: of that.
        label: its name, or "".
        title: what the scene calls it, where that is more than the label.
        ball: how the scene shows it; None for a mark of slices alone.
        selected: of a target or a spot.
        locked: of a target.
        is_astray: of a target that lies elsewhere than it aims at.
        lesion_ids: the lesions about it, for which it makes room when they are selected.
    """

    kind: str
    point: Point[ScannerRas]
    shape: MarkShape
    colour: str
    label: str = ""
    ball: Ball | None = None
    title: str = ""
    selected: bool = False
    locked: bool = False
    lesion_ids: frozenset[str] = frozenset()
    is_astray: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SpaceLine:
    """A line through points of a layer.

    Attributes:
        kind: what it is, in a word.
        points: two or more; of a line that is being made one or more.
        places: the same, gathered once.
        look: how slices draw it; the scene takes the colour.
        words: at its middle, or at the corner of an angle.
        selected: whether it is the selected one.
        beyond: the share of its length by which the scene draws it beyond both ends.
    """

    kind: str
    points: tuple[Point[ScannerRas], ...]
    look: LineLook
    words: str = ""
    selected: bool = False
    beyond: float = 0.0
    places: Points[ScannerRas] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", Points.gather(self.points))


@dataclass(frozen=True, slots=True, eq=False)
class SpaceRegion:
    """An ellipsoid of a layer, outlined in slices, see-through in the scene: ``opacity`` 0 to 1."""

    name: str
    ellipsoid: Ellipsoid[ScannerRas]
    look: LineLook
    opacity: float


SurfaceMaker: TypeAlias = Callable[[Shown], tuple[OutlineGroup, ...]]
MarkMaker: TypeAlias = Callable[[Marked], Iterable[SpaceMark]]
LineMaker: TypeAlias = Callable[[Marked], Iterable[SpaceLine]]
RegionMaker: TypeAlias = Callable[[Shown], Iterable[SpaceRegion]]


ACPC_LOOK: Final = LineLook(colours.ACPC, dashes=(6.0, 4.0))
MEASUREMENT_LOOK: Final = LineLook(colours.MEASUREMENT, has_dots=True)
REMEMBERED_LOOK: Final = LineLook(colours.REMEMBERED, 1.2, (2.0, 4.0), has_dots=True)
REMEMBERED_LABEL: Final = "as remembered, unverified"
REGION_LOOK: Final = LineLook(colours.REGION_95, 1.2, (4.0, 3.0))


def _edges(shown: Shown) -> tuple[OutlineGroup, ...]:
    return (OutlineGroup(tuple(shown.edges), edge_style),)


def _nuclei(shown: Shown) -> tuple[OutlineGroup, ...]:
    layers = shown.state.layers
    meshes = shown.meshes if layers.atlas is not None else ()
    seen = tuple(mesh for mesh in meshes if mesh.name not in layers.hidden_structures)
    return (OutlineGroup(seen, nucleus_style, are_nuclei=True),)


def _compared(shown: Shown) -> tuple[OutlineGroup, ...]:
    return (OutlineGroup(tuple(shown.compared), _compared_style, dashes=(4.0, 3.0)),)


def _compared_style(_name: str) -> LineStyle:
    return LineStyle(colours.OTHER_ATLAS, 1.8, in_scene=NUCLEUS_OPACITY["about the aim"])


def _heat(shown: Shown) -> tuple[OutlineGroup, ...]:
    """Each contour with dashes of its own."""
    return _alone(shown.sights.contours) if shown.sights is not None else ()


def _focus(shown: Shown) -> tuple[OutlineGroup, ...]:
    return _alone((shown.sights.focus,)) if shown.sights is not None and shown.sights.focus is not None else ()


@lru_cache(maxsize=8)
def _alone(meshes: tuple[SliceableMesh, ...]) -> tuple[OutlineGroup, ...]:
    return tuple(OutlineGroup((mesh,), heat_style, dashes=HEAT_LOOKS[mesh.name].dashes) for mesh in meshes)


def _landmarks(marked: Marked) -> Iterator[SpaceMark]:
    ball = Ball("landmark", LANDMARK_RADIUS_MM, colours.ACPC)
    for name, point in named_landmarks(marked.plan.landmarks):
        if isinstance(name, int):
            yield SpaceMark("midline", point, "ring", colours.ACPC)
        else:
            yield SpaceMark(name, point, "cross", colours.ACPC, name.upper(), ball)


def _proposals(marked: Marked) -> Iterator[SpaceMark]:
    """Numbered on each side as in the list and in the report."""
    ball = Ball("proposal", PROPOSAL_RADIUS_MM, colours.PROPOSAL)
    for side in SIDES:
        on_side = (proposal for proposal in marked.plan.proposals if proposal.side == side)
        for count, proposal in enumerate(on_side, start=1):
            title = f"{count} {proposal.name}, {side}"
            yield SpaceMark("proposal", proposal.point, "dot", colours.PROPOSAL, str(count), ball, title)


def _targets(marked: Marked) -> Iterator[SpaceMark]:
    plan, selection, astray = marked.plan, marked.selection, dict(marked.astray)
    shades = target_colours(plan.targets)
    for target in plan.targets:
        yield SpaceMark(
            "target",
            target.point,
            "rings",
            shades[target.id],
            f"{target.name}: {astray[target.id]}" if target.id in astray else target.name,
            Ball("target", TARGET_RADIUS_MM, target.colour or PLAIN_BALL),
            target.name,
            selected=target.id == selection.target_id,
            locked=target.locked,
            lesion_ids=frozenset(lesion.id for lesion in plan.lesions_of(target.id)),
            is_astray=target.id in astray,
        )


def _spots(marked: Marked) -> Iterable[SpaceMark]:
    colour = (colours.ABLATION_SPOT, colours.TEST_SPOT)
    return marked.spots.marks(marked.selection, colour) if marked.spots is not None else ()


def _acpc_line(marked: Marked) -> Iterator[SpaceLine]:
    ends = (marked.plan.landmarks.ac.point, marked.plan.landmarks.pc.point)
    yield SpaceLine("acpc", ends, ACPC_LOOK, beyond=0.25)


def _remembered(marked: Marked) -> Iterator[SpaceLine]:
    for side in SIDES:
        wall = marked.plan.landmarks.ventricle_wall(side)
        ends = remembered_line(marked.plan.landmarks.geometry(), side, None if wall is None else wall.lateral_mm)
        yield SpaceLine("remembered", ends, REMEMBERED_LOOK, REMEMBERED_LABEL)


def _measurements(marked: Marked) -> Iterator[SpaceLine]:
    for measurement in marked.plan.measurements:
        selected = measurement.id == marked.selection.measurement_id
        points = tuple(measurement.points)
        yield SpaceLine("measurement", points, MEASUREMENT_LOOK, measurement.words, selected)


def _regions(shown: Shown) -> Iterator[SpaceRegion]:
    for region in shown.regions:
        yield SpaceRegion("95 % region", region, REGION_LOOK, REGION_OPACITY)


@dataclass(frozen=True, slots=True)
class DrawnLayer:
    """What one layer draws, by its name in the table of layers. Marks and lines are kept as long as the plan is."""

    name: str
    surfaces: SurfaceMaker | None = None
    marks: MarkMaker | None = None
    lines: LineMaker | None = None
    regions: RegionMaker | None = None


DRAWN_LAYERS: tuple[DrawnLayer, ...] = (
    DrawnLayer("template_edges", surfaces=_edges),
    DrawnLayer("contours", surfaces=_nuclei),
    DrawnLayer("second_aim", surfaces=_compared),
    DrawnLayer("focus", surfaces=_focus),
    DrawnLayer("heat_contours", surfaces=_heat),
    DrawnLayer("uncertainty", regions=_regions),
    DrawnLayer("acpc_line", lines=_acpc_line),
    DrawnLayer("remembered", lines=_remembered),
    DrawnLayer("measurements", lines=_measurements),
    DrawnLayer("landmarks", marks=_landmarks),
    DrawnLayer("proposals", marks=_proposals),
    DrawnLayer("targets", marks=_targets),
    DrawnLayer("spots", marks=_spots),
)
"""In the order of drawing. Lesions with their handles, crosshair, names and slices in space have ways of their own."""


def surfaces_of(shown: Shown) -> tuple[OutlineGroup, ...]:
    """The surfaces of the layers that are switched on."""
    layers = shown.state.layers
    return tuple(
        group
        for layer in DRAWN_LAYERS
        if layer.surfaces is not None and layers.shows(layer.name)
        for group in layer.surfaces(shown)
    )


def marks_of(shown: Shown) -> tuple[SpaceMark, ...]:
    """The marks of the layers that are switched on."""
    marked = _marked(shown)
    return _marks_of(marked, shown.state.layers) if marked is not None else ()


def lines_of(shown: Shown) -> tuple[SpaceLine, ...]:
    """The lines of the layers that are switched on, without one that is being made."""
    marked = _marked(shown)
    return _lines_of(marked, shown.state.layers) if marked is not None else ()


def _marked(shown: Shown) -> Marked | None:
    if shown.plan is None:
        return None
    return Marked(shown.plan, shown.state.selection, shown.astray, shown.spots)


def regions_of(shown: Shown) -> Iterator[SpaceRegion]:
    """The regions of the layers that are switched on."""
    for layer in DRAWN_LAYERS:
        if layer.regions is not None and shown.state.layers.shows(layer.name):
            yield from layer.regions(shown)


def pending_line(points: tuple[Point[ScannerRas], ...]) -> SpaceLine:
    """A measurement that is being made, of one point or more."""
    words = Measurement("", "", points).words if len(points) > 1 else ""
    return SpaceLine("pending", points, MEASUREMENT_LOOK, words)


# Kept by the plan, which is told from others by being itself: to compare its parts would take longer.


@lru_cache(maxsize=4)
def _marks_of(marked: Marked, layers: Layers) -> tuple[SpaceMark, ...]:
    makers = (layer.marks for layer in DRAWN_LAYERS if layer.marks is not None and layers.shows(layer.name))
    return tuple(mark for make in makers for mark in make(marked))


@lru_cache(maxsize=4)
def _lines_of(marked: Marked, layers: Layers) -> tuple[SpaceLine, ...]:
    makers = (layer.lines for layer in DRAWN_LAYERS if layer.lines is not None and layers.shows(layer.name))
    return tuple(line for make in makers for line in make(marked))


@lru_cache(maxsize=4)
def places_of(marks: tuple[SpaceMark, ...]) -> Points[ScannerRas] | None:
    """Where marks are, one for each; kept, so that a cursor move looks at all of them in one go."""
    return Points.gather([mark.point for mark in marks]) if marks else None
