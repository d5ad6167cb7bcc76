"""The built-in head, planned by the command line, and a small plan with an image of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fusplan.cli import info
from tests.fixtures.ball_heads import planned_ball
from tests.fixtures.command_line import Demo, fusplan


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The built-in head, planned once for all tests of this process."""
    folder = tmp_path_factory.mktemp("demo") / "démo plan"
    done = fusplan("demo", "--out", folder.name, "--json", cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    return Demo(folder, json.loads(done.stdout), done.stderr)


@pytest.fixture(autouse=True)
def no_head_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What kind of image it is takes a second or two to tell, and is tried in ``tests/registration``."""
    monkeypatch.setattr(info, "_at_first_sight", lambda image: None)


@pytest.fixture
def planned(tmp_path: Path) -> Path:
    """A plan folder on an image of its own."""
    return planned_ball(tmp_path)
