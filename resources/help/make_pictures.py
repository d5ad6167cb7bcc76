"""Makes every picture of the help pages anew, and the page of keys.

    python resources/help/make_pictures.py [PLAN [pictures/step-review.png ...]]
    python resources/help/make_pictures.py --keys

PLAN is a plan folder of the built-in head; without one it is made first (``fusplan demo``, half a minute). Each picture
is what ``fusplan open PLAN --screenshot`` writes, reduced to 256 colours so that it stays light. Where no screen is
connected, an X server in memory (``xvfb-run``) is used if it is installed, so that the 3-D view is drawn; else
Qt draws off screen and the 3-D view says that it cannot be drawn. ``--keys`` makes the page of keys alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).resolve().parent
PROJECT = FOLDER.parent.parent
GREYS, COLOURS = 88, 168
"""Of the 256 colours of a picture: grey levels of the head, and all else."""
LEAST_CHROMA = 10
LARGEST_BYTES = 250_000
LONGEST_S = 300


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file, and the options of ``fusplan open``."""

    name: str
    options: tuple[str, ...]
    on_plan: bool = True


STEP = ("--size", "1400x900", "--theme", "dark")
CLOSE = ("--size", "1100x760", "--theme", "dark", "--panel", "targets")

PICTURES = (
    Picture("pictures/first-screen.png", STEP, on_plan=False),
    *(
        Picture(f"pictures/step-{step}.png", (*STEP, "--panel", step))
        for step in ("image", "landmarks", "atlas", "targets", "lesions", "review")
    ),
    Picture("pictures/anatomy-axial.png", (*CLOSE, "--view", "axial")),
    Picture("pictures/anatomy-coronal.png", (*CLOSE, "--view", "coronal")),
    Picture("window.png", ("--size", "1400x900", "--theme", "dark", "--panel", "targets")),
)
"""``window.png`` is the picture of the project's README."""


def main() -> int:
    """Make everything; returns the exit code."""
    write_keyboard_page(FOLDER / "keyboard.md")
    if "--keys" in sys.argv:
        return 0
    wanted = set(sys.argv[2:])
    with tempfile.TemporaryDirectory(prefix="fusplan-") as name:
        made = Path(name)
        plan = _plan(Path(sys.argv[1]) if len(sys.argv) > 1 else None, made)
        # Settings of whoever runs this must not show.
        surroundings = _surroundings(made)
        for picture in (one for one in PICTURES if not wanted or one.name in wanted):
            _make(picture, plan, made, surroundings)
    return 0


def _plan(given: Path | None, made: Path) -> Path:
    """A plan of the built-in head in a folder of a plain name, without anything exported from it yet."""
    from fusplan.planning.plan_file import load_plan, save_plan  # noqa: PLC0415 - not for the page of keys

    if given is None:
        print("Planning on the built-in head")
        given = made / "made"
        subprocess.run([sys.executable, "-m", "fusplan", "demo", "--out", str(given)], cwd=PROJECT, check=True)
    folder = made / "demo-plan"
    folder.mkdir()
    save_plan(load_plan(given / "plan.fusplan.json"), folder / "plan.fusplan.json")
    return folder


def _surroundings(made: Path) -> dict[str, str]:
    fresh = {f"XDG_{kind}_HOME": str(made / kind.lower()) for kind in ("CONFIG", "STATE", "DATA")}
    platform = {} if _has_screen() else {"QT_QPA_PLATFORM": "xcb" if shutil.which("xvfb-run") else "offscreen"}
    return {**os.environ, **fresh, **platform, "QT_SCALE_FACTOR": "1"}


def _has_screen() -> bool:
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _make(picture: Picture, plan: Path, made: Path, surroundings: dict[str, str]) -> None:
    raw = made / Path(picture.name).name
    command = [sys.executable, "-m", "fusplan", "open", *([str(plan)] if picture.on_plan else [])]
    command += ["--screenshot", str(raw), *picture.options]
    if not _has_screen() and shutil.which("xvfb-run"):
        command = ["xvfb-run", "-a", "-s", "-screen 0 1920x1200x24", *command]
    done = subprocess.run(
        command, cwd=PROJECT, env=surroundings, capture_output=True, text=True, timeout=LONGEST_S, check=False
    )
    if done.returncode != 0 or not raw.is_file():
        raise SystemExit(f"{picture.name} could not be made: {' '.join(command)}\n{done.stdout}{done.stderr}")
    target = FOLDER / picture.name
    target.parent.mkdir(exist_ok=True)
    reduced(Image.open(raw).convert("RGB")).save(target, optimize=True)
    size = target.stat().st_size
    heavy = "  TOO HEAVY" if size > LARGEST_BYTES else ""
    print(f"{picture.name:32} {size / 1000:6.0f} kB{heavy}", flush=True)


def reduced(picture: Image.Image) -> Image.Image:
    """A picture in 256 colours: grey levels for the head, the rest for what is coloured, so that neither is lost."""
    pixels = np.asarray(picture)
    chroma = pixels.max(axis=2).astype(int) - pixels.min(axis=2)
    coloured = pixels[chroma >= LEAST_CHROMA]
    palette = np.repeat(np.linspace(0, 255, GREYS).round().astype(np.uint8)[:, None], 3, axis=1)
    if len(coloured):
        # Every hue once, however few its pixels are: lines of nuclei are thin.
        kinds = np.unique(coloured >> 2 << 2, axis=0)
        found = Image.fromarray(kinds[None]).quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
        own = np.array(found.getpalette()[: 3 * COLOURS], dtype=np.uint8).reshape(-1, 3)
        usual, counts = np.unique(coloured, axis=0, return_counts=True)
        most = usual[np.argsort(counts)[::-1][:24]]
        palette = np.vstack([palette, most, own[: 256 - GREYS - len(most)]])
    holder = Image.new("P", (1, 1))
    holder.putpalette(palette.astype(np.uint8).tobytes())
    return picture.quantize(palette=holder, dither=Image.Dither.NONE)


def write_keyboard_page(path: Path) -> None:
    """The page of keys from the program's own table of actions."""
    path.write_text(keyboard_text(), encoding="utf-8")
    print(path.name)


def keyboard_text() -> str:
    """What the page of keys says."""
    from fusplan.app.action_spec import menus_of  # noqa: PLC0415 - Qt, for this page only
    from fusplan.app.action_table import ACTION_TABLE  # noqa: PLC0415
    from fusplan.display.help_pages import keyboard_page  # noqa: PLC0415
    from fusplan.widgets.shortcuts_overlay import MOUSE_IN_VIEWS  # noqa: PLC0415

    groups = [(MOUSE_IN_VIEWS.title, MOUSE_IN_VIEWS.entries)]
    for menu in menus_of(ACTION_TABLE):
        groups.append((menu, tuple((spec.shortcut, spec.text) for spec in ACTION_TABLE if spec.menu == menu)))
    return keyboard_page(iter(groups))


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    sys.exit(main())
