"""Another image of the same person, laid over the first."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.planning.plan_file import require_storable_path
from fusplan.planning.plan_images import ImageReference, ImageRole, PlacedImage, RigidRegistration
from fusplan.progress import PartOfProgress, Progress
from fusplan.registration.second_image import ENGINE, ENGINE_PACKAGES, RECIPE, RigidPlacement, register_rigidly
from fusplan.workflows.kept_second_image import PlacedSecondImage, placed_volume
from fusplan.workflows.requests import SecondImageRequest

NOT_MOVED_MM = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class RegisteredSecondImage:
    """Where a second image belongs. Its voxels are read again by whoever shows them: they are not sent about."""

    path: Path
    placement: RigidPlacement
    series_uid: str | None = None

    @property
    def words(self) -> str:
        """How far it was moved, for a person."""
        found = self.placement
        if found.moved_mm < NOT_MOVED_MM:
            return "The headers of both images agree: it was not moved."
        return f"Moved by {found.moved_mm:.1f} mm and turned by {found.turned_deg:.1f}° to fit (rigid)."


def register_second_image(request: SecondImageRequest, progress: Progress) -> RegisteredSecondImage:
    """Lay a second image of the same person over the first, as a rigid body.

    Raises:
        FusplanError: one of the images cannot be used, or they cannot be brought together.
        JobCancelled: the progress was told to stop.
    """
    require_storable_path(request.second_path)
    progress.report(0.0, "Reading both images")
    first = read_volume(
        request.first_path,
        volume_index=request.first_volume_index,
        assume_scanner_ras=request.first_assumed_scanner_ras,
        series_uid=request.first_series_uid,
    ).known_as(request.first_known_as)
    second = read_volume(request.second_path, series_uid=request.second_series_uid)
    placed = register_rigidly(first, second, request.threads, PartOfProgress(progress, 0.1, 1.0))
    return RegisteredSecondImage(request.second_path, placed, request.second_series_uid)


def read_second_image(registered: RegisteredSecondImage, progress: Progress) -> PlacedSecondImage:
    """The second image in the scanner frame of the first, and what a plan keeps of it; no voxel is resampled.

    Raises:
        FusplanError: the image cannot be read any more.
    """
    progress.report(0.1, f"Reading {registered.path.name}")
    second = read_volume(registered.path, series_uid=registered.series_uid)
    placement = registered.placement
    return PlacedSecondImage(placed_volume(second, placement.second_to_first), record_of(registered, second))


def record_of(registered: RegisteredSecondImage, second: Volume, role: ImageRole = "second") -> PlacedImage:
    """What a plan keeps of a registered image in a role; ``second`` is placed as its own file says."""
    placement = registered.placement
    found = RigidRegistration(
        sentence=registered.words,
        similarity_before=placement.similarity_before,
        similarity=placement.similarity,
        engine=ENGINE,
        versions=tuple((name, version(name)) for name in ENGINE_PACKAGES),
        recipe=RECIPE,
    )
    return PlacedImage(role, ImageReference.of_volume(second), placement.second_to_first, found)
