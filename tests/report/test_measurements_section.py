from __future__ import annotations

from dataclasses import replace

from fusplan.planning.measurements import add_measurement, rename_measurement
from fusplan.report.measurements_section import measurements_section
from tests.fixtures import plans


def test_every_measurement_stands_with_value_unit_and_frame() -> None:
    points = (plans.point(0, 0, 0), plans.point(0, 4, 0), plans.point(3, 4, 0))
    plan = rename_measurement(add_measurement(plans.plan(), points), "angle-1", "Wall <b>")
    page = measurements_section(plan)
    assert "5.0&nbsp;mm" in page
    assert "90.0&deg;" in page
    assert "Wall &lt;b&gt;" in page
    assert plans.FRAME.label in page


def test_nothing_is_said_when_nothing_was_measured() -> None:
    assert measurements_section(replace(plans.plan(), measurements=())) == ""
