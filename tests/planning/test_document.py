from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fusplan.errors import FileNotWritableError
from fusplan.planning import edits
from fusplan.planning.document import PlanDocument
from fusplan.planning.edits import TargetLockedError
from fusplan.planning.plan import Plan
from tests.fixtures import plans


def unlock(plan: Plan) -> Plan:
    return edits.set_target_locked(plan, "clp-left", False)


def test_edits_are_announced_and_can_be_undone() -> None:
    document = PlanDocument(plans.plan())
    seen: list[bool] = []
    disconnect = document.changed.connect(lambda: seen.append(document.plan.target("clp-left").locked))
    document.apply("Unlock CLp left", unlock)
    document.undo()
    document.undo()
    document.redo()
    document.go_to(0)
    assert seen == [False, True, False, True]
    disconnect()
    disconnect()
    document.redo()
    assert len(seen) == 4


def test_an_edit_that_fails_or_changes_nothing_leaves_no_trace() -> None:
    document = PlanDocument(plans.plan())
    before = document.history
    with pytest.raises(TargetLockedError):
        document.apply("Move", lambda plan: edits.move_target(plan, "clp-left", plans.point(-9, -12, 5)))
    document.apply("Nothing", lambda plan: plan)
    assert document.history is before


def test_a_drag_is_one_entry() -> None:
    document = PlanDocument(unlock(plans.plan()))
    for step in range(5):
        where = plans.point(-9.0 + step / 10, -12.0, 5.0)
        document.apply("Drag", lambda plan, where=where: edits.move_target(plan, "clp-left", where), "drag clp-left")
    document.end_merging()
    assert document.history.labels == ("Open", "Drag")


def test_saving_opening_and_saving_elsewhere(tmp_path: Path) -> None:
    document = PlanDocument(plans.plan(str(tmp_path / "T1w.nii.gz")))
    assert not document.is_saved
    with pytest.raises(ValueError, match="path"):
        document.save()
    path = tmp_path / "a.fusplan.json"
    assert document.save(path) == path
    assert document.is_saved
    document.apply("Unlock", unlock)
    assert not document.is_saved
    document.save()
    reopened = PlanDocument.open(path)
    assert reopened.is_saved
    assert not reopened.plan.target("clp-left").locked
    with pytest.raises(FileNotWritableError):
        reopened.save(tmp_path / "none" / "b.fusplan.json")
    assert reopened.path == path
    assert reopened.save(tmp_path / "c.fusplan.json") == reopened.path


def test_planning_imports_neither_qt_nor_a_signal_library() -> None:
    program = (
        "import sys, fusplan.planning.document, fusplan.planning.autosave\n"
        "bad = {'PySide6', 'psygnal', 'pyqtgraph', 'superqt'} & {name.split('.')[0] for name in sys.modules}\n"
        "sys.exit(', '.join(bad) or 0)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
