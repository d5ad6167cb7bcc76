"""The report a person reads: one self-contained page."""
