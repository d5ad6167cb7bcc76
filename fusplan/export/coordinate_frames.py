"""The frames a coordinate of one head may be read and typed in, and the way from each of them to scanner RAS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from fusplan.errors import FusplanError
from fusplan.imaging.volume import Volume
from fusplan.number_text import NumberTextError, read_three_numbers
from fusplan.planning.plan import Plan
from fusplan.spatial import AcPcGeometry, Map, Mni, Point, ScannerRas
from fusplan.spatial.frames import AcPcOrigin
from fusplan.spatial.lps import flip_ras_lps

FrameKey: TypeAlias = Literal["scanner_ras", "scanner_lps", "voxel", "acpc_mcp", "acpc_pc", "acpc_ac", "mni"]
Coordinates: TypeAlias = tuple[float, float, float]

WITHOUT_PLAN: tuple[FrameKey, ...] = ("scanner_ras", "scanner_lps", "voxel")
"""What an image alone defines; the others need landmarks and a registration."""

_ORIGINS: Mapping[FrameKey, AcPcOrigin] = {"acpc_mcp": "mcp", "acpc_pc": "pc", "acpc_ac": "ac"}


class CoordinateTextError(FusplanError):
    """What was typed is not a coordinate of one of the frames."""


class FrameUnavailableError(FusplanError):
    """A coordinate was given in a frame that needs a plan, and there is none."""


class PointOutsideImageError(FusplanError):
    """A coordinate lies outside the image."""


@dataclass(frozen=True, slots=True)
class CoordinateReading:
    """One point in one frame.

    Attributes:
        key, label: the frame; its name with axes and unit as a person reads it.
        coordinates: three numbers in the frame's unit.
    """

    key: FrameKey
    label: str
    coordinates: Coordinates

    @property
    def text(self) -> str:
        """The frame's name and the numbers, as they are copied: ``scanner RAS mm: -8.83, -20.82, 12.31``."""
        return f"{self.label}: " + ", ".join(f"{value + 0.0:.2f}" for value in self.coordinates)


@dataclass(frozen=True, eq=False)
class HeadFrames:
    """The frames of one head.

    Attributes:
        volume: the image.
        geometry: its AC-PC frame, None before there is a plan.
        mni_to_scanner, scanner_to_mni: the registration, both directions, None before there is a plan.
    """

    volume: Volume
    geometry: AcPcGeometry | None = None
    mni_to_scanner: Map[Mni, ScannerRas] | None = None
    scanner_to_mni: Map[ScannerRas, Mni] | None = None

    @classmethod
    def of(cls, volume: Volume, plan: Plan | None) -> HeadFrames:
        """The frames of an image, with those of its plan if there is one."""
        if plan is None:
            return cls(volume)
        warp = plan.registration.mni_to_scanner
        return cls(volume, plan.landmarks.geometry(), warp, warp.inverse())

    @cached_property
    def labels(self) -> Mapping[FrameKey, str]:
        """The name of every frame, in the order they are listed; those without a plan included."""
        template = self.mni_to_scanner.source.label if self.mni_to_scanner is not None else "template RAS mm"
        return {
            "scanner_ras": self.volume.scanner_frame.label,
            "scanner_lps": "scanner LPS mm",
            "voxel": self.volume.voxel_frame.label,
            "acpc_mcp": "AC-PC mm from MCP",
            "acpc_pc": "AC-PC mm from PC",
            "acpc_ac": "AC-PC mm from AC",
            "mni": template,
        }

    def has(self, key: FrameKey) -> bool:
        """Whether the frame is defined for this head now."""
        return key in WITHOUT_PLAN or self.geometry is not None

    def read(self, point: Point[ScannerRas]) -> tuple[CoordinateReading, ...]:
        """A point in every frame that is defined."""
        return tuple(
            CoordinateReading(key, label, self._coordinates(key, point))
            for key, label in self.labels.items()
            if self.has(key)
        )

    def locate(self, key: FrameKey, coordinates: Coordinates) -> Point[ScannerRas]:
        """The point of a coordinate.

        Raises:
            FrameUnavailableError: the frame needs a plan.
            PointOutsideImageError: the point lies outside the image.
        """
        if not self.has(key):
            raise FrameUnavailableError(
                f"{self.labels[key]} is not defined yet: it needs the AC-PC frame and the aligned template.",
                "Make a plan first, or give the coordinate in scanner RAS, LPS or voxels.",
            )
        point = self._point(key, coordinates)
        self._require_inside(point)
        return point

    def _coordinates(self, key: FrameKey, point: Point[ScannerRas]) -> Coordinates:
        if key == "scanner_lps":
            x, y, z = (float(value) for value in flip_ras_lps(point.array))
            return x, y, z
        if key == "voxel":
            return self.volume.scanner_to_voxel.apply(point).coordinates
        if key in _ORIGINS and self.geometry is not None:
            return self.geometry.scanner_to_acpc(_ORIGINS[key]).apply(point).coordinates
        if key == "mni" and self.scanner_to_mni is not None:
            return self.scanner_to_mni.apply(point).coordinates
        return point.coordinates

    def _point(self, key: FrameKey, coordinates: Coordinates) -> Point[ScannerRas]:
        if key == "scanner_lps":
            return Point.of(self.volume.scanner_frame, flip_ras_lps(coordinates))
        if key == "voxel":
            return self.volume.voxel_to_scanner.apply(Point.of(self.volume.voxel_frame, coordinates))
        if key in _ORIGINS and self.geometry is not None:
            origin = _ORIGINS[key]
            return self.geometry.acpc_to_scanner(origin).apply(Point.of(self.geometry.frame(origin), coordinates))
        if key == "mni" and self.mni_to_scanner is not None:
            return self.mni_to_scanner.apply(Point.of(self.mni_to_scanner.source, coordinates))
        return Point.of(self.volume.scanner_frame, coordinates)

    def _require_inside(self, point: Point[ScannerRas]) -> None:
        if self.volume.contains(point):
            return
        outside_mm = self.volume.grid.nearest(point).distance_to(point)
        how_far = f"{outside_mm:.0f} mm outside" if outside_mm >= 1 else "outside"
        raise PointOutsideImageError(
            f"This point lies {how_far} the image.", "Check the frame that is chosen and the signs of the numbers."
        )


def parse_coordinate(text: str, key: FrameKey, labels: Mapping[FrameKey, str]) -> tuple[FrameKey, Coordinates]:
    """Three numbers as a person types or pastes them, and the frame they are in.

    Separators are spaces, commas or semicolons; the decimal sign may be a comma where that is unambiguous. A frame's
    name before a colon, as copied from this program, takes precedence over ``key``.

    Raises:
        CoordinateTextError: not three numbers, or an unknown frame's name.
    """
    name, colon, numbers = text.strip().rpartition(":")
    if colon:
        key = _key_of(name, labels)
    try:
        return key, read_three_numbers(numbers)
    except NumberTextError as error:
        raise CoordinateTextError(
            f"'{text.strip()}' is not a coordinate.", "Type three numbers, such as -8.8, -20.8, 12.3."
        ) from error


def _key_of(name: str, labels: Mapping[FrameKey, str]) -> FrameKey:
    wanted = name.strip().lower()
    for key, label in labels.items():
        if label.lower() == wanted:
            return key
    raise CoordinateTextError(
        f"'{name.strip()}' is not a frame of this head.", f"Known are: {'; '.join(labels.values())}."
    )
