"""Another image of the same person beside the planning image, and why the one that a plan keeps is not shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.imaging.volume import Volume
from fusplan.planning.plan_images import PlacedImage


@dataclass(frozen=True, slots=True, eq=False)
class SecondImage:
    """Another image of the same person, resampled or placed in the scanner frame of the first.

    Attributes:
        volume: its voxels; ``voxel_to_scanner`` leads into the frame of the first image (registration included).
        label: what it is for a person ("T2w.nii.gz").
        record: what a plan keeps of it.
    """

    volume: Volume
    label: str
    record: PlacedImage | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SecondImageTrouble:
    """Why the second image that the plan keeps is not shown.

    Attributes:
        record: what the plan keeps of it.
        error: what is wrong, and what can be done.
        path: the file that was looked at and is another one; None where there is no file.
    """

    record: PlacedImage
    error: FusplanError
    path: Path | None = None
