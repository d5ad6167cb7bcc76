"""A file of points, read for a plan: what it holds, and where its points lie in the plan's image."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.export.named_points import PointFile, PointFrame
from fusplan.export.named_transform import PointTransformError, by_used_transform
from fusplan.export.points_in import read_points
from fusplan.imaging.header_transforms import header_transforms
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import is_there
from fusplan.planning.plan_images import ImageReference
from fusplan.progress import Progress
from fusplan.spatial import Point, ScannerRas
from fusplan.workflows.plan_image import other_places, places_alike
from fusplan.workflows.requests import ReadPointsRequest

SAME_POINT_MM = 0.01
"""A point that is nearer than this to one of the plan is the same one, read back."""


class PointsOutsideImageError(FusplanError):
    """A point of a file does not lie in the plan's image."""


@dataclass(frozen=True, slots=True)
class ReadPoints:
    """A file of points as it was read.

    Attributes:
        file: its content.
        digest: the beginning of its sha256, for the provenance of what is taken from it.
    """

    file: PointFile
    digest: str

    def source_sentence(self, frame: PointFrame) -> str:
        """Where a point came from. The file's name is left out: it may be a patient's."""
        stated = "stated by the file" if self.file.frame is not None else "stated by the user"
        return f"Read from a file ({self.file.format_name}, {frame.upper()} {stated}, sha256 {self.digest})."


def read_point_file(request: ReadPointsRequest, progress: Progress) -> ReadPoints:
    """Read a file of points for an image, with the points by the transform that places that image.

    Raises:
        FusplanError: as :func:`fusplan.export.points_in.read_points` and :func:`points_on_image`.
    """
    path, image = request.path, request.image
    progress.report(0.1, f"Reading {path.name}")
    file = read_points(path)
    if image.series_uid is None:
        file = points_on_image(file, _image_path(image, request.plan_folder), image)
    return ReadPoints(file, hashlib.sha256(path.read_bytes()).hexdigest()[:12])


def _image_path(image: ImageReference, plan_folder: Path | None) -> Path | None:
    """Where an image is whose header is to be asked; whether it places voxels alike is looked at then."""
    if is_there(image) and image.path is not None:
        return Path(image.path)
    return next(other_places(image, plan_folder), None)


def points_on_image(file: PointFile, image_path: Path | None, expected: ImageReference | None = None) -> PointFile:
    """The points of a file by the transform that places an image, whatever transform of its header the file names.

    Args:
        file: the points.
        image_path: the image, None where it is not to be found.
        expected: what the image at that path is expected to be.

    Raises:
        PointTransformError: the file names a transform, and that image's header is not there or does not tell which.
    """
    try:
        transforms = None if image_path is None else header_transforms(image_path)
    except FusplanError:
        image_path, transforms = None, None
    changed = expected is not None and transforms is not None and not places_alike(transforms, expected)
    if file.transform is not None and (image_path is None or changed):
        raise PointTransformError(
            f"The file states its points in the image's {file.transform.words}, and the image of this plan is not "
            "where the plan says, so that its header cannot be asked where that lies.",
            "Put the image back there, or give the points as a table with the columns name, r, a, s.",
        )
    return by_used_transform(file, None if changed else transforms)


def require_inside(plan: Plan, points: Iterable[tuple[str, Point[ScannerRas]]]) -> None:
    """Raise PointsOutsideImageError when a named point lies outside the plan's image."""
    grid = plan.image.grid
    outside = [name for name, point in points if not grid.contains(point)]
    if outside:
        raise PointsOutsideImageError(
            f"{', '.join(outside[:5])} would lie outside the image of this plan, so nothing was changed.",
            "Check the frame (RAS or LPS) and that the points were marked on this very image.",
        )
