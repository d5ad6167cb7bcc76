"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from fusplan.errors import FusplanError
from fusplan.export.named_points import PointFrame
from fusplan.number_text import NumberTextError, decimal_sign, plain_number, read_number, read_whole_number


def whole_number(least: int, most: int | None = None) -> Callable[[str | int], int]:
    """An option's parser of whole numbers from ``least`` to ``most``; raises typer.BadParameter for anything else."""

    def parsed(value: str | int) -> int:
        try:
            number = value if isinstance(value, int) else read_whole_number(value)
        except NumberTextError as error:
            raise typer.BadParameter(str(error)) from None
        if number < least or (most is not None and number > most):
            within = f"{least} to {most}" if most is not None else f"{least} and more"
            raise typer.BadParameter(f"{number} is not among the numbers that are possible: {within}.")
        return number

    return parsed


ImagePath: TypeAlias = Annotated[
    Path, typer.Argument(help="A head MRI: .nii, .nii.gz, .hdr/.img, .mgh, .mgz, or DICOM (folder, .zip or one file).")
]
OutFolder: TypeAlias = Annotated[Path, typer.Option("--out", help="Folder to write. Must not exist or be empty.")]
Overwrite: TypeAlias = Annotated[bool, typer.Option("--overwrite", help="Replace a plan folder that is already there.")]
VolumeIndex: TypeAlias = Annotated[
    int | None,
    typer.Option("--volume", metavar="N", parser=whole_number(1), help="Which volume of a 4-D image, counted from 1."),
]
SeriesChoice: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--series",
        metavar="N",
        parser=whole_number(1),
        help="Which DICOM series, as 'fusplan info FOLDER' numbers them.",
    ),
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
Threads: TypeAlias = Annotated[
    int,
    typer.Option("--threads", metavar="N", parser=whole_number(1, 64), help="Processor threads to use, 1 to 64."),
]
PointsFrame: TypeAlias = Annotated[
    str | None, typer.Option("--frame", help="ras or lps: the frame of the points' file, when it does not say itself.")
]


def decimal_number(value: str | float) -> float:
    """One number with a decimal point, as an option's parser; nan and inf are left to who knows what they were for.

    A comma is refused: on a command line it may part two numbers as well. Raises typer.BadParameter.
    """
    if isinstance(value, float):
        return value
    if re.fullmatch(r"[+-]?(nan|inf(inity)?)", value.strip(), re.IGNORECASE):
        return float(value)
    try:
        number = read_number(value)
    except NumberTextError:
        raise typer.BadParameter(
            f"'{value}' is not one number. Write digits with a decimal point, such as -1.5."
        ) from None
    if decimal_sign(value) == ",":
        point = plain_number(value).replace(",", ".")
        raise typer.BadParameter(f"'{value}' has a decimal comma. Write it with a decimal point: {point}.")
    return number


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
