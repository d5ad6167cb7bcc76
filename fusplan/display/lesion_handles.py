"""The handles of a lesion in a slice: its centre, the ends of its axes, and a knob that tilts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from fusplan.display.views import SliceView
from fusplan.planning.lesion_size import LARGEST_MM, SMALLEST_MM, LesionSize
from fusplan.planning.plan import Lesion
from fusplan.spatial import Direction, Points, ScannerRas
from fusplan.spatial.points import FloatArray

HandleKind: TypeAlias = Literal["centre", "end", "tilt"]

IN_PLANE_SHARE = 0.7
"""An axis that lies less than this (cosine) in the slice has no handles there: it would be foreshortened."""

SIZE_STEP_MM = 0.1
END_PIXELS, KNOB_PIXELS = 7.5, 28.0
"""Ends and the tilt knob stand this far outside the ends of the axes on the screen, so that even a lesion of 4 mm, no
larger than its handles in a view of the whole head, is seen between them. An axis' own end is still in their reach."""

LONG_AXIS = 2


@dataclass(frozen=True, slots=True, eq=False)
class LesionHandle:
    """A place to grasp a lesion by.

    Attributes:
        kind: what it changes.
        picture_mm: shape (2,), where it is drawn.
        foot_mm: shape (2,), what its stem stands on: the end of the axis, which follows the pointer by the same way;
            the same place where there is no stem.
        axis: for ends, which axis: 0 and 1 across, 2 along.
        sign: which end of the axis, +1 or -1.
    """

    kind: HandleKind
    picture_mm: FloatArray
    foot_mm: FloatArray
    axis: int = LONG_AXIS
    sign: int = 1


def axis_directions(lesion: Lesion) -> FloatArray:
    """3 x 3: columns are the unit directions of the two transverse axes and the long axis, scanner RAS."""
    return lesion.ellipsoid.rotation


def diameters_mm(lesion: Lesion) -> tuple[float, float, float]:
    """The two transverse diameters and the length."""
    return (*lesion.width_mm, lesion.length_mm)


def _in_plane(view: SliceView, direction: FloatArray) -> FloatArray:
    """Shape (2,): a scanner direction seen in the picture (x to the right, y down)."""
    return np.array([direction @ view.right.array, -(direction @ view.up.array)])


def lesion_handles(lesion: Lesion, view: SliceView, mm_per_pixel: float) -> tuple[LesionHandle, ...]:
    """The handles of a lesion in a slice, those on top first; none where the slice misses the lesion."""
    gathered = Points.gather([lesion.centre])
    if lesion.ellipsoid.outline(view.centre, view.right, view.up, 8) is None:
        return ()
    centre = view.to_picture(gathered)[0]
    directions, sizes = axis_directions(lesion), diameters_mm(lesion)
    handles: list[LesionHandle] = []
    for axis in (2, 0, 1):
        seen = _in_plane(view, directions[:, axis])
        length = float(np.linalg.norm(seen))
        if length < IN_PLANE_SHARE:
            continue
        for sign in (1, -1):
            foot, outward = centre + sign * seen * sizes[axis] / 2, sign * seen / length * mm_per_pixel
            handles.append(LesionHandle("end", foot + outward * END_PIXELS, foot, axis, sign))
            if axis == LONG_AXIS and sign == 1:
                handles.append(LesionHandle("tilt", foot + outward * KNOB_PIXELS, foot))
    handles.append(LesionHandle("centre", centre, centre))
    return tuple(handles)


def dragged_size(
    lesion: Lesion, handle: LesionHandle, view: SliceView, picture_mm: FloatArray, alone: bool = False
) -> LesionSize:
    """The size with which the axis of an end handle reaches to ``picture_mm``, centre kept, in steps of 0.1 mm.

    Equal transverse diameters stay equal unless ``alone``.
    """
    centre = view.to_picture(Points.gather([lesion.centre]))[0]
    seen = _in_plane(view, axis_directions(lesion)[:, handle.axis])
    reach_mm = float((picture_mm - centre) @ seen / (seen @ seen)) * handle.sign
    wanted_mm = float(np.clip(2 * reach_mm, SMALLEST_MM, LARGEST_MM))
    size_mm = round(round(wanted_mm / SIZE_STEP_MM) * SIZE_STEP_MM, 3)
    first, second = lesion.width_mm
    if handle.axis == LONG_AXIS:
        return LesionSize((first, second), size_mm)
    if first == second and not alone:
        return LesionSize((size_mm, size_mm), lesion.length_mm)
    return LesionSize((size_mm, second) if handle.axis == 0 else (first, size_mm), lesion.length_mm)


def dragged_long_axis(lesion: Lesion, view: SliceView, picture_mm: FloatArray) -> Direction[ScannerRas]:
    """The long axis turned about the slice's normal until it points to ``picture_mm`` as seen in the slice."""
    centre = view.to_picture(Points.gather([lesion.centre]))[0]
    wanted = picture_mm - centre
    length = float(np.linalg.norm(wanted))
    if length < 1e-9:
        return lesion.long_axis
    axis = lesion.long_axis.array
    in_slice = float(np.linalg.norm(_in_plane(view, axis)))
    across = np.cross(view.right.array, view.up.array)
    seen = (wanted[0] * view.right.array - wanted[1] * view.up.array) / length
    return Direction.of(view.right.frame, seen * in_slice + across * (across @ axis))
