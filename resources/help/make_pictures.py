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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from fusplan.planning.plan import Plan
    from fusplan.report.drawing import Drawing

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
    Picture("pictures/treatment-window.png", (*STEP, "--panel", "expected_lesion")),
    Picture("window.png", ("--size", "1400x900", "--theme", "dark", "--panel", "targets")),
)
"""``window.png`` is the picture of the project's README."""

TREATMENT = "pictures/treatment-{}.png"
TREATMENT_PIXELS_PER_MM = {"helmet": 8.0, "heat": 6.5, "lesion": 25.0, "sdr": 7.0}
"""Of the drawings of a simulated treatment, as the report has them."""


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
        if not wanted or any(TREATMENT.format(name) in wanted for name in TREATMENT_PIXELS_PER_MM):
            _make_treatment(plan, wanted)
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


def _make_treatment(plan: Path, wanted: set[str]) -> None:
    """Draw what the treatment of the plan's first target does, a test before the program's own pattern."""
    # Nothing of this is needed for the page of keys.
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415

    from fusplan.planning.plan_file import load_plan  # noqa: PLC0415

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication.instance() or QGuiApplication(["make_pictures"])
    drawings = _treatment_drawings(load_plan(plan / "plan.fusplan.json"))
    for name, found in drawings.items():
        file = TREATMENT.format(name)
        if not wanted or file in wanted:
            pictures = [_painted(drawing, TREATMENT_PIXELS_PER_MM[name]) for drawing in found]
            width = sum(picture.width for picture in pictures) + 8 * (len(pictures) - 1)
            beside = Image.new("RGB", (width, max(picture.height for picture in pictures)), "white")
            left = 0
            for picture in pictures:
                beside.paste(picture, (left, 0))
                left += picture.width + 8
            reduced(beside).save(FOLDER / file, optimize=True)
            print(f"{file:32} {(FOLDER / file).stat().st_size / 1000:6.0f} kB", flush=True)
    del application


def _treatment_drawings(plan: Plan) -> dict[str, tuple[Drawing, ...]]:
    from fusplan.display.grey_levels import deep_brain_window  # noqa: PLC0415
    from fusplan.planning.proposed_sonications import TEST_CELSIUS, TEST_S, energy_for  # noqa: PLC0415
    from fusplan.planning.treatment_edits import set_sonications, treatment_of  # noqa: PLC0415
    from fusplan.progress import NoProgress  # noqa: PLC0415
    from fusplan.report.dose_figures import dose_figures  # noqa: PLC0415
    from fusplan.report.helmet_figure import helmet_figure  # noqa: PLC0415
    from fusplan.report.treatment_charts import sdr_figure, temperature_figure  # noqa: PLC0415
    from fusplan.simulation.sonication import Sonication  # noqa: PLC0415
    from fusplan.workflows.plan_image import read_plan_image  # noqa: PLC0415
    from fusplan.workflows.requests import SimulateRequest  # noqa: PLC0415
    from fusplan.workflows.simulate import simulate  # noqa: PLC0415

    target, volume = plan.targets[0], read_plan_image(plan, None, FOLDER).volume
    request = SimulateRequest(plan, volume, target_ids=(target.id,))
    proposed = simulate(request, NoProgress())
    energy_j = energy_for(TEST_CELSIUS, treatment_of(plan).calibration, TEST_S, 0)
    later = tuple(replace(one, start_s=one.start_s + 120.0) for one in proposed.targets[0].sonications)
    plan = set_sonications(plan, target.id, (Sonication((0.0, 0.0, 0.0), energy_j, TEST_S, 0.0, "test"), *later))
    (found,) = simulate(replace(request, plan=plan, before=proposed), NoProgress()).targets
    geometry = plan.landmarks.geometry()
    lesion = next(iter(plan.lesions_of(target.id)), None)
    slices = dose_figures(found, lesion, volume, geometry, deep_brain_window(volume, geometry))
    heat, histogram = temperature_figure(found), sdr_figure(found)
    assert heat is not None and histogram is not None
    return {
        "helmet": (helmet_figure(found, proposed.transducer, geometry).drawing,),
        "heat": (heat.drawing,),
        "lesion": tuple(figure.drawing for figure in slices),
        "sdr": (histogram.drawing,),
    }


def _painted(drawing: Drawing, pixels_per_mm: float) -> Image.Image:
    from PySide6.QtCore import QRectF  # noqa: PLC0415
    from PySide6.QtGui import QImage, QPainter  # noqa: PLC0415

    from fusplan.printing.drawing_painter import paint_drawing  # noqa: PLC0415

    width, height = round(drawing.width_mm * pixels_per_mm), round(drawing.height_mm * pixels_per_mm)
    image = QImage(width, height, QImage.Format.Format_RGB888)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_drawing(painter, drawing, QRectF(0, 0, width, height))
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return Image.fromarray(rows[:, : 3 * width].reshape(height, width, 3).copy())


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
