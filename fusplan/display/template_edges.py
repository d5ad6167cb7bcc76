"""The outlines of a template's brain and of its fluid spaces on a patient's slice, to judge a registration by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage import filters, measure

from fusplan.display.contours import polygon_area_mm2
from fusplan.display.pictures import CarriedTemplate
from fusplan.imaging.template_image import TemplateImage
from fusplan.spatial.points import FloatArray

SMALLEST_EDGE_MM2 = 12.0
"""Smaller loops of fluid are single sulci of an average brain: they say nothing about one person's fit."""

DEEP_MM = 10.0
"""Fluid nearer than this to the border of the brain is sulci and the space over the brain: left out likewise."""


@dataclass(frozen=True, slots=True, eq=False)
class TemplateEdges:
    """Lines in picture mm: ``brain`` closed ones about the brain, ``fluid`` open ones along ventricles and cisterns."""

    brain: tuple[FloatArray, ...]
    fluid: tuple[FloatArray, ...]


def fluid_level(template: TemplateImage) -> float:
    """The T1 intensity that parts fluid from tissue: half way between the mean of fluid and of grey matter.

    The three classes within the brain mask (fluid, grey, white) are those of Otsu's method.
    """
    inside = template.data[::2, ::2, ::2][template.brain_mask[::2, ::2, ::2]]
    lower, upper = filters.threshold_multiotsu(inside, classes=3, nbins=128)
    fluid, grey = inside[inside <= lower], inside[(inside > lower) & (inside <= upper)]
    return float(fluid.mean() + grey.mean()) / 2


def template_edges(carried: CarriedTemplate, level: float) -> TemplateEdges:
    """The outlines of the brain and of what lies below ``level`` deep inside it."""
    pixel_mm = carried.pixel_mm
    depth_mm = ndimage.distance_transform_edt(carried.brain > 0.5) * pixel_mm
    smooth = ndimage.gaussian_filter(carried.intensities, 0.5 / pixel_mm)
    return TemplateEdges(
        brain=tuple(_loops(ndimage.gaussian_filter(carried.brain, 0.7 / pixel_mm) - 0.5, pixel_mm)),
        fluid=tuple(
            piece
            for loop in _loops(np.where(depth_mm > 0, level - smooth, -level), pixel_mm)
            for piece in _deep_pieces(loop, depth_mm, pixel_mm)
        ),
    )


def _loops(field: FloatArray, pixel_mm: float) -> list[FloatArray]:
    """Closed outlines of where a field sampled at pixel middles is positive, picture mm; the first vertex returns."""
    padded = np.pad(np.asarray(field, dtype=np.float64), 1, constant_values=-1e-3)
    loops = []
    for path in measure.find_contours(padded, 0.0):
        polygon = (path[:, ::-1] - 0.5) * pixel_mm
        if len(polygon) >= 4 and polygon_area_mm2(polygon) >= SMALLEST_EDGE_MM2:
            # Every second vertex is still nearer to the next than a pixel and halves the drawing.
            loops.append(np.concatenate([polygon[:-1:2], polygon[-1:]]))
    return loops


def _deep_pieces(loop: FloatArray, depth_mm: FloatArray, pixel_mm: float) -> list[FloatArray]:
    """The parts of a line that lie deep in the brain."""
    rows = np.clip(np.floor(loop[:, 1] / pixel_mm).astype(int), 0, depth_mm.shape[0] - 1)
    columns = np.clip(np.floor(loop[:, 0] / pixel_mm).astype(int), 0, depth_mm.shape[1] - 1)
    deep = depth_mm[rows, columns] >= DEEP_MM
    cuts = np.flatnonzero(np.diff(deep.astype(int))) + 1
    pieces = np.split(loop, cuts)
    return [
        piece
        for piece, inside in zip(pieces, deep[np.concatenate([[0], cuts])], strict=True)
        if inside and len(piece) > 3
    ]
