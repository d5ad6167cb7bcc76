"""What both point lists of 3D Slicer say in words: the coordinate system, and which of two names a point has."""

from __future__ import annotations

from pathlib import Path

from fusplan.export.named_points import PointFrame, PointFrameConflictError

LONGEST_NAME_IN_DESCRIPTION = 40
"""Characters. AFIDs' descriptions, which are names, have at most 30; longer ones are remarks (own judgement)."""

_FRAMES: dict[str, PointFrame] = {"LPS": "lps", "RAS": "ras", "1": "lps", "0": "ras"}
"""Old files number the systems: 0 is RAS, 1 is LPS."""


def slicer_frame(path: Path, name: str) -> PointFrame:
    """The frame of a coordinate system. Raises PointFrameConflictError for voxel indices and unknown ones."""
    word = name.strip().upper()
    if word in ("IJK", "2"):
        raise PointFrameConflictError(
            f"The points of {path.name} are voxel indices (coordinate system {name.strip()!r}), and the file does not "
            "say of which image.",
            "Save them in LPS or RAS scanner coordinates.",
        )
    frame = _FRAMES.get(word)
    if frame is None:
        raise PointFrameConflictError(
            f"The points of {path.name} are in the frame {name.strip()!r}, not in the scanner's.",
            "Save them in LPS or RAS scanner coordinates.",
        )
    return frame


def slicer_name(label: str, description: str) -> str:
    """The name of a point. Some files (AFIDs' are such) number the points and have their names as descriptions."""
    described = description.strip()
    is_name = bool(described) and len(described) <= LONGEST_NAME_IN_DESCRIPTION
    return described if label.strip().isdigit() and is_name else label
