"""``surfaces/``: every lesion and what is aimed at as closed meshes (STL, OBJ, PLY, GLB), LPS mm as each name says."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fusplan.export.aimed_structures import AimedStructure
from fusplan.export.label_maps import licences_words
from fusplan.export.mesh_files import MESH_FILES, Faces
from fusplan.export.names_in_files import file_stem
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.own_folder import make_own_folder
from fusplan.imaging.notes import Notes
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.plan import Lesion, Plan
from fusplan.spatial import Ellipsoid, Points, ScannerRas
from fusplan.spatial.lps import flip_ras_lps
from fusplan.spatial.points import FloatArray
from fusplan.spatial.triangles import Surface

SURFACES_FOLDER = "surfaces"

SUBDIVISIONS = 4
"""Of the icosahedron: 2562 corners, whose mesh encloses 0.2 % less than the ellipsoid they lie on."""

_WORDS = """\
Closed triangle meshes in LPS mm (DICOM patient axes: +x left, +y posterior, +z superior) of the planning image.
STL, OBJ and PLY have no unit of their own; glTF (.glb) is meant in metres, but these hold millimetres too.
"""


def lesion_surface_name(lesion: Lesion, suffix: str) -> str:
    """The file of a lesion in one of ``MESH_FILES``."""
    return f"{file_stem(lesion.id)}_LPS_mm.{suffix}"


def structure_surface_name(aimed: AimedStructure, suffix: str) -> str:
    """The file of a structure by one atlas in one of ``MESH_FILES``."""
    return f"{aimed.file_stem}_LPS_mm.{suffix}"


def write_surfaces(plan: Plan, structures: tuple[AimedStructure, ...], folder: Path, notes: Notes = ()) -> None:
    """The folder ``surfaces`` in ``folder``. Raises FileNotWritableError."""
    made = folder / SURFACES_FOLDER
    make_own_folder(made, f"{_WORDS}{licences_words(structures)}", notes)
    meshes = {lesion_surface_name(lesion, "{}"): ellipsoid_surface(lesion.ellipsoid) for lesion in plan.lesions}
    for aimed in structures:
        found = aimed.atlas.surface(aimed.structure)
        if found is not None:
            meshes[structure_surface_name(aimed, "{}")] = found
    for name, surface in meshes.items():
        vertices_mm = flip_ras_lps(surface.vertices.array)
        for suffix, to_bytes in MESH_FILES.items():
            content = to_bytes(vertices_mm, surface.faces, f"LPS mm. {RESEARCH_ONLY}")
            write_atomically(made / name.format(suffix), content)


def ellipsoid_surface(ellipsoid: Ellipsoid[ScannerRas]) -> Surface[ScannerRas]:
    """An ellipsoid as a mesh with its corners on the ellipsoid; as symmetric about the centre as the ellipsoid is."""
    sphere, faces = _icosphere(SUBDIVISIONS)
    places = (sphere * np.array(ellipsoid.semi_axes_mm)) @ ellipsoid.rotation.T + ellipsoid.centre.array
    if np.linalg.det(ellipsoid.rotation) < 0:  # a mirrored lesion: keep the faces anticlockwise seen from outside
        faces = np.ascontiguousarray(faces[:, ::-1])
    return Surface(Points(ellipsoid.frame, places), faces)


def _icosphere(subdivisions: int) -> tuple[FloatArray, Faces]:
    """Corners (n, 3) on the unit sphere and faces (m, 3) of an icosahedron whose faces are divided by four again."""
    golden = (1 + 5**0.5) / 2
    corners = [(0.0, one, other) for one in (-1.0, 1.0) for other in (-golden, golden)]
    vertices = np.array([np.roll(corner, turn) for turn in range(3) for corner in corners])
    vertices /= np.linalg.norm(vertices, axis=1, keepdims=True)
    nearest = 2 / np.sqrt(1 + golden**2)  # the edge of the icosahedron in the unit sphere
    joined = np.abs(np.linalg.norm(vertices[:, None] - vertices[None], axis=2) - nearest) < 1e-9
    triples = [
        (a, b, c) for a in range(12) for b in range(a) for c in range(b) if joined[a, b] & joined[b, c] & joined[a, c]
    ]
    faces = np.array(triples, dtype=np.int32)
    inward = np.linalg.det(vertices[faces]) < 0
    faces[inward] = faces[inward, ::-1]
    for _ in range(subdivisions):
        vertices, faces = _divided(vertices, faces)
    return vertices, np.ascontiguousarray(faces)


def _divided(vertices: FloatArray, faces: Faces) -> tuple[FloatArray, Faces]:
    """Each face as four: the middles of its edges become corners on the sphere."""
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    unique, which = np.unique(edges, axis=0, return_inverse=True)
    middles = vertices[unique].sum(axis=1)
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    a, b, c = faces.T
    ab, bc, ca = (which.reshape(-1, 3) + len(vertices)).astype(np.int32).T
    quarters = [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
    divided = np.concatenate([np.column_stack(quarter) for quarter in quarters])
    return np.vstack([vertices, middles]), divided.astype(np.int32)
