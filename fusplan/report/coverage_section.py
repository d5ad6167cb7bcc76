"""What a lesion covers, touches and misses, and what the stated errors do to that."""

from __future__ import annotations

from fusplan.display.colours import nucleus_colour
from fusplan.planning.lesion_summary import LesionSummary, ReviewedNumber
from fusplan.planning.number_words import number, percent
from fusplan.planning.review import Coverage, LesionReview, StructureShare, Uncertainty
from fusplan.report.markup import bar, text

SMALLEST_SPILL = 0.01
"""Spill below this share of a lesion is summed up in one line."""

MOST_TOUCHES = 8

MOST_DISTANCES = 7
"""The third-ventricle wall and the midline stand in the list however far they are."""


def coverage_columns(found: LesionReview, summary: LesionSummary) -> str:
    """The coverage by every atlas, side by side."""
    errors = summary.named("sampling_error")
    columns = "".join(f"<div>{_coverage(*one)}</div>" for one in zip(found.coverage, errors, strict=True))
    return f'<div class="columns">{columns}</div>'


def _coverage(coverage: Coverage, sampling_error: ReviewedNumber) -> str:
    rows = _target_rows(coverage)
    small = [share for share in coverage.spill if 0 < share.share_of_lesion < SMALLEST_SPILL]
    for share in coverage.spill:
        # The rest of the nucleus that a part is cut from is told above.
        if share.share_of_lesion >= SMALLEST_SPILL and share.kind != "rest":
            rows.append(_bar_row(_spill_label(share), share.share_of_lesion, "spill", _mm3(share)))
    note = ""
    if small:
        names = ", ".join(_spill_label(share) for share in small)
        note = f'<p class="small">Below 1&nbsp;% each: {names}.</p>'
    return (
        f"<h3>By {text(coverage.by_words)}</h3>"
        f'<div class="bars">{"".join(rows)}</div>{note}'
        f'<p class="small">{text(sampling_error.in_text)}</p>'
    )


def _target_rows(coverage: Coverage) -> list[str]:
    """What is to be covered and what that is cut from, and the heading of what follows."""
    made_of = '<div class="group">What the lesion is made of</div>'
    key, whole_key = coverage.structure.key, coverage.whole_key
    target, whole = coverage.target, coverage.whole
    if target is None or whole is None:  # a user's atlas need not describe it
        return [f'<div class="group">This atlas describes no {text(key)}</div>', made_of]
    rows = ['<div class="group">Share of the nucleus inside the lesion</div>']
    rows.append(_nucleus_row(key, key, target.share_of_structure, _mm3_of(target)))
    if coverage.is_of_part:
        rows.append(_nucleus_row(whole_key, f"{whole_key}, all of it", whole.share_of_structure, _mm3_of(whole)))
    rows.append(made_of)
    rows.append(_nucleus_row(key, key, target.share_of_lesion, _mm3(target)))
    if coverage.share_in_rest >= SMALLEST_SPILL:
        front = f"{number(whole.volume_mm3 - target.volume_mm3)} mm&sup3;"
        rows.append(_nucleus_row(whole_key, f"{whole_key} in front of {key}", coverage.share_in_rest, front))
    return rows


def _mm3(share: StructureShare) -> str:
    return f"{number(share.volume_mm3)} mm&sup3;"


def _mm3_of(share: StructureShare) -> str:
    return f"{number(share.volume_mm3)} of {share.structure_mm3:.0f} mm&sup3;"


def _spill_label(share: StructureShare) -> str:
    if share.side is None:
        return text(share.name)
    return _named(share.abbreviation, share.name)


def _named(abbreviation: str, name: str) -> str:
    """An abbreviation with its name on hover."""
    return f'<span title="{text(name)}">{text(abbreviation)}</span>'


def _bar_row(label: str, share: float, css_class: str, extra: str) -> str:
    return _row(label, bar(share, css_class), share, extra)


def _nucleus_row(key: str, label: str, share: float, extra: str) -> str:
    return _row(text(label), bar(share, colour=nucleus_colour(key)), share, extra)


def _row(label: str, drawn: str, share: float, extra: str) -> str:
    words = text(percent(share))
    return f'<span>{label}</span>{drawn}<span class="value">{words}</span><span class="extra">{extra}</span>'


def distances(summary: LesionSummary) -> str:
    """How near the lesion's surface comes to what lies around it."""
    shown = summary.nearest(MOST_DISTANCES, with_key=True)
    if not shown:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{text(row.title)}</th><td class="number">{text(row.words)}</td></tr>' for row in shown
    )
    return f"<h3>From the lesion's surface to</h3><table><tbody>{rows}</tbody></table>"


def _chance_row(row: ReviewedNumber, label: str) -> str:
    drawn = bar(row.share or 0.0, "chance")
    return f'<span>{label}</span>{drawn}<span class="value">{text(row.words)}</span>'


def uncertainty(found: LesionReview, summary: LesionSummary) -> str:
    """The 95 % region, what makes it up, and the probabilities that follow."""
    position = " ".join(row.in_text for row in summary.of("position"))
    effects = summary.of("effect")
    chances = "".join(_chance_row(row, text(row.title)) for row in effects if row.share is not None)
    told = "".join(f'<p class="small">{text(row.in_text)}</p>' for row in effects if row.share is None)
    return (
        f'<div class="columns"><div><h3>How far off it may be</h3><p>{text(position)}</p>{_budget(found.uncertainty)}'
        f'</div><div><h3>What that means for the lesion</h3><div class="bars plain">{chances}</div>{told}'
        f"{_touches(summary)}</div></div>"
    )


def _budget(found: Uncertainty) -> str:
    if not found.budget:
        return ""
    largest = max(share.rms_mm for share in found.budget) or 1.0
    rows = "".join(
        f"<span>{text(share.words)}</span>{bar(share.rms_mm / largest)}"
        f'<span class="value">{number(share.rms_mm)} mm</span>'
        for share in found.budget
    )
    return f'<div class="bars budget"><div class="group">Error sources, 3-D root mean square</div>{rows}</div>'


def _touches(summary: LesionSummary) -> str:
    touches = summary.of("touch")[:MOST_TOUCHES]
    if not touches:
        return ""
    rows = "".join(_chance_row(row, _named(row.title, row.note)) for row in touches)
    return (
        '<div class="bars plain"><div class="group">Probability that more than 1&nbsp;% of the lesion lies in</div>'
        f"{rows}</div>"
    )
