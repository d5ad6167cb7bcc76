"""The tests wait for events: none pauses for a time, none states a limit of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PROGRAMS = ("benchmarks", "installer", "tour")
"""Started by hand, with limits of their own."""

PAUSES = {("time", "sleep"), ("qtbot", "wait"), ("QTest", "qWait"), ("QTest", "qSleep")}


def names_of(call: ast.Call) -> tuple[str, str]:
    """``("time", "sleep")`` of ``time.sleep(1)``."""
    function = call.func
    if not isinstance(function, ast.Attribute):
        return "", ""
    owner = function.value
    return owner.id if isinstance(owner, ast.Name) else "", function.attr


def faults(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            owner, name = names_of(node)
            limited = owner == "qtbot" and any(keyword.arg == "timeout" for keyword in node.keywords)
            if (owner, name) in PAUSES or limited:
                yield f"{file.relative_to(TESTS)}:{node.lineno}: {owner}.{name}"


def test_no_test_pauses_or_states_a_limit() -> None:
    files = [file for file in TESTS.rglob("*.py") if file.relative_to(TESTS).parts[0] not in PROGRAMS]
    assert len(files) > 200
    assert [fault for file in files for fault in faults(file)] == []


@pytest.mark.parametrize("line", ["time.sleep(1)", "qtbot.wait(50)", "qtbot.waitUntil(done, timeout=20)"])
def test_such_lines_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr(f"{__name__}.TESTS", tmp_path)
    file = tmp_path / "test_hasty.py"
    file.write_text(f"import time\n{line}\n")
    assert len(list(faults(file))) == 1
