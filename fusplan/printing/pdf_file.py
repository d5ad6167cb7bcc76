"""A printed report as a PDF file."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF, QUuid
from PySide6.QtGui import QGuiApplication, QPageLayout, QPageSize, QPainter, QPdfWriter

import fusplan
from fusplan.printing.layout import Layout
from fusplan.printing.pages import LaidPage, lay_pages
from fusplan.printing.paper import Paper
from fusplan.printing.strokes import put
from fusplan.report.printed.page import PrintedReport

DOTS_PER_INCH = 1200

_application: QGuiApplication | None = None
"""Kept for as long as the program runs: fonts need it."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """A finished file.

    Attributes:
        content: its bytes.
        left_out: names of what there was no room for.
    """

    content: bytes
    left_out: tuple[str, ...]


def draw_pdf(report: PrintedReport, paper: Paper) -> Pdf:
    """Draw a report. Call ``printing.ready.require_printing`` first; any thread that may use Qt's fonts will do."""
    _have_application()
    pages = lay_pages(report, paper, Layout(DOTS_PER_INCH))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    _draw(_writer(buffer, report, paper), pages)
    content = bytes(buffer.data().data())
    buffer.close()
    return Pdf(content, tuple(name for page in pages for name in page.left_out))


def _have_application() -> None:
    """Qt's fonts want an application; one without a screen, unless there is one already."""
    global _application
    if QGuiApplication.instance() is None:
        _application = QGuiApplication(["fusplan", "-platform", "offscreen"])


def _writer(buffer: QBuffer, report: PrintedReport, paper: Paper) -> QPdfWriter:
    writer = QPdfWriter(buffer)
    writer.setResolution(DOTS_PER_INCH)
    size = QPageSize(QSizeF(paper.width_mm, paper.height_mm), QPageSize.Unit.Millimeter, paper.name)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    writer.setTitle(report.title)
    writer.setCreator(f"fusplan {fusplan.__version__}. {report.notice}")
    # The same report gives the same file, but for the date that Qt writes into it.
    made_of = uuid.uuid5(uuid.NAMESPACE_OID, f"{report.title}|{report.foot}|{paper.name}")
    writer.setDocumentId(QUuid(str(made_of)))
    return writer


def _draw(writer: QPdfWriter, pages: tuple[LaidPage, ...]) -> None:
    painter = QPainter(writer)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    for number, page in enumerate(pages):
        if number:
            writer.newPage()
        for one in page.placed:
            put(painter, one)
    painter.end()
