"""What a job says when it fails, and how an error travels from one process to another."""

from __future__ import annotations

import importlib
import pickle
import signal
import traceback
from typing import Any, TypeAlias

from fusplan.errors import FusplanError, JobCrashedError

ErrorParts: TypeAlias = tuple[str, str, str, str, dict[str, Any]]
"""Module, qualified class name, message, remedy and further attributes of a :class:`FusplanError`."""


class JobKilledError(JobCrashedError):
    """The process that did the work was ended from outside (by the system when memory ran out, or by someone)."""

    def __init__(self, what: str, exit_code: int | None) -> None:
        super().__init__(what, f"exit code {exit_code}", f"because its process was ended ({exit_words(exit_code)})")
        self.remedy = "Your plan is unchanged. Close other programs if memory is short, then try again."


def exit_words(exit_code: int | None) -> str:
    """``signal SIGKILL`` for -9, ``exit code 3`` for 3."""
    if exit_code is None:
        return "no exit code"
    if exit_code < 0:
        try:
            return f"signal {signal.Signals(-exit_code).name}"
        except ValueError:
            return f"signal {-exit_code}"
    return f"exit code {exit_code}"


def error_to_parts(error: FusplanError) -> ErrorParts:
    """Take an error apart for sending.

    Not pickled as it is: a subclass with arguments of its own would be called with the wrong ones on arrival.
    """
    state = {
        name: value for name, value in vars(error).items() if name not in ("message", "remedy") and _picklable(value)
    }
    return type(error).__module__, type(error).__qualname__, error.message, error.remedy, state


def error_from_parts(parts: ErrorParts) -> FusplanError:
    """Put an error together again, of the same class where that class can be found."""
    module_name, class_name, message, remedy, state = parts
    try:
        found: Any = importlib.import_module(module_name)
        for name in class_name.split("."):
            found = getattr(found, name)
    except (ImportError, AttributeError):
        found = FusplanError
    if not (isinstance(found, type) and issubclass(found, FusplanError)):
        found = FusplanError
    error: FusplanError = found.__new__(found)
    error.args = (message, remedy)
    error.__dict__.update(state, message=message, remedy=remedy)
    return error


def crash_text(error: BaseException) -> str:
    """The traceback of an unexpected error."""
    return "".join(traceback.format_exception(error))


def _picklable(value: object) -> bool:
    try:
        pickle.dumps(value)
    except Exception:  # whatever a foreign __reduce__ raises
        return False
    return True
