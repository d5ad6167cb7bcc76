"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from fusplan.errors import FusplanError
from fusplan.export.named_points import PointFrame

ImagePath: TypeAlias = Annotated[
    Path, typer.Argument(help="A head MRI: .nii, .nii.gz, .hdr/.img, .mgh, .mgz, or DICOM (folder, .zip or one file).")
]
OutFolder: TypeAlias = Annotated[Path, typer.Option("--out", help="Folder to write. Must not exist or be empty.")]
Overwrite: TypeAlias = Annotated[bool, typer.Option("--overwrite", help="Replace a plan folder that is already there.")]
VolumeIndex: TypeAlias = Annotated[
    int | None, typer.Option("--volume", min=1, help="Which volume of a 4-D image, counted from 1.")
]
SeriesChoice: TypeAlias = Annotated[
    int | None, typer.Option("--series", min=1, help="Which DICOM series, as 'fusplan info FOLDER' numbers them.")
]
AssumeScannerRas: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--assume-scanner-ras",
        help="Accept an image without any spatial transform as if its axes were right, anterior, superior. "
        "Left and right are then your responsibility.",
    ),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print a machine-readable result and nothing else.")]
Threads: TypeAlias = Annotated[int, typer.Option("--threads", min=1, max=64, help="Processor threads to use.")]
PointsFrame: TypeAlias = Annotated[
    str | None, typer.Option("--frame", help="ras or lps: the frame of the points' file, when it does not say itself.")
]


class PointsFrameError(FusplanError):
    """The frame of a file of points is neither RAS nor LPS."""


def points_frame(text: str | None) -> PointFrame | None:
    """What ``--frame`` says. Raises PointsFrameError."""
    frames: dict[str, PointFrame] = {"ras": "ras", "lps": "lps"}
    if text is None:
        return None
    if text.lower() not in frames:
        raise PointsFrameError(f"{text!r} is not a frame of points.", "Say --frame ras or --frame lps.")
    return frames[text.lower()]
