"""What tells the images of one acquisition from those of another: the elements, how far each is to be believed, words.

Scanners write some of these values anew for every slice (an acquisition number, the trigger time, the repetition time
of a gated sequence), others only where another picture of the same head begins. ``acquisitions`` weighs them so.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

from pydicom.dataset import Dataset
from pydicom.tag import Tag

from fusplan.imaging.dicom.elements import ElementReader, tag_of

Telling: TypeAlias = tuple[str, ...]
"""One text for each of ``TRAITS``, in their order; empty where the image does not say."""


class Weight(enum.Enum):
    """What another value of a trait means.

    CONTRAST: another picture, unless nearly every slice has a value of its own.
    SETTING: another picture where that gives whole, even stacks; some scanners let it vary within one.
    COUNTER: another picture only where the images make no even stack together; often counted slice by slice.
    """

    CONTRAST = enum.auto()
    SETTING = enum.auto()
    COUNTER = enum.auto()


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that images are told apart by.

    Attributes:
        name: what it is called in a sentence.
        weight: what another value means.
        keywords: the elements that state it; the first that is there counts.
        words: a value as it stands in a title, given the values of the other acquisitions.
        is_number: whether values are compared as numbers, so that ``3.10`` is ``3.1``.
    """

    name: str
    weight: Weight
    keywords: tuple[str, ...]
    words: Callable[[str, Collection[str]], str]
    is_number: bool = True


def _said(before: str, after: str = "") -> Callable[[str, Collection[str]], str]:
    return lambda value, _others: f"{before} {value}{after}" if value else f"without {before}"


_COMPONENTS = {"M": "magnitude", "P": "phase", "R": "real part", "I": "imaginary part"}


def _image_type_words(value: str, others: Collection[str]) -> str:
    """What only this image type has: ``phase`` beside magnitude images."""
    own = value.split("\\")
    parts = [part for part in own if any(part not in other.split("\\") for other in others)]
    return ", ".join(_COMPONENTS.get(part, part.lower()) for part in parts) or "plain image type"


def _time_of_day_words(value: str, _others: Collection[str]) -> str:
    return f"taken at {value[:2]}:{value[2:4]}:{value[4:]}" if value else "without a time"


def _agent_words(value: str, _others: Collection[str]) -> str:
    return "with contrast agent" if value else "without contrast agent"


TRAITS = (
    Trait("echo time", Weight.CONTRAST, ("EchoTime", "EffectiveEchoTime"), _said("echo", " ms")),
    Trait("echo number", Weight.CONTRAST, ("EchoNumbers",), _said("echo number")),
    Trait("inversion time", Weight.CONTRAST, ("InversionTime", "InversionTimes"), _said("inversion", " ms")),
    Trait("diffusion weighting", Weight.CONTRAST, ("DiffusionBValue",), _said("b")),
    Trait("diffusion direction", Weight.SETTING, ("DiffusionGradientOrientation",), _said("direction")),
    Trait("image type", Weight.SETTING, ("FrameType", "ImageType"), _image_type_words, is_number=False),
    Trait("image part", Weight.CONTRAST, ("ComplexImageComponent",), lambda value, _: value.lower(), is_number=False),
    Trait("flip angle", Weight.SETTING, ("FlipAngle",), _said("flip angle", " degrees")),
    Trait("repetition time", Weight.SETTING, ("RepetitionTime",), _said("repetition", " ms")),
    Trait("kind of intensities", Weight.SETTING, ("RescaleType",), _said("intensities"), is_number=False),
    Trait("unit", Weight.SETTING, ("Units",), _said("unit"), is_number=False),
    Trait("sequence", Weight.SETTING, ("SequenceName", "PulseSequenceName"), _said("sequence"), is_number=False),
    Trait("contrast agent", Weight.SETTING, ("ContrastBolusAgent",), _agent_words, is_number=False),
    Trait("reconstruction kernel", Weight.SETTING, ("ConvolutionKernel",), _said("kernel"), is_number=False),
    Trait(
        "time point",
        Weight.COUNTER,
        ("TemporalPositionIdentifier", "TemporalPositionIndex"),
        _said("time point"),
    ),
    Trait("acquisition", Weight.COUNTER, ("FrameAcquisitionNumber", "AcquisitionNumber"), _said("acquisition")),
    Trait(
        "trigger time",
        Weight.COUNTER,
        ("NominalCardiacTriggerDelayTime", "TriggerTime"),
        _said("trigger", " ms"),
    ),
    Trait("time of day", Weight.COUNTER, ("AcquisitionTime",), _time_of_day_words, is_number=False),
)
"""The most telling first: of several that tell the same apart, the first names them."""

TELLING_ELEMENTS = tuple(dict.fromkeys(keyword for trait in TRAITS for keyword in trait.keywords))


_PRIVATE_B_VALUES = (
    ("SIEMENS MR HEADER", 0x0019, 0x0C),
    ("GEMS_PARM_01", 0x0043, 0x39),
    ("Philips Imaging DD 001", 0x2001, 0x03),
)
"""Creator, group and element of the diffusion weighting where it is not stated as DiffusionBValue (0018,9087). From the
vendors' conformance statements as converters of diffusion images read them (from memory, unverified)."""

_PRIVATE_BLOCKS = range(0x10, 0x14)
"""Where in its group a creator's elements stand; the first of them nearly always."""

_GE_ADDS = 1_000_000_000
"""GE's scanners add this to some values: 1000000050 is 50 (seen in published readers of such images)."""

PRIVATE_ELEMENTS = tuple(
    (group, element)
    for _, group, own in _PRIVATE_B_VALUES
    for block in _PRIVATE_BLOCKS
    for element in (block, block << 8 | own)
)
"""The private elements that :func:`state_private_b_value` looks at, and those that say whose they are."""


def state_private_b_value(dataset: Dataset) -> None:
    """Put a diffusion weighting that only a vendor's own element states where the standard has it."""
    if tag_of("DiffusionBValue") in dataset.keys():  # noqa: SIM118 (as in elements)
        return
    for creator, group, own in _PRIVATE_B_VALUES:
        for block in _PRIVATE_BLOCKS:
            said, tag = Tag(group, block), Tag(group, block << 8 | own)
            if said in dataset and tag in dataset and str(dataset[said].value).strip() == creator:
                number = _first_number(dataset[tag].value)
                if number is not None:
                    dataset.DiffusionBValue = number % _GE_ADDS
                    return


def _first_number(value: Any) -> float | None:
    """The first number of a value that may be one, several, or bytes where its representation was not known."""
    if isinstance(value, bytes):
        value = value.decode("latin-1").split("\\")
    first = value[0] if isinstance(value, Sequence) and not isinstance(value, str) and value else value
    try:
        number = float(first)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def telling_values(groups: Sequence[Dataset], reader: ElementReader) -> Telling:
    """The traits of one image whose elements are in the first of ``groups`` that has them."""

    stated = set(chain.from_iterable(group.keys() for group in groups))

    def value(trait: Trait) -> str:
        read = _number_text if trait.is_number else ElementReader.text
        words = [word for word in trait.keywords if tag_of(word) in stated]
        return next(filter(None, (read(reader, group, word) for word in words for group in groups)), "")

    return tuple(map(value, TRAITS))


def _number_text(reader: ElementReader, dataset: Dataset, keyword: str) -> str:
    """Numbers to the five figures within which scanners repeat themselves."""
    return " ".join(f"{number + 0.0:.5g}" for number in reader.all_numbers(dataset, keyword))


def told(telling: Telling, name: str) -> str:
    """The value of the trait of that name; empty where nothing is stated."""
    return next(value for trait, value in zip(TRAITS, telling, strict=True) if trait.name == name)


def differing(tellings: Sequence[Telling]) -> tuple[Trait, ...]:
    """The traits in which images differ."""
    return tuple(
        trait for trait, values in zip(TRAITS, zip(*tellings, strict=True), strict=True) if len(set(values)) > 1
    )
