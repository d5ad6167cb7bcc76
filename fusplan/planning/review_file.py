"""``review.fusplan.json`` beside a plan: what was computed from it, to be read without computing.

The file follows the values of :mod:`fusplan.planning.review` field by field, whatever they are: a number added there is
in the file without a word here. Nothing has a default and nothing unknown is let through.

A review is believed only of the very plan it was computed from, by the same version of the program.
"""

from __future__ import annotations

import json
import types
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from fusplan import __version__
from fusplan.errors import FileMissingError, FileUnreadableError
from fusplan.notice import RESEARCH_ONLY
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.file_names import PLAN_FILE_NAME, PLAN_SUFFIX, REVIEW_FILE_NAME, REVIEW_FORMAT
from fusplan.planning.plan import AtlasReference, Plan
from fusplan.planning.readable_json import readable_json
from fusplan.planning.review import REVIEW_VERSION, PlanReview
from fusplan.planning.review_key import ReviewBasis
from fusplan.spatial import Ellipsoid, Point, ScannerRas

LARGEST_REVIEW_BYTES = 1 << 24
"""The review of two lesions has some forty thousand bytes; nothing larger than this is read."""

_COMPUTED_ANEW = "What it holds is computed anew."


class ReviewFileError(FileUnreadableError):
    """A file cannot be read as a review."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredReview:
    """A review that was read from a file, with the version of the program that computed it."""

    review: PlanReview
    program_version: str


@dataclass(frozen=True, slots=True, eq=False)
class FoundReview:
    """The review beside a plan, if there is one that can be believed; else, in words, why one that is there cannot."""

    review: PlanReview | None = None
    messages: tuple[str, ...] = ()


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Three = tuple[_Finite, _Finite, _Finite]


class _EllipsoidModel(_Model):
    """An ellipsoid; column i of ``axes`` is the direction of semi-axis i."""

    frame: Literal["scanner RAS"]
    centre_mm: _Three
    semi_axes_mm: tuple[_Positive, _Positive, _Positive]
    axes: tuple[_Three, _Three, _Three]


class _FileModel(_Model):
    format: Literal["fusplan review"]
    schema_version: int
    program_version: Annotated[str, Field(min_length=1, max_length=100)]
    created: str
    notice: str
    image_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    review: Any


def review_path(plan_path: Path) -> Path:
    """Where the review of a plan lies: ``review.fusplan.json`` in a plan folder, else named after the plan file."""
    if plan_path.name == PLAN_FILE_NAME:
        return plan_path.with_name(REVIEW_FILE_NAME)
    return plan_path.with_name(f"{plan_path.name.removesuffix(PLAN_SUFFIX)}.{REVIEW_FILE_NAME}")


def save_review(review: PlanReview, plan: Plan, plan_path: Path, created: datetime | None = None) -> Path:
    """Write the review of a plan beside the plan's file; returns where. Raises FileNotWritableError."""
    path = review_path(plan_path)
    content = {
        "format": REVIEW_FORMAT,
        "schema_version": REVIEW_VERSION,
        "program_version": __version__,
        "created": (created or datetime.now(UTC)).isoformat(timespec="seconds"),
        "notice": RESEARCH_ONLY,
        "image_sha256": plan.image.sha256,
        "review": _plain(review),
    }
    write_atomically(path, readable_json(content))
    return path


def load_review(path: Path) -> StoredReview:
    """Read a review.

    Raises:
        FileMissingError: there is no such file.
        ReviewFileError: it is not a review, of another version, or a field is missing, unknown or wrong.
    """
    remedy = "It is computed from its plan: open the plan, or export it again."
    try:
        if path.is_file() and path.stat().st_size > LARGEST_REVIEW_BYTES:
            raise ReviewFileError(f"{path} is not a review: it is too large.", remedy)
        text = path.read_bytes().decode("utf-8-sig")
        content = json.loads(text)
    except FileNotFoundError as error:
        raise FileMissingError(path, "review") from error
    except OSError as error:
        raise ReviewFileError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from error
    except (ValueError, RecursionError) as error:
        raise ReviewFileError(f"{path} is not a review: it is not valid JSON ({error}).", remedy) from error
    if not isinstance(content, dict) or content.get("format") != REVIEW_FORMAT:
        raise ReviewFileError(f"{path} is not a review: its format is not {REVIEW_FORMAT!r}.", remedy)
    if content.get("schema_version") != REVIEW_VERSION:
        raise ReviewFileError(f"{path} is a review of another version than {REVIEW_VERSION}.", remedy)
    try:
        file = _file_model().model_validate_json(text)
        frame = ScannerRas(file.image_sha256[:12])
        review: PlanReview = _value(PlanReview, file.review.model_dump(), frame)
    except (ValueError, RecursionError) as error:
        raise ReviewFileError(f"{path} is not a whole review: {_first_problem(error)}.", remedy) from error
    return StoredReview(review, file.program_version)


def find_review(plan: Plan, plan_path: Path, atlases: tuple[AtlasReference, ...] | None = None) -> FoundReview:
    """The review beside a plan, if it is of this very plan; never an error: what is not there can be computed.

    Args:
        plan: the plan as it was read.
        plan_path: its file.
        atlases: those in the head now; None where they are not known yet.
    """
    path = review_path(plan_path)
    try:
        stored = load_review(path)
    except FileMissingError:
        return FoundReview()
    except ReviewFileError as error:
        return FoundReview(messages=(f"{error.message} {_COMPUTED_ANEW}",))
    basis = stored.review.basis
    if stored.program_version != __version__:
        why = f"was computed by fusplan {stored.program_version}, this is {__version__}"
    elif basis != ReviewBasis.of(plan, basis.atlases):
        why = "belongs to another state of the plan"
    elif atlases is not None and basis.atlases != atlases:
        why = "was computed by other atlases than there are now"
    else:
        return FoundReview(stored.review)
    return FoundReview(messages=(f"The review in {path.name} {why}. {_COMPUTED_ANEW}",))


def _first_problem(error: ValueError | RecursionError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


# A value and its fields in a file ------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Ellipsoid):
        return {
            "frame": "scanner RAS",
            "centre_mm": value.centre.coordinates,
            "semi_axes_mm": value.semi_axes_mm,
            "axes": value.rotation.tolist(),
        }
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value


def _value(kind: Any, plain: Any, frame: ScannerRas) -> Any:
    """The value of a kind from its fields in a file."""
    origin, of = get_origin(kind), get_args(kind)
    if plain is None:
        return None
    if origin is Ellipsoid:
        centre = Point.of(frame, plain["centre_mm"])
        return Ellipsoid(centre, plain["semi_axes_mm"], np.array(plain["axes"]))
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _value(hints[name], part, frame) for name, part in plain.items()})
    if origin is tuple:
        kinds = of[:1] * len(plain) if of[-1] is Ellipsis else of
        return tuple(_value(one, part, frame) for one, part in zip(kinds, plain, strict=True))
    if origin in (Union, types.UnionType):
        return _value(next(one for one in of if one is not type(None)), plain, frame)
    return plain


@lru_cache(maxsize=1)
def _file_model() -> type[_FileModel]:
    return create_model("ReviewFile", __base__=_FileModel, review=(_model_of(PlanReview), ...))


@lru_cache(maxsize=64)
def _model_of(kind: type) -> type[BaseModel]:
    """The model of a frozen value: the same fields, none optional."""
    hints = get_type_hints(kind)
    found: dict[str, Any] = {name: (_stored_kind(hint), ...) for name, hint in hints.items()}
    return create_model(kind.__name__, __base__=_Model, **found)


def _stored_kind(kind: Any) -> Any:
    """What stands in a file for a field of that kind: itself for words and whole numbers."""
    origin, of = get_origin(kind), get_args(kind)
    if kind is float:
        return _Finite
    if origin is Ellipsoid:
        return _EllipsoidModel
    if isinstance(kind, type) and is_dataclass(kind):
        return _model_of(kind)
    if origin is tuple:
        return tuple[tuple(one if one is Ellipsis else _stored_kind(one) for one in of)]  # type: ignore[misc]
    if origin in (Union, types.UnionType):
        return Union[tuple(_stored_kind(one) for one in of)]  # noqa: UP007 - made at run time
    return kind
