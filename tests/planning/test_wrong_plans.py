"""Plan files that are wrong in one place: refused with the name of what is wrong, never another error, never slow.

``python -m tests.benchmarks.bad_input`` tries all of them; here the walks over other kinds and ranges take every
seventh.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from fusplan.errors import FusplanError
from fusplan.planning.plan_file import PlanFieldError, load_plan, save_plan
from fusplan.planning.stored_file import PlanFileError, StoredFileChangedError
from fusplan.workflows.list_targets import list_targets
from tests.benchmarks.wrong_plans import (
    WrongPlan,
    chosen,
    cut_short,
    flipped,
    missing,
    mistyped,
    out_of_range,
    with_value,
)

GOLDEN = Path(__file__).parent / "golden"
LONGEST_SENTENCE = 4000

WALKS: dict[str, Callable[[dict[str, Any]], Iterable[WrongPlan]]] = {
    "missing": missing,
    "mistyped": lambda content: itertools.islice(mistyped(content), 3, None, 7),
    "out of range": lambda content: itertools.islice(out_of_range(content), 2, None, 7),
    "chosen": chosen,
    "cut short": lambda content: cut_short(content, 40, 5),
    "flipped": lambda content: flipped(content, 150, 6),
}


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    shutil.copytree(GOLDEN, tmp_path / "plans")
    # The newest version; opening older ones is tested in test_plan_file.
    return max((tmp_path / "plans").glob("plan-v?.fusplan.json"))


@pytest.fixture
def content(golden: Path) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(golden.read_text(encoding="utf-8"))
    return whole


@pytest.mark.parametrize("walk", WALKS)
def test_wrong_plans_are_refused_or_whole(golden: Path, content: dict[str, Any], walk: str) -> None:
    for wrong in WALKS[walk](content):
        golden.write_bytes(wrong.content)
        try:
            plan = load_plan(golden)
            list_targets(plan)
            save_plan(plan, golden)
        except FusplanError as error:
            assert error.message and error.remedy, wrong.name
            assert "\n" not in str(error), wrong.name
            assert len(str(error)) < LONGEST_SENTENCE, wrong.name
        else:
            assert not wrong.must_be_refused, wrong.name


def packed_warp(content: dict[str, Any], shape: tuple[int, ...], fill: float = 0.0) -> bytes:
    field = content["registration"]["map"]["displacement_field"]
    image = nib.Nifti1Image(np.full(shape, fill, np.float32), np.array(field["grid_to_template_ras_mm"]))
    return gzip.compress(image.to_bytes(), 1)


@pytest.mark.parametrize(
    ("shape", "fill"),
    [((8, 9, 11, 1, 3), 0.0), ((8, 9, 10, 1, 2), 0.0), ((8, 9, 10), 0.0), ((8, 9, 10, 1, 3), np.nan)],
)
def test_a_warp_of_another_shape_is_refused_though_its_sha256_is_stated(
    golden: Path, content: dict[str, Any], shape: tuple[int, ...], fill: float
) -> None:
    field = content["registration"]["map"]["displacement_field"]
    warp = packed_warp(content, shape, fill)
    (golden.parent / field["path"]).write_bytes(warp)
    field["sha256"] = hashlib.sha256(warp).hexdigest()
    golden.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(StoredFileChangedError):
        load_plan(golden)


def test_damaged_warps_with_their_sha256_stated_are_refused_or_whole(golden: Path, content: dict[str, Any]) -> None:
    field = content["registration"]["map"]["displacement_field"]
    path = golden.parent / field["path"]
    whole = gzip.decompress(path.read_bytes())
    rng = np.random.default_rng(8)
    for turn in range(120):
        bad = bytearray(whole)
        for place in rng.integers(348 if turn % 2 else len(whole), size=2):
            bad[int(place)] = int(rng.integers(256))
        stored = gzip.compress(bytes(bad[: int(rng.integers(len(bad)))] if turn % 5 == 0 else bad), 1)
        path.write_bytes(stored)
        field["sha256"] = hashlib.sha256(stored).hexdigest()
        golden.write_text(json.dumps(content), encoding="utf-8")
        try:
            load_plan(golden)
        except FusplanError as error:
            assert isinstance(error, StoredFileChangedError)


def test_what_stands_twice_is_refused(golden: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content).replace('"targets": ', '"targets": [], "targets": ')
    golden.write_text(text, encoding="utf-8")
    with pytest.raises(PlanFileError, match="'targets' is there twice"):
        load_plan(golden)


def test_an_enormous_plan_is_not_read(golden: Path) -> None:
    with golden.open("r+b") as stream:
        stream.truncate(1 << 33)
    with pytest.raises(PlanFileError, match="MB"):
        load_plan(golden)


def test_diameters_that_no_lesion_has_are_refused_by_name(golden: Path, content: dict[str, Any]) -> None:
    for diameter_mm in (0.5, 16.0):
        golden.write_bytes(with_value(content, ("lesions", 0, "length_mm"), diameter_mm))
        with pytest.raises(PlanFieldError, match="length_mm"):
            load_plan(golden)
