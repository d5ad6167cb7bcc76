from __future__ import annotations

import errno
from pathlib import Path

import pytest

from fusplan.errors import FileNotWritableError
from fusplan.export.bundle import OUTPUT_NAMES, FolderNotEmptyError, require_free, write_folder
from fusplan.export.formats import FORMATS
from fusplan.planning.plan_file import load_plan, save_plan
from tests.fixtures import plans


def write_one(folder: Path) -> None:
    (folder / "plan.fusplan.json").write_text("new")
    (folder / "registration").mkdir()


def test_a_new_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    written = write_folder(tmp_path / "a" / "b" / "out", False, write_one)
    assert written == (tmp_path / "a" / "b" / "out" / "plan.fusplan.json",)
    assert (tmp_path / "a" / "b" / "out" / "plan.fusplan.json").read_text() == "new"
    assert [child.name for child in (tmp_path / "a" / "b").iterdir()] == ["out"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_folder(tmp_path / "out", False, write_one)
    assert (tmp_path / "out" / "plan.fusplan.json").is_file()
    assert [child.name for child in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_is_not_empty_is_refused_before_any_work(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", False, write_one)
    with pytest.raises(FolderNotEmptyError, match="--overwrite"):
        write_folder(tmp_path / "out", False, lambda folder: pytest.fail("the writer was called"))
    with pytest.raises(FolderNotEmptyError):
        require_free(tmp_path / "out", False)


def test_overwriting_replaces_the_whole_folder(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", False, lambda folder: [write_one(folder), (folder / "report.html").touch()])
    write_folder(tmp_path / "out", True, write_one)
    assert sorted(child.name for child in (tmp_path / "out").iterdir()) == ["plan.fusplan.json", "registration"]
    assert [child.name for child in tmp_path.iterdir()] == ["out"]


def test_a_registration_alone_may_be_replaced(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", False, lambda folder: (folder / "registration.json").write_text("old"))
    write_folder(tmp_path / "out", True, lambda folder: (folder / "registration.json").write_text("new"))
    assert (tmp_path / "out" / "registration.json").read_text() == "new"


def test_foreign_folders_and_files_are_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").touch()
    with pytest.raises(FolderNotEmptyError, match="not written by fusplan"):
        write_folder(tmp_path / "photos", True, write_one)
    write_folder(tmp_path / "out", False, write_one)
    (tmp_path / "out" / "T1w.nii.gz").touch()
    with pytest.raises(FolderNotEmptyError, match=r"T1w\.nii\.gz"):
        write_folder(tmp_path / "out", True, write_one)
    assert (tmp_path / "out" / "T1w.nii.gz").exists()
    (tmp_path / "file").touch()
    with pytest.raises(FileNotWritableError, match="is a file"):
        write_folder(tmp_path / "file", True, write_one)


def test_what_a_killed_program_left_in_a_folder_does_not_keep_it(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", False, write_one)
    (tmp_path / "out" / ".plan.fusplan.json.k3jd9.part").touch()
    write_folder(tmp_path / "out", True, write_one)
    assert sorted(child.name for child in (tmp_path / "out").iterdir()) == ["plan.fusplan.json", "registration"]


@pytest.mark.parametrize("stop", [RuntimeError("a bug"), KeyboardInterrupt(), OSError(errno.ENOSPC, "full")])
def test_whatever_stops_the_writer_nothing_is_left_behind(tmp_path: Path, stop: BaseException) -> None:
    def fail(folder: Path) -> None:
        write_one(folder)
        raise stop

    expected = FileNotWritableError if isinstance(stop, OSError) else type(stop)
    with pytest.raises(expected):
        write_folder(tmp_path / "a" / "out", False, fail)
    assert list(tmp_path.iterdir()) == []
    write_folder(tmp_path / "out", False, lambda folder: (folder / "plan.fusplan.json").write_text("old"))
    with pytest.raises(expected):
        write_folder(tmp_path / "out", True, fail)
    assert (tmp_path / "out" / "plan.fusplan.json").read_text() == "old"
    assert [child.name for child in tmp_path.iterdir()] == ["out"]


def test_a_failing_rename_brings_the_earlier_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "out", False, lambda folder: (folder / "plan.fusplan.json").write_text("old"))
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            raise PermissionError(errno.EACCES, "denied")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(FileNotWritableError, match="permission"):
        write_folder(tmp_path / "out", True, write_one)
    assert (tmp_path / "out" / "plan.fusplan.json").read_text() == "old"
    assert [child.name for child in tmp_path.iterdir()] == ["out"]


def test_a_read_only_parent_is_refused_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", refuse)
        with pytest.raises(FileNotWritableError, match="permission"):
            write_folder(tmp_path / "out", False, write_one)
    (tmp_path / "file").touch()
    with pytest.raises(FileNotWritableError, match="in the way"):
        write_folder(tmp_path / "file" / "out", False, write_one)


def test_the_folder_one_works_in_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(FolderNotEmptyError, match="working in"):
        write_folder(Path(), False, write_one)
    write_folder(Path("out"), False, write_one)
    assert (tmp_path / "here" / "out").is_dir()


def test_a_link_to_a_folder_keeps_linking(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    try:
        (tmp_path / "link").symlink_to(tmp_path / "real")
    except OSError:
        pytest.skip("this system does not let us make links")
    write_folder(tmp_path / "link", False, write_one)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "plan.fusplan.json").is_file()


def test_the_image_is_still_found_after_the_folder_is_put_in_place(tmp_path: Path) -> None:
    plan = plans.plan(str(tmp_path / "heads" / "T1w.nii.gz"))
    write_folder(tmp_path / "out", False, lambda folder: save_plan(plan, folder / "plan.fusplan.json"))
    loaded = load_plan(tmp_path / "out" / "plan.fusplan.json")
    assert Path(loaded.image.path) == tmp_path / "heads" / "T1w.nii.gz"


def test_every_file_of_every_format_may_be_replaced() -> None:
    for one in FORMATS.values():
        assert set(one.file_names) <= OUTPUT_NAMES
