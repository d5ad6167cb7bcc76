"""The calls to the greedy engine: three affine stages from coarse to fine, then the deep brain deformably.

Fixed is the template, moving is the patient, so that the results move template points to the patient:
``patient = affine @ (template + displacement)``. All images are LPS for SimpleITK; greedy returns the affine as a
RAS matrix and the displacements as LPS vectors on the fixed grid.

One Greedy3D object serves all stages of one registration: transforms pass between them by name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import SimpleITK as sitk
from picsl_greedy import Greedy3D

from fusplan.registration.working_image import halved
from fusplan.spatial.points import FloatArray

COMMON = "-float -threads {threads} -seed 1 "
"""``-seed 0``, the default, draws another search at every run."""

SEARCH = "-i fixed8 moving8 -a -dof 6 -ia-image-centers -search 1000 15 20 -n 40 -m NMI -o rigid8"
"""Rigid, at 8 mm: 1000 seeded starts with 15 degrees and 20 mm of spread find heads turned by 30 degrees."""

AFFINE_4MM = "-i fixed4 moving4 -a -dof 12 -ia rigid8 -n 60 -m NMI -o affine4"
AFFINE_2MM = "-i fixed2 moving2 -a -dof 12 -ia affine4 -n 12 -m NMI -o affine2"

DEFORM = "-i box moving1 -it affine2 -m NCC 2x2x2 -n 40x30x12 -s 2vox 0.85vox -wp 0 -noise 0 -o warp"
"""Deformable, at 4, 2 and 1 mm in the deep brain. ``-wp 0`` keeps the warp from being rounded to 0.1 voxel."""


@contextmanager
def _silenced() -> Iterator[None]:
    """Turns standard output away while native code runs: greedy prints from C."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


class GreedyRun:
    """One registration under way: holds the engine and the patient's image pyramid.

    Args:
        patient: the working image.
        threads: processor threads.
    """

    def __init__(self, patient: sitk.Image, threads: int) -> None:
        self._engine = Greedy3D()
        self._common = COMMON.format(threads=threads)
        self.patient = patient
        self._patient_2mm = halved(patient)
        self._patient_4mm = halved(self._patient_2mm)

    def search_rigid(self, template: sitk.Image) -> None:
        """Find the head's pose, whatever it is; the template is at its own 1 mm."""
        self._template_2mm = halved(template)
        self._template_4mm = halved(self._template_2mm)
        fixed8, moving8 = halved(self._template_4mm), halved(self._patient_4mm)
        self._execute(SEARCH, fixed8=fixed8, moving8=moving8, rigid8=None)

    def refine_affine(self) -> FloatArray:
        """Scale and shear the template to the head; returns the 4 x 4 RAS matrix, template to patient."""
        self._execute(AFFINE_4MM, fixed4=self._template_4mm, moving4=self._patient_4mm, affine4=None)
        self._execute(AFFINE_2MM, fixed2=self._template_2mm, moving2=self._patient_2mm, affine2=None)
        return np.array(self._engine["affine2"], dtype=np.float64)

    def deform(self, box: sitk.Image) -> sitk.Image:
        """Fit the deep brain; returns the displacements, LPS mm, on the grid of ``box``."""
        self._execute(DEFORM, box=box, moving1=self.patient, warp=None)
        return self._engine["warp"]

    def _execute(self, command: str, **images: sitk.Image | None) -> None:
        with _silenced():
            self._engine.execute(self._common + command, **images)
