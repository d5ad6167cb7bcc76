"""Run by the interpreter of an environment with antspyx: ``python antspy_program.py FOLDER``.

The folder holds ``template.nii``, ``patient.nii`` and ``request.json``; ``answer.json`` is put beside them.
Nothing of fusplan is imported: it is not installed there.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path


def _processor_seconds() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def main(folder: Path) -> None:
    """Register, move the points, write the answer."""
    # Only there where this runs.
    import ants
    import pandas as pd

    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    fixed, moving = (ants.image_read(str(folder / name)) for name in ("template.nii", "patient.nii"))
    started, processor_s = time.perf_counter(), _processor_seconds()
    found = ants.registration(fixed, moving, request["transform"], random_seed=1)
    seconds, cpu_s = time.perf_counter() - started, _processor_seconds() - processor_s
    # ANTs moves points against images: what pulls the patient onto the template moves template points to it.
    table = pd.DataFrame(request["points_lps_mm"], columns=["x", "y", "z"])
    moved = ants.apply_transforms_to_points(3, table, found["fwdtransforms"])[["x", "y", "z"]]
    answer = {"points_lps_mm": moved.to_numpy().tolist(), "seconds": round(seconds, 2), "cpu_s": round(cpu_s, 2)}
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
