"""``python -m tests.tour FOLDER [--image FILE] [--second FILE] [--theme dark|light] [--size 1400x900]``.

Does what a new user does with the real window, real jobs and real files, and asserts what must have happened: open,
plan, judge, adjust, measure, export, close, open again. Pictures of every state go to FOLDER; times are printed.
Under a screen with OpenGL (xvfb-run) the 3-D view is in the pictures, too.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main() -> int:
    """Take the tour; 0 when everything happened as it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--image", type=Path, default=None, help="a head; the built-in one by default")
    parser.add_argument("--second", type=Path, default=None, help="another image of the same person")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--size", default="1400x900")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        # Settings and autosaves of the person who runs this stay as they are.
        os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_DATA_HOME"] = os.environ["XDG_CACHE_HOME"] = home
        from fusplan.app.main import _application
        from tests.tour.driver import Driver
        from tests.tour.stations import STATIONS, Tour

        width, height = (int(part) for part in asked.size.split("x"))
        tour = Tour(Driver(_application(), asked.theme, asked.folder, (width, height)), Path(home))
        tour.image, tour.second = asked.image, asked.second
        for station in STATIONS:
            start = time.monotonic()
            station(tour)
            print(f"{station.__name__:24s} {time.monotonic() - start:6.1f} s  {station.__doc__}")
        tour.driver.window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
