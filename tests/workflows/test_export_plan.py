from __future__ import annotations

from pathlib import Path

import pytest

from fusplan.errors import FileNotWritableError
from fusplan.export.bundle import OUTPUT_NAMES
from fusplan.export.formats import ExportMaterial
from fusplan.workflows.export_plan import ALL_FORMATS, PLAN_FOLDER_FORMATS, write_formats
from tests.fixtures import plans
from tests.fixtures.lesion_reviews import plan_review


@pytest.fixture
def material() -> ExportMaterial:
    return ExportMaterial(plans.plan(), plan_review(plans.plan()), plans.volume(), (plans.patient_atlas(),))


def test_a_plan_folder_holds_known_formats_only() -> None:
    assert set(PLAN_FOLDER_FORMATS) <= set(ALL_FORMATS)
    for one in ALL_FORMATS.values():
        assert set(one.file_names) <= OUTPUT_NAMES


def test_files_and_folders_are_put_beside_what_is_there(material: ExportMaterial, tmp_path: Path) -> None:
    (tmp_path / "other.txt").touch()
    written = write_formats(material, ("fcsv", "masks"), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"other.txt", "targets.fcsv", "masks"}
    assert tmp_path / "masks" / "README" in written
    assert all(path.is_file() for path in written)


def test_an_earlier_folder_is_replaced_as_a_whole_but_only_fusplans(material: ExportMaterial, tmp_path: Path) -> None:
    write_formats(material, ("masks",), tmp_path)
    (tmp_path / "masks" / "lesion-of-an-earlier-plan_fine.nii.gz").touch()
    write_formats(material, ("masks",), tmp_path)
    assert not (tmp_path / "masks" / "lesion-of-an-earlier-plan_fine.nii.gz").exists()
    (tmp_path / "surfaces").mkdir()
    (tmp_path / "surfaces" / "mine.stl").touch()
    with pytest.raises(FileNotWritableError, match="not written by fusplan"):
        write_formats(material, ("surfaces",), tmp_path)
    assert [path.name for path in (tmp_path / "surfaces").iterdir()] == ["mine.stl"]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
