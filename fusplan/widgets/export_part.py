"""Writing the plan for other programs and people: what, where to, and what was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, QUrl
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fusplan.display.export_choices import ExportChoice, export_choices, files_in_the_way, in_the_way_words
from fusplan.harmless import harmless
from fusplan.printing.paper import PAPERS, usual_paper
from fusplan.session.messages import Message, MessageAction
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.job_progress import JobProgress
from fusplan.widgets.section import Section
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role
from fusplan.widgets.verdict_list import VerdictList, VerdictRow
from fusplan.workflows.requests import ExportRequest

if TYPE_CHECKING:
    from fusplan.workflows.export_plan import CheckedExport

REPORT_ENDINGS = (".html", ".pdf")
"""Of what a person reads: the page before the printed report."""

PRINTED = "pdf"
NO_PLAN = "There is no plan yet."
NO_FOLDER = "Beside the plan, once that is saved"
NO_SERIES = "Refers to the slices of a DICOM series: open the image from its series to write this."


def known_choices() -> tuple[ExportChoice, ...]:
    """Every format there is."""
    from fusplan.workflows.export_plan import ALL_FORMATS, PLAN_FOLDER_FORMATS  # noqa: PLC0415 - the engine

    return export_choices(ALL_FORMATS, PLAN_FOLDER_FORMATS)


class ExportPart(QWidget):
    """Check marks for formats, a folder, a button, and a list of what was written."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self._desk = desk
        self._folder: Path | None = None
        self._exported: CheckedExport | None = None
        self._choices = known_choices()
        self.boxes: dict[str, QCheckBox] = {}
        self.folder = QLabel()
        self.folder.setTextFormat(Qt.TextFormat.PlainText)
        self.folder.setWordWrap(True)
        self.choose = QPushButton("Choose…")
        self.choose.setToolTip("Choose the folder to write into")
        self.choose.clicked.connect(self._choose)
        self.replaced = QLabel()
        self.replaced.setWordWrap(True)
        set_role(self.replaced, "warning")
        self.paper = QComboBox()
        self.paper.addItems(list(PAPERS))
        self.paper.setCurrentText(usual_paper({"LANG": QLocale().name()}))
        self.paper.setToolTip("Paper of the printed report")
        self.paper.setAccessibleName("Paper of the printed report")
        self.export = QPushButton("Export")
        set_role(self.export, "primary")
        self.export.clicked.connect(self._export)
        self.progress = JobProgress()
        self.written = QLabel()
        self.written.setWordWrap(True)
        self.written.setTextFormat(Qt.TextFormat.PlainText)
        self.written.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.read_back = VerdictList()
        self.open_report, self.show_folder = QPushButton("Open the report"), QPushButton("Show the folder")
        self.open_report.setToolTip("Show the report in the browser")
        self.show_folder.setToolTip("Show the folder in the system's file window")
        self.open_report.clicked.connect(self._open_report)
        self.show_folder.clicked.connect(self._show_folder)
        self._lay_out()
        for signal in (case.plan_changed, case.saved_changed, case.volume_changed):
            signal.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self._boxes([choice for choice in self._choices if choice.usual or choice.to_read]))
        others = self._boxes([choice for choice in self._choices if not (choice.usual or choice.to_read)])
        layout.addWidget(Section("For other programs", others, unfolded=False))
        where = QHBoxLayout()
        where.setSpacing(GAP)
        where.addWidget(self.folder, 1)
        where.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(where)
        for part in (self.replaced, self.export, self.progress, self.written, self.read_back):
            layout.addWidget(part)
        after = QHBoxLayout()
        after.setSpacing(GAP)
        after.addWidget(self.open_report, 1)
        after.addWidget(self.show_folder, 1)
        layout.addLayout(after)

    def _boxes(self, choices: list[ExportChoice]) -> QWidget:
        holder = QWidget()
        boxes = QVBoxLayout(holder)
        boxes.setContentsMargins(0, 0, 0, 0)
        boxes.setSpacing(GAP_SMALL)
        for choice in choices:
            box = QCheckBox(choice.title)
            box.setChecked(choice.usual)
            box.toggled.connect(self.refresh)
            self.boxes[choice.key] = box
            if choice.key == PRINTED:
                boxes.addLayout(self._with_paper(box))
            else:
                boxes.addWidget(box)
        return holder

    def _with_paper(self, box: QCheckBox) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(box, 1)
        line.addWidget(self.paper)
        return line

    @property
    def chosen(self) -> tuple[str, ...]:
        """Keys of the formats that are ticked."""
        return tuple(key for key, box in self.boxes.items() if box.isChecked() and box.isEnabled())

    @property
    def target_folder(self) -> Path | None:
        """The folder that was chosen, else that of the plan."""
        if self._folder is not None:
            return self._folder
        return self._case.saved_path.parent if self._case.saved_path is not None else None

    def refresh(self) -> None:
        """Read the case again."""
        has_plan, folder = self._case.plan is not None, self.target_folder
        if not has_plan:
            self._folder, self._exported = None, None
        volume = self._case.volume
        for choice in self._choices:
            possible = not choice.needs_dicom_series or (volume is not None and volume.series is not None)
            self.boxes[choice.key].setEnabled(possible)
            self.boxes[choice.key].setToolTip(", ".join(choice.files) if possible else NO_SERIES)
        self.folder.setText(NO_PLAN if not has_plan else NO_FOLDER if folder is None else str(folder))
        self.folder.setToolTip("" if folder is None else str(folder))
        in_the_way = files_in_the_way(self._choices, self.chosen, folder) if folder is not None and has_plan else ()
        self.replaced.setText(in_the_way_words(in_the_way))
        self.replaced.setVisible(bool(in_the_way) and self._exported is None)
        self.export.setEnabled(has_plan and bool(self.chosen) and self.progress.isHidden())
        self.export.setText("Export" if not self._case.has_unsaved_changes else "Save and export")
        self.choose.setEnabled(has_plan)
        self.paper.setVisible(PRINTED in self.chosen)
        self._show_written()

    def _show_written(self) -> None:
        shown = self._exported is not None
        for part in (self.written, self.show_folder, self.read_back):
            part.setVisible(shown)
        self.open_report.setVisible(self._report() is not None)
        if self._exported is not None:
            places = self._exported.places.items()
            names = ", ".join(path.name if count == 1 else f"{path.name} ({count} files)" for path, count in places)
            self.written.setText(harmless(f"Written to {self._exported.out}: {names}."))

    def _choose(self) -> None:
        begin = self.target_folder
        chosen = self._desk.ask_folder("Export into this folder", begin if begin is not None else Path.home())
        if chosen is not None:
            self._folder, self._exported = chosen, None
            self.refresh()

    def _export(self) -> None:
        if self._case.saved_path is None or self._case.has_unsaved_changes:
            self._desk.save_then(self._write)
        else:
            self._write()

    def _write(self) -> None:
        path, folder, volume = self._case.saved_path, self.target_folder, self._case.volume
        if path is None or folder is None or not self.chosen:
            return
        self._exported = None
        request = ExportRequest(
            path,
            self.chosen,
            folder,
            overwrite=True,
            image_path=volume.path if volume is not None else None,
            paper=self.paper.currentText(),
            review=self._case.known_review,
            simulated=self._case.simulated if self._case.simulated_is_current else None,
        )
        export = self._desk.workflows.export_and_check
        job = self._desk.jobs.in_process(export, request, "Exporting the plan", self._done)
        self.progress.watch(job)
        job.ended.connect(self.refresh)
        self.refresh()

    def _done(self, exported: CheckedExport) -> None:
        self._exported = exported
        check = exported.check
        rows = [VerdictRow("ok" if check.is_verified else "error" if check.failed else "warning", check.verdict)]
        rows += [
            VerdictRow("warning", sentence) for sentence in (*exported.messages, *exported.left_out, *check.warnings)
        ]
        self.read_back.show_rows(rows)
        self.refresh()
        if check.failed:
            self._case.say(Message("error", check.verdict, "Do not use these files.", topic="export"))
            return
        actions = (MessageAction("Open the report", self._open_report),) if self._report() is not None else ()
        text = f"{len(exported.files)} files were written to {exported.out}."
        self._case.say(Message("ok", text, "", actions, topic="export"))

    def _report(self) -> Path | None:
        files = self._exported.files if self._exported is not None else ()
        readable = [path for path in files if path.suffix in REPORT_ENDINGS]
        return min(readable, key=lambda path: REPORT_ENDINGS.index(path.suffix), default=None)

    def _open_report(self) -> None:
        report = self._report()
        if report is not None:
            self._desk.open_url(QUrl.fromLocalFile(str(report)))

    def _show_folder(self) -> None:
        if self._exported is not None:
            self._desk.open_url(QUrl.fromLocalFile(str(self._exported.out)))
