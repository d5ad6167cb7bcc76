"""What the controllers of a session are given by the program around them: timers, and work beside the window.

A window gives Qt's timers and its list of jobs; a test gives timers that it fires and work that it ends by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from fusplan.errors import FusplanError
from fusplan.workflows.workflow_table import JobFunction, RequestT, ResultT


class Timer(Protocol):
    """Calls a function once, some time after it was started last."""

    @property
    def is_active(self) -> bool: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


TimerMaker: TypeAlias = Callable[[int, Callable[[], None]], Timer]
"""Milliseconds and the function -> the timer, not started yet."""


class Work(Protocol):
    """One piece of work that was started. Ends once; what is cancelled gives no result."""

    @property
    def is_over(self) -> bool: ...
    def cancel(self) -> None: ...


class WorkStarter(Protocol):
    """Starts ``function(request, progress)``; what follows is called where the session lives, never in a thread.

    ``then`` gets the result, ``on_error`` what went wrong (a person is told where nobody cares), and ``on_cancel`` is
    called when it was stopped by someone else than its starter.
    """

    def in_thread(
        self,
        function: JobFunction[RequestT, ResultT],
        request: RequestT,
        title: str,
        then: Callable[[ResultT], None],
        on_error: Callable[[FusplanError], None] | None = None,
        on_cancel: Callable[[], None] | None = None,
    ) -> Work:
        """Short work, listed for the person."""
        ...

    def in_process(
        self,
        function: JobFunction[RequestT, ResultT],
        request: RequestT,
        title: str,
        then: Callable[[ResultT], None],
        on_error: Callable[[FusplanError], None] | None = None,
        on_cancel: Callable[[], None] | None = None,
    ) -> Work:
        """Long work, listed for the person; ``function`` is top-level or named, ``request`` picklable."""
        ...

    def unlisted(
        self,
        function: JobFunction[RequestT, ResultT],
        request: RequestT,
        title: str,
        then: Callable[[ResultT], None],
        on_error: Callable[[FusplanError], None],
    ) -> Work:
        """Short work that follows every change: a list that flickers with each would say nothing."""
        ...

    def tell(self, error: FusplanError) -> None:
        """Tell the person about an error of work."""
        ...
