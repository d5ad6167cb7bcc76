"""Colours of the printed page. Every one of them is dark enough to be read when printed in grey."""

from __future__ import annotations

from typing import TypeAlias

from fusplan.registration.request import Verdict

INK = "#141c25"
SOFT = "#44515e"
LINE = "#b9c2cb"
RULE = "#141c25"
BAR_GROUND = "#e4e8ec"
BAR_EDGE = "#6b7885"
PAPER = "#ffffff"

Colour: TypeAlias = str

VERDICT_COLOURS: dict[Verdict, Colour] = {"ok": "#1c6b45", "warning": "#8a5600", "error": "#a3201a"}
