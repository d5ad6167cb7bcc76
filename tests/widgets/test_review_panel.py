"""Review and export: verdicts, formats, folder, saving first, what was written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.export.check_rows import CheckRow
from fusplan.export.self_check import SelfCheck
from fusplan.planning.open_review import ChecksKey, OpenReview
from fusplan.planning.plan_file import save_plan
from fusplan.planning.review import Check
from fusplan.planning.review_key import ReviewBasis
from fusplan.widgets.case import Case
from fusplan.widgets.export_part import ExportPart
from fusplan.widgets.review_panel import ReviewPanel
from fusplan.workflows.export_plan import CheckedExport
from fusplan.workflows.requests import ExportRequest
from tests.fixtures.cases import atlas_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.reviews import every_digit, small_review
from tests.fixtures.simulated_plans import simulated_plan

LEFT = Qt.MouseButton.LeftButton
CHECKS = (Check("image", "ok", "Fine."), Check("side", "warning", "Look."), Check("frame", "error", "Wrong."))


@pytest.fixture
def case() -> Case:
    return atlas_case()


def exported(request: ExportRequest, progress: object) -> CheckedExport:
    names = {"report": ("report.html",), "csv": ("targets.csv", "lesions.csv")}
    files = tuple(request.out / name for key in request.formats for name in names.get(key, ()))
    return CheckedExport(
        files, SelfCheck((CheckRow("targets.csv", "csv", "CLp", "point", 0.0, 0.01),), ()), (), request.out
    )


def part(qtbot: QtBot, case: Case) -> tuple[ExportPart, TrialDesk]:
    desk = TrialDesk(case)
    desk.work_with(export_and_check=exported)
    made = ExportPart(case, desk.desk)
    qtbot.addWidget(made)
    made.resize(340, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made, desk


def saved(case: Case, folder: Path) -> None:
    assert case.document is not None
    path = folder / "plan.fusplan.json"
    save_plan(case.document.plan, path)
    case.document.mark_saved(case.document.plan, path)


def test_every_check_with_its_verdict_the_worst_first(qtbot: QtBot, case: Case) -> None:
    panel = ReviewPanel(case, TrialDesk(case).desk)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    assert panel.words.text() == "Checking the plan…"
    subject = case.review_subject
    assert case.document is not None and subject is not None
    checked = ChecksKey(ReviewBasis.of(subject.plan, subject.atlases), subject.image_sha256)
    case.set_review(case.review.with_checks(CHECKS, checked))
    assert panel.words.text() == "1 wrong, 1 to look at, 1 fine."
    assert [row.text for row in panel.to_look_at.rows] == ["Wrong.", "Look."]
    assert [row.text for row in panel.fine.rows] == ["Fine."]
    case.document.apply("Another seed", lambda plan: replace(plan, seed=plan.seed + 1))
    assert panel.words.text() == "Checking the plan…"
    case.document.undo()
    assert panel.words.text() == "1 wrong, 1 to look at, 1 fine."


def test_without_a_plan_nothing_is_offered(qtbot: QtBot) -> None:
    panel = ReviewPanel(Case(), TrialDesk().desk)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    assert not panel.export.isVisible()


def test_a_saved_plan_is_exported_beside_itself(qtbot: QtBot, case: Case, tmp_path: Path) -> None:
    saved(case, tmp_path)
    (tmp_path / "report.html").touch()
    made, desk = part(qtbot, case)
    assert "report.html" in made.replaced.text()
    for key, box in made.boxes.items():
        box.setChecked(key in ("report", "csv"))
    qtbot.mouseClick(made.export, LEFT)
    qtbot.waitUntil(lambda: bool(made.written.text()))
    assert str(tmp_path) in made.written.text()
    assert "lesions.csv" in made.written.text()
    assert made.read_back.rows[0].verdict == "ok"
    qtbot.mouseClick(made.open_report, LEFT)
    qtbot.mouseClick(made.show_folder, LEFT)
    assert [Path(url.toLocalFile()) for url in desk.opened] == [tmp_path / "report.html", tmp_path]
    assert "3 files" in desk.messages[0].text


def test_the_export_takes_the_review_that_is_known(qtbot: QtBot, case: Case, tmp_path: Path) -> None:
    saved(case, tmp_path)
    made, desk = part(qtbot, case)
    asked: list[ExportRequest] = []

    def kept(request: ExportRequest, progress: object) -> CheckedExport:
        asked.append(request)
        return exported(request, progress)

    desk.work_with(export_and_check=kept)
    assert case.document is not None
    case.set_review(OpenReview.begin(case.document.plan, small_review()))
    qtbot.mouseClick(made.export, LEFT)
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert asked[0].review is not None
    assert every_digit(asked[0].review) == every_digit(small_review())


def test_the_export_takes_the_simulation_of_the_plan_as_it_is(qtbot: QtBot, case: Case, tmp_path: Path) -> None:
    saved(case, tmp_path)
    made, desk = part(qtbot, case)
    asked: list[ExportRequest] = []

    def kept(request: ExportRequest, progress: object) -> CheckedExport:
        asked.append(request)
        return exported(request, progress)

    desk.work_with(export_and_check=kept)
    assert case.document is not None
    simulated = simulated_plan(case.document.plan)
    case.set_simulated(simulated)
    qtbot.mouseClick(made.export, LEFT)
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert asked[0].simulated is not None
    assert asked[0].simulated.key == simulated.key
    case.document.apply("Another seed", lambda plan: replace(plan, seed=plan.seed + 1))
    saved(case, tmp_path)
    qtbot.mouseClick(made.export, LEFT)
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert asked[1].simulated is None


def test_a_plan_with_changes_is_saved_first(qtbot: QtBot, case: Case, tmp_path: Path) -> None:
    made, desk = part(qtbot, case)
    assert made.export.text() == "Save and export"

    def save() -> bool:
        saved(case, tmp_path)
        return True

    desk.save = save
    qtbot.mouseClick(made.export, LEFT)
    qtbot.waitUntil(lambda: bool(made.written.text()))
    assert made.export.text() == "Export"


def test_when_saving_is_refused_nothing_is_exported(qtbot: QtBot, case: Case) -> None:
    made, desk = part(qtbot, case)
    desk.save = lambda: False
    qtbot.mouseClick(made.export, LEFT)
    assert desk.jobs.titles == []


def test_another_folder_is_chosen(qtbot: QtBot, case: Case, tmp_path: Path) -> None:
    saved(case, tmp_path)
    made, desk = part(qtbot, case)
    desk.folder = tmp_path / "elsewhere"
    qtbot.mouseClick(made.choose, LEFT)
    assert made.folder.text() == str(tmp_path / "elsewhere")
    qtbot.mouseClick(made.export, LEFT)
    qtbot.waitUntil(lambda: "elsewhere" in made.written.text())


def test_dicom_needs_a_series_and_nothing_ticked_needs_no_export(qtbot: QtBot, case: Case, tmp_path: Path) -> None:
    saved(case, tmp_path)
    made, _ = part(qtbot, case)
    assert not made.boxes["rtstruct"].isEnabled()
    assert "DICOM series" in made.boxes["rtstruct"].toolTip()
    for box in made.boxes.values():
        box.setChecked(False)
    assert not made.export.isEnabled()
