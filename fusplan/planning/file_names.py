"""What plan files are called; apart from what reads them, which loads slowly."""

PLAN_FILE_NAME = "plan.fusplan.json"
"""In a plan's folder."""

PLAN_SUFFIX = ".fusplan.json"

REVIEW_FILE_NAME = "review.fusplan.json"
"""Beside the plan in a plan's folder: what was computed from it."""

REVIEW_FORMAT = "fusplan review"
"""What such a file calls itself."""
