"""Frames, points, maps, grids, fields and ellipsoids: coordinates that cannot be mixed up.

Lengths are millimetres; a frame is a value, and a point carries the frame it is in.
"""

from fusplan.spatial.acpc import (
    AcPcGeometry,
    DegenerateLandmarksError,
    MidplaneFit,
    acpc_geometry,
)
from fusplan.spatial.affine import Affine, Map
from fusplan.spatial.ellipsoid import Ellipsoid
from fusplan.spatial.field import Field
from fusplan.spatial.frames import AcPc, Frame, FrameMismatchError, Mni, ScannerRas, Voxel
from fusplan.spatial.grid import Grid
from fusplan.spatial.points import Direction, Point, Points
from fusplan.spatial.readings import AcPcReading, Side, read_acpc
from fusplan.spatial.warp import Warp

__all__ = [
    "AcPc",
    "AcPcGeometry",
    "AcPcReading",
    "Affine",
    "DegenerateLandmarksError",
    "Direction",
    "Ellipsoid",
    "Field",
    "Frame",
    "FrameMismatchError",
    "Grid",
    "Map",
    "MidplaneFit",
    "Mni",
    "Point",
    "Points",
    "ScannerRas",
    "Side",
    "Voxel",
    "Warp",
    "acpc_geometry",
    "read_acpc",
]
