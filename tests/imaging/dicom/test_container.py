"""Folders, files and zips of any content are opened safely or refused."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from fusplan.errors import FileMissingError
from fusplan.imaging.dicom import container as module
from fusplan.imaging.dicom.container import (
    DamagedZipError,
    LockedZipError,
    TooManyFilesError,
    UnsafeZipError,
    is_dicom,
    looks_like_dicom,
    open_container,
)
from fusplan.imaging.read import read_volume

WriteSeries = Callable[..., Path]


def test_names_of_all_kinds_of_containers(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "2").write_bytes(b"two")
    (folder / "1").write_bytes(b"one")
    path = tmp_path / "study.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("empty")
        archive.writestr("b/2", b"two")
        archive.writestr("1", b"one")
    for one in (folder, path):
        with open_container(one) as container:
            assert container.names == ("1", str(Path("b/2")) if one is folder else "b/2")
            with container.open(container.names[1]) as file:
                assert file.read() == b"two"
    with open_container(folder / "1") as container:
        assert container.names == ("1",)


def test_missing_places(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError), open_container(tmp_path / "none"):
        pass
    assert not is_dicom(tmp_path / "none")
    assert not is_dicom(tmp_path / ("x" * 4000))
    assert not is_dicom(tmp_path / "a\0b")


def test_what_looks_like_dicom() -> None:
    assert looks_like_dicom(b"\0" * 128 + b"DICM")
    assert looks_like_dicom(b"\x08\x00\x05\x00" + b"\0" * 200)
    assert not looks_like_dicom(b"DICM")
    assert not looks_like_dicom(b"\x08\x00")
    assert not looks_like_dicom(b"text " * 40)


def test_names_in_a_zip_lead_nowhere(write_series: WriteSeries, tmp_path: Path) -> None:
    folder = write_series()
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, file in enumerate(sorted(folder.iterdir())):
            name = ("../../../evil", "/tmp/evil", "C:\\evil", "ok")[number % 4]
            archive.write(file, f"{name}{number}")
    before = sorted(tmp_path.rglob("*"))
    assert read_volume(path).fingerprint == read_volume(folder).fingerprint
    assert sorted(tmp_path.rglob("*")) == before


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(str(number), b"\0" * 400_000)
    monkeypatch.setattr(module, "MOST_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(UnsafeZipError, match="more than"), open_container(path):
        pass
    monkeypatch.undo()
    monkeypatch.setattr(module, "MOST_FILE_BYTES", 300_000)
    with pytest.raises(UnsafeZipError, match="a file in it"), open_container(path):
        pass


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    path = tmp_path / "lie.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"\0" * 5000)
    content = path.read_bytes()
    directory = content.rindex(b"PK\x01\x02")
    claimed = lambda size: content[: directory + 24] + struct.pack("<I", size) + content[directory + 28 :]  # noqa: E731
    path.write_bytes(claimed(1 << 30))
    with pytest.raises(UnsafeZipError, match="can hold"), open_container(path):
        pass
    path.write_bytes(claimed(100))
    with open_container(path) as container, pytest.raises(ValueError, match="damaged"):
        container.open("a")


def test_a_locked_zip(tmp_path: Path) -> None:
    path = tmp_path / "locked.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"secret")
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(LockedZipError), open_container(path):
        pass


def test_a_damaged_zip(write_series: WriteSeries, tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", zlib.compress(b"x" * 3000))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DamagedZipError), open_container(path):
        pass


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        (tmp_path / str(number)).write_bytes(b"")
    monkeypatch.setattr(module, "MOST_FILES", 3)
    with pytest.raises(TooManyFilesError), open_container(tmp_path):
        pass
    with pytest.raises(TooManyFilesError), open_container(tmp_path / "1"):
        pass


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_and_links_in_a_folder_do_no_harm(write_series: WriteSeries) -> None:
    folder = write_series()
    plain = read_volume(folder).fingerprint
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to(folder)
    (folder / "dangling").symlink_to("nowhere")
    assert read_volume(folder).fingerprint == plain
