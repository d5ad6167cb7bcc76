"""The simulation by its table of acceptance, each row by its own truth.

    python -m tests.benchmarks.simulation [TOPIC ...]

A topic is a module of this package that has ``rows() -> list[AcceptanceRow]``; without names all are run. Times are
processor time of one thread: linear algebra is kept to one. Exit code 1 where a row does not pass.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")  # read when numpy is imported, which the topics do

from tests.benchmarks.simulation.acceptance import AcceptanceRow  # noqa: E402 - after the threads are told


def _topics() -> list[str]:
    modules = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return [name for name in modules if name not in ("__main__", "acceptance")]


def _line(row: AcceptanceRow) -> str:
    verdict = {True: "yes", False: "NO", None: "-"}[row.passed]
    return f"| {row.test} | {row.wanted} | {row.found} | {verdict} |"


def main(topics: list[str]) -> int:
    print("| test | wanted | found | passed |\n|---|---|---|---|")
    failed = 0
    for topic in topics or _topics():
        module = importlib.import_module(f"tests.benchmarks.simulation.{topic}")
        for row in module.rows():
            failed += row.passed is False
            print(_line(row), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
