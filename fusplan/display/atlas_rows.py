"""The list of a user's atlases and the form that adds one, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fusplan.atlas.catalogue import AtlasEntry
from fusplan.atlas.imported.template_maps import PATIENT_SPACE, TEMPLATES, template_map
from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.display.colours import AMBER
from fusplan.display.whereabouts import OUTSIDE_COLOUR

SPACE_CHOICES: tuple[tuple[str, str], ...] = (
    ("", "Which space does it lie in?"),
    *((template, template) for template in TEMPLATES),
    (PATIENT_SPACE, "The open patient's own space"),
)
"""What is stored, and what a person reads. Nothing is assumed: the first is no choice."""

CONSENSUS_WORDS = "Where all atlases agree best"
"""The first of the choices of what targets start from."""


@dataclass(frozen=True, slots=True)
class AtlasRow:
    """One atlas in the list.

    Attributes:
        name: to find it.
        title, word, sentence: shown; ``word`` says that it is broken, ``sentence`` where it lies.
        colour: of its dot.
        explanation: source and licence.
    """

    name: str
    title: str
    word: str
    sentence: str
    colour: str
    explanation: str


def atlas_rows(entries: Sequence[AtlasEntry], image_sha256: str | None) -> tuple[AtlasRow, ...]:
    """The rows of the user's atlases; ``image_sha256`` is that of the open image, if one is open."""
    return tuple(_row(entry, image_sha256) for entry in entries if entry.origin == "user")


def _row(entry: AtlasEntry, image_sha256: str | None) -> AtlasRow:
    if entry.problem is not None:
        return AtlasRow(entry.name, entry.name, "broken", entry.problem, OUTSIDE_COLOUR, "")
    words = [f"In {entry.template}."]
    if entry.image_sha256 is not None:
        mine = entry.image_sha256 == image_sha256
        words = ["In this patient's own space." if mine else "In another patient's own space: not shown here."]
    sentence = " ".join((*words, *entry.warnings))
    explanation = f"Source: {entry.source}\nLicence: {entry.licence}"
    return AtlasRow(entry.name, entry.title, "", sentence, AMBER, explanation)


def start_choices(entries: Sequence[AtlasEntry], image_sha256: str | None) -> tuple[tuple[str | None, str], ...]:
    """What targets can start from in the open head: all atlases together (None) or one of them, by name and title.

    Args:
        entries: all atlases.
        image_sha256: of the open image: an atlas in the own space of another one does not serve.
    """
    usable = [
        entry
        for entry in entries
        if entry.problem is None and CLP_KEY in entry.parts and entry.image_sha256 in (None, image_sha256)
    ]
    return ((None, CONSENSUS_WORDS), *((entry.name, entry.title) for entry in usable))


def space_words(space: str, has_plan: bool) -> str:
    """What choosing a space means in a sentence: the map's error, or which image it belongs to."""
    if not space:
        return "The templates differ by one to two millimetres in the thalamus: look into the atlas's description."
    if space == PATIENT_SPACE:
        belongs = "It belongs to the open image only and lies in its scanner coordinates."
        return belongs if has_plan else f"{belongs} Align the built-in atlas first, to have it checked."
    error_mm = template_map(space).error_rms_mm
    if error_mm == 0:
        return "The built-in template itself: nothing is moved."
    return f"Carried to the built-in template with an error of about {error_mm:.1f} mm near the thalamus."


def space_details(space: str) -> str:
    """All about the map from a template; "" where there is none."""
    return template_map(space).words if space and space != PATIENT_SPACE else ""
