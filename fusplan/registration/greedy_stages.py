"""The calls to the greedy engine: three affine stages from coarse to fine, then the deep brain deformably.

Fixed is the template, moving is the patient, so that the results move template points to the patient:
``patient = affine @ (template + displacement)``. All images are LPS for SimpleITK; greedy returns the affine as a
RAS matrix and the displacements as LPS vectors on the fixed grid.

One Greedy3D object serves all stages of one registration: transforms pass between them by name.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import numpy as np
import SimpleITK as sitk
from picsl_greedy import Greedy3D

from fusplan.registration.working_image import enlarged, enlargement, halved
from fusplan.spatial.points import FloatArray

AFFINE_SETTINGS = "-threads 1 -seed {seed} "
"""One thread: with two, sums are added up in another order at every run, the search follows other paths (0.2 mm apart
at its end), and the deformable stage makes up to 0.1 mm of that at CLp. ``-seed 0``, the default, draws anew."""

SEARCH = "-i fixed8 moving8 -a -dof 6 -ia-image-centers -search 1000 15 20 -n 40 -m NMI -o rigid8"
"""Rigid, at 8 mm: 1000 seeded starts with 15 degrees and 20 mm of spread. Wider or longer searches find poses outside
the image, where the metric means nothing."""

AFFINE_4MM = "-i fixed4 moving4 -a -dof 12 -ia rigid8 -n 60 -m NMI -o {pose}"
AFFINE_2MM = "-i fixed2 moving2 -a -dof 12 -ia {pose} -n 12 -m NMI -o affine2"

DEFORM_SETTINGS = "-threads {threads} "
"""The deformable stage gives the same bits with any number of threads."""

DEFORM = "-i box moving1 -it affine2 -m NCC 2x2x2 -n 40x30x12 -s 2vox 0.85vox -wp 0 -noise 0 -o warp"
"""Deformable, at 4, 2 and 1 mm in the deep brain. ``-wp 0`` keeps the warp from being rounded to 0.1 voxel."""


@contextmanager
def silenced() -> Iterator[None]:
    """Turns standard output away while native code runs: greedy prints from C and C++.

    What the C library holds back is written out on both edges: a pipe or file would show it later otherwise.
    """
    sys.stdout.flush()
    _flush_c_library()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        _flush_c_library()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _flush_c_library() -> None:
    library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    library.fflush(None)


def _pose_of(seed: int) -> str:
    """What the engine calls the pose that was found with a seed."""
    return f"affine4_{seed}"


class GreedyRun:
    """One registration under way: holds the engine and both image pyramids.

    Args:
        template: the template at its own 1 mm.
        patient: the working image.
        threads: processor threads of the deformable stage.
        as_if_larger: the patient is looked at as if all in it were larger by this factor: the search for the pose does
            not find heads that are much smaller than the template. All answers are for the patient as it is.
    """

    def __init__(self, template: sitk.Image, patient: sitk.Image, threads: int, as_if_larger: float = 1.0) -> None:
        self._engine = Greedy3D()
        self._threads = threads
        self._to_patient = np.linalg.inv(enlargement(patient, as_if_larger))
        self._patient = patient = enlarged(patient, as_if_larger)
        self._template_2mm, self._patient_2mm = halved(template), halved(patient)
        self._template_4mm, self._patient_4mm = halved(self._template_2mm), halved(self._patient_2mm)
        self._template_8mm, self._patient_8mm = halved(self._template_4mm), halved(self._patient_4mm)

    def find_pose(self, seed: int) -> FloatArray:
        """The head's pose, whatever it is, and its rough size: the 4 x 4 RAS matrix, template to patient."""
        settings, pose = AFFINE_SETTINGS.format(seed=seed), _pose_of(seed)
        self._execute(settings + SEARCH, fixed8=self._template_8mm, moving8=self._patient_8mm, rigid8=None)
        command = settings + AFFINE_4MM.format(pose=pose)
        self._execute(command, fixed4=self._template_4mm, moving4=self._patient_4mm, **{pose: None})
        return self._matrix(pose)

    def refine_affine(self, seed: int) -> FloatArray:
        """Scale and shear the template to the head, from the pose found with a seed; the 4 x 4 RAS matrix."""
        command = AFFINE_SETTINGS.format(seed=1) + AFFINE_2MM.format(pose=_pose_of(seed))
        self._execute(command, fixed2=self._template_2mm, moving2=self._patient_2mm, affine2=None)
        return self._matrix("affine2")

    def deform(self, box: sitk.Image) -> sitk.Image:
        """Fit the deep brain, from the refined affine; the displacements, LPS mm, on the grid of ``box``."""
        settings = DEFORM_SETTINGS.format(threads=self._threads)
        self._execute(settings + DEFORM, box=box, moving1=self._patient, warp=None)
        return self._engine["warp"]

    def _matrix(self, name: str) -> FloatArray:
        return np.asarray(self._to_patient @ np.array(self._engine[name], dtype=np.float64))

    def _execute(self, command: str, **images: sitk.Image | None) -> None:
        with silenced():
            # By default it would print to what was standard output when its package was imported.
            self._engine.execute(command, out=StringIO(), **images)
