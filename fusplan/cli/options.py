"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

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
