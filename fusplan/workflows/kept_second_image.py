"""The second image that a plan keeps, read again and put where it was registered to: no registration."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fusplan.imaging.volume import Volume
from fusplan.planning.plan_images import ImageReference, PlacedImage
from fusplan.progress import Progress
from fusplan.spatial import Affine, ScannerRas
from fusplan.workflows.plan_image import read_placed_image
from fusplan.workflows.requests import KeptSecondImage


@dataclass(frozen=True, slots=True, eq=False)
class PlacedSecondImage:
    """A second image in the scanner frame of the first, what a plan keeps of it, and where else it was found."""

    volume: Volume
    record: PlacedImage
    messages: tuple[str, ...] = ()


def open_second_image(request: KeptSecondImage, progress: Progress) -> PlacedSecondImage:
    """Find the second image of a plan, make sure that it is the same, and place it as the plan says.

    Raises:
        PlacedImageMissingError, PlacedImageChangedError: it is not there, or not that image.
        FusplanError: it cannot be read.
    """
    record = request.record
    progress.report(0.0, f"Finding {record.image.name}")
    found = read_placed_image(record, request.path, request.plan_folder)
    if request.path is not None:
        found_at = ImageReference.of_volume(found.volume).path
        record = replace(record, image=replace(record.image, path=found_at))
    return PlacedSecondImage(placed_volume(found.volume, record.to_reference), record, found.messages)


def placed_volume(second: Volume, second_to_first: Affine[ScannerRas, ScannerRas]) -> Volume:
    """A volume carried into the scanner frame of another image; no voxel is resampled."""
    return replace(second, grid=second.grid.moved(second_to_first))
