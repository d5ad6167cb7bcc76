"""What is known of an open image, for the person who is about to plan on it."""

from __future__ import annotations

from collections.abc import Iterable

from fusplan.display.facts import Fact
from fusplan.imaging.orientation import nearest_axes, oblique_deg, orientation_code
from fusplan.imaging.volume import Volume

STRAIGHT_DEG = 0.05
_DIRECTIONS = (("left", "right"), ("posterior", "anterior"), ("inferior", "superior"))


def image_facts(volume: Volume) -> tuple[Fact, ...]:
    """Size, spacing, orientation and intensities of an image in memory."""
    extent = [size * spacing for size, spacing in zip(volume.shape, volume.spacing_mm, strict=True)]
    code, tilt_deg = orientation_code(volume.affine), oblique_deg(volume.affine)
    return (
        Fact("Voxels", _by(f"{size}" for size in volume.shape), "Along the first, second and third axis of the file"),
        Fact("Voxel size", f"{_by(f'{value:.3g}' for value in volume.spacing_mm)} mm", "Between voxel centres"),
        Fact("Extent", f"{_by(f'{value:.0f}' for value in extent)} mm", "Outer borders of the image"),
        Fact("Orientation", code, _leads(volume)),
        Fact(
            "Oblique",
            f"{tilt_deg:.1f}°" if tilt_deg >= STRAIGHT_DEG else "no",
            "The largest angle between a voxel axis and the scanner's axis nearest to it",
        ),
        Fact("Intensities", f"{volume.data.min():.4g} to {volume.data.max():.4g}", "As scaled by the file's header"),
        Fact("Fingerprint", volume.fingerprint[:12], f"sha256 of the file: {volume.fingerprint}"),
    )


def _leads(volume: Volume) -> str:
    rows, signs = nearest_axes(volume.affine)
    words = [_DIRECTIONS[row][sign > 0] for row, sign in zip(rows, signs, strict=True)]
    return f"The file's axes lead {words[0]}, {words[1]} and {words[2]}"


def _by(parts: Iterable[str]) -> str:
    return " x ".join(parts)
