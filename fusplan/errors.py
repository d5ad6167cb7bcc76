"""The errors a user can act on: a sentence that says what is wrong and one that says what to do.

Everything else that is raised is a bug. The command line prints both sentences on stderr and exits
with code 2; the window shows them in its message area. One subclass per mistake lives beside the
code that notices it.
"""

from __future__ import annotations

from fusplan.harmless import harmless


class FusplanError(Exception):
    """A mistake or a limit that the user can do something about.

    Args:
        message: what was read and what was expected, one or two sentences.
        remedy: what the user can do now.
    """

    def __init__(self, message: str, remedy: str) -> None:
        # Names out of files stand in it; it goes to terminals, pages and files.
        message, remedy = harmless(message, keeps_lines=True), harmless(remedy, keeps_lines=True)
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


class FileMissingError(FusplanError):
    """A file or folder that was named does not exist."""

    def __init__(self, path: object, what: str = "file") -> None:
        super().__init__(f"The {what} {path} does not exist.", "Check the name and the folder it is in.")


class FileUnreadableError(FusplanError):
    """A file exists but its content cannot be read as what it should be."""


class FileNotWritableError(FusplanError):
    """A file or folder cannot be written (permission, full disk, a folder in the way)."""


class JobCrashedError(FusplanError):
    """Work ended without a result for a reason the user did not cause.

    Attributes:
        details: traceback or exit status, for a report to the developers.
    """

    def __init__(self, what: str, details: str, reason: str = "because of an error in the program") -> None:
        super().__init__(
            f"{what} stopped {reason}.",
            "Your plan is unchanged. Try again; if it happens again, copy the report and send it to the developers.",
        )
        self.details = details
