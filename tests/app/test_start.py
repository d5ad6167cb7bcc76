"""What the first screen needs, and what it must not wait for."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.fixtures.limits import LONGEST_PROGRAM_S

SLOW = ("scipy", "skimage", "nibabel", "SimpleITK", "numba", "pydantic", "pyqtgraph", "picsl_greedy", "OpenGL")

PROGRAM = f"""
import sys
from fusplan.app import main
window = main.make_window(main._application(), "dark", remembers=False)
window.show()
window.program.start()
print([name for name in {SLOW!r} if name in sys.modules])
"""


def test_the_first_screen_waits_for_no_engine() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST_PROGRAM_S,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
