"""Tries out a built program: ``python -m tests.installer.smoke dist/fusplan``; exits 0 when all is as it should be.

Needs nothing but Python: what is tried is the program in the folder, as someone has it who has no Python. Its user
folders are fresh ones, and ``PATH`` is empty, so that nothing of this machine can help it out.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import math
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

AC_MM, PC_MM = (0.5, 4.4, -4.1), (0.2, -23.2, -2.1)
"""Of the built-in head, scanner RAS mm: marked by eye on this very file (expected error 0.5 and 0.7 mm)."""

WITHIN_MM = 0.8
SAME_WITHIN_MM = 0.05
"""The window plans on the same head with the same engine as the command line."""

PROJECT = Path(__file__).resolve().parents[2]
LONGEST_S = 300
WINDOW_UP_S = 10
SMALLEST_PICTURE_BYTES = 60_000
SIGNS_OF_TROUBLE = ("Traceback", "Exception ignored", "Error", "WARNING", "Warning")
NEVER_PACKED = ("pytest", "_pytest", "hypothesis", "mypy", "ruff", "tests", "tkinter", "matplotlib", "PyInstaller")


class SmokeError(Exception):
    """Something is not as it should be."""


class Trial:
    """One built program in one fresh home."""

    def __init__(self, folder: Path, home: Path, python: Path | None) -> None:
        self.folder = folder
        self.home = home
        self.python = python
        self.program = folder / ("fusplan.exe" if os.name == "nt" else "fusplan")
        # A screen would do as well; a build machine has none.
        kept = {key: value for key, value in os.environ.items() if key in ("SYSTEMROOT", "TEMP", "TMP", "LANG")}
        names = ("CACHE", "CONFIG", "DATA", "STATE")
        folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in names}
        self.environment = {**kept, **folders, "HOME": str(home), "PATH": "", "QT_QPA_PLATFORM": "offscreen"}

    def run(self, *arguments: str | Path) -> str:
        """What the program says on stdout; it must end with 0."""
        command = [str(self.program), *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LONGEST_S, env=self.environment, cwd=self.home, check=False
        )
        if done.returncode != 0:
            raise SmokeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        # A library that misses a file may go on with wrong numbers.
        bad = next((line for line in done.stderr.splitlines() if line.startswith(SIGNS_OF_TROUBLE)), None)
        require(bad is None, f"{' '.join(command)} says: {bad}\n{done.stderr[-1500:]}")
        return done.stdout

    @contextlib.contextmanager
    def window(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """The program running; killed in the end."""
        running = subprocess.Popen(
            [str(self.program), *arguments],
            env=self.environment,
            cwd=self.home,
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            yield running
        finally:
            running.kill()
            running.wait()


def require(true: bool, what: str) -> None:
    """Raise SmokeError with that sentence unless true."""
    if not true:
        raise SmokeError(what)


def check_landmarks(landmarks: dict[str, Any], whose: str) -> None:
    """AC and PC of a plan against the marks of a person."""
    for name, marked in (("ac", AC_MM), ("pc", PC_MM)):
        found = landmarks[f"{name}_mm"] if f"{name}_mm" in landmarks else landmarks[name]["mm"]
        off_mm = math.dist(found, marked)
        print(f"  {whose}: {name.upper()} {off_mm:.2f} mm from where a person marked it")
        require(off_mm < WITHIN_MM, f"{whose}: {name.upper()} lies at {found}, {off_mm:.2f} mm from {marked}")


def try_what_is_packed(trial: Trial) -> None:
    """Only what is used, and everything that is read."""
    names = {path.name for path in trial.folder.rglob("*")}
    require("colin27_ch2_T1w_1mm.nii.gz" in names, "the built-in head is not packed")
    packed = [name for name in NEVER_PACKED if any(one == name or one.startswith(f"{name}-") for one in names)]
    require(not packed, f"packed, but only needed in development: {packed}")
    require(not [name for name in names if "Qt6Qml" in name or "WebEngine" in name], "unused parts of Qt are packed")


def try_small_commands(trial: Trial) -> None:
    """Version, atlases, an image's facts, an error with its exit code."""
    print(f"  {trial.run('--version').strip()}")
    require("morel" in trial.run("atlas", "list"), "the built-in atlases are not found")
    refused = subprocess.run(
        [str(trial.program), "info", "nothing.nii"],
        capture_output=True,
        env=trial.environment,
        cwd=trial.home,
        check=False,
    )
    require(refused.returncode == 2, f"a missing file ends with {refused.returncode}, not 2")


def try_plan(trial: Trial) -> None:
    """The main job on the command line: register, propose, write."""
    result = json.loads(trial.run("demo", "--out", "plan", "--json"))
    plan = json.loads((trial.home / "plan" / "plan.fusplan.json").read_text(encoding="utf-8"))
    check_landmarks(plan["landmarks"], "command line")
    require({one["name"] for one in plan["targets"]} == {"CLp left", "CLp right"}, "not both targets are there")
    require((trial.home / "plan" / "report.html").stat().st_size > 100_000, "the report is empty")
    require(bool(result), "--json says nothing")


def try_same_numbers(trial: Trial) -> None:
    """Targets, coverage, spill and uncertainty are those that the sources give on this machine."""
    if trial.python is None:
        print("  not tried: no --python with the sources was named")
        return
    command = [str(trial.python), "-m", "fusplan", "demo", "--out", str(trial.home / "from-sources")]
    environment = {**trial.environment, "PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(PROJECT)}
    subprocess.run(command, env=environment, cwd=PROJECT, check=True, capture_output=True, timeout=LONGEST_S)
    for name in ("targets.csv", "lesions.csv"):
        built, sources = (_rows(trial.home / folder / name) for folder in ("plan", "from-sources"))
        require(len(built) == len(sources) > 0, f"{name} has {len(built)} rows, from the sources {len(sources)}")
        for one, other in zip(built, sources, strict=True):
            for key, value in other.items():
                require(_alike(one[key], value), f"{name}, {one['name']}, {key}: {one[key]}, from the sources {value}")
        print(f"  {name}: {sum(map(len, built))} values agree")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _alike(one: str, other: str) -> bool:
    """The same words, or numbers within 0.05 and 1 per cent of each other."""
    try:
        return math.isclose(float(one), float(other), rel_tol=0.01, abs_tol=SAME_WITHIN_MM)
    except ValueError:
        return one == other


def try_export(trial: Trial) -> None:
    """Every format, the printed report among them, read back by other readers."""
    result = json.loads(trial.run("export", "plan", "--format", "all", "--out", "exported", "--json"))
    check = result["self_check"]
    print(f"  {check['verdict']}")
    require(check["passed"] and not check["not_read"], f"read back: {check['verdict']} {check['not_read']}")
    names = {Path(name).name for name in result["files"]}
    require("report.pdf" in names, f"the printed report is missing: {result['left_out']}")


def try_picture(trial: Trial) -> None:
    """The window with the plan, drawn into a picture."""
    trial.run("open", "plan", "--screenshot", "window.png", "--size", "1400x900")
    content = (trial.home / "window.png").read_bytes()
    size = struct.unpack(">II", content[16:24])
    require(size == (1400, 900), f"the picture is {size} large")
    require(len(content) > SMALLEST_PICTURE_BYTES, f"the picture holds {len(content)} bytes only")


def try_window(trial: Trial) -> None:
    """``fusplan`` alone: the window opens, stays, and ends when told to."""
    with trial.window() as running:
        time.sleep(WINDOW_UP_S)
        if running.poll() is not None:
            raise SmokeError(f"the window closed by itself: {running.communicate()[1]}")
        running.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
        running.wait(timeout=30)


def try_job(trial: Trial) -> None:
    """The registration in a process of its own, which the window starts: its result is found in the autosaved plan."""
    with trial.window("open", "--demo") as running:
        deadline = time.monotonic() + LONGEST_S
        found: list[Path] = []
        while not found:
            require(running.poll() is None, "the window closed while it planned")
            require(time.monotonic() < deadline, f"no plan after {LONGEST_S} s")
            time.sleep(1)
            found = list((trial.home / "state").rglob("*.fusplan.json"))
        kept = json.loads(found[0].read_text(encoding="utf-8"))
        workers = _of_group(running.pid)
    check_landmarks(kept["landmarks"], "window")
    written = json.loads((trial.home / "plan" / "plan.fusplan.json").read_text(encoding="utf-8"))
    for name in ("ac", "pc"):
        apart_mm = math.dist(kept["landmarks"][name]["mm"], written["landmarks"][name]["mm"])
        require(apart_mm < SAME_WITHIN_MM, f"window and command line are {apart_mm:.3f} mm apart at {name.upper()}")
    left = _still_there(workers)
    require(not left, f"left behind after the window was killed: processes {left}")


def _of_group(leader: int) -> list[int]:
    """The processes of the group (Linux; elsewhere none are looked for)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, ProcessLookupError):
            if os.getpgid(int(entry.name)) == leader:
                found.append(int(entry.name))
    return found


def _still_there(processes: list[int]) -> list[int]:
    """Those that live on after five seconds."""
    deadline = time.monotonic() + 5
    left = processes
    while left and time.monotonic() < deadline:
        left = [one for one in left if Path(f"/proc/{one}").exists()]
        time.sleep(0.2)
    return left


TRIALS: tuple[tuple[str, Callable[[Trial], None]], ...] = (
    ("what is packed", try_what_is_packed),
    ("small commands", try_small_commands),
    ("a plan on the built-in head", try_plan),
    ("the same numbers", try_same_numbers),
    ("every format", try_export),
    ("the window's picture", try_picture),
    ("the window", try_window),
    ("a plan made by the window", try_job),
)


def main() -> int:
    """Run all trials, tell how long each took and how large the folder is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the built folder, such as dist/fusplan")
    parser.add_argument("--python", type=Path, help="a Python that has what fusplan needs, to compare the numbers with")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"{folder}: {size / 1e6:.0f} MB")
    with tempfile.TemporaryDirectory(prefix="fusplan-smoke-") as home:
        trial = Trial(folder, Path(home), arguments.python)
        for name, attempt in TRIALS:
            print(name, flush=True)
            start = time.monotonic()
            try:
                attempt(trial)
            except (SmokeError, OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
                print(f"FAILED: {name}: {error}", file=sys.stderr)
                return 1
            print(f"  good, {time.monotonic() - start:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
