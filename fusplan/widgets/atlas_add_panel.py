"""The user's own atlases, and adding one: files, space, licence, and what the check found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from fusplan.atlas.catalogue import AtlasEntry, list_atlases
from fusplan.atlas.imported.prepare import AtlasSource
from fusplan.atlas.imported.template_maps import PATIENT_SPACE
from fusplan.display.atlas_rows import SPACE_CHOICES, AtlasRow, atlas_rows, space_details, space_words
from fusplan.errors import FusplanError
from fusplan.session.messages import Message
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.file_choice import FileChoice
from fusplan.widgets.job_progress import JobProgress
from fusplan.widgets.narrow_combo import NarrowCombo
from fusplan.widgets.row_list import ListRow, RowList
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role, space
from fusplan.widgets.verdict_list import VerdictList, VerdictRow
from fusplan.workflows.requests import AddAtlasRequest, RemoveAtlasRequest

if TYPE_CHECKING:
    from fusplan.workflows.add_atlas import AddedAtlas


class AtlasAddPart(QWidget):
    """The user's atlases: list, remove, add."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self._desk = desk
        self._rows: dict[str, AtlasRow] = {}
        self._sure: str | None = None
        self.list: RowList[ListRow] = RowList(self._make_row, "Atlases")
        self.none = _label("small")
        self.none.setText("None yet. A FreeSurfer, THOMAS or Lead-DBS result, or any label map, can be added.")
        self.remove = QPushButton("Remove")
        self.remove.setToolTip("Remove this atlas of yours; plans made with it keep their targets")
        self.source = FileChoice("Label map…", "A label map (.nii, .nii.gz, .mgz)", self._ask_map)
        self.folder = FileChoice(
            "Folder…", "A folder of masks: Lead-DBS, THOMAS, or one file a structure", self._ask_folder
        )
        self.table = FileChoice(
            "Table…", "Names of the labels; looked for beside the map when none is chosen", self._ask_table
        )
        self.licence = FileChoice(
            "Licence…", "Its licence; LICENSE or README beside it when none is chosen", self._ask_licence
        )
        self.space_choice = NarrowCombo()
        self.space_choice.setAccessibleName("Space the atlas lies in")
        for value, words in SPACE_CHOICES:
            self.space_choice.addItem(words, value)
        self.space_note = _label("small")
        self.title = QLineEdit()
        self.title.setPlaceholderText("What it is called on the screen")
        self.citation = QLineEdit()
        self.citation.setPlaceholderText("Where it comes from, to be cited")
        self.button = QPushButton("Check and add")
        set_role(self.button, "primary")
        self.progress = JobProgress()
        self.result = _label("strong")
        self.findings = VerdictList()
        self._lay_out()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """List the user's atlases that there are now."""
        volume = self._case.volume
        rows = atlas_rows(list_atlases(), None if volume is None else volume.fingerprint)
        self._rows = {row.name: row for row in rows}
        self.list.show_ids([row.name for row in rows])
        for row in rows:
            shown = self.list.rows[row.name]
            shown.show_words(row.colour, row.title, row.word, row.sentence)
            shown.setToolTip(row.explanation)
        self.list.fit()
        for part in (self.list, self.remove):
            part.setVisible(bool(rows))
        self.none.setVisible(not rows)
        self._show_choice()

    def add(self) -> None:
        """Check what is chosen and keep it."""
        path = self.folder.path or self.source.path
        if path is None:
            return
        source = AtlasSource(
            path,
            str(self.space_choice.currentData()),
            table=self.table.path,
            title=self.title.text().strip() or None,
            licence=self.licence.path,
            citation=self.citation.text().strip() or None,
        )
        volume = self._case.volume
        request = AddAtlasRequest(source)
        if source.template == PATIENT_SPACE:
            image = volume.path if volume is not None else None
            request = replace(request, plan=self._case.plan, image_path=image)
        self.button.setEnabled(False)
        self._show_result("", ())
        add = self._desk.workflows.add_atlas
        job = self._desk.jobs.in_process(add, request, f"Adding {path.name}", self._take, self._fail)
        if job is not None:
            self.progress.watch(job)
            job.ended.connect(self._show_choice)

    def remove_chosen(self) -> None:
        """Remove the chosen atlas; asks by its own words, since nothing brings the files back."""
        name = self._chosen
        if name is None:
            return
        if self._sure != name:
            self._sure = name
            self.remove.setText("Really remove?")
            return
        request, remove = RemoveAtlasRequest(name), self._desk.workflows.remove_atlas
        self._desk.jobs.in_thread(remove, request, f"Removing {name}", self._removed, self._fail)

    @property
    def _chosen(self) -> str | None:
        """The chosen atlas, if it is one of the user's."""
        item = self.list.currentItem()
        name = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        row = self._rows.get(str(name))
        return row.name if row is not None else None

    def _take(self, added: AddedAtlas) -> None:
        manifest = added.manifest
        rows = [VerdictRow(one.verdict, one.sentence) for one in manifest.alignment.findings]
        rows += [VerdictRow("warning", sentence) for sentence in manifest.warnings]
        note = (
            ""
            if manifest.licence != "not stated"
            else " Its licence is not stated: find out before you share anything."
        )
        self._show_result(f"{manifest.title} is added: {len(manifest.structures)} structures.{note}", tuple(rows))
        for choice in (self.source, self.folder, self.table, self.licence):
            choice.choose(None)
        self.refresh()
        self._case.atlas_list_changed.emit()

    def _fail(self, error: FusplanError) -> None:
        self._show_result("Not added.", (VerdictRow("error", f"{error.message} {error.remedy}"),))
        self._show_choice()

    def _removed(self, removed: AtlasEntry) -> None:
        self._case.say(Message("ok", f"{removed.title} is removed. Plans made with it keep their targets."))
        self.refresh()
        self._case.atlas_list_changed.emit()

    def _show_result(self, words: str, rows: tuple[VerdictRow, ...]) -> None:
        self.result.setText(words)
        self.result.setVisible(bool(words))
        self.findings.show_rows(rows)
        self.findings.setVisible(bool(rows))

    def _show_choice(self) -> None:
        """Enable what can be done with what is chosen."""
        space_name = str(self.space_choice.currentData())
        self.space_note.setText(space_words(space_name, self._case.plan is not None))
        self.space_note.setToolTip(space_details(space_name))
        chosen = self.folder.path or self.source.path
        needs_image = space_name == PATIENT_SPACE and self._case.volume is None
        self.button.setEnabled(chosen is not None and bool(space_name) and not needs_image and self.progress.isHidden())
        self.table.setVisible(self.folder.path is None)
        self._sure = None
        self.remove.setText("Remove")
        self.remove.setEnabled(self._chosen is not None)

    def _ask_map(self) -> Path | None:
        path = self._desk.ask_image("Choose a label map")
        if path is not None:
            self.folder.choose(None)
        return path

    def _ask_folder(self) -> Path | None:
        path = self._desk.ask_folder("Choose a folder of masks", Path.home())
        if path is not None:
            self.source.choose(None)
        return path

    def _ask_table(self) -> Path | None:
        return self._desk.ask_file("Choose the look-up table")

    def _ask_licence(self) -> Path | None:
        return self._desk.ask_file("Choose the licence")

    def _make_row(self, _name: str) -> ListRow:
        return ListRow()

    def _connect(self) -> None:
        for choice in (self.source, self.folder, self.table, self.licence):
            choice.changed.connect(self._show_choice)
        self.space_choice.currentIndexChanged.connect(self._show_choice)
        self.list.itemSelectionChanged.connect(self._show_choice)
        self.remove.clicked.connect(self.remove_chosen)
        self.button.clicked.connect(self.add)
        self._case.volume_changed.connect(self.refresh)
        self._case.plan_changed.connect(self._show_choice)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        space(layout, 0, GAP)
        layout.addWidget(self.none)
        layout.addWidget(self.list)
        layout.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignRight)
        heading = _label("strong")
        heading.setText("Add an atlas of your own")
        layout.addWidget(heading)
        pair = QHBoxLayout()
        pair.setSpacing(GAP_SMALL)
        for choice in (self.source, self.folder):
            pair.addWidget(choice, 1)
        layout.addLayout(pair)
        for part in (self.space_choice, self.space_note, self.title, self.citation):
            layout.addWidget(part)
        papers = QHBoxLayout()
        papers.setSpacing(GAP_SMALL)
        for choice in (self.table, self.licence):
            papers.addWidget(choice, 1)
        layout.addLayout(papers)
        layout.addWidget(self.progress)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.result)
        layout.addWidget(self.findings)
        self._show_result("", ())


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_role(label, "small" if role == "small" else "strong")
    return label
