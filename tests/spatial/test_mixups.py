"""The type checker rejects mixed-up coordinates: every one of a list, and nothing that is right."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.fixtures.limits import LONGEST_PROGRAM_S

PROJECT = Path(__file__).resolve().parents[2]
SOURCE = Path(__file__).with_name("mixups.py.txt")


def test_mypy_rejects_every_mixup_and_nothing_else(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    text = SOURCE.read_text(encoding="utf-8")
    expected = Counter(
        {number: line.count("# mix-up") for number, line in enumerate(text.splitlines(), 1) if "# mix-up" in line}
    )
    checked = tmp_path / "mixups.py"
    checked.write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", str(PROJECT / "pyproject.toml"), "--no-error-summary",
         "--follow-imports", "silent", str(checked)],
        cwd=PROJECT, capture_output=True, text=True, timeout=LONGEST_PROGRAM_S, check=False,
    )  # fmt: skip
    assert run.returncode in (0, 1), run.stdout + run.stderr
    found = Counter(int(number) for number in re.findall(r"mixups\.py:(\d+): error:", run.stdout))
    assert found == expected, run.stdout
    assert sum(found.values()) == 35
