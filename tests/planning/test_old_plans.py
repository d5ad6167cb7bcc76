"""What plan files of versions 1 to 3 said in names and sentences comes back in fields."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fusplan.atlas.structure_ref import StructureRef, clp
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import PlanFieldError, load_plan
from fusplan.planning.plan_format.upgrades import CURRENT_VERSION, upgrade
from fusplan.planning.provenance import SourceKind
from fusplan.planning.registration_judgement import HandNudge

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(params=[1, 2, 3])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Callable[[dict[str, Any]], None]], Plan]:
    """Opens a golden file of an old version after a change of its content."""
    content = json.loads((GOLDEN / f"plan-v{request.param}.fusplan.json").read_text(encoding="utf-8"))
    (tmp_path / "registration").symlink_to(GOLDEN / "registration")

    def open_changed(change: Callable[[dict[str, Any]], None]) -> Plan:
        changed = copy.deepcopy(content)
        change(changed)
        (tmp_path / "old.fusplan.json").write_text(json.dumps(changed), encoding="utf-8")
        return load_plan(tmp_path / "old.fusplan.json")

    return open_changed


Opened = Callable[[Callable[[dict[str, Any]], None]], Plan]

ATLAS, KRAUTH = "Centroid of the left CLp by the Morel figures.", "Krauth et al. 2010 (NeuroImage 49:2053)"
VIM, WANG = "lateral 14 mm, 25% of AC-PC in front of PC.", "for example Wang et al. 2018 (unverified)"


@pytest.mark.parametrize(
    ("method", "sentence", "kind", "key", "atlas", "words", "citation"),
    [
        ("morel-centroid", f"{ATLAS} Source: {KRAUTH}", "atlas centroid", None, "morel", ATLAS, KRAUTH),
        ("my-thomas-2-best-cover", "Best.", "atlas best cover", None, "my-thomas-2", "Best.", None),
        ("acpc-rule", "AC-PC rule: 6 mm.", "AC-PC rule", None, None, "AC-PC rule: 6 mm.", None),
        ("preset:vim", f"{VIM} Source: {WANG}", "preset", "vim", None, VIM, WANG),
        ("nucleus:julich:VPL", "At.", "nucleus centroid", "VPL", "julich", "At.", None),
        ("user", "Placed by hand in a slice.", "placed by hand", None, None, "Placed by hand in a slice.", None),
        ("user", "Moved by hand; started from: X. Source: Y", "moved by hand", None, None,
         "Moved by hand; started from: X.", "Y"),
        ("user", "Mirror image of CLp left through the midplane.", "mirrored", None, None,
         "Mirror image of CLp left through the midplane.", None),
        ("file", "Read from a file (CSV).", "file", None, None, "Read from a file (CSV).", None),
        ("what somebody wrote", "", "other", "what somebody wrote", None, "", None),
        ("preset:", "x", "other", "preset:", None, "x", None),
        ("nucleus:morel", "x", "other", "nucleus:morel", None, "x", None),
        ("-centroid", "x", "other", "-centroid", None, "x", None),
    ],
)  # fmt: skip
def test_the_source_of_a_position(
    opened: Opened,
    method: str,
    sentence: str,
    kind: SourceKind,
    key: str | None,
    atlas: str | None,
    words: str,
    citation: str | None,
) -> None:
    def change(content: dict[str, Any]) -> None:
        for placed in (content["targets"][1], content["proposals"][0]):
            placed["provenance"] |= {"method": method, "sentence": sentence}

    plan = opened(change)
    for found in (plan.targets[1].provenance, plan.proposals[0].provenance):
        assert (found.kind, found.key, found.atlas) == (kind, key, atlas)
        assert (found.sentence, found.citation) == (words, citation)
        assert (found.method, found.words) == (method, sentence)  # as every export and page had them
        assert (found.confidence, found.uncertainty_mm) == ("C", 2.5)


@pytest.mark.parametrize(
    ("changes", "aim"),
    [
        ({}, clp("right")),
        ({"name": "CLp, AC-PC rule right", "id": "x", "method": "user"}, clp("right")),
        # Renamed: its id tells what it was called first, and a fresh position what it was proposed for.
        ({"name": "Right target", "method": "user"}, clp("right")),
        ({"name": "Right target", "id": "x", "method": "julich-centroid"}, clp("right")),
        ({"name": "Right target", "id": "x", "method": "preset:clp"}, clp("right")),
        ({"name": "Right target", "id": "x", "method": "nucleus:morel:CLp"}, clp("right")),
        ({"name": "VPL right", "id": "x", "method": "nucleus:morel:VPL"}, StructureRef("VPL", "right")),
        ({"name": "Vim right", "id": "x", "method": "preset:vim"}, None),
        ({"name": "A point", "id": "x", "method": "user"}, None),
        ({"name": "A point of clp", "id": "x", "method": "file"}, None),
    ],
)
def test_what_a_target_aims_at(opened: Opened, changes: dict[str, str], aim: StructureRef | None) -> None:
    def change(content: dict[str, Any]) -> None:
        target, lesion = content["targets"][1], content["lesions"][1]
        target["name"] = changes.get("name", target["name"])
        lesion["target_id"] = target["id"] = changes.get("id", target["id"])
        target["provenance"]["method"] = changes.get("method", target["provenance"]["method"])

    plan = opened(change)
    assert plan.targets[1].aim == aim
    assert [proposal.aim for proposal in plan.proposals] == [clp("left"), clp("right")]


NUDGED = (
    "Nudged by hand along the AC-PC axes: right +1.00 mm, anterior -0.25 mm, superior +0.00 mm; pitch +0.00 deg, "
    "roll -2.50 deg, yaw +0.75 deg."
)
OWN = "The head is not brain-extracted."


def noted(*notes: str, sentence: str | None = None) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        record = content["registration"]
        record["notes"] = list(notes)
        if sentence is not None:
            record["quality"] |= {"verdict": "error", "sentence": sentence}

    return change


def test_notes_become_nudge_and_judgement_and_the_engine_keeps_its_own(opened: Opened) -> None:
    judged = "Judged by a person who looked at the pictures: do not trust this registration."
    record = opened(noted(OWN, NUDGED, judged)).registration
    assert record.nudge == HandNudge((1.0, -0.25, 0.0), (0.0, -2.5, 0.75))
    assert record.judgement == "distrusted"
    assert record.notes == (OWN,)
    assert record.remarks == (OWN, NUDGED, judged)  # what every report shows is the same
    accepted = opened(noted("Accepted by a person who looked at the pictures.", OWN)).registration
    assert (accepted.judgement, accepted.nudge.is_none, accepted.notes) == ("accepted", True, (OWN,))
    assert opened(noted(OWN)).registration.judgement == "none"


def test_a_word_of_a_note_does_not_make_a_registration_trusted_again(opened: Opened) -> None:
    """The verdict's own sentence says it a second time."""
    said = "Do not trust this registration: a person who looked at the pictures said so."
    note = "Judged by a person who looked at pictures: do not trust this registration."
    record = opened(noted(note, sentence=said)).registration
    assert (record.judgement, record.quality.verdict, record.notes) == ("distrusted", "error", (note,))


@pytest.mark.parametrize("note", [NUDGED.replace("+1.00", "one"), NUDGED.replace("+1.00", "+4000.00"), "Nudged. +1.0"])
def test_a_note_that_is_no_nudge_stays_a_note(opened: Opened, note: str) -> None:
    record = opened(noted(note)).registration
    assert record.nudge.is_none and record.notes == (note,)


def test_engine_and_recipe_and_units_of_measures_are_told_apart(opened: Opened) -> None:
    def change(content: dict[str, Any]) -> None:
        record = content["registration"]
        record["engine"] = "greedy, affine and deep-brain deformable, recipe 2"
        (measure,) = record["quality"]["measures"]
        record["quality"]["measures"] = [measure, measure | {"name": "AC-PC length, mm"}, measure | {"name": "A, b"}]

    record = opened(change).registration
    assert (record.engine, record.recipe) == ("greedy", "affine and deep-brain deformable, recipe 2")
    assert record.engine_words == "greedy, affine and deep-brain deformable, recipe 2"
    plain, length, named = record.quality.measures
    assert (length.name, length.unit, length.name_and_unit) == ("AC-PC length", "mm", "AC-PC length, mm")
    assert (plain.unit, named.name, named.unit) == (None, "A, b", None)
    assert opened(lambda _: None).registration.engine_words == "greedy deep-brain 1"


def test_what_the_proposals_belong_to_is_not_known(opened: Opened) -> None:
    plan = opened(lambda _: None)
    assert plan.proposals and plan.proposals_fit is None


def test_the_second_image_has_the_second_role(tmp_path: Path) -> None:
    plan = load_plan(GOLDEN / "plan-v3.fusplan.json")
    (placed,) = plan.images
    assert (placed.role, placed.registration.engine) == ("second", "greedy")
    assert placed.registration.engine_words == "greedy, rigid by mutual information, recipe 1"


SPOILT = {
    "targets": (None, 3, [3, None], [{}], [{"name": 3, "id": [], "provenance": "x"}], [{"provenance": {"method": 1}}]),
    "proposals": (None, {}, [[]], [{"provenance": None}]),
    "registration": (None, [], {}, {"notes": 3, "quality": [], "engine": 1}, {"quality": {"measures": [{"name": 1}]}}),
    "second_image": (3, [], {}, {"registration": 3}, {"registration": {"engine": ""}}),
    "image": (None, 3),
}


@pytest.mark.parametrize("field", SPOILT)
def test_old_files_with_something_else_in_a_field_are_refused_by_its_name(tmp_path: Path, field: str) -> None:
    content = json.loads((GOLDEN / "plan-v3.fusplan.json").read_text(encoding="utf-8"))
    for wrong in SPOILT[field]:
        path = tmp_path / "old.fusplan.json"
        path.write_text(json.dumps({**content, field: wrong}), encoding="utf-8")
        with pytest.raises(PlanFieldError, match="images" if field == "second_image" else field):
            load_plan(path)


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5])
def test_an_upgrade_leaves_what_it_was_given_alone(version: int) -> None:
    content = json.loads((GOLDEN / f"plan-v{version}.fusplan.json").read_text(encoding="utf-8"))
    given = copy.deepcopy(content)
    assert upgrade(content, version)["schema_version"] == CURRENT_VERSION == 7
    assert content == given
