from __future__ import annotations

from pathlib import Path

import pytest

from fusplan.export.formats import FORMATS, ExportMaterial, UnknownFormatError, export_files, find_format


def test_every_format_writes_the_files_it_names_and_no_others(material: ExportMaterial, tmp_path: Path) -> None:
    for name, one in FORMATS.items():
        folder = tmp_path / name
        folder.mkdir()
        written = export_files(material, (name,), folder)
        assert sorted(folder.iterdir()) == sorted(written)
        assert [path.name for path in written] == list(one.file_names)


def test_an_unknown_format_is_refused_before_anything_is_written(material: ExportMaterial, tmp_path: Path) -> None:
    with pytest.raises(UnknownFormatError) as caught:
        export_files(material, ("csv", "dicom"), tmp_path)
    assert "csv, mrk.json, nifti" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []
    assert find_format("csv") is FORMATS["csv"]
