"""Compiled functions work where their machine code cannot be kept."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
import pytest

import fusplan
from fusplan.compiled import CompiledFunction, compiled, compiled_loosely


def double(values: np.ndarray, out: np.ndarray) -> None:
    for index in range(len(values)):
        out[index] = values[index] * 2


def assert_doubles(function: CompiledFunction) -> None:
    out = np.zeros(3)
    function(np.arange(3.0), out)
    assert list(out) == [0.0, 2.0, 4.0]


def test_no_place_for_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    real = numba.njit

    def njit(*arguments: Any, **options: Any) -> Any:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(*arguments, **options)

    monkeypatch.setattr(numba, "njit", njit)
    assert_doubles(CompiledFunction(double))


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", full)
    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.load", lambda *_: None)
    assert_doubles(CompiledFunction(double))


def test_a_mistake_in_the_call_is_still_an_error() -> None:
    with pytest.raises(Exception, match="len"):
        CompiledFunction(double)(1.0, np.zeros(3))


@compiled
def _twice(value: float) -> float:
    return 2 * value


@compiled
def twice_of_all(values: np.ndarray, out: np.ndarray) -> None:
    for index in range(len(values)):
        out[index] = _twice(values[index])


@compiled_loosely
def loose_sum(values: np.ndarray) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


def test_compiled_functions_call_each_other() -> None:
    out = np.zeros(3)
    twice_of_all(np.arange(3.0), out)
    assert list(out) == [0.0, 2.0, 4.0]


def test_an_answer_is_given_back() -> None:
    assert loose_sum(np.arange(4.0)) == pytest.approx(6.0)
    assert len(loose_sum.signatures) == 1  # type: ignore[attr-defined]
    assert CompiledFunction(double).signatures == ()


def assigned_names(line: ast.stmt) -> set[str]:
    targets = line.targets if isinstance(line, ast.Assign) else [line.target] if isinstance(line, ast.AnnAssign) else []
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def compiled_modules() -> list[ModuleType]:
    files = Path(fusplan.__file__).parent.rglob("*.py")
    names = [file for file in files if "import compiled" in (text := file.read_text("utf-8")) or "CompiledF" in text]
    root = Path(fusplan.__file__).parent.parent
    return [importlib.import_module(".".join(file.relative_to(root).with_suffix("").parts)) for file in names]


def test_constants_stand_in_the_file_by_whose_content_machine_code_is_kept() -> None:
    seen = 0
    for module in compiled_modules():
        own = {name for line in ast.parse(inspect.getsource(module)).body for name in assigned_names(line)}
        for function in vars(module).values():
            if isinstance(function, CompiledFunction) and function._function.__module__ == module.__name__:
                seen += 1
                used = {name for name in function._function.__code__.co_names if name in vars(module)}
                values = {name for name in used if isinstance(vars(module)[name], (int, float, tuple, np.generic))}
                assert values <= own, function._function.__qualname__
    assert seen > 30


def test_helpers_work_without_a_place_for_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", full)
    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.load", lambda *_: None)
    function = CompiledFunction(twice_of_all._function)  # type: ignore[attr-defined]
    assert_doubles(function)
