"""A CT of the same head, laid over the planning image and judged: kept in a plan with the role "ct"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fusplan.errors import FusplanError
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import require_storable_path
from fusplan.planning.plan_images import PlacedImage
from fusplan.progress import PartOfProgress, Progress
from fusplan.registration.mirrored import mirror_gain
from fusplan.registration.second_image import RigidPlacement, SecondImageLostError, register_rigidly, register_turned
from fusplan.simulation.ct_fit import AnotherHeadError, CroppedCtError
from fusplan.simulation.skull import Skull, SkullWarning
from fusplan.simulation.skull_from_ct import skull_from_ct
from fusplan.spatial import Affine
from fusplan.workflows.ct_judgement import fit_warnings
from fusplan.workflows.kept_second_image import placed_volume
from fusplan.workflows.plan_image import read_plan_image
from fusplan.workflows.requests import PlaceCtRequest
from fusplan.workflows.second_image import RegisteredSecondImage, record_of

WINDOW_HU = (-300.0, 1200.0)
"""What registration sees of a CT: skin, soft tissue and bone; the same dark for air and table, the same bright for the
densest bone (derived)."""

CLEARLY_MIRRORED = 0.004
"""By so much more mutual information a mirrored CT fits than the CT itself: then left and right are exchanged (C: see
``tests/workflows/test_ct_image.py``)."""

TURNED_DEG = 45.0
"""Headers of one examination never differ by so much; the CT's header is then wrong (derived)."""


class MirroredCtError(FusplanError):
    """A CT fits better when left and right are exchanged."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} fits this head better as its own mirror image: left and right seem to be exchanged in its file.",
            "Read the CT anew from the scanner's own DICOM files.",
        )


@dataclass(frozen=True, slots=True, eq=False)
class PlacedCt:
    """A CT that was laid over the planning image.

    Attributes:
        record: what a plan keeps of it, in the role "ct".
        warnings: what is doubtful about it and how it lies.
    """

    record: PlacedImage
    warnings: tuple[SkullWarning, ...]


def place_ct(request: PlaceCtRequest, progress: Progress) -> PlacedCt:
    """Read both images, lay the CT over the planning image as a rigid body, and judge it.

    Raises:
        NotHounsfieldError, NoBoneInCtError, CroppedCtError, AnotherHeadError, MirroredCtError: it cannot be used.
        FusplanError: an image cannot be read, or the CT cannot be laid over the head at all.
        JobCancelled: the progress was told to stop.
    """
    require_storable_path(request.ct_path)
    progress.report(0.0, "Reading both images")
    first = read_plan_image(request.plan, request.image_path, request.plan_folder).volume
    ct = read_ct(request.ct_path, request.ct_series_uid)
    return lay_ct_over(request.plan, first, ct, request.threads, PartOfProgress(progress, 0.1, 1.0))


def read_ct(path: Path, series_uid: str | None = None) -> Volume:
    """A CT as its file places it, NIfTI or DICOM. Raises FusplanError, of a series with uneven slices too."""
    return read_volume(path, series_uid=series_uid)


def lay_ct_over(plan: Plan, first: Volume, ct: Volume, threads: int, progress: Progress) -> PlacedCt:
    """:func:`place_ct` with both images at hand, as their files place them."""
    as_filed = skull_from_ct(ct, Affine(ct.scanner_frame, ct.scanner_frame, np.eye(4)))
    windowed = _windowed(ct, as_filed)
    laid = _laid(plan, first, ct.name, as_filed, windowed, threads, PartOfProgress(progress, 0.0, 0.85))
    progress.report(0.85, "Comparing the CT with its mirror image")
    placed = placed_volume(windowed, laid.placement.second_to_first)
    if mirror_gain(first, placed, plan.landmarks.geometry(), threads) > CLEARLY_MIRRORED:
        raise MirroredCtError(ct.name)
    progress.report(1.0, "Done")
    registered = RegisteredSecondImage(ct.path or Path(ct.name), laid.placement, ct.series.uid if ct.series else None)
    return PlacedCt(record_of(registered, ct, "ct"), laid.warnings)


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    placement: RigidPlacement
    warnings: tuple[SkullWarning, ...]


def _laid(
    plan: Plan, first: Volume, name: str, as_filed: Skull, windowed: Volume, threads: int, progress: Progress
) -> _Laid:
    """The CT laid and judged; where it does not fit as its header says, turned by 180 degrees before."""

    def judged(found: RigidPlacement) -> _Laid:
        grid = as_filed.hounsfield.grid.moved(found.second_to_first)
        skull = replace(as_filed, hounsfield=replace(as_filed.hounsfield, grid=grid))
        return _Laid(found, (*skull.warnings, *fit_warnings(plan, first, skull, name), *_turn_warnings(found)))

    try:
        found = register_rigidly(first, windowed, threads, PartOfProgress(progress, 0.0, 0.6), finest=False)
        progress.report(0.6, "Comparing skin, skull and brain of both images")
        return judged(found)
    except (AnotherHeadError, CroppedCtError, SecondImageLostError):
        progress.report(0.7, "Laying the CT over the planning image upside down and back to front")
        turned = register_turned(first, windowed, threads)
        try:
            return judged(turned)
        except (AnotherHeadError, CroppedCtError):
            pass
        raise


def _windowed(ct: Volume, as_filed: Skull) -> Volume:
    hounsfield = as_filed.hounsfield
    return replace(ct, data=np.clip(hounsfield.values, *WINDOW_HU), grid=hounsfield.grid)


def _turn_warnings(found: RigidPlacement) -> tuple[SkullWarning, ...]:
    if found.turned_deg < TURNED_DEG:
        return ()
    sentence = (
        f"The CT was turned by {found.turned_deg:.0f}° to fit: its header is wrong, so left and right may be too. "
        "Look at it over the planning image."
    )
    return (SkullWarning("registration", sentence),)
