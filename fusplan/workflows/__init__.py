"""One function per user job, ``f(request, progress) -> result``. The command line and the window call the same.

A module holds one job and loads the engine it needs. What a job is asked stands in :mod:`~fusplan.workflows.requests`
and the table of those the window runs in :mod:`~fusplan.workflows.workflow_table`; both load nothing. Scripts import
from :mod:`fusplan.api`.
"""
