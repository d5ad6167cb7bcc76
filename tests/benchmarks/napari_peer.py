"""napari's start and its slider moves, measured by napari's own interpreter: it is no dependency of this project.

Run by ``cursor_move`` and ``desktop`` with ``--napari-python``; needs a screen with OpenGL (xvfb-run will do).
``python napari_peer.py start`` prints the seconds from the start of the process to a window that answers.
``python napari_peer.py move FILE`` prints the 50th and 95th percentile, ms, of moving one plane of an image.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

SPAWNED_AT = "FUSPLAN_BENCHMARK_SPAWNED_AT"
MOVES, WARM_UP, SEED = 40, 6, 7
WANDER_VOXELS = 24


def start() -> None:
    """Print seconds to a usable viewer."""
    import napari
    from qtpy.QtWidgets import QApplication

    napari.Viewer(show=True)
    QApplication.processEvents()
    print(time.monotonic() - float(os.environ[SPAWNED_AT]))


def move(path: Path) -> None:
    """Print percentiles of moving the third axis of an image about its middle, drawn each time."""
    import napari
    import nibabel
    import numpy as np
    from qtpy.QtWidgets import QApplication

    data = np.asarray(nibabel.load(path).dataobj)
    viewer = napari.Viewer(show=True)
    viewer.add_image(data)
    QApplication.processEvents()
    steps = data.shape[0] // 2 + np.random.default_rng(SEED).normal(0, WANDER_VOXELS, MOVES)
    taken = []
    for step in steps:
        begin = time.perf_counter()
        viewer.dims.set_current_step(0, int(step))
        QApplication.processEvents()
        taken.append((time.perf_counter() - begin) * 1e3)
    print(*np.percentile(taken[WARM_UP:], [50, 95]))


def ask(python: str | None, *arguments: str) -> tuple[float, ...] | None:
    """What the peer prints when run by its own interpreter; None, with the reason said, where it cannot be."""
    if python is None:
        print("napari: skipped, say with --napari-python which interpreter has it")
        return None
    environment = {**os.environ, SPAWNED_AT: str(time.monotonic())}
    if environment.get("QT_QPA_PLATFORM") == "offscreen":
        del environment["QT_QPA_PLATFORM"]
    done = subprocess.run([python, __file__, *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        print(f"napari: skipped, {done.stderr.strip().splitlines()[-1] if done.stderr else 'it failed'}")
        return None
    return tuple(float(value) for value in done.stdout.split()[-2 if arguments[0] == "move" else -1 :])


def start_s(python: str | None, count: int = 3) -> float | None:
    """Median of starts, seconds."""
    found = [ask(python, "start") for _ in range(count if python else 1)]
    known = [one[0] for one in found if one is not None]
    return statistics.median(known) if known else None


if __name__ == "__main__":
    start() if sys.argv[1] == "start" else move(Path(sys.argv[2]))
    os._exit(0)
