"""The command line as its users start it: a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


def fusplan(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program and wait; text streams."""
    command = [sys.executable, "-m", "fusplan", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, cwd=cwd, check=False)


@dataclass(frozen=True)
class Demo:
    """One run of ``fusplan demo --json``."""

    folder: Path
    result: dict[str, Any]
    stderr: str


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The built-in head, planned once for all tests of this process."""
    folder = tmp_path_factory.mktemp("demo") / "démo plan"
    done = fusplan("demo", "--out", folder.name, "--json", cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    return Demo(folder, json.loads(done.stdout), done.stderr)
