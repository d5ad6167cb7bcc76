"""Programs that change one plan at the same time: what each of them says is saved is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.workflows import edit_saved_plan as module
from tests.fixtures import plans
from tests.fixtures.command_line import fusplan_here
from tests.fixtures.forked_programs import Asked, fusplan_at_once

PROGRAMS = 4


@pytest.fixture
def plan_path(tmp_path: Path) -> Path:
    path = tmp_path / "plan.fusplan.json"
    save_plan(plans.plan(str(tmp_path / "T1w.nii.gz")), path)
    return path


def points(folder: Path, name: str, x_mm: float) -> Path:
    path = folder / f"{name}.csv"
    path.write_text(f"name,x,y,z\n{name},{x_mm},-14,1\n", encoding="utf-8")
    return path


def adding(plan_path: Path, name: str, x_mm: float) -> Asked:
    file = points(plan_path.parent, name, x_mm)
    return Asked(["targets", plan_path, "--add", file, "--frame", "ras", "--json"])


@pytest.mark.parametrize("time", range(5))
def test_four_programs_that_add_targets_at_once_lose_none(plan_path: Path, time: int) -> None:
    names = [f"Vim {time}{number}" for number in range(PROGRAMS)]
    for done in fusplan_at_once(*(adding(plan_path, name, 10.0 + number) for number, name in enumerate(names))):
        assert done.returncode == 0, done.stderr
        assert len(json.loads(done.stdout)["added"]) == 1
    plan = load_plan(plan_path)
    assert sorted(target.name for target in plan.targets) == ["CLp left", "CLp right", *names]
    assert len({target.id for target in plan.targets}) == 2 + PROGRAMS
    assert not [path for path in plan_path.parent.iterdir() if path.name.startswith(".")]


def rename(plan_path: Path, name: str) -> None:
    plan = load_plan(plan_path)
    save_plan(replace(plan, targets=(plan.targets[0], replace(plan.targets[1], name=name))), plan_path)


def saves_meanwhile(plan_path: Path, monkeypatch: pytest.MonkeyPatch, do: list[Callable[[], object]]) -> None:
    """Another program comes between reading and writing, as often as there is something to do."""
    real = module.save_plan

    def save(*arguments: object, **more: object) -> object:
        if do:
            do.pop(0)()
        return real(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "save_plan", save)


def test_who_is_overtaken_adds_to_the_newest_and_says_so(plan_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saves_meanwhile(
        plan_path, monkeypatch, [lambda name=name: rename(plan_path, name) for name in ("Theirs", "Theirs again")]
    )
    done = fusplan_here("targets", plan_path, "--add", points(plan_path.parent, "Vim", 12), "--frame", "ras")
    assert done.returncode == 0
    assert "Another program saved the plan meanwhile" in done.stderr
    assert [target.name for target in load_plan(plan_path).targets] == ["CLp left", "Theirs again", "Vim"]


@pytest.mark.parametrize("becomes", [None, b"{", b"", b'{"format": "fusplan plan"}'])
def test_a_plan_that_is_gone_or_unreadable_meanwhile_is_left_alone(
    plan_path: Path, monkeypatch: pytest.MonkeyPatch, becomes: bytes | None
) -> None:
    change = plan_path.unlink if becomes is None else lambda: plan_path.write_bytes(becomes)
    saves_meanwhile(plan_path, monkeypatch, [change])
    done = fusplan_here("targets", plan_path, "--add", points(plan_path.parent, "Vim", 12), "--frame", "ras")
    assert done.returncode == 2
    assert "What to do" in done.stderr
    assert "saved" not in done.stdout
    assert (plan_path.read_bytes() if plan_path.exists() else None) == becomes


def test_who_is_overtaken_without_end_gives_up_and_says_so(plan_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TRIES", 3)
    saves_meanwhile(plan_path, monkeypatch, [lambda n=n: rename(plan_path, f"Theirs {n}") for n in range(9)])
    done = fusplan_here("targets", plan_path, "--add", points(plan_path.parent, "Vim", 12), "--frame", "ras")
    assert done.returncode == 2
    assert "again and again" in done.stderr
    assert [target.name for target in load_plan(plan_path).targets] == ["CLp left", "Theirs 2"]
