"""The pictures that lie over the first image: how each is coloured, mixed and stacked, as frozen values.

A layer tells how; the picture itself is found by its key among ``Session.pictures``. A layer whose picture is not
there draws nothing and keeps its settings.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.display.colour_maps import ColourMapName
from fusplan.display.layer_table import FIRST_LAYERS, Layers
from fusplan.imaging.intensity import IntensityWindow, robust_window
from fusplan.imaging.volume import Volume
from fusplan.spatial import Field, ScannerRas

BlendKind: TypeAlias = Literal["opacity", "swipe", "checkerboard"]
Look: TypeAlias = Literal["opacity", "colour", "swipe", "checkerboard"]

Picture: TypeAlias = Volume | Field[ScannerRas]
"""What can lie over an image: another image, or a quantity in its scanner frame."""

SECOND_KEY, TEMPLATE_KEY, CT_KEY = "second", "template", "ct"
"""The person's second image; the template where its registration puts it; the CT whose skull is beamed through."""

COLOUR_FADES_IN = 96 / 255
"""Of an image in colour over another in grey: its darker third grows in from see-through."""


@dataclass(frozen=True, slots=True)
class ImageLayer:
    """How one picture lies over those below it.

    Attributes:
        key: which picture, unique in a stack.
        title: what it is for a person ("Temperature").
        colour_map: of its values.
        range: the values, in its unit, that get the first and the last colour; None for its own window and level.
        unit: of an image's values ("HU"), for people; of a field its own. With a unit and colours, a colour bar stands
            in the views.
        blend: everywhere, left of a divide (swipe), or in fields in turns (checkerboard).
        opacity: 0 to 1, where it lies everywhere; beside a divide or in fields it hides what is below.
        divide: where a swipe ends, 0 at the left border to 1 at the right.
        tile_mm: edge of one field of the checkerboard.
        visible: whether it is shown.
        see_through_below: values below this, in its unit, are not drawn; None draws all.
        fade_in: the part of the range, from its lower end or ``see_through_below`` on, over which it grows from
            see-through to its opacity.
        switch: name of the field of :class:`~fusplan.display.layer_table.Layers` that shows it, beside ``visible``; ""
            where nothing else does.
        shares_window: whether its values are on the first image's scale, so that one window shows both alike.
    """

    key: str
    title: str = ""
    colour_map: ColourMapName = "grey"
    range: IntensityWindow | None = None
    unit: str = ""
    blend: BlendKind = "opacity"
    opacity: float = 0.5
    divide: float = 0.5
    tile_mm: float = 20.0
    visible: bool = True
    see_through_below: float | None = None
    fade_in: float = 0.0
    shares_window: bool = False
    switch: str = ""

    @property
    def look(self) -> Look:
        """How an image over another looks, in one word: its blend, or ``colour``."""
        return "colour" if self.blend == "opacity" and self.colour_map != "grey" else self.blend

    @property
    def share(self) -> float:
        """What one slider of the layer moves, 0 to 1: the divide of a swipe, else the opacity."""
        return self.divide if self.blend == "swipe" else self.opacity

    def with_share(self, share: float) -> ImageLayer:
        """The layer with its slider there."""
        return replace(self, divide=share) if self.blend == "swipe" else replace(self, opacity=share)

    def looking(self, look: Look) -> ImageLayer:
        """An image over another in grey, or in colour with its dark parts see-through."""
        if look == "colour":
            return replace(self, blend="opacity", colour_map="wine", fade_in=COLOUR_FADES_IN)
        return replace(self, blend=look, colour_map="grey", fade_in=0.0)


@dataclass(frozen=True, slots=True)
class ImageStack:
    """Layers from the lowest to the uppermost.

    Attributes:
        layers: each key once.
        alone: key of a layer that for a while is shown without the others, whose settings stay; None shows all.
    """

    layers: tuple[ImageLayer, ...] = ()
    alone: str | None = None

    def __post_init__(self) -> None:
        if len({layer.key for layer in self.layers}) < len(self.layers):
            raise ValueError("a key stands twice in a stack of image layers")

    def find(self, key: str) -> ImageLayer | None:
        """The layer of a key, or None."""
        return next((layer for layer in self.layers if layer.key == key), None)

    def layer(self, key: str) -> ImageLayer:
        """The layer of a key. Raises KeyError."""
        return self.layers[self._place(key)]

    def with_layer(self, layer: ImageLayer) -> ImageStack:
        """The stack with a layer in place of that with its key, or as the uppermost."""
        if self.find(layer.key) is None:
            return replace(self, layers=(*self.layers, layer))
        return replace(self, layers=tuple(layer if known.key == layer.key else known for known in self.layers))

    def without(self, key: str) -> ImageStack:
        """The stack without the layer of a key, if it has one; the others are shown again if that was alone."""
        alone = None if self.alone == key else self.alone
        return ImageStack(tuple(layer for layer in self.layers if layer.key != key), alone)

    def changed(self, key: str, **changes: Any) -> ImageStack:
        """The stack with fields of one layer changed. Raises KeyError, TypeError for a field there is not."""
        return self.with_layer(replace(self.layer(key), **changes))

    def raised(self, key: str) -> ImageStack:
        """The stack with a layer one place further up, if there is one. Raises KeyError."""
        return self._moved(key, 1)

    def lowered(self, key: str) -> ImageStack:
        """The stack with a layer one place further down, if there is one. Raises KeyError."""
        return self._moved(key, -1)

    def shown_alone(self, key: str | None) -> ImageStack:
        """The stack that shows one layer without the others, or all again (None)."""
        return replace(self, alone=key)

    def drawn(self, pictures: Container[str], layers: Layers = FIRST_LAYERS) -> Iterator[ImageLayer]:
        """The layers that are drawn, from the lowest on.

        They are visible, switched on, not beside one shown alone, and their pictures are there.
        """
        for layer in self.layers:
            is_on = layer.visible and (not layer.switch or layers.shows(layer.switch))
            if is_on and self.alone in (None, layer.key) and layer.key in pictures:
                yield layer

    def _place(self, key: str) -> int:
        place = next((place for place, layer in enumerate(self.layers) if layer.key == key), None)
        if place is None:
            raise KeyError(key)
        return place

    def _moved(self, key: str, steps: int) -> ImageStack:
        place = self._place(key)
        others = [*self.layers[:place], *self.layers[place + 1 :]]
        others.insert(max(place + steps, 0), self.layers[place])
        return replace(self, layers=tuple(others))


def values_of(picture: Picture) -> npt.NDArray[np.float32]:
    """Its numbers, shape of its grid."""
    return picture.data if isinstance(picture, Volume) else np.asarray(picture.values, dtype=np.float32)


def range_of(field: Field[ScannerRas]) -> tuple[float, float]:
    """Least and greatest value of a field."""
    summary = field.summary
    return summary.least, summary.greatest


def usual_window(picture: Picture) -> IntensityWindow:
    """What shows it well when nobody has chosen: of a head that of images, of a field all its values."""
    if isinstance(picture, Volume):
        return robust_window(picture)
    least, greatest = range_of(picture)
    return IntensityWindow(least, greatest if greatest > least else least + 1.0)


def unit_words(layer: ImageLayer, picture: Picture) -> str:
    """The unit of a layer's values for people, or ""."""
    return layer.unit if isinstance(picture, Volume) else picture.unit_words


SECOND_LAYER = ImageLayer(SECOND_KEY, "Second image")
TEMPLATE_LAYER = ImageLayer(TEMPLATE_KEY, "Template", shares_window=True)

CT_LAYER = ImageLayer(
    CT_KEY, "Bone of the CT", "wine", IntensityWindow(200.0, 1600.0), "HU", opacity=0.7, see_through_below=200.0
)
"""Its bone alone, in colour: whether it lies on the dark skull of a T1 is seen at a glance."""

FIRST_STACK = ImageStack((SECOND_LAYER,))
"""A second image is blended as soon as there is one; other layers are put in by those who have their pictures."""
