"""Windows and processes must be gone after every test of this folder."""

from tests.fixtures.leaks import nothing_is_left

__all__ = ["nothing_is_left"]
