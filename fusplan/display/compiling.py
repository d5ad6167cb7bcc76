"""How the inner loops of the display are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a numeric function on its first call, without the interpreter lock; keep the code on disk if possible.

    Where neither the program's nor the user's cache folder can be written to, it is compiled anew in each session.
    """
    try:
        return cast(F, numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz", "arcp"})(function))
    except RuntimeError:  # numba: no place to keep compiled code
        return cast(F, numba.njit(nogil=True)(function))
