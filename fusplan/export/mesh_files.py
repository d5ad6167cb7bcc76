"""A triangle mesh as the bytes of an STL, PLY, OBJ or GLB file, each with a line of words where the form has room."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.spatial.points import FloatArray

Faces: TypeAlias = npt.NDArray[np.int32]

_STL_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_PLY_FACE = np.dtype([("count", "u1"), ("corners", "<i4", 3)])

_FLOAT, _UNSIGNED_INT = 5126, 5125
_VERTEX_BUFFER, _INDEX_BUFFER = 34962, 34963
_GLB_MAGIC, _JSON_CHUNK, _BINARY_CHUNK = 0x46546C67, 0x4E4F534A, 0x004E4942
"""Numbers of the glTF 2.0 specification."""


def stl_bytes(vertices_mm: FloatArray, faces: Faces, words: str) -> bytes:
    """Binary STL. ``vertices_mm`` (n, 3), ``faces`` (m, 3) anticlockwise seen from outside, ``words`` in ASCII."""
    triangles = np.zeros(len(faces), dtype=_STL_TRIANGLE)
    corners = vertices_mm[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    triangles["normal"] = normals / np.where(lengths > 0, lengths, 1.0)
    triangles["corners"] = corners
    # A header that begins with "solid" would be taken for the text form.
    header = f"binary {words}".encode("ascii")[:80].ljust(80)
    return header + struct.pack("<I", len(faces)) + triangles.tobytes()


def ply_bytes(vertices_mm: FloatArray, faces: Faces, words: str) -> bytes:
    """Binary little-endian PLY; arguments as for :func:`stl_bytes`."""
    header = (
        f"ply\nformat binary_little_endian 1.0\ncomment {words}\n"
        f"element vertex {len(vertices_mm)}\nproperty float x\nproperty float y\nproperty float z\n"
        f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    rows = np.zeros(len(faces), dtype=_PLY_FACE)
    rows["count"] = 3
    rows["corners"] = faces
    return header.encode("ascii") + vertices_mm.astype("<f4").tobytes() + rows.tobytes()


def obj_bytes(vertices_mm: FloatArray, faces: Faces, words: str) -> bytes:
    """Wavefront OBJ; arguments as for :func:`stl_bytes`."""
    lines = [f"# {words}"]
    lines += [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in vertices_mm.tolist()]
    lines += [f"f {a} {b} {c}" for a, b, c in (faces + 1).tolist()]
    return ("\n".join(lines) + "\n").encode("ascii")


def glb_bytes(vertices_mm: FloatArray, faces: Faces, words: str) -> bytes:
    """Binary glTF 2.0; arguments as for :func:`stl_bytes`. Lengths stay mm, which the file says in ``extras``."""
    places = vertices_mm.astype("<f4")
    indices = faces.astype("<u4").tobytes()
    binary = places.tobytes() + indices
    content = {
        "asset": {"version": "2.0", "generator": "fusplan", "extras": {"words": words, "unit": "mm"}},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": _FLOAT,
                "count": len(places),
                "type": "VEC3",
                "min": places.min(axis=0).tolist(),
                "max": places.max(axis=0).tolist(),
            },
            {"bufferView": 1, "componentType": _UNSIGNED_INT, "count": faces.size, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": places.nbytes, "target": _VERTEX_BUFFER},
            {"buffer": 0, "byteOffset": places.nbytes, "byteLength": len(indices), "target": _INDEX_BUFFER},
        ],
        "buffers": [{"byteLength": len(binary)}],
    }
    text = json.dumps(content, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), _JSON_CHUNK) + text
    chunks += struct.pack("<II", len(binary), _BINARY_CHUNK) + binary
    return struct.pack("<III", _GLB_MAGIC, 2, 12 + len(chunks)) + chunks


MESH_FILES: Mapping[str, Callable[[FloatArray, Faces, str], bytes]] = MappingProxyType(
    {"stl": stl_bytes, "obj": obj_bytes, "ply": ply_bytes, "glb": glb_bytes}
)
"""Writers by the suffix of the file."""
