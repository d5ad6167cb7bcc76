"""Where the time of a whole ``fusplan plan`` goes, and how much memory it takes at most.

    python -m tests.benchmarks.plan_time [IMAGE ...] [--repeat 3] [--threads 2]

Without images: the built-in head (1 mm), and the 0.5 mm DICOM head where it is at hand. Each plan is made by a process
of its own, so that imports, loading compiled code and the peak memory count. Wall time beside processor time: on a
busy machine only the second tells about the program. Of several runs the one with the shortest wall time is shown.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusplan.atlas.catalogue import demo_head_path
from tests.benchmarks.heads import SHARED_DATA
from tests.fixtures.archives import unpack

WHOLE_S, REGISTRATION_S, MEMORY_MB, FINE_RATIO = 20.0, 12.0, 1500.0, 1.5
"""What is aimed at: a 1 mm head on two quiet cores, and a 0.5 mm head against it."""

_ARCHIVE, _SERIES = "uih_T1.tar.gz", "UIH-uMR770_T1/In/DTI_132225/t1_gre_fsp_3d_sag__132750"

STEPS = (
    ("fusplan.workflows.make_plan", "read_volume", "read the image"),
    ("fusplan.workflows.make_plan", "load_template", "load the template"),
    ("fusplan.workflows.make_plan", "register", "registration"),
    ("fusplan.workflows.make_plan", "find_landmarks", "landmarks, ventricle"),
    ("fusplan.workflows.make_plan", "atlases_in_head", "load the atlases"),
    ("fusplan.workflows.make_plan", "_assemble", "proposals"),
    ("fusplan.workflows.make_plan", "review", "coverage, uncertainty"),
    ("fusplan.workflows.plan_folder", "save_plan", "write: plan"),
)
"""Functions that are timed from outside: module, name, and what they do."""

IMPORTS, REST, WHOLE = "start and imports", "rest", "whole"


@dataclass(frozen=True, slots=True)
class Run:
    """One plan: wall and processor seconds by step, the whole last, and the peak memory of the process."""

    steps: tuple[tuple[str, float, float], ...]
    stages: tuple[tuple[str, float], ...]
    peak_mb: float

    def wall_s(self, step: str) -> float:
        return next((wall for name, wall, _ in self.steps if name == step), 0.0)

    def cpu_s(self, step: str) -> float:
        return next((cpu for name, _, cpu in self.steps if name == step), 0.0)


def processor_s() -> float:
    """Of this process and its threads so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Spans:
    """Wall and processor time of functions while they run, by name."""

    def __init__(self) -> None:
        self.laps: list[tuple[str, float, float]] = []

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            wall, cpu = time.perf_counter(), processor_s()
            try:
                return function(*arguments, **named)
            finally:
                self.laps.append((name, time.perf_counter() - wall, processor_s() - cpu))

        return run


def plan_here(image: Path, folder: Path, threads: int, spawned_at: float) -> Run:
    """Make a plan in this process as ``fusplan plan`` does, and say where the time went."""
    from fusplan.api import MakePlanRequest, make_plan
    from fusplan.progress import NoProgress
    from fusplan.workflows.plan_folder import write_plan_folder

    spans = Spans()
    for module_name in {module for module, _, _ in STEPS}:
        importlib.import_module(module_name)
    from fusplan.workflows import plan_folder

    spans.laps.append((IMPORTS, time.time() - spawned_at, processor_s()))
    for module_name, name, title in STEPS:
        module = sys.modules[module_name]
        setattr(module, name, spans.timed(title, getattr(module, name)))
    export_files = plan_folder.export_files

    def export_timed(material: Any, names: tuple[str, ...], *rest: Any) -> Any:
        return spans.timed(f"write: {names[0]}", export_files)(material, names, *rest)

    plan_folder.export_files = export_timed  # type: ignore[attr-defined]
    made = make_plan(MakePlanRequest(image_path=image, threads=threads), NoProgress())
    write_plan_folder(made, folder, False, NoProgress())
    whole = (WHOLE, time.time() - spawned_at, processor_s())
    rest = [whole[column] - sum(lap[column] for lap in spans.laps) for column in (1, 2)]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    steps = (*spans.laps, (REST, rest[0], rest[1]), whole)
    return Run(steps, made.plan.registration.seconds, peak_mb)


def plan_elsewhere(image: Path, threads: int) -> Run:
    """The same in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "times.json"
        command = [sys.executable, "-m", "tests.benchmarks.plan_time", str(image), "--threads", str(threads)]
        child = [*command, "--child", str(answer), "--spawned-at", repr(time.time())]
        subprocess.run(child, check=True, stdout=subprocess.DEVNULL)
        found = json.loads(answer.read_text(encoding="utf-8"))
    return Run(
        tuple((name, wall, cpu) for name, wall, cpu in found["steps"]),
        tuple((name, wall) for name, wall in found["stages"]),
        found["peak_mb"],
    )


def table(runs: dict[str, Run]) -> list[str]:
    """The lines to print: a row a step, two columns a head."""
    steps = list(dict.fromkeys(step for run in runs.values() for step, _, _ in run.steps))
    stages = list(dict.fromkeys(stage for run in runs.values() for stage, _ in run.stages))
    lines = [f"{'':<28}" + "".join(f"{name[:20]:>22}" for name in runs)]
    lines.append(f"{'':<28}" + "".join(f"{'wall s':>14}{'CPU s':>8}" for _ in runs))
    for step in steps:
        lines.append(f"{step:<28}" + "".join(f"{r.wall_s(step):14.2f}{r.cpu_s(step):8.2f}" for r in runs.values()))
        if step == "registration":
            for stage in stages:
                spent = [sum(wall for name, wall in run.stages if name == stage) for run in runs.values()]
                lines.append(f"{'    ' + stage:<28}" + "".join(f"{wall:14.2f}{'':8}" for wall in spent))
    lines.append(f"{'peak memory, MB':<28}" + "".join(f"{run.peak_mb:14.0f}{'':8}" for run in runs.values()))
    return lines


def against_aims(runs: dict[str, Run]) -> list[str]:
    """The figures beside what is aimed at; the first head is the 1 mm one."""
    lines = []
    for name, run in runs.items():
        lines.append(
            f"{name}: registration {run.wall_s('registration'):.1f} s (aim {REGISTRATION_S:g}), whole "
            f"{run.wall_s(WHOLE):.1f} s (aim {WHOLE_S:g}), {run.peak_mb:.0f} MB (aim {MEMORY_MB:g})"
        )
    first, *others = runs.items()
    for name, run in others:
        wall, cpu = run.wall_s(WHOLE) / first[1].wall_s(WHOLE), run.cpu_s(WHOLE) / first[1].cpu_s(WHOLE)
        lines.append(
            f"{name} takes {wall:.2f} times the wall and {cpu:.2f} times the processor time of {first[0]} "
            f"(aim for a 0.5 mm head: {FINE_RATIO:g})"
        )
    return lines


def main() -> None:
    """Run what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", nargs="*", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--child", type=Path, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--spawned-at", type=float, default=0.0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        with tempfile.TemporaryDirectory() as folder:
            run = plan_here(arguments.images[0], Path(folder) / "plan", arguments.threads, arguments.spawned_at)
        found = {"steps": run.steps, "stages": run.stages, "peak_mb": run.peak_mb}
        arguments.child.write_text(json.dumps(found), encoding="utf-8")
        return
    with tempfile.TemporaryDirectory() as folder:
        heads = {image.name: image for image in arguments.images}
        if not heads:
            heads = {"Colin27, 1 mm": demo_head_path()}
            archive = SHARED_DATA / "dicom" / _ARCHIVE
            if archive.is_file():
                unpack(archive, Path(folder))
                heads["uih DICOM, 0.5 mm"] = Path(folder) / _SERIES
        runs: dict[str, Run] = {}
        for _ in range(arguments.repeat):
            # In turn, so that a busy minute does not fall on one head alone.
            for name, image in heads.items():
                run = plan_elsewhere(image, arguments.threads)
                if name not in runs or run.wall_s(WHOLE) < runs[name].wall_s(WHOLE):
                    runs[name] = run
    print(
        f"Load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; "
        f"best of {arguments.repeat}"
    )
    print(*table(runs), "", *against_aims(runs), sep="\n")


if __name__ == "__main__":
    main()
