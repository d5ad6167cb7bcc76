"""The menu entry, the file type and the icons name each other and are what they say."""

from __future__ import annotations

import configparser
import xml.etree.ElementTree as ElementTree

import pytest
from PIL import Image

from fusplan.paths import resources_folder

ICONS = resources_folder() / "program-icons"


def test_the_menu_entry_names_the_file_type_of_plans() -> None:
    entry = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read(resources_folder() / "fusplan.desktop", encoding="utf-8")
    fields = entry["Desktop Entry"]
    assert fields["Exec"].split() == ["fusplan", "open", "%f"]
    assert "Research and education only." in fields["Comment"]
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    types = ElementTree.parse(resources_folder() / "fusplan-mime.xml").getroot().findall(f"{space}mime-type")
    named = {one.attrib["type"]: {glob.attrib["pattern"] for glob in one.findall(f"{space}glob")} for one in types}
    assert set(fields["MimeType"].strip(";").split(";")) == set(named)
    assert "*.fusplan.json" in named["application/x-fusplan-plan+json"]


@pytest.mark.parametrize("size", [16, 22, 24, 32, 48, 64, 128, 256, 512])
def test_icons_have_the_size_in_their_name_and_round_corners(size: int) -> None:
    with Image.open(ICONS / f"fusplan-{size}.png") as file:
        picture = file.copy()
    assert picture.size == (size, size)
    assert picture.mode == "RGBA"
    corner, middle = picture.getpixel((0, 0)), picture.getpixel((size // 2, size // 2))
    assert isinstance(corner, tuple) and isinstance(middle, tuple)
    assert corner[3] < 128 <= middle[3]


def test_windows_and_macos_find_every_size() -> None:
    with Image.open(ICONS / "fusplan.ico") as windows, Image.open(ICONS / "fusplan.icns") as macos:
        assert {(16, 16), (32, 32), (48, 48), (256, 256)} <= windows.info["sizes"]
        assert max(size[0] * size[2] for size in macos.info["sizes"]) == 1024
