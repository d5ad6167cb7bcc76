"""The printed report as values: nothing that matters is missing, and what is cut is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.display import colours
from fusplan.export.readings import read_in_plan
from fusplan.imaging.notes import ImageNote
from fusplan.notice import RESEARCH_ONLY
from fusplan.planning.checks import check_proposals
from fusplan.planning.landmark_edits import move_landmark, set_proposals
from fusplan.report.drawing import Polygons
from fusplan.report.html_report import report_html
from fusplan.report.printed.page import (
    BarRow,
    Bars,
    Paragraph,
    PictureRow,
    PrintedReport,
    Table,
)
from fusplan.report.printed.words import LONGEST_NAME, short
from fusplan.report.sources_section import provenance_section
from fusplan.spatial import Point
from tests.fixtures import plans
from tests.fixtures.example_plan import ExamplePlan
from tests.fixtures.printed_plans import (
    LONG_NAME,
    blocks_of,
    plain,
    printed,
    slices_are_made_once,
    with_targets,
    words_of,
)

MINUS = "\N{MINUS SIGN}"

__all__ = ["slices_are_made_once"]


@pytest.fixture(scope="module")
def report(example: ExamplePlan) -> PrintedReport:
    return printed(example)


def rows_of(report: PrintedReport) -> list[list[str]]:
    tables = [block for block in blocks_of(report) if isinstance(block, Table)]
    return [[plain(cell) for cell in row] for table in tables for row in table.rows]


@pytest.mark.parametrize("count", [1, 2, 6])
def test_every_target_is_there_in_every_frame(example: ExamplePlan, count: int) -> None:
    several = with_targets(example, count)
    report = printed(several)
    rows = rows_of(report)
    for number, target in enumerate(several.plan.targets):
        assert f"target {number}" in words_of(report)
        reading = read_in_plan(several.plan, target.point)
        expected = {"LPS mm (DICOM, ITK)": reading.lps_mm, reading.voxel.frame.label: reading.voxel.coordinates}
        for point in (reading.scanner, reading.acpc_from_mcp, reading.acpc_from_pc, reading.acpc_from_ac, reading.mni):
            expected[point.frame.label] = point.coordinates
        for label, values in expected.items():
            shown = [[float(cell.replace(MINUS, "-")) for cell in row[-3:]] for row in rows if row[0] == label]
            assert any(found == pytest.approx(values, abs=0.0051) for found in shown), label


def test_what_there_is_no_room_for_is_named(example: ExamplePlan) -> None:
    words = words_of(printed(with_targets(example, 9)))
    told = next(line for line in words.splitlines() if "left out for lack of room" in line)
    assert told.startswith("3 more targets are")
    assert "target 6, target 7, target 8" in told
    assert "lesion 8" in next(line for line in words.splitlines() if line.startswith("Left out"))
    assert "left out" not in words_of(printed(with_targets(example, 6))).lower()


def test_the_page_of_the_browser_and_the_printed_one_say_the_same_of_a_lesion(report: PrintedReport) -> None:
    bars = [block for block in blocks_of(report) if isinstance(block, Bars)]
    labels = [row.label for block in bars for row in block.rows]
    assert {"CLp", "CL, all of it", "What the lesion is made of", "Share of the nucleus inside the lesion"} <= {*labels}
    for block in bars:
        columns = {len(row.shares) for row in block.rows if row.shares}
        assert len(columns) == 1
        assert all(len(row.shares) == len(row.values) for row in block.rows)


def test_sham_controlled_and_open_evidence_stand_beside_each_other(report: PrintedReport) -> None:
    words = words_of(report)
    assert words.index("no significant improvement") < words.index("Open-label series")
    assert "Without a control group" in words


def test_notice_sources_and_provenance_are_there(report: PrintedReport, example: ExamplePlan) -> None:
    words = words_of(report)
    assert report.notice == RESEARCH_ONLY
    for part in (
        example.plan.image.sha256,
        "MNI152NLin2009cAsym",
        "What the marks mean",
        "Registration",
        "AC-PC distance",
    ):
        assert part in words
    assert example.plan.image.sha256[:12] in report.foot


def test_the_second_image_is_named_when_the_plan_keeps_one(report: PrintedReport, example: ExamplePlan) -> None:
    assert "Second image" not in words_of(report)
    record = plans.second_image()
    plan = replace(example.plan, images=(record,))
    assert "Second image, for the eye alone: T2w.nii.gz." in words_of(printed(example, plan, example.review))
    page = provenance_section(plan)
    assert record.image.sha256 in page and record.registration.sentence in page
    assert "/heads" not in page.split("Second image")[1].split("</tr>")[0]


def test_both_reports_say_that_the_proposals_belong_to_other_landmarks(example: ExamplePlan) -> None:
    ac = example.plan.landmarks.ac.point
    fresh = set_proposals(example.plan, example.plan.proposals)
    plan = move_landmark(fresh, "ac", Point.of(ac.frame, [ac.x, ac.y + 1.0, ac.z]))
    (check,) = check_proposals(plan)
    review = replace(example.review, checks=(*example.review.checks, check))
    readings = {target.id: read_in_plan(plan, target.point) for target in plan.targets}
    assert check.sentence in report_html(plan, example.volume, review, readings, example.atlases)
    assert check.sentence in words_of(printed(example, plan, review))


def test_names_are_cut_in_their_middle_only_when_too_long() -> None:
    assert short("CLp left") == "CLp left"
    cut = short(LONG_NAME)
    assert len(cut) <= LONGEST_NAME
    assert cut.startswith("CLp, eine") and cut.endswith("Zeile passt,")


def test_no_target_and_no_lesion_can_be_printed(example: ExamplePlan) -> None:
    plan = replace(example.plan, targets=(), lesions=(), proposals=())
    review = replace(example.review, lesions=(), agreements=(), checks=())
    assert "No target is planned." in words_of(printed(example, plan, review))


def luminance(colour: str) -> float:
    """As an ordinary grey print has it (Rec. 601), 0 to 1."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_in_grey_lesions_stand_out_as_solids(report: PrintedReport) -> None:
    rows = [block for block in blocks_of(report, 0) if isinstance(block, PictureRow)]
    drawings = [picture.drawing for row in rows for picture in row.pictures]
    assert len(drawings) == 6
    for drawing in drawings:
        lesions = [one for one in drawing.shapes if isinstance(one, Polygons) and one.title == "planned lesion"]
        casings = [
            one for one in drawing.shapes if isinstance(one, Polygons) and one.colour == colours.PICTURE_BACKGROUND
        ]
        assert len(lesions) == 1
        assert len(casings) >= 2
        assert drawing.picture is not None
        brightest = float(np.percentile(drawing.picture, 99)) / 255
        assert lesions[0].fill_opacity * luminance(lesions[0].colour) > brightest


def test_bars_never_say_more_than_the_whole(report: PrintedReport) -> None:
    rows: list[BarRow] = [row for block in blocks_of(report) if isinstance(block, Bars) for row in block.rows]
    assert all(share is None or 0 <= share <= 1 for row in rows for share in row.shares)


def test_what_the_image_reader_noticed_stands_under_the_title_of_both_reports(example: ExamplePlan) -> None:
    notes = (ImageNote("handedness", "Left and right may be exchanged: check them."), ImageNote("shear", "Slanted."))
    noted = replace(example, volume=replace(example.volume, notes=notes))
    title = next(section for section in printed(noted).pages[0] if section.name == "title")
    marked = [block for block in title.blocks if isinstance(block, Paragraph) and block.verdict == "warning"]
    assert [plain(block.content) for block in marked] == [f"Image. {note.sentence}" for note in notes]
    readings = {target.id: read_in_plan(example.plan, target.point) for target in example.plan.targets}
    page = report_html(noted.plan, noted.volume, noted.review, readings, noted.atlases)
    head = page[page.index('<header class="page">') : page.index("</header>")]
    assert all(note.sentence in head for note in notes)
