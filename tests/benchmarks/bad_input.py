"""What the program makes of bad input: damaged images, wrong plans, odd files, and images that are no head.

``python -m tests.benchmarks.bad_input [--files N] [--seed N] [--heads]`` prints a table of outcomes and ends with 1
at any traceback, anything that takes more than 10 s, more than 4 GB of memory, or a wrong answer without a word where
the file itself could have told. With ``--heads`` it also plans on images that are no head, which takes minutes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import nibabel as nib
import numpy as np

from fusplan.errors import FusplanError
from fusplan.imaging.read import read_volume
from fusplan.planning.plan_file import load_plan
from fusplan.workflows.list_targets import list_targets
from tests.benchmarks.damage_outcomes import (
    BAD_KINDS,
    LONGEST_S,
    MOST_MEMORY_BYTES,
    OUTCOME_KINDS,
    Outcome,
    outcome_of,
    peak_memory_bytes,
    told_by_info,
)
from tests.benchmarks.damaged_images import DAMAGES, damaged_files
from tests.benchmarks.pathological_heads import PATHOLOGIES, plan_on
from tests.benchmarks.wrong_plans import all_wrong_plans

PROJECT = Path(__file__).resolve().parents[2]
GOLDEN = PROJECT / "tests" / "planning" / "golden"
ODD_FILES = PROJECT.parent / "shared" / "data" / "odd"

MONSTER_VOXELS = (800, 800, 900)
"""Just under the largest image that is read."""


class Findings:
    """Everything that must not happen, collected as it is found."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.slowest_s = 0.0

    def time(self, name: str, seconds: float) -> None:
        self.slowest_s = max(self.slowest_s, seconds)
        if seconds > LONGEST_S:
            self.sentences.append(f"{name} took {seconds:.1f} s")

    def add(self, sentence: str) -> None:
        self.sentences.append(sentence)


def fuzz_images(count: int, seed: int, findings: Findings) -> Counter[tuple[str, str]]:
    """Outcomes of damaged images, counted by damage and kind."""
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for damaged in damaged_files(count, seed):
            outcome: Outcome = outcome_of(damaged, Path(folder))
            counts[damaged.damage, outcome.kind] += 1
            findings.time(f"{damaged.sample.name}: {outcome.detail}", outcome.processor_s)
            if outcome.kind in BAD_KINDS:
                findings.add(f"{outcome.kind}: {damaged.sample.name}: {outcome.detail}")
    return counts


def try_wrong_plans(seed: int, findings: Findings) -> Counter[str]:
    """Outcomes of wrong plan files."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "plans"
        shutil.copytree(GOLDEN, folder)
        path = max(folder.glob("*.fusplan.json"))  # of the newest version
        for wrong in all_wrong_plans(json.loads(path.read_text(encoding="utf-8")), seed):
            path.write_bytes(wrong.content)
            started = time.perf_counter()
            try:
                list_targets(load_plan(path))
                counts["SILENT" if wrong.must_be_refused else "is a plan, too"] += 1
                if wrong.must_be_refused:
                    findings.add(f"a plan was opened although {wrong.name}")
            except FusplanError:
                counts["refused"] += 1
            except Exception as error:
                counts["TRACEBACK"] += 1
                findings.add(f"{wrong.name}: {error!r}")
            findings.time(wrong.name, time.perf_counter() - started)
    return counts


def try_odd_files(paths: Iterable[Path], findings: Findings) -> int:
    """``fusplan info --json`` of real odd files; how many."""
    number = 0
    for number, path in enumerate(paths, start=1):  # noqa: B007 - the last one counts them
        started = time.perf_counter()
        problem = told_by_info(path)
        findings.time(path.name, time.perf_counter() - started)
        if problem is not None:
            findings.add(f"{path.name}: {problem}")
    return number


def try_monsters(folder: Path, findings: Findings) -> list[tuple[str, str, float]]:
    """Small files that unpack to, or promise, enormous images: name, outcome, seconds."""
    zeros = gzip.compress(bytes(1 << 26), 6) * 9
    image = nib.Nifti1Image(np.zeros((2, 2, 2), np.uint8), np.diag([0.2, 0.2, 0.2, 1.0]))
    image.header.set_data_shape(MONSTER_VOXELS)
    image.header.set_data_offset(352)
    image.set_sform(np.diag([0.2, 0.2, 0.2, 1.0]), code=1)
    header = image.header.binaryblock + bytes(4)
    one = gzip.compress(b"\1")
    monsters = {
        "a promise of 576 million voxels": gzip.compress(header + bytes(1000)),
        "576 million zeros in 0.6 MB": gzip.compress(header) + zeros,
        "576 million zeros and a one": gzip.compress(header) + one + zeros,
        "600 MB of zeros behind nothing": gzip.compress(bytes(540)) + zeros,
    }
    rows = []
    for number, (name, content) in enumerate(monsters.items()):
        path = folder / f"monster{number}.nii.gz"
        path.write_bytes(content)
        started = time.perf_counter()
        try:
            read_volume(path)
            outcome = "opened"
        except FusplanError as error:
            outcome = type(error).__name__
        except Exception as error:
            outcome = f"TRACEBACK {error!r}"
            findings.add(f"{name}: {error!r}")
        seconds = time.perf_counter() - started
        findings.time(name, seconds)
        rows.append((name, outcome, seconds))
    return rows


def try_heads(findings: Findings) -> list[tuple[str, str, float]]:
    """Plans on images that are no head: name, outcome, seconds. Registration may take its time."""
    rows = []
    for pathology in PATHOLOGIES:
        started = time.perf_counter()
        try:
            outcome = plan_on(pathology)
        except Exception as error:
            outcome = f"TRACEBACK {error!r}"
        if outcome == "ok" or outcome.startswith("TRACEBACK"):
            findings.add(f"{pathology.__name__}: {outcome}")
        rows.append((pathology.__name__, outcome, time.perf_counter() - started))
        print(f"  {rows[-1][0]:<22}{rows[-1][1]:<40}{rows[-1][2]:6.1f} s", flush=True)
    return rows


def _print_images(counts: Counter[tuple[str, str]], seconds: float) -> None:
    print(f"Damaged images: {counts.total()} files in {seconds:.0f} s, each read twice, once as 'fusplan info --json'")
    print(f"  {'':<16}" + "".join(f"{kind:>14}" for kind in OUTCOME_KINDS))
    for damage in DAMAGES:
        print(f"  {damage:<16}" + "".join(f"{counts[damage, kind]:>14}" for kind in OUTCOME_KINDS))


def main() -> int:
    """Print the tables; 1 when something must not have happened."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=2080, help="damaged images to try")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--heads", action="store_true", help="also plan on images that are no head (minutes)")
    chosen = parser.parse_args()
    findings = Findings()
    started = time.perf_counter()
    counts = fuzz_images(chosen.files, chosen.seed, findings)
    _print_images(counts, time.perf_counter() - started)
    started = time.perf_counter()
    plans = try_wrong_plans(chosen.seed, findings)
    words = ", ".join(f"{count} {outcome}" for outcome, count in sorted(plans.items()))
    print(f"Wrong plans: {plans.total()} files in {time.perf_counter() - started:.0f} s: {words}")
    if ODD_FILES.is_dir():
        count = try_odd_files(sorted(path for path in ODD_FILES.rglob("*") if path.is_file()), findings)
        print(f"Odd files: 'fusplan info --json' of {count} real ones")
    else:
        print("Odd files: not here")
    print("Enormous images in small files:")
    with tempfile.TemporaryDirectory() as folder:
        for name, outcome, seconds in try_monsters(Path(folder), findings):
            print(f"  {name:<36}{outcome:<24}{seconds:6.1f} s")
    if chosen.heads:
        print("Images that are no head:")
        try_heads(findings)
    peak = peak_memory_bytes()
    if peak > MOST_MEMORY_BYTES:
        findings.add(f"{peak / 1e9:.1f} GB of memory")
    print(f"Slowest reading {findings.slowest_s:.1f} s; most memory {peak / 1e9:.2f} GB")
    for sentence in findings.sentences:
        print(f"MUST NOT BE: {sentence}")
    return 1 if findings.sentences else 0


if __name__ == "__main__":
    sys.exit(main())
