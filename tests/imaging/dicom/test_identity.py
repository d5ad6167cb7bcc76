"""Names are noticed in other spellings, and titles are free of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fusplan.imaging.dicom.identity import names_patient, path_names_patient, private_words, series_title

WORDS = private_words(["Grüber^Anna Maria", "KSB-4711", "19610203", "Li", ""])


def test_words() -> None:
    assert {"gruber", "anna", "maria", "ksb", "4711", "19610203", "li"} == WORDS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("GRUEBER", False),
        ("Gruber_A", True),
        ("xGRÜBERx", True),
        ("scan of ANNA", True),
        ("Annapolis", True),
        ("slices", False),
        ("LI head", True),
        ("pat4711b", True),
        ("T1 mprage", False),
        ("", False),
    ],
)
def test_names_patient(text: str, found: bool) -> None:
    assert names_patient(text, WORDS) is found


def test_paths(tmp_path: Path) -> None:
    (tmp_path / "Gruber").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "Gruber")
    assert path_names_patient(tmp_path / "link", WORDS)
    assert not path_names_patient(tmp_path / "other", WORDS)


@pytest.mark.parametrize(
    ("description", "number", "title"),
    [
        ("t1_mprage", 3, "t1_mprage (series 3)"),
        ("  a/b:c\\d\n ", None, "a-b-c-d (series without a number)"),
        ("", 3, "DICOM series 3"),
        ("...", 3, "DICOM series 3"),
        ("Gruber T1", 3, "DICOM series 3"),
        ("x" * 100, 3, "x" * 60 + " (series 3)"),
    ],
)
def test_titles(description: str, number: int | None, title: str) -> None:
    assert series_title(description, number, WORDS) == title
