from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from fusplan.errors import FileNotWritableError
from fusplan.planning import edits
from fusplan.planning.autosave import Autosave, autosave_folder, list_recoveries
from tests.fixtures import plans

PROJECT = Path(__file__).resolve().parents[2]


def test_a_running_program_is_no_recovery_and_an_orderly_end_leaves_nothing(tmp_path: Path) -> None:
    with Autosave(tmp_path) as autosave:
        autosave.keep(plans.plan(), None)
        assert autosave.plan_path.is_file()
        assert list_recoveries(tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_program_kept_is_found_and_loads(tmp_path: Path) -> None:
    program = f"""
        import os, signal, sys
        sys.path.insert(0, {str(PROJECT)!r})
        from pathlib import Path
        from fusplan.planning import edits
        from fusplan.planning.autosave import Autosave
        from tests.fixtures import plans
        autosave = Autosave(Path({str(tmp_path)!r}))
        autosave.keep(plans.plan(), None)
        autosave.keep(edits.set_target_locked(plans.plan(), "clp-left", False), Path("/plans/mine.fusplan.json"))
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    (recovery,) = list_recoveries(tmp_path)
    assert recovery.original_path == Path("/plans/mine.fusplan.json").absolute()
    assert recovery.image_name == "T1w.nii.gz"
    assert not recovery.load().target("clp-left").locked
    recovery.discard()
    assert list_recoveries(tmp_path) == ()


def test_the_warp_is_written_once_for_many_keeps(tmp_path: Path) -> None:
    with Autosave(tmp_path) as autosave:
        plan = plans.plan()
        autosave.keep(plan, None)
        (warp,) = autosave.plan_path.parent.glob("registration/*.nii.gz")
        before = warp.stat().st_mtime_ns
        autosave.keep(edits.set_target_locked(plan, "clp-left", False), None)
        assert warp.stat().st_mtime_ns == before


def test_a_plan_that_was_saved_is_forgotten(tmp_path: Path) -> None:
    autosave = Autosave(tmp_path)
    autosave.keep(plans.plan(), None)
    autosave.forget()
    assert not autosave.plan_path.exists()
    autosave.keep(plans.plan(), None)
    assert autosave.plan_path.exists()
    autosave.close()
    autosave.close()


def test_the_default_place_is_the_users_state_folder(tmp_path: Path) -> None:
    assert list_recoveries() == ()
    with Autosave() as autosave:
        autosave.keep(plans.plan(), None)
        assert autosave.plan_path.is_relative_to(autosave_folder())


def test_folders_that_are_no_recovery_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "plan.fusplan.json").write_text("{}")
    (tmp_path / "damaged" / "recovery.json").write_text("{")
    assert list_recoveries(tmp_path) == ()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileNotWritableError):
        Autosave(tmp_path / "file").keep(plans.plan(), None)
