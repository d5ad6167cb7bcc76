"""The skull that a plan's helmet beams through: the best that is at hand, or the one that is asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusplan.atlas.catalogue import is_demo_head, load_template_brain
from fusplan.errors import FusplanError
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.simulation.skull import Skull, SkullKind
from fusplan.simulation.skull_from_ct import skull_from_ct
from fusplan.simulation.skull_from_t1 import skull_from_t1
from fusplan.simulation.synthetic_skull import synthetic_skull
from fusplan.spatial import Affine
from fusplan.workflows.ct_judgement import fit_warnings


class NoCtError(FusplanError):
    """The skull of a CT is asked for and the plan has none."""

    def __init__(self) -> None:
        super().__init__("This plan has no CT to take the skull from.", "Give one, or use the skull of the T1 image.")


def best_kind(plan: Plan, has_ct: bool) -> SkullKind:
    """Where the skull is taken from when nobody says: the CT, made up for the built-in head, else the T1 image."""
    if has_ct:
        return "ct"
    return "synthetic" if is_demo_head(plan.image.sha256, plan.image.content_sha256) else "t1"


def skull_of_plan(plan: Plan, volume: Volume, ct: Volume | None = None, wanted: SkullKind | None = None) -> Skull:
    """The skull of a plan's head.

    Args:
        plan: the plan.
        volume: its planning image.
        ct: its CT where it was laid, in the planning image's frame (``kept_second_image.open_second_image``); None
            without one.
        wanted: which skull; None: the best at hand (:func:`best_kind`).

    Raises:
        NoCtError: the CT's is wanted and there is none.
        NoSkullInImageError, NoHeadSurfaceError: the planning image shows no skull.
        NotHounsfieldError, NoBoneInCtError, CroppedCtError, AnotherHeadError: the CT cannot be used.
        FrameMismatchError: the CT was not laid over the planning image.
    """
    kind = best_kind(plan, ct is not None) if wanted is None else wanted
    if kind == "ct":
        if ct is None:
            raise NoCtError
        stay = Affine(ct.scanner_frame, volume.scanner_frame, np.eye(4))
        skull = skull_from_ct(ct, stay)
        return replace(skull, warnings=(*skull.warnings, *fit_warnings(plan, volume, skull, ct.name)))
    make = skull_from_t1 if kind == "t1" else synthetic_skull
    return make(volume, plan.registration.mni_to_scanner, load_template_brain())
