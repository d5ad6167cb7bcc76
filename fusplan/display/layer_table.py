"""The layers that are drawn over the image, one entry each: its switch, and its action in the View menu.

Who adds a layer writes an entry here and what it draws in :mod:`fusplan.display.drawn_layers`: menu, keys, palette and
the check mark beside it follow.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal, TypeAlias

AtlasName: TypeAlias = str
LayerNeed: TypeAlias = Literal["has_image", "has_plan", "in_treatment"]
"""What must be open before the layer can be switched."""

ElementQuantity: TypeAlias = Literal["incidence", "thickness", "sdr", "load"]
"""What the skull does to an element of the helmet: see :mod:`fusplan.display.element_colours`."""

_SPEC = "layer"


@dataclass(frozen=True, slots=True)
class LayerAction:
    """How a person switches a layer.

    Attributes:
        id: of the action, unique among all actions.
        text: its name in the View menu and the palette.
        tooltip: what it does, one sentence.
        shortcut: its keys, as Qt writes them.
        icon: name of a drawing in ``resources/icons``.
        needs: when it can be used.
        ends_section: whether a line follows it in the menu.
    """

    id: str
    text: str
    tooltip: str
    shortcut: str
    icon: str
    needs: LayerNeed = "has_image"
    ends_section: bool = False


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One layer.

    Attributes:
        name: the field of :class:`Layers`.
        at_first: whether it is shown until somebody switches it.
        action: how a person switches it from the menu; None for a layer that only a panel switches.
    """

    name: str
    at_first: bool
    action: LayerAction | None


def _layer(at_first: bool, action: LayerAction | None = None) -> bool:
    """A switch with its entry; said to be of the type that it holds, as :func:`dataclasses.field` is."""
    entry: bool = field(default=at_first, metadata={_SPEC: action})
    return entry


@dataclass(frozen=True, slots=True)
class Layers:
    """What is drawn over the image, in the order of the menu.

    Attributes:
        atlas: the atlas whose nuclei are drawn, or None for none.
        hidden_structures: abbreviations switched off one by one.
        element_colour: the quantity by which the helmet's elements are coloured.
    """

    atlas: AtlasName | None = "morel"
    contours: bool = _layer(
        True, LayerAction("contours", "Nuclei", "Show or hide the outlines of the nuclei", "C", "contours")
    )
    contour_labels: bool = _layer(
        False,
        LayerAction("contour_labels", "Names of nuclei", "Show or hide the names of the nuclei", "Shift+C", "labels"),
    )
    targets: bool = _layer(True, LayerAction("targets", "Targets", "Show or hide the targets", "T", "target"))
    proposals: bool = _layer(
        True,
        LayerAction(
            "proposals", "Proposals", "Show or hide the proposed positions, numbered as in the list of targets",
            "Shift+T", "proposals", "has_plan",
        ),
    )  # fmt: skip
    second_aim: bool = _layer(
        False,
        LayerAction(
            "second_aim", "Aim by another atlas", "Lay what is aimed at, by another atlas than the one drawn, over it, "
            "dashed", "O", "second_aim", "has_plan",
        ),
    )  # fmt: skip
    lesions: bool = _layer(True, LayerAction("lesions", "Lesions", "Show or hide the lesions", "L", "lesion"))
    uncertainty: bool = _layer(
        True,
        LayerAction("uncertainty", "Uncertainty", "Show or hide the 95 % regions of the targets", "U", "uncertainty"),
    )
    landmarks: bool = _layer(
        True, LayerAction("landmarks", "Landmarks", "Show or hide AC, PC and the midline points", "K", "landmarks")
    )
    acpc_line: bool = _layer(True)
    remembered: bool = _layer(
        False,
        LayerAction(
            "remembered",
            "Remembered figures",
            "Show or hide the line that the literature as remembered, unverified, gives for CLp",
            "R",
            "remembered",
            "has_plan",
        ),
    )
    measurements: bool = _layer(
        True,
        LayerAction("show_measurements", "Measurements", "Show or hide distances and angles", "D", "measure"),
    )
    crosshair: bool = _layer(
        True, LayerAction("crosshair", "Crosshair", "Show or hide the crosshair", "X", "crosshair")
    )
    head_surface: bool = _layer(
        False,
        LayerAction(
            "head_surface", "Head surface in 3-D", "Show or hide the head's surface", "H", "head", ends_section=True
        ),
    )
    temperature_picture: bool = _layer(
        True,
        LayerAction(
            "temperature_picture", "Highest temperature", "Show or hide the highest temperature that is reached, "
            "from 40 °C up", "E", "temperature", "in_treatment",
        ),
    )  # fmt: skip
    dose_picture: bool = _layer(
        False,
        LayerAction(
            "dose_picture", "Thermal dose", "Show or hide the thermal dose, from 17 minutes at 43 °C up", "Shift+E",
            "dose", "in_treatment",
        ),
    )  # fmt: skip
    heat_contours: bool = _layer(
        True,
        LayerAction(
            "heat_contours", "Contours of the lesion to expect", "Show or hide 51 °C and the doses 17, 100, 200 and "
            "240 CEM43 as lines", "Shift+L", "heat_contours", "in_treatment",
        ),
    )  # fmt: skip
    focus: bool = _layer(
        False,
        LayerAction(
            "focus", "Acoustic focus", "Show or hide the sound pressure about the target, and where it falls to half",
            "F", "focus", "in_treatment",
        ),
    )  # fmt: skip
    spots: bool = _layer(
        True,
        LayerAction(
            "spots", "Spots of sonications", "Show or hide the spots, numbered in the order of time", "S", "spots",
            "in_treatment",
        ),
    )  # fmt: skip
    helmet: bool = _layer(
        True,
        LayerAction(
            "helmet", "Helmet in 3-D", "Show or hide the elements of the helmet", "Shift+H", "helmet", "in_treatment"
        ),
    )  # fmt: skip
    beams: bool = _layer(
        True,
        LayerAction(
            "beams", "Beams in 3-D", "Show or hide every fourth beam of the elements that are on", "B", "beams",
            "in_treatment",
        ),
    )  # fmt: skip
    skull_surface: bool = _layer(
        True,
        LayerAction(
            "skull_surface", "Skull in 3-D", "Show or hide the skull, cut open before the target", "Shift+K", "skull",
            "in_treatment", ends_section=True,
        ),
    )  # fmt: skip
    scene_slices: bool = _layer(True)
    template_edges: bool = _layer(False)
    hidden_structures: frozenset[str] = frozenset()
    element_colour: ElementQuantity = "incidence"

    def shows(self, name: str) -> bool:
        """Whether the layer of that name is switched on. Raises AttributeError for a name that there is not."""
        return bool(getattr(self, name))


LAYER_TABLE: tuple[LayerSpec, ...] = tuple(
    LayerSpec(one.name, bool(one.default), one.metadata[_SPEC]) for one in fields(Layers) if _SPEC in one.metadata
)
"""Every layer that can be switched, in the order of the menu."""

FIRST_LAYERS = Layers()
"""What is drawn until somebody switches something."""
