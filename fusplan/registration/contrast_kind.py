"""What kinds of image a head may be, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

ContrastKind: TypeAlias = Literal["T1", "T1 with contrast agent", "T2", "FLAIR", "PD", "CT", "other"]

T1_KINDS: Final[tuple[ContrastKind, ...]] = ("T1", "T1 with contrast agent")
"""The kinds that everything was measured on."""

SURE_FROM: Final = 0.4
"""Certainty from which an image "looks like" its kind; below it only "may be" of it (0.46 to 1 on ten heads)."""

FLUID_IS_BRIGHT: Final[tuple[ContrastKind, ...]] = ("T2", "PD")
"""Where the flow void of the aqueduct, dark in bright fluid, looks like a part of PC."""

PC_IS_DRAWN = (
    ", PC above all: the dark flow in the aqueduct looks like a part of it, and it may be found a millimetre or two "
    "too far in front"
)

_REASONS: Final[dict[ContrastKind, str]] = {
    "T1": "white matter is brighter than grey matter, and fluid is dark",
    "T1 with contrast agent": "white matter is brighter than grey matter, fluid is dark, and the sagittal sinus shines",
    "T2": "fluid is far brighter than grey and white matter",
    "FLAIR": "fluid is dark, and white matter is darker than grey matter",
    "PD": "fluid is about as bright as grey matter, and white matter is darker",
    "CT": "its numbers are those of air, soft tissue and bone",
    "other": "fluid, grey and white matter do not show in it in any order that is known",
}


@dataclass(frozen=True, slots=True)
class ImageContrast:
    """What kind of image it is.

    Attributes:
        kind: the contrast; ``other`` where it is none of those that are known.
        certainty: 0 (as good as guessed) to 1 (all pairs of voxels agree).
    """

    kind: ContrastKind
    certainty: float

    @property
    def is_t1(self) -> bool:
        return self.kind in T1_KINDS

    @property
    def sentence(self) -> str:
        """What it looks like, why, and what that means for a plan."""
        if self.kind == "other":
            return f"this looks like no kind of head image that is known: {_REASONS['other']}"
        name = "T1 image with contrast agent" if self.kind == "T1 with contrast agent" else f"{self.kind} image"
        sure = f"certainty {self.certainty:.2f} of 1"
        looks = f"this {'looks like' if self.certainty >= SURE_FROM else 'may be'} a {name} ({sure}): "
        looks += _REASONS[self.kind]
        if self.is_t1:
            return looks
        if self.kind == "CT":
            return f"{looks}; nuclei cannot be placed on a CT: plan on a T1 image of the same head"
        looks += "; AC, PC and nuclei were tried on T1 images and are less sure on this one"
        return looks + PC_IS_DRAWN if self.kind in FLUID_IS_BRIGHT else looks


CT_BY_ITS_NUMBERS: Final = ImageContrast("CT", 1.0)
