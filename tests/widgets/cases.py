"""A small case for the views: the small head with its plan, and nuclei as ellipsoids."""

from __future__ import annotations

import numpy as np

from fusplan.display.drawn_atlas import DrawnAtlas
from fusplan.display.mesh_slices import SliceableMesh
from fusplan.imaging.volume import Volume
from fusplan.planning.document import PlanDocument
from fusplan.spatial import Ellipsoid, Point, ScannerRas
from fusplan.widgets.case import Case
from tests.display.meshes import of_ellipsoid
from tests.planning.small_heads import HAND, head, plan_of

__all__ = ["HAND", "head", "nuclei", "open_case", "plan_of"]


def nuclei(frame: ScannerRas) -> tuple[SliceableMesh, ...]:
    """A thalamus, CL and CLp on each side, as ellipsoids."""
    made = []
    for sign, side in ((-1, "left"), (1, "right")):
        for name, centre, size in (
            ("MD", (sign * 8.0, -16.0, 5.0), (5.0, 10.0, 7.0)),
            ("CL", (sign * 9.0, -22.0, 6.0), (3.0, 7.0, 6.0)),
            ("CLp", (sign * 9.0, -24.5, 5.0), (2.5, 3.0, 4.0)),
        ):
            vertices, faces = of_ellipsoid(Ellipsoid(Point(frame, *centre), size, np.eye(3)), 600)
            made.append(SliceableMesh.prepare(name, vertices, faces, side, f"Nucleus {name}"))
    return tuple(made)


def open_case(with_plan: bool = True, volume: Volume | None = None) -> Case:
    """A case as the window has it after a head was opened, with or without a plan."""
    shown = volume if volume is not None else head()
    case = Case()
    if not with_plan:
        case.open_volume(shown)
        return case
    case.open_document(shown, PlanDocument(plan_of(shown)))
    case.set_atlases({"morel": DrawnAtlas("morel", "Test atlas", None, nuclei(shown.scanner_frame))})
    case.view.update(cursor=Point(shown.scanner_frame, 9.0, -24.5, 5.0))
    return case
