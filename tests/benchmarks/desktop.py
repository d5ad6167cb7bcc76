"""The window's start, first picture, longest freeze, cancelling, dragging and memory, each in a process of its own.

``python -m tests.benchmarks.desktop [PART ...] [--head FILE]`` prints a table with the goals beside, without a display.
``freeze`` and ``drag`` register a head, which takes half a minute each. The time of the processor stands beside the
time of the clock: on a busy machine only the first tells about the program.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.benchmarks import napari_peer

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

STARTS = 5
SPAWNED_AT = "FUSPLAN_BENCHMARK_SPAWNED_AT"
TICK_MS, LOOK_MS = 5, 10
LONGEST_WAIT_S = 600.0
GOALS: dict[str, tuple[float, str]] = {
    "start": (2.5, "s"),
    "first-picture": (1.0, "s"),
    "freeze": (150.0, "ms"),
    "cancel": (100.0, "ms"),
    "drag": (50.0, "ms"),
    "memory": (1200.0, "MB"),
}


def wait_until(holds: Callable[[], bool], longest_s: float = LONGEST_WAIT_S) -> None:
    """Run the event loop until something holds."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, look = QEventLoop(), QTimer()
    end = time.monotonic() + longest_s
    look.timeout.connect(lambda: loop.quit() if holds() or time.monotonic() > end else None)
    look.start(LOOK_MS)
    loop.exec()
    look.stop()
    if time.monotonic() > end:
        raise TimeoutError("the window did not get there")


def idle(seconds: float) -> None:
    """Run the event loop for a while."""
    end = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= end)


def open_program():  # type: ignore[no-untyped-def]
    """The window as a person has it, and what the program loads ahead under way."""
    from fusplan.app import main

    application = main._application()
    window = main.make_window(application, "dark", remembers=False)
    window.show()
    application.processEvents()
    return application, window


def head_file(given: Path | None) -> Path:
    """The head asked for, or the built-in one."""
    from fusplan.paths import resources_folder

    return given if given is not None else sorted((resources_folder() / "demo").glob("*.nii.gz"))[0]


# Each part prints its figure and seconds of processor time.


def start(_head: Path | None) -> tuple[float, float]:
    """Seconds from the start of the process to a window that answers."""
    open_program()
    return time.monotonic() - float(os.environ[SPAWNED_AT]), time.process_time()


def first_picture(given: Path | None) -> tuple[float, float]:
    """Seconds from choosing a head to its slices on the screen, after the program has had time to load ahead."""
    from fusplan.app import main

    _, window = open_program()
    main.load_ahead()
    idle(1.0)
    wait_until(lambda: not any(thread.name == "loading ahead" for thread in threading.enumerate()))
    path = head_file(given)
    begin, processor = time.monotonic(), time.process_time()
    window.program.files.open_path(path)
    wait_until(lambda: window.views is not None and all(pane.has_picture for pane in window.views.slices.values()))
    return time.monotonic() - begin, time.process_time() - processor


@contextmanager
def heartbeat() -> Iterator[list[tuple[float, str]]]:
    """Gaps between ticks of the event loop, ms, each with when it was and what the window's thread did in it.

    A gap without a place is one in which no thread of the process ran: the machine was busy with others.
    """
    from PySide6.QtCore import QTimer

    gaps: list[tuple[float, str]] = []
    beat, place, window_thread = [time.monotonic()], [""], threading.get_ident()
    over, began = threading.Event(), time.monotonic()

    def tick() -> None:
        now = time.monotonic()
        gaps.append(((now - beat[0]) * 1e3 - TICK_MS, f"{now - began:5.1f} s  {place[0]}"))
        beat[0], place[0] = now, ""

    def look() -> None:
        while not over.wait(0.01):
            if time.monotonic() - beat[0] > 0.06 and not place[0]:
                frames = traceback.extract_stack(sys._current_frames()[window_thread])
                own = [
                    f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames if "fusplan" in one.filename
                ]
                place[0] = " < ".join(reversed(own[-4:]))

    timer = QTimer()
    timer.setInterval(TICK_MS)
    timer.timeout.connect(tick)
    timer.start()
    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    yield gaps
    over.set()
    watcher.join()
    timer.stop()


def freeze(given: Path | None) -> tuple[float, float]:
    """The longest freeze, ms, from the wish for a plan until everything is drawn and computed."""
    from fusplan.app import main

    _, window = open_program()
    main.load_ahead()
    window.program.files.open_path(head_file(given))
    wait_until(lambda: window.case.volume is not None and not window.program.is_busy)
    idle(2.0)
    processor = time.process_time()
    with heartbeat() as gaps:
        window.program.planning.make_plan()
        begin = time.monotonic()
        wait_until(lambda: window.case.plan is not None)
        print(f"    plan made after {time.monotonic() - begin:.1f} s", file=sys.stderr)
        idle(1.0)
        wait_until(lambda: not window.program.is_busy)
        idle(1.0)
    for gap, place in sorted(gaps, reverse=True)[:6]:
        print(f"    {gap:6.0f} ms  {place}", file=sys.stderr)
    used = time.process_time() - processor
    window.program.is_closing = True
    window.close()
    return max(gap for gap, _ in gaps), used


def cancel(_head: Path | None) -> tuple[float, float]:
    """The longest time, ms, from cancelling work in another process until the process is gone; of five."""
    from fusplan.jobs.process_job import ProcessJob
    from tests.fixtures.sample_work import hold_the_interpreter_lock

    open_program()
    taken = []
    for _ in range(5):
        job = ProcessJob(hold_the_interpreter_lock, 600.0, "Working")
        has_begun, is_over = [], []
        job.progress.connect(lambda *_, begun=has_begun: begun.append(True))
        job.ended.connect(lambda over=is_over: over.append(True))
        job.start()
        wait_until(lambda begun=has_begun: bool(begun))
        begin = time.monotonic()
        job.cancel()
        wait_until(lambda over=is_over: bool(over))
        taken.append((time.monotonic() - begin) * 1e3)
    return max(taken), time.process_time()


def drag(given: Path | None) -> tuple[float, float]:
    """The 95th percentile, ms, of a step of dragging a lesion: views, numbers and live coverage by both atlases."""
    from PySide6.QtWidgets import QApplication

    from fusplan.app import main
    from fusplan.planning import edits
    from fusplan.spatial import Point

    _, window = open_program()
    main.load_ahead()
    window.program.files.open_path(head_file(given))
    wait_until(lambda: window.case.volume is not None and not window.program.is_busy)
    window.program.planning.make_plan()
    wait_until(lambda: window.case.plan is not None)
    idle(1.0)
    window.side.show_panel("lesions")
    wait_until(lambda: not window.program.is_busy and len(window.case.review.lesions) == 2)
    idle(0.5)
    lesion, taken = window.case.plan.lesions[0], []
    for step in range(40):
        place = Point.of(lesion.centre.frame, lesion.centre.array + 0.05 * step * np.array([1.0, 0.5, -0.5]))
        begin = time.perf_counter()
        window.case.document.apply("Drag", lambda plan, at=place: edits.move_lesion(plan, lesion.id, at), "drag")
        window.case.view.update(cursor=place)
        QApplication.processEvents()
        taken.append((time.perf_counter() - begin) * 1e3)
    used = time.process_time()
    window.program.is_closing = True
    window.close()
    return float(np.percentile(taken[5:], 95)), used


def memory(given: Path | None) -> tuple[float, float]:
    """Megabytes of the window's process with a head of 0.5 mm voxels open and its slices moved through."""
    import nibabel

    from fusplan.app import main
    from tests.benchmarks.cursor_move import places, read_head

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "half-millimetre.nii.gz"
        if given is None:
            _in_another_process(path, read_head, nibabel)
        _, window = open_program()
        main.load_ahead()
        window.program.files.open_path(given if given is not None else path)
        wait_until(lambda: window.case.volume is not None and not window.program.is_busy)
        idle(3.0)
        for place in places(window.case.volume)[:30]:
            window.case.view.update(cursor=place)
            idle(0.02)
        found = _memory_mb("VmRSS")
        print(f"    at most {_memory_mb('VmHWM'):.0f} MB", file=sys.stderr)
    return found, time.process_time()


def _in_another_process(path: Path, read_head, nibabel) -> None:  # type: ignore[no-untyped-def]
    """Write the head in a child, so that making it does not count as memory of the window."""
    child = os.fork()
    if child == 0:
        volume = read_head(None)
        nibabel.save(nibabel.Nifti1Image(volume.data.astype("int16"), volume.affine), path)
        os._exit(0)
    os.waitpid(child, 0)


def _memory_mb(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


PARTS = {
    "start": start,
    "first-picture": first_picture,
    "freeze": freeze,
    "cancel": cancel,
    "drag": drag,
    "memory": memory,
}


def measured(part: str, head: Path | None) -> tuple[float, float]:
    """Figure and processor seconds of a part, in a fresh process."""
    command = [sys.executable, "-m", "tests.benchmarks.desktop", "--inside", part]
    command += ["--head", str(head)] if head is not None else []
    environment = {**os.environ, SPAWNED_AT: str(time.monotonic())}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    figure, processor = done.stdout.split()[-2:]
    return float(figure), float(processor)


def main() -> int:
    """Print the table; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--head", type=Path, default=None, help="an image file; by default the built-in head")
    parser.add_argument("--napari-python", help="an interpreter that has napari; its start is measured beside")
    parser.add_argument("--inside", choices=PARTS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        figure, processor = PARTS[arguments.inside](arguments.head)
        print(figure, processor, flush=True)
        os._exit(0)
    missed = False
    for part in arguments.parts or PARTS:
        goal, unit = GOALS[part]
        found = [measured(part, arguments.head) for _ in range(STARTS if part == "start" else 1)]
        figure, processor = (statistics.median(values) for values in zip(*found, strict=True))
        missed |= figure >= goal
        load = os.getloadavg()[0]
        print(
            f"{part:14s} {figure:8.2f} {unit:2s}  goal < {goal:g} {unit:2s}  "
            f"{'missed ' if figure >= goal else 'reached'}  "
            f"(processor {processor:.2f} s, load of the machine {load:.1f})",
            flush=True,
        )
    napari_s = napari_peer.start_s(arguments.napari_python)
    if napari_s is not None:
        print(f"napari's start {napari_s:.2f} s")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
