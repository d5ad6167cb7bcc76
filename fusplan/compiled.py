"""Functions compiled by numba when first called, their machine code kept on disk where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class CompiledFunction:
    """A plain numeric function that is compiled on its first call and releases the interpreter lock.

    numba keeps compiled code beside the source or in the user's cache folder. Where neither can be written to, or the
    kept code is damaged, it is compiled again in memory, which costs about a second per program start.
    """

    def __init__(self, function: Callable[..., None]) -> None:
        self._function = function
        self._compiled: Callable[..., Any] | None = None
        self._kept_on_disk = False

    def _compile(self, keep_on_disk: bool) -> Callable[..., Any]:
        import numba  # noqa: PLC0415 - importing it takes half a second, which commands without slices need not pay

        self._kept_on_disk = keep_on_disk
        compiled: Callable[..., Any] = numba.njit(cache=keep_on_disk, nogil=True)(self._function)
        return compiled

    def __call__(self, *arguments: object) -> None:
        if self._compiled is None:
            try:
                self._compiled = self._compile(keep_on_disk=True)
            except RuntimeError:  # numba: no place to keep compiled code
                self._compiled = self._compile(keep_on_disk=False)
        try:
            self._compiled(*arguments)
        except Exception:
            # A full disk (OSError) or damaged kept code (pickle's many errors) must not stop a picture.
            if not self._kept_on_disk:
                raise
            self._compiled = self._compile(keep_on_disk=False)
            self._compiled(*arguments)
