"""Where the program's own files and the user's folders are: in a checkout, a wheel and a frozen program.

The only module that knows.
"""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def _bundled(name: str) -> Path:
    """A bundled folder: inside the package in a wheel, beside it in a checkout, in ``_MEIPASS`` when frozen."""
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [_PACKAGE / f"_{name}", _PACKAGE.parent / name]
    if frozen is not None:
        candidates.insert(0, Path(frozen) / name)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise RuntimeError(f"the program's own folder {name!r} is missing: looked in {candidates}")


def resources_folder() -> Path:
    """Icons, help pages, the built-in head."""
    return _bundled("resources")


def built_in_atlases_folder() -> Path:
    """The atlases and the template that come with the program."""
    return _bundled("atlases")


def user_atlases_folder() -> Path:
    """Atlases that the user has added (may not exist yet)."""
    return Path(platformdirs.user_data_dir("fusplan", appauthor=False)) / "atlases"


def user_state_folder() -> Path:
    """Autosaved plans and logs (may not exist yet)."""
    return Path(platformdirs.user_state_dir("fusplan", appauthor=False))


def user_settings_folder() -> Path:
    """Settings (may not exist yet)."""
    return Path(platformdirs.user_config_dir("fusplan", appauthor=False))


def user_cache_folder() -> Path:
    """What can be computed again (may not exist yet)."""
    return Path(platformdirs.user_cache_dir("fusplan", appauthor=False))
