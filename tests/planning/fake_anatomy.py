"""An atlas in a head whose nuclei are simple solids, so that every figure about it has a closed form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.lattice import Lattice
from fusplan.planning.plan import Landmark, Landmarks, VentricleWall
from fusplan.spatial import Affine, Ellipsoid, Mni, Point, Points, ScannerRas, Voxel

FRAME = ScannerRas("fake")
TEMPLATE = Mni("fake")
Inside = Callable[[np.ndarray], np.ndarray]


def point(x: float, y: float, z: float) -> Point[ScannerRas]:
    return Point(FRAME, x, y, z)


def landmarks(wall_mm: float = 2.0) -> Landmarks:
    """AC-PC axes along the scanner axes, PC at the origin, AC 26 mm in front."""
    return Landmarks(
        ac=Landmark(point(0, 26, 0), "user"),
        pc=Landmark(point(0, 0, 0), "user"),
        midline=(Landmark(point(0, 0, 50), "user"), Landmark(point(0, -40, 20), "user")),
        ventricle_walls=(VentricleWall("left", wall_mm, True, "l"), VentricleWall("right", wall_mm, True, "r")),
    )


def ball(centre: tuple[float, float, float], radius_mm: float) -> Inside:
    return lambda places: np.linalg.norm(places - np.array(centre), axis=1) <= radius_mm


def half_space(normal: tuple[float, float, float], offset_mm: float) -> Inside:
    """Where the component along a unit normal is at least the offset."""
    return lambda places: places @ np.array(normal) >= offset_mm


def sphere(centre: Point[ScannerRas], radius_mm: float) -> Ellipsoid[ScannerRas]:
    return Ellipsoid(centre, (radius_mm,) * 3, np.eye(3))


@dataclass
class FakeAnatomy:
    """What planning asks of an atlas in a head. CLp is ``clp`` within CL; later solids lie over earlier ones."""

    cl: Inside
    clp: Inside
    others: tuple[tuple[str, Inside], ...] = ()
    clp_mm3: float = 400.0
    name: str = "morel"

    def __post_init__(self) -> None:
        solids = [("CL", self.cl), *self.others]
        structures = [
            SimpleNamespace(
                index=index,
                abbreviation=name,
                name=f"{name} nucleus",
                side="right",
                volume_mm3=800.0,
                centroid=Point(TEMPLATE, 0, 0, 0),
            )
            for index, (name, _) in enumerate(solids)
        ]
        self._solids = [inside for _, inside in solids]
        self.frame = FRAME
        self.mni_to_scanner = Affine(TEMPLATE, FRAME, np.eye(4))
        self.atlas = SimpleNamespace(
            name=self.name,
            short_title=self.name.capitalize(),
            called=f"the {self.name.capitalize()} figures",
            digest="",
            has_clp=True,
            describes_thalamus=True,
            frame=TEMPLATE,
            structures=tuple(structures),
            cl=lambda side: structures[0],
            clp_structure="CL",
            clp_most_anterior_of_pc_mm=4.0,
            source="made up",
        )

    def labels_and_clp(self, points: Points[ScannerRas]) -> tuple[np.ndarray, np.ndarray]:
        labels = np.full(len(points), -1, dtype=np.int16)
        for index, inside in enumerate(self._solids):
            labels[inside(points.array)] = index
        return labels, (labels == 0) & self.clp(points.array)

    def labels(self, points: Points[ScannerRas]) -> np.ndarray:
        return self.labels_and_clp(points)[0]

    def rasterise(self, centre: Point[ScannerRas], half_size_mm: float, spacing_mm: float) -> LabelGrid:
        lattice = Lattice.holding(centre.array - half_size_mm, centre.array + half_size_mm, spacing_mm)
        labels, clp = self.labels_and_clp(Points(FRAME, lattice.places_mm))
        to_scanner = Affine(Voxel("fake-box"), FRAME, lattice.matrix)
        return LabelGrid(labels.reshape(lattice.shape), clp.reshape(lattice.shape), to_scanner)

    def clp_points(self, side: str, spacing_mm: float = 0.5) -> Points[ScannerRas]:
        places = Lattice.holding(np.full(3, -30.0), np.full(3, 30.0), spacing_mm).places_mm
        return Points(FRAME, places[self.labels_and_clp(Points(FRAME, places))[1]])

    def clp_volume_mm3(self, side: str) -> float:
        return self.clp_mm3

    def clp_centroid(self, side: str) -> Point[ScannerRas]:
        return self.clp_points(side).mean()

    def volumes_mm3(self) -> np.ndarray:
        return np.full(len(self._solids), 800.0)

    def structure_volume_mm3(self, structure: object) -> float:
        return 800.0


def everywhere(places: np.ndarray) -> np.ndarray:
    return np.ones(len(places), dtype=bool)


def nowhere(places: np.ndarray) -> np.ndarray:
    return np.zeros(len(places), dtype=bool)
