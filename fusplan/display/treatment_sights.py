"""What slices and scene draw of the treatment of one target: surfaces, made beside the window and then kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from fusplan.display.heat_looks import FOCUS_NAME
from fusplan.display.image_layers import Picture
from fusplan.display.mesh_slices import SliceableMesh
from fusplan.display.scene import SceneSurface, SurfaceKind, make_surface
from fusplan.display.treatment_pictures import DOSE_KEY, FOCUS_KEY, TEMPERATURE_KEY
from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
from fusplan.planning.treatment_sketch import TreatmentSketch
from fusplan.simulation.dragged_spots import PatternNumbers
from fusplan.simulation.head_surface import bone_surface, isosurface
from fusplan.simulation.lesion_contours import LEVELS, HeatMaps, log_dose
from fusplan.simulation.predicted_lesion import CONTOUR_WORDS, Band, ContourKind
from fusplan.simulation.skull_load import skull_load
from fusplan.simulation.temperature_history import PressureField
from fusplan.simulation.transducer import Transducer
from fusplan.spatial import Field, Point, Points, ScannerRas
from fusplan.spatial.triangles import Surface

HALF_PRESSURE_SHARE = 0.5
"""Of the peak: -6 dB."""

BONE_COLOUR, SKIN_COLOUR = "#e6dcc4", "#d8b49c"
BONE_OPACITY, SKIN_OPACITY = 0.5, 0.16


@dataclass(frozen=True, slots=True, eq=False)
class HeadSights:
    """Skull and skin about one place, cut open before it.

    Attributes:
        skull_key: of the skull they are of.
        bone: its whole surface.
        cut_bone, cut_skin: without the quarter on the side of ``place`` and before it.
        place: where they are cut.
    """

    skull_key: str
    bone: Surface[ScannerRas]
    cut_bone: SceneSurface
    cut_skin: SceneSurface
    place: Point[ScannerRas]


@dataclass(frozen=True, slots=True, eq=False)
class TreatmentSights:
    """What is drawn of one target.

    Attributes:
        simulated: the target's simulation.
        transducer: the helmet.
        contours: surfaces of the lesion to expect (of all sonications where there is none), named by their kind.
        volumes_mm3: of them, of the middle case.
        doubts_mm3: of the same the percentiles; none of spots being dragged.
        focus: where the pressure falls to half; None without a focus.
        pictures: by the keys of their layers.
        head: skull and skin.
        numbers: of spots being dragged, a quick look with steering left out; None once they have been simulated.
    """

    simulated: SimulatedTarget
    transducer: Transducer
    contours: tuple[SliceableMesh, ...]
    volumes_mm3: Mapping[ContourKind, float]
    doubts_mm3: Mapping[ContourKind, Band]
    focus: SliceableMesh | None
    pictures: Mapping[str, Picture]
    head: HeadSights
    numbers: PatternNumbers | None = None

    def leaning(self, sketch: TreatmentSketch) -> TreatmentSights:
        """The same with the helmet and its elements as a sketch has them."""
        load = skull_load(sketch.elements, self.transducer)
        return replace(self, simulated=replace(self.simulated, pose=sketch.pose, elements=sketch.elements, load=load))

    def dragged(
        self, maps: HeatMaps, numbers: PatternNumbers, volumes_mm3: Mapping[ContourKind, float]
    ) -> TreatmentSights:
        """The same with the heat of spots as they are dragged."""
        peak = Field(maps.grid, np.asarray(maps.peak, dtype=np.float32), "degC")
        dose = Field(maps.grid, np.exp(maps.log_dose, dtype=np.float32), "min")
        found = {TEMPERATURE_KEY: peak, DOSE_KEY: dose}
        pictures = {**self.pictures, **{key: _filled(field, self.pictures.get(key)) for key, field in found.items()}}
        return replace(
            self,
            contours=heat_contours(peak, dose),
            volumes_mm3=volumes_mm3,
            doubts_mm3={},
            pictures=MappingProxyType(pictures),
            numbers=numbers,
        )


def treatment_sights(
    simulated: SimulatedTreatment, target: SimulatedTarget, before: TreatmentSights | None = None
) -> TreatmentSights:
    """What is drawn of a target; skull and skin of ``before`` are kept where they still hold."""
    history, lesion = target.history, target.lesion
    pictures: dict[str, Picture] = {FOCUS_KEY: _share_of_peak(target.focus)} if target.focus.gain > 0 else {}
    contours: tuple[SliceableMesh, ...] = ()
    if history is not None:
        pictures |= {TEMPERATURE_KEY: history.peak_map, DOSE_KEY: history.dose}
        expected = (lesion.peak_map, lesion.dose) if lesion is not None else (history.peak_map, history.dose)
        contours = heat_contours(*expected)
    doubts = {} if lesion is None else {figures.kind: figures.volume_mm3 for figures in lesion.contours}
    return TreatmentSights(
        simulated=target,
        transducer=simulated.transducer,
        contours=contours,
        volumes_mm3={kind: volume.p50 for kind, volume in doubts.items()},
        doubts_mm3=doubts,
        focus=focus_contour(target.focus) if target.focus.gain > 0 else None,
        pictures=MappingProxyType(pictures),
        head=_head_sights(simulated, target, None if before is None else before.head),
    )


def heat_contours(peak_map: Field[ScannerRas], dose: Field[ScannerRas]) -> tuple[SliceableMesh, ...]:
    """The surface of every contour that is reached anywhere, named by its kind.

    Args:
        peak_map: highest temperature (degC).
        dose: CEM43 (min) on the same grid; its logarithm, which is nearly linear between voxels, is cut.
    """
    maps = {"peak": peak_map, "dose": dose.with_values(log_dose(dose.values), "1", float("nan"))}
    meshes = []
    for kind, level in LEVELS.items():
        surface = isosurface(maps[level.of], level.value)
        if len(surface.faces):
            meshes.append(SliceableMesh.prepare(kind, surface.vertices, surface.faces, title=CONTOUR_WORDS[kind]))
    return tuple(meshes)


def focus_contour(focus: PressureField) -> SliceableMesh | None:
    """Where the pressure falls to half of its peak; None where it does so nowhere."""
    surface = isosurface(focus.amplitude, HALF_PRESSURE_SHARE * focus.gain)
    if len(surface.faces) == 0:
        return None
    return SliceableMesh.prepare(FOCUS_NAME, surface.vertices, surface.faces, title="Acoustic focus at half pressure")


def _filled(quick: Field[ScannerRas], simulated: Picture | None) -> Field[ScannerRas]:
    """A quick look, with what was simulated beyond the small box that it knows: its border is not seen."""
    if not isinstance(simulated, Field):
        return quick
    known = quick.at(simulated.grid.all_places()).reshape(simulated.grid.shape)
    return simulated.with_values(np.where(np.isnan(known), simulated.values, known).astype(np.float32))


def _share_of_peak(focus: PressureField) -> Field[ScannerRas]:
    """The pressure as a part of its own peak: what is left behind the skull is a number, not a colour."""
    return focus.amplitude.with_values(np.asarray(focus.amplitude.values / focus.gain, dtype=np.float32))


def _head_sights(simulated: SimulatedTreatment, target: SimulatedTarget, before: HeadSights | None) -> HeadSights:
    place = target.pose.target
    same = before is not None and before.skull_key == simulated.skull_key
    if before is not None and same and before.place == place:
        return before
    bone = before.bone if before is not None and same else bone_surface(simulated.skull)
    outwards = 1.0 if target.side == "right" else -1.0
    return HeadSights(
        simulated.skull_key,
        bone,
        cut_open("skull", "Skull", bone, place, outwards, BONE_COLOUR, BONE_OPACITY),
        cut_open("skin", "Skin", simulated.skin, place, outwards, SKIN_COLOUR, SKIN_OPACITY),
        place,
    )


def cut_open(
    kind: SurfaceKind,
    name: str,
    surface: Surface[ScannerRas],
    place: Point[ScannerRas],
    outwards: float,
    colour: str,
    opacity: float,
) -> SceneSurface:
    """A surface without the quarter that lies before a place and beside it, so that one sees inside.

    Args:
        kind: what it is.
        name: of the surface.
        surface: whole.
        place: where it is cut.
        outwards: 1 takes away the right side, -1 the left one.
        colour, opacity: how it looks.
    """
    middles = surface.vertices.array[surface.faces].mean(axis=1) - place.array
    taken = (middles[:, 1] > 0) & (middles[:, 0] * outwards > 0)
    kept = surface.faces[~taken]
    used, numbers = np.unique(kept, return_inverse=True)
    triangles: npt.NDArray[np.int32] = numbers.reshape(-1, 3).astype(np.int32)
    vertices = Points(surface.vertices.frame, surface.vertices.array[used])
    return make_surface(kind, name, vertices, triangles, colour, opacity, place)
