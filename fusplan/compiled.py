"""Functions compiled by numba when first called, their machine code kept on disk where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

_LOOSE = frozenset({"contract", "nsz", "arcp"})
"""What may be rounded otherwise: fused multiply-add, the sign of zero, division by multiplication."""


class CompiledFunction:
    """A plain numeric function that is compiled on its first call and releases the interpreter lock.

    It may call other compiled functions of its module. numba keeps compiled code beside the source or in the user's
    cache folder. Where neither can be written to, or the kept code is damaged, it is compiled again in memory.

    Kept code is used as long as the function's own file has the same content: the constants that it uses must stand
    in its own file too.

    Args:
        function: what is compiled.
        loose: whether its last digits may depend on the processor: for pictures only.
    """

    def __init__(self, function: Callable[..., Any], loose: bool = False) -> None:
        self._function = function
        self._loose = loose
        self._compiled: Any = None
        self._kept_on_disk = False
        self._as_helper: dict[bool, Any] = {}

    @property
    def signatures(self) -> tuple[object, ...]:
        """The types of arguments it has been compiled for so far."""
        return tuple(self._compiled.signatures) if self._compiled is not None else ()

    def __call__(self, *arguments: Any) -> Any:
        if self._compiled is None:
            self._compiled = self._dispatcher(keep_on_disk=True)
        try:
            return self._compiled(*arguments)
        except Exception:
            # A full disk (OSError) or damaged kept code (pickle's many errors) must not stop a picture.
            if not self._kept_on_disk:
                raise
            self._compiled = self._dispatcher(keep_on_disk=False)
            return self._compiled(*arguments)

    def _dispatcher(self, keep_on_disk: bool) -> Any:
        import numba  # noqa: PLC0415 - importing it takes half a second, which commands without slices need not pay

        self._kept_on_disk = keep_on_disk
        options: dict[str, Any] = {"fastmath": set(_LOOSE)} if self._loose else {}
        function = self._with_helpers(keep_on_disk)
        try:
            return numba.njit(cache=keep_on_disk, nogil=True, **options)(function)
        except RuntimeError:  # numba: no place to keep compiled code
            self._kept_on_disk = False
            return numba.njit(nogil=True, **options)(function)

    def _helper(self, keep_on_disk: bool) -> Any:
        """What other compiled functions call: made once, so that it is compiled once."""
        if keep_on_disk not in self._as_helper:
            self._as_helper[keep_on_disk] = self._dispatcher(keep_on_disk)
        return self._as_helper[keep_on_disk]

    def _with_helpers(self, keep_on_disk: bool) -> Callable[..., Any]:
        """The function, seeing its module's compiled functions as numba knows them."""
        function = cast(FunctionType, self._function)
        known = function.__globals__
        names = [name for name in function.__code__.co_names if isinstance(known.get(name), CompiledFunction)]
        if not names:
            return function
        helpers = {name: known[name]._helper(keep_on_disk) for name in names}
        copy = FunctionType(function.__code__, {**known, **helpers}, function.__name__, function.__defaults__)
        copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
        return copy


def compiled(function: F) -> F:
    """Compile a function of numbers and arrays on its first call: exact, the same digits everywhere numba compiles."""
    return cast(F, CompiledFunction(function))


def compiled_loosely(function: F) -> F:
    """The same, a tenth faster, for pictures: last digits may depend on the processor."""
    return cast(F, CompiledFunction(function, loose=True))
