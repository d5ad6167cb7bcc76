"""``frames.json``: every frame that a file of the export is in, with the matrices between them and scanner RAS.

A matrix is 4 x 4, row by row, and moves points (column vectors): ``scanner = matrix @ (x, y, z, 1)``. The template
is reached through the displacement field of the registration; the two parts of that map are named.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from fusplan.export.itk_transforms import TRANSFORMS_FOLDER, TransformFile
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.imaging.notes import Notes
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.plan import Plan
from fusplan.spatial.frames import AcPcOrigin
from fusplan.spatial.lps import flip_rows
from fusplan.spatial.points import FloatArray

_ORIGINS: tuple[tuple[AcPcOrigin, str], ...] = (
    ("mcp", "the point midway between AC and PC"),
    ("pc", "the posterior commissure"),
    ("ac", "the anterior commissure"),
)


def write_frames_json(plan: Plan, path: Path, notes: Notes = ()) -> None:
    """Frames, matrices and landmarks. Raises FileNotWritableError."""
    content: dict[str, Any] = {
        "notice": RESEARCH_ONLY,
        "convention": "matrices are 4 x 4 by rows and move points: scanner RAS mm = to_scanner_ras_mm @ (x, y, z, 1)",
        "image": {"sha256": plan.image.sha256, "shape": list(plan.image.shape)},
        "image_notes": [note.as_json for note in notes],
        "landmarks_scanner_ras_mm": {
            "AC": list(plan.landmarks.ac.point.coordinates),
            "PC": list(plan.landmarks.pc.point.coordinates),
        },
        "frames": [*_scanner_frames(plan), *_acpc_frames(plan), _template_frame(plan)],
    }
    second = plan.image_of("second")
    if second is not None:
        content["second_image"] = {
            "sha256": second.image.sha256,
            "shape": list(second.image.shape),
            "words": "moves scanner RAS mm of the second image's file to those of the image; rigid",
            "to_scanner_ras_mm": second.to_reference.matrix.tolist(),
        }
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    write_atomically(path, (text + "\n").encode("utf-8"))


def _scanner_frames(plan: Plan) -> list[dict[str, Any]]:
    voxel = plan.image.grid.matrix
    return [
        _frame("scanner_ras", "right, anterior, superior", "mm", "the image's own (NIfTI world)", np.eye(4)),
        _frame("scanner_lps", "left, posterior, superior", "mm", "the same (DICOM patient, ITK)", flip_rows(np.eye(4))),
        _frame("voxel", "i, j, k of the image file", "voxels, from 0", "centre of the first voxel", voxel),
    ]


def _acpc_frames(plan: Plan) -> list[dict[str, Any]]:
    geometry = plan.landmarks.geometry()
    axes = "right of the midplane, anterior along PC to AC, superior"
    return [
        _frame(f"acpc_{origin}", axes, "mm", words, geometry.acpc_to_scanner(origin).matrix)
        for origin, words in _ORIGINS
    ]


def _template_frame(plan: Plan) -> dict[str, Any]:
    warp = plan.registration.mni_to_scanner
    return {
        "key": warp.source.template,
        "axes": "right, anterior, superior",
        "unit": "mm",
        "origin": f"that of {warp.source.template}",
        "to_scanner_ras_mm": None,
        "nonlinear": {
            "words": "scanner = affine @ (p + displacement(p)), p in template RAS mm; outside the field the "
            "displacement of its nearest edge",
            "affine": warp.affine.matrix.tolist(),
            "displacement_grid_to_template_ras_mm": warp.displacements.grid.matrix.tolist(),
            "displacement_grid_shape": list(warp.displacements.vectors_mm.shape[:3]),
            "itk_files": [f"{TRANSFORMS_FOLDER}/{one.value}" for one in TransformFile],
        },
    }


def _frame(key: str, axes: str, unit: str, origin: str, matrix: FloatArray) -> dict[str, Any]:
    return {
        "key": key,
        "axes": axes,
        "unit": unit,
        "origin": origin,
        "to_scanner_ras_mm": matrix.tolist(),
        "from_scanner_ras_mm": np.linalg.inv(matrix).tolist(),
    }
