"""Registration by antspyx, the peer that others use.

It is not needed by fusplan and lives in an environment of its own, whose interpreter is given to the benchmark; there
``antspy_program.py`` runs. It reads the same arrays, registers, moves the points it is given, and says how long the
registration alone took.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel
import numpy as np

from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.spatial import Point, Points, ScannerRas
from fusplan.spatial.lps import flip_ras_lps

_PROGRAM = Path(__file__).with_name("antspy_program.py")
_TIME_LIMIT_S = 1800


@dataclass(frozen=True, slots=True, eq=False)
class PeerAnswer:
    """Where a peer puts the template's landmarks, and the wall and processor time of its registration alone."""

    ac: Point[ScannerRas]
    pc: Point[ScannerRas]
    midline: Points[ScannerRas]
    seconds: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Peer:
    """One way of antspyx to register the template and a head.

    Attributes:
        name: in the table.
        transform: antspyx's name of it.
        python: the interpreter of the environment that antspyx is installed in.
    """

    name: str
    transform: str
    python: Path

    def carry_landmarks(self, patient: Volume, template: TemplateImage, threads: int) -> PeerAnswer:
        """Register and move AC, PC and the midline points of the template to the patient.

        Raises:
            subprocess.SubprocessError: the other program failed or took over half an hour.
        """
        marks = template.landmarks
        ras = np.vstack([marks.ac.array, marks.pc.array, marks.midline.array])
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _write(folder / "template.nii", template.data, template.grid.matrix)
            _write(folder / "patient.nii", patient.data, patient.affine)
            request = {"transform": self.transform, "points_lps_mm": flip_ras_lps(ras).tolist()}
            (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
            # ITK reads its number of threads when it is loaded.
            environment = {**os.environ, "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": str(threads)}
            command = [str(self.python), str(_PROGRAM), str(folder)]
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=_TIME_LIMIT_S, env=environment)
            answer = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
        points = Points(patient.scanner_frame, flip_ras_lps(answer["points_lps_mm"]))
        midline = Points(points.frame, points.array[2:])
        return PeerAnswer(points[0], points[1], midline, float(answer["seconds"]), float(answer["cpu_s"]))


PEERS = {"antspyx SyN": "SyN", "antspyx SyNQuick": "antsRegistrationSyNQuick[s]"}
"""Names in the table, and antspyx's own."""


def antspy_peers(python: Path | None) -> tuple[Peer, ...]:
    """The ways of antspyx that are compared; none without an interpreter that has it."""
    return () if python is None else tuple(Peer(name, transform, python) for name, transform in PEERS.items())


def _write(path: Path, data: Any, affine: Any) -> None:
    nibabel.save(nibabel.Nifti1Image(np.asarray(data), affine), path)
