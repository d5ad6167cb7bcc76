"""The line that stands in everything the program writes, for the exporters and the report."""

from fusplan.notice import RESEARCH_ONLY

__all__ = ["RESEARCH_ONLY"]
