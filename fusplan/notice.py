"""The line that stands on the first screen and in everything the program writes."""

RESEARCH_ONLY = "Research and education only. Not for clinical use."
