"""Checks of the built program; see ``smoke``."""
