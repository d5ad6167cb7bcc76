"""The report as a page: well-formed, self-contained, escaped, and every coordinate with its frame."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from fusplan.atlas.catalogue import load_template
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.readings import read_in_plan
from fusplan.report.html_report import report_html
from fusplan.spatial import ScannerRas
from tests.fixtures.example_plan import EVIL_NAME, ExamplePlan

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Checks nesting while reading and keeps what the tests ask for."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.rows: list[dict[str, str | list[str]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "tr":
            self.rows.append({"frame": dict(attrs).get("data-frame") or "", "cells": []})
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)
            if self.rows and self.open and self.open[-1] in ("td", "th"):
                cells = self.rows[-1]["cells"]
                assert isinstance(cells, list)
                cells.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.words)


@pytest.fixture(scope="module")
def html(example: ExamplePlan) -> str:
    readings = {target.id: read_in_plan(example.plan, target.point) for target in example.plan.targets}
    return report_html(
        example.plan, example.volume, example.review, readings, example.atlases, load_template(), "1 May 2026"
    )


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_page_is_well_formed_and_not_too_large(html: str, page: Page) -> None:
    assert html.startswith("<!DOCTYPE html>")
    assert len(html.encode()) < 3_000_000
    identifiers = [value for _, name, value in page.attributes if name == "id"]
    assert len(identifiers) == len(set(identifiers))


def test_the_page_needs_nothing_from_elsewhere(html: str, page: Page) -> None:
    for tag, name, value in page.attributes:
        assert tag not in ("script", "link", "iframe", "object", "embed")
        assert not name.startswith("on")
        if name in ("src", "href", "xlink:href", "srcset", "action", "data"):
            assert value.startswith(("data:image/png;base64,", "#")), value[:60]
    assert "@import" not in html
    assert "url(" not in html
    assert "http" not in html


def test_links_within_the_page_lead_somewhere(page: Page) -> None:
    identifiers = {value for _, name, value in page.attributes if name == "id"}
    links = {value[1:] for _, name, value in page.attributes if name == "href" and value.startswith("#")}
    assert links
    assert links <= identifiers


def test_a_file_name_cannot_become_markup(html: str, page: Page) -> None:
    assert "<script" not in html
    assert "&lt;script&gt;alert(&#x27;x&#x27;)" in html
    assert EVIL_NAME in page.text


def test_the_notice_stands_at_the_top_and_at_the_bottom(page: Page) -> None:
    places = [index for index, words in enumerate(page.words) if words == RESEARCH_ONLY]
    assert len(places) == 2
    assert places[1] > len(page.words) - 5


def test_every_coordinate_has_its_frame(example: ExamplePlan, page: Page) -> None:
    target = example.plan.targets[0]
    reading = read_in_plan(example.plan, target.point)
    shown = {str(row["frame"]): row["cells"] for row in page.rows if row["frame"]}
    assert set(shown) == {
        "scanner RAS mm", "LPS mm (DICOM, ITK)", "AC-PC mm from MCP", "AC-PC mm from PC", "AC-PC mm from AC",
        "MNI152NLin2009cAsym RAS mm", "voxel (i, j, k), from 0",
    }  # fmt: skip
    rows = [row for row in page.rows if row["frame"] == "scanner RAS mm"]
    first = [cell.replace("\N{MINUS SIGN}", "-") for cell in rows[0]["cells"]]
    assert [float(cell) for cell in first[-3:]] == pytest.approx(reading.scanner.coordinates, abs=0.0051)
    assert len([row for row in page.rows if row["frame"]]) == 7 * len(example.plan.targets)


def test_landmark_coordinates_name_their_frame(example: ExamplePlan, page: Page) -> None:
    heading = next(row for row in page.rows if "Landmark" in row["cells"])
    assert "scanner RAS mm" in " ".join(heading["cells"])


def test_the_summary_says_what_matters(page: Page) -> None:
    text = re.sub(r"\s+", " ", page.text.replace("\N{NO-BREAK SPACE}", " "))
    for words in (
        "4 \N{MULTIPLICATION SIGN} 5 mm",
        "CLp covered as planned",
        "Largest spill",
        "lies in CLp by",
        "AC-PC distance",
        "Registration",
    ):
        assert words in text


def test_the_evidence_names_the_negative_trial_before_the_open_series(page: Page) -> None:
    text = page.text
    assert text.index("no significant improvement") < text.index("Open-label series")
    assert "Without a control group" in text


def test_every_picture_has_letters_and_a_scale(html: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    slices = [drawing for drawing in drawings if "<image" in drawing]
    assert len(slices) == 2 * 3 + 1 + 2 * 3
    for drawing in slices:
        shown = re.findall(r"<text[^>]*>([^<]+)</text>", drawing)
        assert {"S", "I"} <= set(shown) or {"A", "P"} <= set(shown)
        assert any(re.fullmatch(r"\d+ mm", words) for words in shown)


def test_pictures_are_png_of_this_head(html: str) -> None:
    for encoded in re.findall(r'href="data:image/png;base64,([^"]+)"', html):
        picture = np.asarray(Image.open(BytesIO(base64.b64decode(encoded))))
        assert picture.dtype == np.uint8
        assert picture.std() > 5


def test_the_lesion_is_drawn_in_the_middle_at_its_true_size(html: str) -> None:
    axial, coronal = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)[:2]
    for drawing, height_mm in ((axial, 4.0), (coronal, 5.0)):
        path = re.search(r'<path d="([^"]+)"[^>]*><title>planned lesion</title>', drawing)
        assert path is not None
        places = np.array([float(value) for value in re.findall(r"[\d.]+", path.group(1))]).reshape(-1, 2) / 10
        assert (places.max(axis=0) + places.min(axis=0)) / 2 == pytest.approx([30.0, 30.0], abs=0.02)
        assert np.ptp(places, axis=0) == pytest.approx([4.0, height_mm], abs=0.03)


def test_without_the_template_the_page_still_stands(example: ExamplePlan) -> None:
    readings = {target.id: read_in_plan(example.plan, target.point) for target in example.plan.targets}
    html = report_html(example.plan, example.volume, example.review, readings, example.atlases)
    assert "Head and template in turns" not in html
    Page(html)


def test_a_plan_without_lesions_proposals_and_checks_can_be_shown(example: ExamplePlan) -> None:
    plan = replace(example.plan, lesions=(), proposals=())
    review = replace(example.review, lesions=(), agreements=(), checks=())
    readings = {target.id: read_in_plan(plan, target.point) for target in plan.targets}
    page = Page(report_html(plan, example.volume, review, readings, example.atlases))
    assert "Target in every frame" in page.text
    assert example.volume.scanner_frame == ScannerRas("0f" * 6)
