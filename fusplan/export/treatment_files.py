"""``treatment/``: a simulated treatment as tables, numbers and fields. No file of it is one of a treatment device."""

from __future__ import annotations

import json
from pathlib import Path

from fusplan import __version__
from fusplan.export.csv_tables import write_rows
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.own_folder import make_own_folder
from fusplan.export.treatment_fields import FieldFile, field_files, write_field_files
from fusplan.export.treatment_json import treatment_content
from fusplan.export.treatment_tables import element_rows, sonication_rows
from fusplan.imaging.notes import Notes
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.plan import Plan
from fusplan.planning.simulated_treatment import SimulatedTreatment
from fusplan.simulation.not_simulated import BESIDE_EVERY_PREDICTION, NOT_SIMULATED
from fusplan.simulation.skull import SKULL_WORDS

TREATMENT_FOLDER = "treatment"
SONICATIONS, ELEMENTS, NUMBERS = "sonications.csv", "elements.csv", "treatment.json"

_WORDS = """\
A treatment as simulated, unverified: numbers of a model, for research and education. Nothing here can be loaded by a
treatment device. Coordinates are scanner RAS mm of the planning image, or say their frame; units stand in the names.

sonications.csv   a row a sonication
elements.csv      a row an element of the helmet at each target
treatment.json    all numbers, checks, assumptions, and what is not simulated
"""


def write_treatment(plan: Plan, simulated: SimulatedTreatment, folder: Path, notes: Notes = ()) -> None:
    """The folder ``treatment`` in ``folder``. Raises FileNotWritableError."""
    made, files = folder / TREATMENT_FOLDER, field_files(simulated)
    make_own_folder(made, _note(simulated, files), notes)
    write_rows(sonication_rows(plan, simulated), made / SONICATIONS, notes)
    write_rows(element_rows(simulated), made / ELEMENTS, notes)
    write_field_files(files, made)
    content = {
        "notice": RESEARCH_ONLY,
        "generated_by": f"fusplan {__version__}",
        "image_sha256": plan.image.sha256,
        "image_notes": [note.as_json for note in notes],
        "frame": "scanner RAS mm of the planning image: x right, y anterior, z superior",
        **treatment_content(plan, simulated),
        "fields": [{"file": one.name, "unit": one.field.unit, "words": one.words} for one in files],
    }
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    write_atomically(made / NUMBERS, (text + "\n").encode("utf-8"))


def _note(simulated: SimulatedTreatment, files: tuple[FieldFile, ...]) -> str:
    words = SKULL_WORDS[simulated.skull.kind]
    lines = [_WORDS, *(f"{one.name}\n    {one.words}" for one in files)]
    lines += ["", f"{words[:1].upper()}{words[1:]}.", *(warning.sentence for warning in simulated.skull.warnings)]
    lines += ["", *NOT_SIMULATED, *BESIDE_EVERY_PREDICTION]
    return "\n".join(lines)
