"""The helmet laid flat: its elements as seen from the feet through the head, coloured by how they meet the skull."""

from __future__ import annotations

import numpy as np

from fusplan.display.colour_maps import COLOUR_MAPS
from fusplan.display.element_colours import COLOURS_OF, OFF_COLOUR, ElementColours, element_colours
from fusplan.planning.number_words import number
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.report.drawing import Disc, Drawing, Line, Shape, Words
from fusplan.report.slice_figures import Figure
from fusplan.simulation.transducer import Transducer
from fusplan.spatial import AcPcGeometry
from fusplan.spatial.points import FloatArray

WIDTH_MM, HEIGHT_MM = 60.0, 66.0
CENTRE_MM = (30.0, 29.0)
RIM_MM = 24.5
"""Where elements at a right angle to the helmet's axis lie; the distance from the middle grows with the angle."""

ELEMENT_MM = 0.5
RING_COLOUR = "#39424d"
BAR_MM = (16.0, 59.5, 28.0, 2.2)
"""Left, top, width and height of the bar of colours."""

BAR_STEPS = 28


def helmet_figure(target: SimulatedTarget, transducer: Transducer, geometry: AcPcGeometry) -> Figure:
    """Every element by its angle from the helmet's axis and its direction, left and right as in axial slices."""
    elements = target.elements
    places = _flat(target, transducer, geometry)
    shapes: list[Shape] = [
        Disc(CENTRE_MM, RIM_MM * angle_deg / 90.0, RING_COLOUR, ring_mm=0.15) for angle_deg in (30.0, 60.0, 90.0)
    ]
    colours = element_colours(target, "incidence")
    for place, active, rgb in zip(places, elements.active, colours.rgb, strict=True):
        at = (float(place[0]), float(place[1]))
        if active:
            shapes.append(Disc(at, ELEMENT_MM, "#" + bytes(rgb).hex()))
        else:
            shapes.append(Disc(at, ELEMENT_MM * 0.8, OFF_COLOUR, ring_mm=0.14))
    shapes += [*_letters(), *_bar(colours)]
    words = f"{elements.active_count} of {len(elements.active)} elements active"
    title = f"Elements of the helmet at {target.name}, coloured by incidence; {words}"
    return Figure("Helmet", Drawing(WIDTH_MM, HEIGHT_MM, title, None, tuple(shapes)), words)


def _flat(target: SimulatedTarget, transducer: Transducer, geometry: AcPcGeometry) -> FloatArray:
    """Picture mm (n, 2): azimuthal, equal angles from the axis at equal distances."""
    away = target.pose.elements(transducer).array - target.pose.target.array
    away /= np.linalg.norm(away, axis=1)[:, None]
    axis = target.pose.axis.array
    right = geometry.axes[:, 0] - (geometry.axes[:, 0] @ axis) * axis
    right /= np.linalg.norm(right)
    across, ahead = away @ right, away @ np.cross(axis, right)
    distance_mm = RIM_MM * np.degrees(np.arccos(np.clip(away @ axis, -1.0, 1.0))) / 90.0
    round_about = np.arctan2(ahead, across)
    # The patient's right is on the left and front is up, as in axial slices.
    x = CENTRE_MM[0] - distance_mm * np.cos(round_about)
    return np.asarray(np.column_stack([x, CENTRE_MM[1] - distance_mm * np.sin(round_about)]))


def _letters() -> list[Shape]:
    x, y = CENTRE_MM
    out = RIM_MM + 2.4
    places = {"R": (x - out, y), "L": (x + out, y), "A": (x, y - out), "P": (x, y + out)}
    return [Words(place, letter, 2.6, weight=700) for letter, place in places.items()]


def _bar(colours: ElementColours) -> list[Shape]:
    """What the colours mean; nothing where no element is on."""
    left, top, width, height = BAR_MM
    if colours.bar is None:
        return [Words((left + width / 2, top + height), "no element is on", 2.1)]
    table, window = COLOUR_MAPS[COLOURS_OF[colours.quantity]].table, colours.bar.window
    step, middle = width / BAR_STEPS, top + height / 2
    shapes: list[Shape] = [
        Line(
            (left + step * place, middle),
            (left + step * (place + 1) + 0.05, middle),
            "#" + bytes(table[(2 * place + 1) * len(table) // (2 * BAR_STEPS)]).hex(),
            height,
        )
        for place in range(BAR_STEPS)
    ]
    return [
        *shapes,
        Words((left - 1.2, middle), f"{number(window.low, 0)}°", 2.2, anchor="end"),
        Words((left + width + 1.2, middle), f"{number(window.high, 0)}°", 2.2, anchor="start"),
        Words((left + width / 2, top + height + 2.1), "incidence; rings are off", 2.1),
    ]
