"""Widgets, one a file. They show a :class:`fusplan.widgets.case.Case` and call planning and display to change it."""
