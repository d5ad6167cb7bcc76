"""The PDF read back by another program's reader: pages, sizes, fonts, words, and that nothing runs off a page."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from fusplan.export.formats import ExportMaterial
from fusplan.export.read_back_pdf import check_pdf, text_of
from fusplan.notice import RESEARCH_ONLY
from fusplan.planning.review import Check
from fusplan.printing.ink import INK, SOFT, VERDICT_COLOURS
from fusplan.printing.layout import Layout
from fusplan.printing.pages import BODY_BOTTOM_MM, BODY_TOP_MM, SIDE_MM, LaidPage, lay_pages
from fusplan.printing.paper import PAPERS, Paper
from fusplan.printing.pdf_file import draw_pdf
from fusplan.printing.strokes import Box, PlacedDrawing, Sign, Stroke, Text
from fusplan.report.printed.page import Gap, Paragraph, PrintedReport, Section
from tests.fixtures.example_plan import ExamplePlan, oblique_example
from tests.fixtures.printed_plans import LONG_NAME, printed, slices_are_made_once, with_targets
from tests.fixtures.simulated_plans import TEST, simulated_plan

pypdf = pytest.importorskip("pypdf", reason="the reader of printed reports is not installed")
DPI = 300

__all__ = ["slices_are_made_once"]


@pytest.fixture(scope="module")
def example() -> ExamplePlan:
    return oblique_example()


@pytest.fixture(scope="module")
def report(example: ExamplePlan) -> PrintedReport:
    return printed(example)


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_two_pages_of_the_paper_with_embedded_fonts(qapp: QApplication, report: PrintedReport, paper: Paper) -> None:
    pdf = draw_pdf(report, paper)
    assert pdf.left_out == ()
    pages = pypdf.PdfReader(BytesIO(pdf.content)).pages
    assert len(pages) == 2
    for page in pages:
        size_mm = [float(length) * 25.4 / 72 for length in (page.mediabox.width, page.mediabox.height)]
        assert size_mm == pytest.approx([paper.width_mm, paper.height_mm], abs=0.4)
        assert RESEARCH_ONLY in " ".join(text_of(page).split())
        fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        assert fonts
        for font in fonts:
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert "/FontFile2" in descriptor
            assert "/ToUnicode" in font


def test_the_words_are_those_that_the_reader_finds_with_the_lines_too(
    qapp: QApplication, report: PrintedReport
) -> None:
    for page in pypdf.PdfReader(BytesIO(draw_pdf(report, PAPERS["A4"]).content)).pages:
        assert page.extract_text() == text_of(page)


def material(example: ExamplePlan) -> ExportMaterial:
    return ExportMaterial(example.plan, example.review, example.volume, example.atlases)


@pytest.mark.parametrize("count", [1, 2, 6, 9])
def test_every_name_and_coordinate_can_be_read_back(
    qapp: QApplication, example: ExamplePlan, count: int, tmp_path: Path
) -> None:
    several = with_targets(example, count)
    (tmp_path / "report.pdf").write_bytes(draw_pdf(printed(several), PAPERS["A4"]).content)
    rows = check_pdf(material(several), tmp_path)
    assert [(row.subject, row.error_words) for row in rows if not row.passed] == []
    assert len([row for row in rows if row.kind == "point"]) == 7 * min(count, 6)


def test_another_plans_coordinates_are_noticed(qapp: QApplication, example: ExamplePlan, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(draw_pdf(printed(example), PAPERS["A4"]).content)
    first, *others = example.plan.targets
    axis = example.plan.lesions[0].long_axis
    moved = replace(example.plan, targets=(replace(first, point=first.point.moved(axis, 0.05)), *others))
    failed = [row for row in check_pdf(replace(material(example), plan=moved), tmp_path) if not row.passed]
    assert len(failed) == 7
    renamed = replace(example.plan, targets=(replace(first, name="Vim left"), *others))
    names = [row for row in check_pdf(replace(material(example), plan=renamed), tmp_path) if not row.passed]
    assert [row.subject for row in names] == ["names"]


def test_the_same_report_gives_the_same_file_but_for_its_date(qapp: QApplication, report: PrintedReport) -> None:
    first, second = (draw_pdf(report, PAPERS["A4"]).content for _ in range(2))
    assert without_dates(first) == without_dates(second)


def without_dates(content: bytes) -> bytes:
    content = re.sub(rb"\(D:\d{14}[^)]*\)", b"", content)
    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^<]*", b"", content)


def border(page: LaidPage) -> QRectF:
    """The smallest rectangle around everything on a page."""
    whole = QRectF()
    for one in page.placed:
        if isinstance(one, Text):
            size = one.document.size()
            whole = whole.united(QRectF(one.x, one.y, one.document.idealWidth(), size.height()))
        elif isinstance(one, (Box, PlacedDrawing)):
            whole = whole.united(one.rectangle)
        elif isinstance(one, Sign):
            whole = whole.united(one.square)
        elif isinstance(one, Stroke):
            whole = whole.united(QRectF(one.start, one.end))
    return whole


@pytest.mark.parametrize("count", [0, 1, 2, 3, 6, 9])
@pytest.mark.parametrize("name", ["CLp", LONG_NAME, "Ohne_Leerzeichen_" * 12], ids=["short", "long", "one word"])
def test_nothing_runs_off_a_page_or_into_its_foot(
    qapp: QApplication, example: ExamplePlan, count: int, name: str
) -> None:
    layout = Layout(DPI)
    report = printed(with_targets(example, count, name))
    sections = [section.name for sections in report.pages for section in sections]
    assert "evidence" in sections
    for paper in PAPERS.values():
        for page in lay_pages(report, paper, layout):
            # The frame of each page (notice, foot) is the first of what is placed.
            inside = border(LaidPage(page.placed[5:], ()))
            assert inside.left() >= layout.px(SIDE_MM) - 1, paper
            assert inside.right() <= layout.px(paper.width_mm - SIDE_MM) + 1, paper
            assert inside.top() >= layout.px(BODY_TOP_MM) - 1, paper
            assert inside.bottom() <= layout.px(paper.height_mm - BODY_BOTTOM_MM) + 1, paper


def test_a_treatment_has_a_page_a_target(qapp: QApplication, example: ExamplePlan) -> None:
    report = replace(printed(example, simulated=simulated_plan(example.plan)), pages=((), ()))
    pdf = draw_pdf(report, PAPERS["Letter"])
    assert pdf.left_out == ()
    pages = [text_of(page) for page in pypdf.PdfReader(BytesIO(pdf.content)).pages]
    assert len(pages) == 4
    for number, page in enumerate(pages, start=1):
        squeezed = "".join(page.split())
        assert "".join(RESEARCH_ONLY.split()) in squeezed
        assert f"Page{number}of4" in squeezed
    assert "Treatment(simulated):CLpright" in "".join(pages[3].split())


def test_nothing_of_a_treatment_runs_off_its_page(qapp: QApplication, example: ExamplePlan) -> None:
    """A name that fills lines, more sonications than a page holds, and every verdict to look at."""
    simulated = simulated_plan(example.plan)
    crowded = replace(
        simulated.targets[0],
        name=LONG_NAME,
        sonications=tuple(replace(TEST, start_s=60.0 * place) for place in range(40)),
        checks=tuple(Check(f"check {place}", "warning", f"{LONG_NAME}.") for place in range(5)),
    )
    report = replace(printed(example, simulated=replace(simulated, targets=(crowded,))), pages=((), ()))
    layout = Layout(DPI)
    for paper in PAPERS.values():
        page = lay_pages(report, paper, layout)[2]
        assert "sonications" in page.left_out
        inside = border(LaidPage(page.placed[5:], ()))
        assert inside.left() >= layout.px(SIDE_MM) - 1, paper
        assert inside.right() <= layout.px(paper.width_mm - SIDE_MM) + 1, paper
        assert inside.bottom() <= layout.px(paper.height_mm - BODY_BOTTOM_MM) + 1, paper


def test_what_does_not_fit_goes_to_the_next_page_and_then_is_named(qapp: QApplication) -> None:
    def section(name: str, leave_out: int) -> Section:
        return Section(name, (Paragraph(name), Gap(100.0)), leave_out)

    first = (section("stays", 0), section("stays, too", 0), section("moves", 1))
    second = (section("must", 0), section("second to go", 2), section("first to go", 3))
    report = PrintedReport("title", RESEARCH_ONLY, "foot", (first, second))
    pages = lay_pages(report, PAPERS["A4"], Layout(DPI))
    words = ["\n".join(one.document.toPlainText() for one in page.placed if isinstance(one, Text)) for page in pages]
    assert "moves" not in words[0]
    assert "moves" in words[1] and "must" in words[1]
    assert "Left out for lack of room: first to go, second to go. The page report.html holds everything." in words[1]
    assert pages[1].left_out == ("first to go", "second to go")


@pytest.mark.parametrize("colour", [INK, SOFT, *VERDICT_COLOURS.values()])
def test_ink_is_dark_enough_for_grey_print(colour: str) -> None:
    """Contrast with white paper of at least 4.5 to 1, as WCAG 2 reckons it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    assert 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05) >= 4.5
