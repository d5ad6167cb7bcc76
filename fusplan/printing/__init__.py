"""Putting a report on paper: Qt's text and painter draw what ``report.printed`` describes. Needs no window."""
