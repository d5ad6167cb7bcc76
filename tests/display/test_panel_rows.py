"""What panels list: facts of an image, landmarks, measures, measurements, checks, export formats."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fusplan.display.export_choices import export_choices, files_in_the_way, in_the_way_words
from fusplan.display.file_facts import file_facts
from fusplan.display.image_facts import image_facts
from fusplan.display.landmark_rows import by_name, frame_words, landmark_rows, last_effect
from fusplan.display.measurement_rows import measurement_rows
from fusplan.display.registration_rows import NUDGE_AXES, making_facts, measure_rows
from fusplan.export.formats import ExportFormat
from fusplan.imaging.read import read_volume
from fusplan.planning.document import PlanDocument
from fusplan.planning.landmark_edits import move_landmark, set_proposals
from fusplan.planning.measurements import add_measurement
from fusplan.planning.plan import Plan
from fusplan.planning.registration_edits import nudge_registration
from fusplan.planning.review import Check
from fusplan.planning.sorted_checks import sorted_checks
from fusplan.registration.request import QualityMeasure
from tests.fixtures import plans


def facts(volume: object) -> dict[str, str]:
    return {fact.label: fact.value for fact in image_facts(volume)}  # type: ignore[arg-type]


def test_an_oblique_image_is_described() -> None:
    found = facts(plans.volume())
    assert found["Voxels"] == "96 x 96 x 96"
    assert found["Voxel size"] == "1 x 1 x 1 mm"
    assert found["Orientation"] == "LAS"
    assert found["Oblique"] == "7.0°"
    assert found["Fingerprint"] == plans.SHA256[:12]


def test_the_header_of_a_file_is_described(shared_folder: Path) -> None:
    path = shared_folder / "template" / "colin27_ch2_T1w_1mm.nii.gz"
    found = {fact.label: fact.value for fact in file_facts(path)}
    assert found["Format"] == "NIfTI-1, uint8"
    assert found["Placed by"].startswith(("sform", "qform"))
    assert facts(read_volume(path))["Oblique"] == "no"


def test_a_file_that_is_gone_has_no_facts(tmp_path: Path) -> None:
    assert file_facts(tmp_path / "gone.nii.gz") == ()


def test_landmarks_name_frame_source_and_distance_from_the_midplane() -> None:
    landmarks = plans.landmarks()
    geometry = landmarks.geometry()
    rows = landmark_rows(landmarks, geometry, "scanner")
    assert [row.title for row in rows] == ["AC", "PC", "Midline 1", "Midline 2", "Midline 3"]
    assert rows[0].coordinates == ("0.2", "12.5", "0.1")
    assert rows[1].details == "Placed by hand"
    residual = geometry.midplane.residuals_mm[0]
    assert rows[2].details.startswith(f"{abs(residual):.1f} mm {'right' if residual >= 0 else 'left'}")
    assert "scanner RAS mm" in frame_words(geometry, "scanner")
    x, y, z = landmark_rows(landmarks, geometry, "acpc")[0].coordinates
    assert (float(x), float(z)) == (0.0, 0.0)
    assert float(y) == pytest.approx(geometry.length_mm / 2, abs=0.06)
    assert "AC-PC" in frame_words(geometry, "acpc")


def test_the_effect_of_the_last_landmark_edit() -> None:
    document = PlanDocument(plans.plan())
    assert last_effect(document.history) is None
    there = plans.point(0.2, 14.5, 0.1)
    document.apply("Move AC", lambda plan: move_landmark(plan, "ac", there))
    document.apply("Something else", lambda plan: replace(plan, seed=8))
    found = last_effect(document.history)
    assert found is not None
    assert found.label == "Move AC"
    assert found.length_mm - found.length_before_mm == pytest.approx(2.0, abs=0.01)
    assert found.origin_moved_mm == pytest.approx(1.0, abs=0.01)
    assert [one.moved_mm for one in found.proposals] == [None, None]  # not computed yet

    def computed(plan: Plan) -> Plan:
        moved = replace(plan.proposals[0], point=plans.point(-8.25, -12.1, 5.5))
        return set_proposals(plan, (moved, *plan.proposals[1:]))

    document.amend(computed)
    found = last_effect(document.history)
    assert found is not None
    assert [one.moved_mm for one in found.proposals] == pytest.approx([1.0, 0.0])
    assert dict(by_name(found.proposals)) == {"Morel best cover": "left 1.0 mm", "AC-PC rule": "right 0.0 mm"}
    document.undo()
    document.undo()
    assert last_effect(document.history) is None


def test_measures_put_the_worst_first_and_split_off_the_unit() -> None:
    fine = QualityMeasure("AC-PC length", 26.4, 31.5, 36.0, "ok", "patients measure 26.4 +- 1.4 mm", "mm")
    bad = QualityMeasure("Local deep-brain correlation", float("nan"), 0.68, 0.58, "error", "no")
    rows = measure_rows((fine, bad))
    assert [row.name for row in rows] == ["Local deep-brain correlation", "AC-PC length"]
    assert [row.value for row in rows] == ["unknown", "26.40 mm"]
    assert "look twice beyond 31.5" in rows[1].explanation


def test_how_a_registration_was_made() -> None:
    found = {fact.label: fact.value for fact in making_facts(plans.registration())}
    assert found["Template"] == "MNI152NLin2009cAsym"
    assert found["Took"] == "15 s"
    assert found["picsl-greedy"] == "1.4.0.3"


@pytest.mark.parametrize("axis", NUDGE_AXES, ids=lambda axis: axis.key)
def test_each_axis_nudges_itself_alone(axis: object) -> None:
    from fusplan.display.registration_rows import NudgeAxis

    assert isinstance(axis, NudgeAxis)
    nudged = nudge_registration(plans.plan(), *axis.nudge(-0.5)).registration.nudge
    unit = " mm" if axis.unit == "mm" else "°"
    assert axis.words(nudged) == f"-0.50{unit}"
    assert all(
        other.words(nudged) == f"0{' mm' if other.unit == 'mm' else '°'}" for other in NUDGE_AXES if other is not axis
    )


def test_measurements_are_looked_at_in_their_middle() -> None:
    points = (plans.point(0, 0, 0), plans.point(0, 4, 0), plans.point(3, 4, 0))
    distance, angle = measurement_rows(add_measurement(plans.plan(), points).measurements)
    assert distance.value == "5.0 mm"
    assert np.allclose(distance.middle.array, (1.5, 2.0, 0.0))
    assert angle.value == "90.0°"
    assert np.allclose(angle.middle.array, (0.0, 4.0, 0.0))
    assert distance.explanation.endswith(plans.FRAME.label)


def test_checks_that_need_a_look_come_first() -> None:
    given = (Check("a", "ok", "A."), Check("b", "warning", "B."), Check("c", "error", "C."), Check("d", "ok", "D."))
    found = sorted_checks(given)
    assert [check.name for check in found.to_look_at] == ["c", "b"]
    assert [check.name for check in found.fine] == ["a", "d"]
    assert found.words == "1 wrong, 1 to look at, 2 fine."
    assert sorted_checks(given[:1]).words == "1 fine."


def test_files_that_an_export_replaces_are_named(tmp_path: Path) -> None:
    formats = {
        "csv": ExportFormat("tables", ("targets.csv", "lesions.csv"), lambda material, folder: None),
        "report": ExportFormat("a page", ("report.html",), lambda material, folder: None),
    }
    choices = export_choices(formats, ("report",))
    assert [(choice.key, choice.title, choice.usual) for choice in choices] == [
        ("report", "A page", True),
        ("csv", "Tables", False),
    ]
    (tmp_path / "lesions.csv").touch()
    (tmp_path / "report.html").touch()
    assert files_in_the_way(choices, ("csv",), tmp_path) == ("lesions.csv",)
    assert in_the_way_words(("lesions.csv",)) == "1 file there is replaced: lesions.csv."
    assert in_the_way_words(()) == ""
