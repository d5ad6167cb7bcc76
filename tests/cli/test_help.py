"""``fusplan help``, and that the commands which the pages tell exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

from fusplan.cli.main import app
from fusplan.display.help_pages import load_pages
from tests.fixtures.command_line import fusplan, fusplan_here

PAGES = load_pages()


def test_pages_are_listed_and_read() -> None:
    listed = fusplan("help")
    assert listed.returncode == 0, listed.stderr
    assert "frames" in listed.stdout
    assert "Research and education only" in listed.stdout
    read = fusplan_here("help", "frames")
    assert "A coordinate without its frame" in read.stdout
    found = json.loads(fusplan_here("help", "--json").stdout)
    assert [page["name"] for page in found["pages"]] == [page.name for page in PAGES]
    assert all(Path(page["path"]).is_file() for page in found["pages"])
    unknown = fusplan_here("help", "nonsense")
    assert unknown.returncode == 2
    assert "What to do: The pages are: index, tutorial" in unknown.stderr


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_commands_and_options_that_a_page_tells_exist(page: object) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for line in re.findall(r"(?:^ {4}|`)(fusplan [^`\n]*)", page.text, re.MULTILINE):
        words = line.split()[1:]
        name = words[0]
        if not re.fullmatch(r"[a-z]+", name):
            continue
        assert name in commands, line
        command = commands[name]
        if hasattr(command, "commands"):
            command = command.commands[words[1]]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        used = {word for word in words if word.startswith("--")}
        assert used <= known, line
    # Options told without their command.
    every = {option for command in commands.values() for parameter in command.params for option in parameter.opts}
    for option in re.findall(r"`(--[a-z-]+)", page.text):
        assert option in every, option
