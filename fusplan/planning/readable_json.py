"""JSON that people can look through: indented, and every list of plain numbers on one line."""

from __future__ import annotations

import json
import re
from typing import Any


def readable_json(content: Any) -> bytes:
    """UTF-8 of JSON content that holds nothing but finite numbers; raises ValueError for others."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    return (_numbers_on_one_line(text) + "\n").encode("utf-8")


def _numbers_on_one_line(text: str) -> str:
    """Indented JSON with each list of plain numbers on one line; strings hold no line breaks, so none is touched."""
    return re.sub(
        r"\[\n\s+([-+.\deE]+(?:,\n\s+[-+.\deE]+)*)\n\s+\]",
        lambda found: "[" + re.sub(r",\n\s+", ", ", found.group(1)) + "]",
        text,
    )
