"""What the program remembers of the person: theme, recent files, window place, window/level of each image.

Kept as JSON in the user's settings folder. A broken file never stops a start: it is put aside and noted.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fusplan.errors import FusplanError
from fusplan.paths import user_settings_folder
from fusplan.planning.atomic_file import write_atomically
from fusplan.widgets.palette import ThemeName

FILE_NAME = "settings.json"
MOST_RECENT_FILES = 12
MOST_WINDOWS = 200


@dataclass(frozen=True, slots=True)
class Settings:
    """One set of settings.

    Attributes:
        theme: dark or light.
        recent_files: images and plans, newest first, absolute paths.
        window_geometry: Qt's description of the window's place, hexadecimal.
        side_area_width: pixels; 0 is the default.
        convention: ``radiological`` or ``neurological``.
        windows: low and high intensity by image fingerprint, the one used last at the end.
    """

    theme: ThemeName = "dark"
    recent_files: tuple[str, ...] = ()
    window_geometry: str = ""
    side_area_width: int = 0
    convention: str = "radiological"
    windows: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def with_recent(self, path: Path) -> Settings:
        """With a file at the head of the recent ones."""
        name = str(path.absolute())
        others = tuple(other for other in self.recent_files if other != name)
        return replace(self, recent_files=(name, *others)[:MOST_RECENT_FILES])

    def with_window(self, fingerprint: str, low: float, high: float) -> Settings:
        """With the window/level of an image."""
        others = {key: value for key, value in self.windows.items() if key != fingerprint}
        kept = list(others.items())[-(MOST_WINDOWS - 1) :]
        return replace(self, windows={**dict(kept), fingerprint: (low, high)})


def settings_path() -> Path:
    """Where they are kept."""
    return user_settings_folder() / FILE_NAME


def load_settings() -> tuple[Settings, str]:
    """The settings, and a sentence for the user when the file was broken ("" otherwise). Raises nothing."""
    path = settings_path()
    try:
        return _of_json(json.loads(path.read_text(encoding="utf-8"))), ""
    except FileNotFoundError:
        return Settings(), ""
    except OSError as error:
        return Settings(), f"The settings could not be read ({error.strerror or error}); the program starts without."
    except (ValueError, TypeError, LookupError, RecursionError):
        return Settings(), _put_aside(path)


def save_settings(settings: Settings) -> bool:
    """Write the settings; False when that is not possible, which is no reason to stop."""
    content = {
        "theme": settings.theme,
        "recent_files": list(settings.recent_files),
        "window_geometry": settings.window_geometry,
        "side_area_width": settings.side_area_width,
        "convention": settings.convention,
        "windows": {key: list(value) for key, value in settings.windows.items()},
    }
    path = settings_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(content, indent=2).encode("utf-8"))
    except (OSError, FusplanError):
        return False
    return True


def _of_json(content: Any) -> Settings:
    """Settings of a file's content; what is missing has its default, what is of the wrong kind is a ValueError."""
    default = Settings()
    _require(isinstance(content, dict))
    theme = content.get("theme", default.theme)
    recent = content.get("recent_files", [])
    geometry = content.get("window_geometry", "")
    width = content.get("side_area_width", 0)
    convention = content.get("convention", default.convention)
    _require(theme in ("dark", "light") and convention in ("radiological", "neurological"))
    _require(isinstance(recent, list) and all(isinstance(name, str) for name in recent))
    _require(isinstance(geometry, str) and isinstance(width, int))
    return Settings(
        theme=theme,
        recent_files=tuple(recent[:MOST_RECENT_FILES]),
        window_geometry=geometry,
        side_area_width=width,
        convention=convention,
        windows={str(key): _window(value) for key, value in dict(content.get("windows", {})).items()},
    )


def _window(value: Any) -> tuple[float, float]:
    low, high = float(value[0]), float(value[1])
    _require(high > low)
    return low, high


def _require(condition: bool) -> None:
    if not condition:
        raise ValueError("not the settings of this program")


def _put_aside(path: Path) -> str:
    aside = path.with_name(f"settings.broken-{datetime.now(UTC):%Y%m%d-%H%M%S}.json")
    with contextlib.suppress(OSError):
        os.replace(path, aside)  # noqa: PTH105 - the same call as everywhere files are exchanged
        return f"The settings file was damaged. It was put aside as {aside.name} and the program starts with defaults."
    return "The settings file is damaged and could not be put aside; the program starts with defaults."
