"""The pictures of a treatment that lie over the image: focus, highest temperature, dose."""

from __future__ import annotations

from fusplan.display.image_layers import ImageLayer, ImageStack
from fusplan.imaging.intensity import IntensityWindow
from fusplan.simulation.predicted_lesion import FIRST_DAMAGE_CEM43_MIN, NECROSIS_CEM43_MIN

FOCUS_KEY, TEMPERATURE_KEY, DOSE_KEY = TREATMENT_KEYS = ("focus", "temperature", "dose")

SHOWN_FROM_CELSIUS, SHOWN_TO_CELSIUS = 40.0, 65.0
"""Fixed, so that the colours of two heads can be compared."""

SHOWN_FROM_SHARE = 0.25
"""Of the focus: -12 dB."""

FADES_IN = 0.15

TREATMENT_LAYERS: tuple[ImageLayer, ...] = (
    ImageLayer(
        FOCUS_KEY,
        "Pressure, of its peak",
        "wine",
        IntensityWindow(0.0, 1.0),
        see_through_below=SHOWN_FROM_SHARE,
        fade_in=FADES_IN,
        opacity=0.6,
        switch="focus",
    ),
    ImageLayer(
        DOSE_KEY,
        "Dose",
        "dose",
        IntensityWindow(0.0, NECROSIS_CEM43_MIN),
        see_through_below=FIRST_DAMAGE_CEM43_MIN,
        opacity=0.6,
        switch="dose_picture",
    ),
    ImageLayer(
        TEMPERATURE_KEY,
        "Highest true temperature",
        "heat",
        IntensityWindow(SHOWN_FROM_CELSIUS, SHOWN_TO_CELSIUS),
        see_through_below=SHOWN_FROM_CELSIUS,
        fade_in=FADES_IN,
        opacity=0.6,
        switch="temperature_picture",
    ),
)
"""From the lowest to the uppermost, each with the switch that shows it."""


def with_treatment_layers(stack: ImageStack) -> ImageStack:
    """The stack with the layers of a treatment on top; those that are in it stay as they are set."""
    for layer in TREATMENT_LAYERS:
        if stack.find(layer.key) is None:
            stack = stack.with_layer(layer)
    return stack
