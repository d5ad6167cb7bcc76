"""The stations of the tour: what a new user does, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fusplan.planning.plan import Lesion, Plan
from fusplan.planning.plan_file import load_plan
from fusplan.spatial import Point
from tests.tour.driver import Driver, let_live


@dataclass
class Tour:
    """The driver, and what the stations hand on to each other."""

    driver: Driver
    home: Path
    image: Path | None = None
    second: Path | None = None
    saved: Path | None = None

    @property
    def plan(self) -> Plan:
        plan = self.driver.case.plan
        assert plan is not None
        return plan

    def lesion(self, side: str) -> Lesion:
        return next(one for one in self.plan.lesions if one.side == side)


def open_head(tour: Tour) -> None:
    """The first screen; a head is opened, or the built-in one tried."""
    driver, window = tour.driver, tour.driver.window
    driver.picture("first-screen")
    if tour.image is None:
        driver.click(window.first_screen.buttons["try_demo"])
        driver.wait(lambda: window.program.planning.is_making)
    else:
        driver.answers.image = tour.image
        driver.click(window.first_screen.buttons["open_image"])
        driver.wait(lambda: driver.case.volume is not None)
        driver.settle()
        driver.picture("image-opened")
        driver.click_words("Make a plan")


def wait_for_plan(tour: Tour) -> None:
    """The registration runs beside the window, which stays alive."""
    driver = tour.driver
    let_live(2500)
    driver.do("step_atlas")
    driver.picture("aligning")
    driver.wait(lambda: driver.case.plan is not None)
    driver.wait(lambda: len(driver.case.patient_atlases) > 1)
    driver.settle()


def judge(tour: Tour) -> None:
    """The alignment is judged: checkerboard, swipe, fade, edges; distrusted, and accepted."""
    driver = tour.driver
    panel = driver.window.side.panel("atlas")
    assert driver.window.side.current == "atlas", "the alignment is to be judged first"
    driver.picture("plan-made")
    for kind in ("checkerboard", "swipe", "fade"):
        driver.click(panel.comparison.kinds.buttons[kind])
        driver.settle()
        driver.picture(f"judge-{kind}")
    driver.click(panel.comparison.kinds.buttons["off"])
    driver.click(panel.comparison.edges)
    driver.settle()
    driver.picture("judge-edges")
    driver.click(panel.comparison.edges)
    driver.click(panel.judgement.buttons["distrusted"])
    driver.settle()
    driver.picture("distrusted")
    driver.click(panel.judgement.buttons["accepted"])
    driver.unfold("Nudge by hand")
    driver.picture("nudge")


def landmarks(tour: Tour) -> None:
    """PC is dragged a millimetre, the frame follows, and undo brings it back."""
    driver = tour.driver
    driver.keys("Alt+2")
    pc = tour.plan.landmarks.pc.point
    driver.case.view.update(cursor=pc)
    driver.settle()
    driver.picture("landmarks")
    start = driver.pixel("sagittal", pc)
    end = driver.pixel("sagittal", Point.of(pc.frame, pc.array + np.array([0.0, -1.5, 0.0])))
    driver.drag("sagittal", [start, end])
    driver.settle()
    driver.picture("landmark-dragged")
    moved = tour.plan.landmarks.pc.point.distance_to(pc)
    assert 0.5 < moved < 3.0, f"PC moved {moved:.2f} mm"
    driver.keys("Ctrl+Z")
    assert tour.plan.landmarks.pc.point == pc


def targets(tour: Tour) -> None:
    """The left target is unlocked, dragged and nudged by a tenth of a millimetre."""
    driver = tour.driver
    driver.keys("Alt+4")
    driver.do("next_target")
    driver.settle()
    driver.picture("targets")
    target = tour.plan.targets[0]
    panel = driver.window.side.panel("targets")
    if target.locked:
        driver.click(panel.list.rows[target.id].lock)
    start = driver.pixel("axial", target.point)
    driver.drag("axial", [start, start + QPoint(6, 3)])
    dragged = next(one for one in tour.plan.targets if one.id == target.id).point
    assert 0.3 < dragged.distance_to(target.point) < 6
    driver.pane("axial").setFocus()
    QTest.keyClick(driver.pane("axial"), Qt.Key.Key_Up)
    nudged = next(one for one in tour.plan.targets if one.id == target.id).point
    assert abs(nudged.distance_to(dragged) - 0.1) < 1e-6
    driver.settle()
    driver.unfold("Proposals for CLp")
    driver.picture("target-moved")
    driver.keys("Ctrl+Z", "Ctrl+Z")


def lesions(tour: Tour) -> None:
    """The left lesion is dragged longer, tilted by number, mirrored; coverage follows."""
    driver = tour.driver
    driver.keys("Alt+5")
    panel = driver.window.side.panel("lesions")
    before = tour.lesion("left")
    panel.go_to(before.id)
    driver.settle()
    driver.picture("lesions")
    upper = before.centre.array + before.long_axis.array * before.length_mm / 2
    start = driver.pixel("coronal", Point.of(before.centre.frame, upper))
    driver.drag("coronal", [start, start + QPoint(0, -12)])
    driver.settle()
    driver.picture("lesion-lengthened")
    assert tour.lesion("left").length_mm > before.length_mm + 0.3
    driver.click(panel.mirror)
    assert tour.lesion("right").size_words == tour.lesion("left").size_words
    driver.settle()
    driver.picture("lesion-mirrored")
    driver.keys("Ctrl+Z")
    driver.click(panel.add_button)
    driver.picture("lesion-form")
    driver.click(panel.add_button)
    driver.keys("Ctrl+Z")
    assert tour.lesion("left") == before


def measure(tour: Tour) -> None:
    """A distance and an angle are measured in a slice."""
    driver = tour.driver
    driver.do("measurements")
    driver.do("mode_distance")
    middle = QPoint(driver.pane("axial").width() // 2, driver.pane("axial").height() // 2)
    driver.click_at("axial", middle + QPoint(-60, 40))
    driver.click_at("axial", middle + QPoint(70, 40))
    driver.do("mode_angle")
    for place in (QPoint(-80, -60), QPoint(0, -20), QPoint(80, -60)):
        driver.click_at("axial", middle + place)
    driver.keys("Escape")
    driver.settle()
    assert [len(one.points) for one in tour.plan.measurements] == [2, 3]
    driver.picture("measurements")


def look_about(tour: Tour) -> None:
    """AC-PC axes, one view alone, presentation, where am I, history, palette, keys."""
    driver = tour.driver
    driver.do("axes")
    driver.do("where_am_i")
    driver.settle()
    driver.picture("acpc-axes-where-am-i")
    driver.do("axes")
    QTest.mouseDClick(driver.pane("coronal"), Qt.MouseButton.LeftButton, pos=QPoint(40, 200))
    driver.do("history")
    driver.settle()
    driver.picture("one-view-history")
    QTest.mouseDClick(driver.pane("coronal"), Qt.MouseButton.LeftButton, pos=QPoint(40, 200))
    assert driver.case.view.state.filling is None
    driver.keys("Ctrl+K")
    QTest.keyClicks(driver.window.palette_overlay.field, "unc")
    driver.settle()
    driver.picture("palette")
    driver.keys("Escape", to=driver.window.palette_overlay.field)
    driver.keys("F1")
    driver.settle()
    driver.picture("keys")
    driver.keys("Escape", to=driver.window.shortcuts_sheet)
    driver.do("present")
    driver.settle()
    QTest.mouseMove(driver.pane("axial"), driver.pixel("axial", tour.plan.targets[0].point) + QPoint(2, -3))
    let_live(200)
    driver.picture("presentation")
    driver.do("present")
    driver.settle()


def second_image(tour: Tour) -> None:
    """Another image of the same person is aligned and blended, if there is one."""
    driver = tour.driver
    driver.do("second_image")
    if tour.second is None:
        driver.picture("second-image-none")
        return
    panel = driver.window.side.panel("second_image")
    driver.answers.image = tour.second
    driver.click(panel.load)
    driver.wait(lambda: driver.case.second_image is not None)
    driver.settle()
    driver.picture("second-image-fade")
    driver.click(panel.kinds.buttons["swipe"])
    driver.settle()
    driver.picture("second-image-swipe")
    driver.click(panel.shown)


def treatment(tour: Tour) -> None:
    """The helmet leans, tilts are compared, a test calibrates, a pattern is looked for; all of it is undone."""
    driver, before = tour.driver, tour.plan
    driver.do("workspace_treatment")
    driver.settle()
    driver.picture("treatment-skull")
    assert driver.case.simulated_is_current
    driver.keys("Alt+Shift+2")
    helmet = driver.window.side.panel("helmet")
    driver.type(helmet.tilt.fields["anterior_deg"], "5")
    driver.click(helmet.compute)
    driver.wait(lambda: helmet.map.isVisible())
    driver.settle()
    driver.picture("treatment-helmet")
    driver.bring_into_sight(helmet.map)
    driver.picture("treatment-tilts")
    driver.keys("Alt+Shift+3")
    test = driver.window.side.panel("test_sonication")
    driver.click(test.add)
    driver.settle()
    driver.picture("treatment-test")
    driver.click(test.calibrate)
    driver.wait(lambda: tour.plan.treatment.calibration.is_calibrated)
    driver.keys("Alt+Shift+4")
    ablation = driver.window.side.panel("ablation")
    driver.click(ablation.propose)
    driver.wait(lambda: driver.case.document.history.undo_label.startswith("Take a pattern"))
    driver.settle()
    driver.picture("treatment-ablation")
    driver.click(ablation.shown_of.buttons["all"])
    driver.bring_into_sight(ablation.totals)
    driver.picture("treatment-session")
    driver.keys("Alt+Shift+5")
    driver.settle()
    driver.picture("treatment-lesion")
    driver.keys(*["Ctrl+Z"] * 4)
    assert tour.plan == before
    driver.do("workspace_plan")


def save_and_export(tour: Tour) -> None:
    """The plan is saved, reviewed, and exported for other programs with the self-check."""
    driver = tour.driver
    tour.saved = tour.home / "a plan" / "plan.fusplan.json"
    driver.answers.save = tour.saved
    driver.keys("Ctrl+S")
    driver.wait(lambda: not driver.case.has_unsaved_changes)
    driver.keys("Alt+6")
    driver.settle()
    driver.picture("review")
    part = driver.window.side.panel("review").export
    for name in ("csv", "mrk", "brainsight"):
        if name in part.boxes and not part.boxes[name].isChecked():
            part.boxes[name].setChecked(True)
    driver.click(part.export)
    driver.wait(lambda: bool(part.written.text()))
    driver.settle()
    driver.bring_into_sight(part.read_back)
    driver.picture("exported")
    assert (tour.saved.parent / "report.html").is_file()


def close_and_open_again(tour: Tour) -> None:
    """The case is closed; the plan is opened again and is the same."""
    driver = tour.driver
    kept = tour.plan
    driver.keys("Ctrl+W")
    driver.wait(lambda: driver.case.volume is None)
    driver.picture("first-screen-recent")
    driver.answers.plan = tour.saved
    driver.keys("Ctrl+Shift+O")
    driver.wait(lambda: driver.case.plan is not None)
    driver.wait(lambda: len(driver.case.patient_atlases) > 1)
    driver.settle()
    driver.picture("opened-again")
    for before, after in ((kept.targets, tour.plan.targets), (kept.lesions, tour.plan.lesions)):
        assert [one.id for one in before] == [one.id for one in after]
    for before, after in zip(kept.lesions, tour.plan.lesions, strict=True):
        assert before.centre.distance_to(after.centre) < 0.001 and before.size_words == after.size_words
    assert load_plan(tour.saved).measurements == tour.plan.measurements


STATIONS: tuple[Callable[[Tour], None], ...] = (
    open_head,
    wait_for_plan,
    judge,
    landmarks,
    targets,
    lesions,
    measure,
    look_about,
    second_image,
    treatment,
    save_and_export,
    close_and_open_again,
)
