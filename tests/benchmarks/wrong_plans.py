"""Plan files that are wrong in one place: every field of a whole one missing, of another kind, out of range, and more.

The walk follows the whole file, so that a new field is covered without a word here.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

FieldPath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class WrongPlan:
    """A wrong plan file.

    Attributes:
        name: what is wrong.
        content: of the file.
        must_be_refused: False where the file may also be a plan, if another one (any text is a name).
    """

    name: str
    content: bytes
    must_be_refused: bool = True


WRONG_KINDS: tuple[Any, ...] = (None, {"surprise": 1}, [[["x"]]], [], "", 1e400, float("nan"), True)
"""Put in place of any value; those of its own kind are left out."""

HUGE: tuple[Any, ...] = (1e400, -1e400, 1e308, -1e308, 1e300, 10**400, -(10**400), 10**30, float("nan"))
"""Numbers, some of them no JSON: ``Infinity`` and ``NaN``."""

ALLOWED_NONE = {
    "volume_index",
    "uncertainty_mm",
    "value",
    "warning_limit",
    "error_limit",
    "digest",
    "colour",
    "citation",
    "aim",
    "proposals_basis",
}
ALLOWED_EMPTY = {"sentence", "version", "notes", "recipe", "acoustics"}
FREE_NUMBERS = {"value", "warning_limit", "error_limit", "seconds", "seed"}
"""Fields that may hold any (whole, or not negative) number: nothing is computed with them that could break."""


def leaves(value: Any, path: FieldPath = ()) -> Iterator[FieldPath]:
    """The path of every field of an object, and of every element of every list."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield (*path, key)
        yield from leaves(child, (*path, key))


def dotted(path: FieldPath) -> str:
    """``landmarks.midline[2].mm[0]``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)[1:]


def value_at(content: Any, path: FieldPath) -> Any:
    for key in path:
        content = content[key]
    return content


def with_value(content: dict[str, Any], path: FieldPath, new: Any) -> bytes:
    """The file with another value at a path."""
    changed: Any = copy.deepcopy(content)
    value_at(changed, path[:-1])[path[-1]] = new
    return json.dumps(changed).encode("utf-8")


def without(content: dict[str, Any], path: FieldPath) -> bytes:
    """The file without a field or an element."""
    changed: Any = copy.deepcopy(content)
    del value_at(changed, path[:-1])[path[-1]]
    return json.dumps(changed).encode("utf-8")


def _is_a_field(path: FieldPath) -> bool:
    return isinstance(path[-1], str)


def missing(content: dict[str, Any]) -> Iterator[WrongPlan]:
    """Every field left out."""
    for path in leaves(content):
        if _is_a_field(path):
            yield WrongPlan(f"{dotted(path)} is missing", without(content, path))


def mistyped(content: dict[str, Any]) -> Iterator[WrongPlan]:
    """Every field and element of another kind."""
    for path in leaves(content):
        true = value_at(content, path)
        for wrong in WRONG_KINDS:
            if wrong is None and path[-1] in ALLOWED_NONE:
                continue
            # An empty list in place of a list and a text in place of a text are of the right kind.
            same_kind = type(wrong) is type(true) and not (isinstance(true, float) and not np.isfinite(wrong))
            if same_kind or (wrong == [] and isinstance(true, list)):
                continue
            yield WrongPlan(f"{dotted(path)} is {wrong!r}", with_value(content, path, wrong))


def out_of_range(content: dict[str, Any]) -> Iterator[WrongPlan]:
    """Every number huge or not a number, every text empty or endless, every list empty or of another length."""
    for path in leaves(content):
        true = value_at(content, path)
        field = next(part for part in reversed(path) if isinstance(part, str))
        if isinstance(true, int | float) and not isinstance(true, bool):
            for huge in HUGE:
                free = field == "seed" or (field in FREE_NUMBERS and huge == huge and abs(huge) < 1e309)
                yield WrongPlan(f"{dotted(path)} is {str(huge)[:12]}", with_value(content, path, huge), not free)
        elif isinstance(true, str):
            yield WrongPlan(f"{dotted(path)} is empty", with_value(content, path, ""), field not in ALLOWED_EMPTY)
            for text in ("x" * 100_000, "a\0b", "\ud800", "\n\x1b[31m[/]", "../../../etc/passwd", "é" * 300):
                yield WrongPlan(f"{dotted(path)} is {text[:20]!r}", with_value(content, path, text), False)
        elif isinstance(true, list):
            yield WrongPlan(f"{dotted(path)} is empty", with_value(content, path, []), False)
            yield WrongPlan(f"{dotted(path)} is doubled", with_value(content, path, true + true), False)
            yield WrongPlan(f"{dotted(path)} is endless", with_value(content, path, (true or [0]) * 5000), False)


def cut_short(content: dict[str, Any], count: int, seed: int) -> Iterator[WrongPlan]:
    """The file ends early."""
    whole = json.dumps(content).encode("utf-8")
    lengths = [0, 1, 2, len(whole) - 1, *np.random.default_rng(seed).integers(len(whole), size=count)]
    for length in lengths:
        yield WrongPlan(f"cut to {int(length)} bytes", whole[: int(length)])


def flipped(content: dict[str, Any], count: int, seed: int) -> Iterator[WrongPlan]:
    """One byte of the file is another one."""
    whole = json.dumps(content, indent=1).encode("utf-8")
    rng = np.random.default_rng(seed)
    for _ in range(count):
        place, new = int(rng.integers(len(whole))), int(rng.integers(256))
        yield WrongPlan(f"byte {place} is {new}", whole[:place] + bytes([new]) + whole[place + 1 :], False)


def chosen(content: dict[str, Any]) -> Iterator[WrongPlan]:
    """What a walk does not find."""

    def one(name: str, path: FieldPath, new: Any) -> WrongPlan:
        return WrongPlan(name, with_value(content, path, new))

    version = content["schema_version"]
    yield one("a newer version", ("schema_version",), version + 1)
    yield one("a far newer version", ("schema_version",), 10**400)
    yield one("version 0", ("schema_version",), 0)
    yield one("another format", ("format",), "fusplan atlas")
    yield one("two targets with one id", ("targets", 1, "id"), content["targets"][0]["id"])
    yield one("two lesions with one id", ("lesions", 1, "id"), content["lesions"][0]["id"])
    yield one("a lesion without a target", ("lesions", 0, "target_id"), "nowhere")
    for length in (0.0, 2.0, 1e-200):
        yield one(f"an axis of length {length}", ("lesions", 0, "long_axis", "direction"), [0.0, 0.0, length])
        yield one(f"a side axis of length {length}", ("lesions", 0, "transverse_axis", "direction"), [0, 0.0, length])
    along = content["lesions"][0]["long_axis"]["direction"]
    yield one("parallel axes", ("lesions", 0, "transverse_axis", "direction"), along)
    yield one("a lesion without width", ("lesions", 0, "width_mm"), [0.0, 0.0])
    yield one("a lesion as large as a head", ("lesions", 0, "width_mm"), [150.0, 150.0])
    yield one("a flat matrix", ("registration", "map", "template_to_scanner_ras_mm"), _matrix(0.0))
    yield one("a matrix with a last row", ("registration", "map", "template_to_scanner_ras_mm"), _matrix(1.0, 2.0))
    yield one("a flat grid", ("registration", "map", "displacement_field", "grid_to_template_ras_mm"), _matrix(0.0))
    yield one("AC on PC", ("landmarks", "ac", "mm"), content["landmarks"]["pc"]["mm"])
    yield one("no midline", ("landmarks", "midline"), [])
    for colour in ("red", "#fff", "#12345g", "#1234567", "ff9d7a", "#FF9D7A ", ""):
        yield one(f"the colour {colour!r}", ("targets", 0, "colour"), colour)
    motion = ("images", 0, "to_reference_scanner_ras_mm")
    yield one("a flat motion", motion, _matrix(0.0))
    yield one("a motion that stretches", motion, _matrix(1.01))
    yield one("a motion that mirrors", motion, [[-1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 1.0, 0], [0, 0, 0, 1.0]])
    yield one("a match above that of an image with itself", ("images", 0, "registration", "similarity"), 2.1)
    yield one("a second image without a place", ("images", 0, "image", "path"), None)
    yield one("two images of one role", ("images", 1, "role"), content["images"][0]["role"])
    yield one("a preset without its key", ("targets", 1, "provenance", "key"), None)
    for path in ("/etc/passwd", "..", "../x", "a/../../x", "C:\\x", "registration", "", "a\0b", "x" * 3000, "\ud800"):
        yield one(f"a warp at {path[:12]!r}", ("registration", "map", "displacement_field", "path"), path)
    yield one("a warp with another sha256", ("registration", "map", "displacement_field", "sha256"), "0" * 64)
    yield one("a warp of another shape", ("registration", "map", "displacement_field", "shape"), [9, 8, 10])
    whole = json.dumps(content)
    yield WrongPlan("a field twice", whole.replace('"seed"', '"seed": 3, "seed"').encode("utf-8"))
    for depth in (500, 900, 990, 5000, 100_000):
        nested = "[" * depth + "]" * depth
        yield WrongPlan(f"nested {depth} deep", whole.replace('"seed": ', f'"seed": {nested}, "x": ').encode("utf-8"))
    yield WrongPlan("a number of 5000 digits", whole.replace('"seed": ', '"seed": ' + "9" * 5000).encode("utf-8"))
    yield WrongPlan("Latin letters", whole.replace("CLp", "CLp ü").encode("latin-1"))
    yield WrongPlan("two bytes a letter", whole.encode("utf-16"))
    yield WrongPlan("two files in one", (whole + whole).encode("utf-8"))
    yield WrongPlan("zeros", bytes(4096))


def _matrix(scale: float, last: float = 0.0) -> list[list[float]]:
    return [[scale, 0.0, 0.0, 1.0], [0.0, scale, 0.0, 2.0], [0.0, 0.0, scale, 3.0], [0.0, 0.0, last, 1.0]]


def all_wrong_plans(content: dict[str, Any], seed: int) -> Iterator[WrongPlan]:
    """Every wrong plan made of a right one."""
    yield from missing(content)
    yield from mistyped(content)
    yield from out_of_range(content)
    yield from chosen(content)
    yield from cut_short(content, 60, seed)
    yield from flipped(content, 300, seed)
