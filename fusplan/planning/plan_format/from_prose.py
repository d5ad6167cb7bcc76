"""What plan files of versions 1 to 3 said in names and sentences, as the fields of version 4.

This is the one place where they are read. Version 4 says in fields what a target aims at, how a position was found, by
which atlas and after which source, what a person said of the registration and how far it was nudged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.planning.plan_format.upgrade_step import Upgrade, changed, changed_each

_CITED: Final = " Source: "
_NUDGED: Final = "Nudged by hand along the AC-PC axes"
_FURTHEST: Final = 360.0
"""Millimetres or degrees: no program of ours wrote more, and a note that says more stays a note."""

_JUDGED: Final[Mapping[str, str]] = {
    "Accepted by a person who looked at the pictures.": "accepted",
    "Judged by a person who looked at the pictures: do not trust this registration.": "distrusted",
    # The verdict's own sentence, kept when somebody has changed a word of the note.
    "Do not trust this registration: a person who looked at the pictures said so.": "distrusted",
    "A person looked at the pictures and accepted this registration.": "accepted",
    "A person looked at the pictures and accepted this registration, although its measures are unusual.": "accepted",
}
_CLP_METHODS: Final = re.compile(r".*-(centroid|best-cover)|acpc-rule|preset:clp|nucleus:[^:]*:CLp", re.DOTALL)


def _structure(key: str, side: object) -> dict[str, Any]:
    return {"key": key, "side": side}


def _with_aim(target: dict[str, Any]) -> dict[str, Any]:
    """Aims at CLp what is called so, what lies where something proposed for CLp lay, and what was first called so.

    Its id is made of its first name and stays when it is renamed: a renamed target so gets the checks back which
    version 3 took from it.
    """
    name, target_id, provenance = target.get("name"), target.get("id"), target.get("provenance")
    method = provenance.get("method") if isinstance(provenance, dict) else None
    at_clp = (
        (isinstance(name, str) and name.startswith(CLP_KEY))
        or (isinstance(target_id, str) and target_id.startswith("clp-"))
        or (isinstance(method, str) and _CLP_METHODS.fullmatch(method) is not None)
    )
    aim = _structure(CLP_KEY, target.get("side")) if at_clp else _nucleus(method, target.get("side"))
    return {"aim": aim, **target}


def _nucleus(method: object, side: object) -> dict[str, Any] | None:
    """The nucleus at whose centroid a target was put."""
    kind, _, rest = method.partition(":") if isinstance(method, str) else ("", "", "")
    abbreviation = rest.partition(":")[2]
    return _structure(abbreviation, side) if kind == "nucleus" and abbreviation else None


def _with_proposed_aim(proposal: dict[str, Any]) -> dict[str, Any]:
    """All proposals were for CLp."""
    return {"aim": _structure(CLP_KEY, proposal.get("side")), **proposal}


def _in_fields(provenance: dict[str, Any]) -> dict[str, Any]:
    method, sentence = provenance.get("method"), provenance.get("sentence")
    if not isinstance(method, str) or not isinstance(sentence, str):
        return provenance
    words, _, citation = sentence.partition(_CITED)
    rest = {key: value for key, value in provenance.items() if key not in ("method", "sentence")}
    said = {"citation": citation, "sentence": words} if citation else {"citation": None, "sentence": sentence}
    return {"key": None, "atlas": None, **_source(method, sentence), **said, **rest}


def _source(method: str, sentence: str) -> dict[str, Any]:
    """Kind, key and atlas of a method's name."""
    kind, _, rest = method.partition(":")
    if method == "user":
        by_hand = "moved by hand" if sentence.startswith("Moved by hand") else "placed by hand"
        return {"kind": "mirrored" if sentence.startswith("Mirror image of") else by_hand}
    if method in ("file", "acpc-rule"):
        return {"kind": {"file": "file", "acpc-rule": "AC-PC rule"}[method]}
    if kind == "preset" and rest:
        return {"kind": "preset", "key": rest}
    if kind == "nucleus":
        atlas, _, abbreviation = rest.partition(":")
        if atlas and abbreviation:
            return {"kind": "nucleus centroid", "key": abbreviation, "atlas": atlas}
    for ending, of_atlas in (("-best-cover", "atlas best cover"), ("-centroid", "atlas centroid")):
        if method.endswith(ending) and method != ending:
            return {"kind": of_atlas, "atlas": method.removesuffix(ending)}
    return {"kind": "other", "key": method}


def _judged(registration: dict[str, Any]) -> dict[str, Any]:
    """Engine and recipe apart; judgement and nudge taken out of the notes, which are the engine's own from now on."""
    said = registration.get("notes")
    notes = said if isinstance(said, list) else []
    quality = registration.get("quality")
    sentence = quality.get("sentence") if isinstance(quality, dict) else None
    judgements = [_JUDGED[note] for note in (*notes, sentence) if isinstance(note, str) and note in _JUDGED]
    nudges = {note: nudge for note in notes if isinstance(note, str) and (nudge := _nudge(note)) is not None}
    kept = [note for note in notes if not (isinstance(note, str) and (note in _JUDGED or note in nudges))]
    rest = changed(_engine_and_recipe(registration), "quality", _with_units)
    return {
        **rest,
        **({"notes": kept} if isinstance(said, list) else {}),
        "judgement": judgements[0] if judgements else "none",
        "nudge": next(iter(nudges.values()), {"translation_mm": [0.0, 0.0, 0.0], "rotation_deg": [0.0, 0.0, 0.0]}),
    }


def _nudge(note: str) -> dict[str, Any] | None:
    values = [float(value) for value in re.findall(r"[+-]\d+\.\d+", note)] if note.startswith(_NUDGED) else []
    if len(values) != 6 or max(map(abs, values)) > _FURTHEST:
        return None
    return {"translation_mm": values[:3], "rotation_deg": values[3:]}


def _engine_and_recipe(registration: dict[str, Any]) -> dict[str, Any]:
    """``greedy, rigid by mutual information, recipe 1``: the program, and how it was used."""
    engine = registration.get("engine")
    if not isinstance(engine, str):
        return {"recipe": "", **registration}
    program, _, recipe = engine.partition(", ")
    return {**registration, "engine": program, "recipe": recipe} if program else {"recipe": "", **registration}


def _with_units(quality: dict[str, Any]) -> dict[str, Any]:
    """``AC-PC length, mm``: the name and the unit."""
    return changed_each(quality, "measures", _with_unit)


def _with_unit(measure: dict[str, Any]) -> dict[str, Any]:
    name = measure.get("name")
    words, _, unit = name.rpartition(", ") if isinstance(name, str) else ("", "", "")
    return {**measure, "name": words, "unit": unit} if words and unit in ("mm", "deg") else {"unit": None, **measure}


def _with_source_fields(placed: dict[str, Any]) -> dict[str, Any]:
    return changed(placed, "provenance", _in_fields)


def _in_version_4(content: dict[str, Any]) -> dict[str, Any]:
    """Version 4 says in fields what version 3 said in names and sentences."""
    content = changed_each(content, "targets", lambda target: _with_source_fields(_with_aim(target)))
    content = changed_each(content, "proposals", lambda proposal: _with_source_fields(_with_proposed_aim(proposal)))
    content = changed(content, "registration", _judged)
    return changed(content, "second_image", lambda second: changed(second, "registration", _engine_and_recipe))


UPGRADES: Final[Mapping[int, Upgrade]] = {3: _in_version_4}
