"""Values of an export compared with the plan."""

from __future__ import annotations

import numpy as np

from fusplan.cli.export import _table
from fusplan.export.check_rows import point_rows
from fusplan.export.self_check import SelfCheck


def test_a_targets_name_is_not_taken_for_the_frame_it_was_read_in() -> None:
    """A column held the worst of every target whose name began with its own and `` by ``; others were left out."""
    there, beside = np.zeros(3), np.array([0.0, 3.0, 4.0])
    expected = [("CLp", there), ("CLp by hand", there)]
    rows = point_rows("targets.csv", "csv module", expected, [("CLp", there), ("CLp by hand", beside)], "LPS")
    assert [(row.subject, row.subject_words, row.error) for row in rows] == [
        ("CLp", "CLp by LPS", 0.0),
        ("CLp by hand", "CLp by hand by LPS", 5.0),
    ]
    table = _table(SelfCheck(tuple(rows), ()), "point", "target, mm off", ["CLp", "CLp by hand"])
    first, second = table.rows[0][2:]
    assert first == "0.0000 mm" and "5.0000 mm" in second
