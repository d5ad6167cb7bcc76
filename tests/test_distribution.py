"""Test files that share something costly stay together when a run has several processes."""

from __future__ import annotations

from pathlib import Path

from tests.fixtures.distribution import TOGETHER, TogetherScheduling

PROJECT = Path(__file__).resolve().parents[1]


def test_the_files_are_there_and_in_one_group() -> None:
    files = [file for group in TOGETHER.values() for file in group]
    assert len(files) == len(set(files))
    assert all((PROJECT / file).is_file() for file in files)


def test_tests_of_a_group_are_one_piece_of_work_and_others_each_their_own() -> None:
    scheduling = TogetherScheduling.__new__(TogetherScheduling)
    first, second, alone = (
        "tests/cli/test_plan.py::test_a[x::y]",
        "tests/cli/test_export.py::test_b",
        "tests/spatial/test_points.py::test_c",
    )
    assert scheduling._split_scope(first) == scheduling._split_scope(second) == "demo"
    assert scheduling._split_scope(alone) == alone
