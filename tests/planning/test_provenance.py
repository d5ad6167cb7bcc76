"""Where a position came from, in fields and in words."""

from __future__ import annotations

import pytest

from fusplan.planning.provenance import Provenance, SourceKind

CITED = Provenance("preset", "Lateral 14 mm.", "M", 3.0, key="vim", citation="Wang et al. 2018 (unverified)")


@pytest.mark.parametrize(
    ("kind", "key", "atlas", "method"),
    [
        ("atlas centroid", None, "morel", "morel-centroid"),
        ("atlas best cover", None, "my-thomas", "my-thomas-best-cover"),
        ("consensus", None, None, "consensus"),
        ("AC-PC rule", None, None, "acpc-rule"),
        ("preset", "vim-lesions", None, "preset:vim-lesions"),
        ("nucleus centroid", "VPL", "julich", "nucleus:julich:VPL"),
        ("placed by hand", None, None, "user"),
        ("moved by hand", None, None, "user"),
        ("mirrored", None, None, "user"),
        ("file", None, None, "file"),
        ("other", "morel centroid", None, "morel centroid"),
    ],
)
def test_methods_are_called_as_ever_in_exported_tables(
    kind: SourceKind, key: str | None, atlas: str | None, method: str
) -> None:
    assert Provenance(kind, "", "C", key=key, atlas=atlas).method == method


def test_words_are_the_sentence_and_its_source() -> None:
    assert CITED.words == "Lateral 14 mm. Source: Wang et al. 2018 (unverified)"
    assert Provenance("placed by hand", "Placed by hand.", "derived").words == "Placed by hand."


def test_what_a_hand_moved_remembers_where_it_started_and_after_which_source() -> None:
    moved = CITED.moved_by_hand()
    assert (moved.kind, moved.confidence, moved.uncertainty_mm, moved.key) == ("moved by hand", "derived", None, None)
    assert moved.words == "Moved by hand; started from: Lateral 14 mm. Source: Wang et al. 2018 (unverified)"
    assert moved.moved_by_hand() is moved
