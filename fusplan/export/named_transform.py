"""Points that are stated in one of two transforms of an image's header, brought to the one that places the image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from nibabel.affines import apply_affine

from fusplan.errors import FusplanError
from fusplan.export.named_points import NamedPoint, NamedTransform, PointFile
from fusplan.imaging.header import Transform
from fusplan.imaging.header_transforms import HeaderTransforms
from fusplan.imaging.placement import DISAGREEMENT_MM


class PointTransformError(FusplanError):
    """It is not known which transform of the image the points of a file are stated in."""


def by_used_transform(file: PointFile, transforms: HeaderTransforms | None) -> PointFile:
    """The points by the transform that places the image, with a note where the header's transforms disagree.

    Args:
        file: the points; those that name a transform are in RAS.
        transforms: of the very image they were marked on; None where it has but the one.

    Raises:
        PointTransformError: the transform that the file names is not in the header, or two may be meant.
    """
    if transforms is None:
        return replace(file, transform=None)
    if file.transform is None:
        return replace(file, notes=(*file.notes, _unnamed_note(transforms))) if transforms.disagree else file
    named = _named(file.transform, transforms)
    if _same(named, transforms):
        return replace(file, transform=None)
    moving = transforms.to_used(named)
    points = tuple(_moved(point, moving) for point in file.points)
    moved_mm = max(
        float(np.linalg.norm(np.subtract(new.coordinates_mm, old.coordinates_mm)))
        for new, old in zip(points, file.points, strict=True)
    )
    note = (
        f"The file states its points in the image's {named.name} ({file.transform.words}); this program uses the "
        f"{transforms.used.name}, which lies elsewhere. They were put through both, up to {moved_mm:.1f} mm away."
    )
    return replace(file, points=points, transform=None, notes=(*file.notes, note))


def _named(wanted: NamedTransform, transforms: HeaderTransforms) -> Transform:
    if transforms.used.name not in ("sform", "qform"):
        return transforms.used
    if wanted.name is not None:
        fitting = [one for one in transforms.all if one.name == wanted.name]
    elif transforms.disagree:
        fitting = [one for one in transforms.all if one.meaning == wanted.meaning]
    else:
        return transforms.used
    if len(fitting) == 1:
        return fitting[0]
    found = " and ".join(f"its {one.name} ({one.meaning})" for one in transforms.all)
    which = "that is not in its header" if not fitting else "and that may be either"
    raise PointTransformError(
        f"The file states its points in the image's {wanted.words}, {which}: the image has {found}.",
        "Check that the points were marked on this very image, and export them with the transform named by its letter "
        "(NIfTI:S:Scanner or NIfTI:Q:Scanner), or as a table with the columns name, r, a, s.",
    )


def _same(named: Transform, transforms: HeaderTransforms) -> bool:
    return HeaderTransforms(transforms.shape, transforms.used, (named,)).apart_mm <= DISAGREEMENT_MM


def _unnamed_note(transforms: HeaderTransforms) -> str:
    others = " or ".join(one.name for one in transforms.others)
    return (
        f"The image's header holds two transforms that lie up to {transforms.apart_mm:.1f} mm apart. The points were "
        f"taken as stated in its {transforms.used.name}, which this program uses; a program that uses the {others} "
        "states other numbers for the same place. Check on the image that they lie where they were marked."
    )


def _moved(point: NamedPoint, moving: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> NamedPoint:
    x, y, z = (float(value) for value in apply_affine(moving, point.coordinates_mm))
    return replace(point, coordinates_mm=(x, y, z))
