"""What a lesion covers, touches and misses, and what the stated errors do to that."""

from __future__ import annotations

from fusplan.display.colours import nucleus_colour
from fusplan.planning.review import Coverage, LesionReview, StructureShare, Uncertainty
from fusplan.report.markup import TIMES, bar, number, percent, text

SMALLEST_SPILL = 0.01
"""Spill below this share of a lesion is summed up in one line."""

MOST_TOUCHES = 8

MOST_DISTANCES = 7
"""The third-ventricle wall and the midline stand in the list however far they are."""


def coverage_columns(found: LesionReview) -> str:
    """The coverage by every atlas, side by side."""
    columns = "".join(f"<div>{_coverage(one)}</div>" for one in found.coverage)
    return f'<div class="columns">{columns}</div>'


def _coverage(coverage: Coverage) -> str:
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
        f'<p class="small">Sampling error of the largest share: {_error(coverage.sampling_error)}.</p>'
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


def _error(relative: float) -> str:
    return f"{relative * 100:.1f}&nbsp;%" if relative >= 0.001 else "below 0.1&nbsp;%"


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
    return f'<span>{label}</span>{drawn}<span class="value">{percent(share)}</span><span class="extra">{extra}</span>'


def distances(found: LesionReview) -> str:
    """How near the lesion's surface comes to what lies around it."""
    ordered = sorted(found.distances, key=lambda one: one.distance_mm)
    nearest = ordered[:MOST_DISTANCES]
    shown = nearest + [one for one in ordered[MOST_DISTANCES:] if one.kind != "structure"]
    if not shown:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{text(one.to)}</th><td class="number">{how_near(one.distance_mm)}</td></tr>'
        for one in shown
    )
    return f"<h3>From the lesion's surface to</h3><table><tbody>{rows}</tbody></table>"


def how_near(distance_mm: float) -> str:
    """In words whether something is away, touched or reached into."""
    if abs(distance_mm) < 0.05:
        return "touches it"
    near = number(abs(distance_mm))
    return f"{near} mm away" if distance_mm > 0 else f"reaches {near} mm into it"


def _chance_row(label: str, probability: float) -> str:
    return f'<span>{label}</span>{bar(probability, "chance")}<span class="value">{percent(probability)}</span>'


def uncertainty(review: LesionReview) -> str:
    """The 95 % region, what makes it up, and the probabilities that follow."""
    found = review.uncertainty
    semi = sorted(found.region_95.semi_axes_mm, reverse=True)
    right, anterior, superior = found.standard_deviation_mm
    key = text(found.structure.key)
    low, high = found.expected_share[1], found.expected_share[2]
    return (
        '<div class="columns"><div><h3>How far off it may be</h3>'
        f"<p>The 95&nbsp;% region is an ellipsoid of {number(2 * semi[0])}{TIMES}{number(2 * semi[1])}{TIMES}"
        f"{number(2 * semi[2])} mm (dashed in the pictures). Standard deviation: {number(right)} mm right&ndash;left, "
        f"{number(anterior)} mm front&ndash;back, {number(superior)} mm up&ndash;down along the AC-PC axes.</p>"
        f"{_budget(found)}</div>"
        "<div><h3>What that means for the lesion</h3>"
        f'<div class="bars plain">{_chance_row(f"Covers at least half of {key}", found.half_cover_probability)}</div>'
        f"{_too_small(review)}"
        f'<p class="small">{key} covered: {percent(found.expected_share[0])} on average, between {percent(low)} and '
        f"{percent(high)} in nine of ten draws.</p>{_touches(found)}"
        f'<p class="small">{found.draws:,} random draws of all errors together, seed {found.seed}.</p></div></div>'
    )


def _too_small(review: LesionReview) -> str:
    """Says so where half of the structure is out of reach whatever the aim."""
    whole_mm3 = too_large_mm3(review)
    if whole_mm3 is None:
        return ""
    return (
        f'<p class="small">Wherever it lies: {number(review.volume_mm3)} mm&sup3; is less than half of a '
        f"{text(review.structure.key)} of {whole_mm3:.0f} mm&sup3;.</p>"
    )


def too_large_mm3(review: LesionReview) -> float | None:
    """Volume of the structure to be covered, by the first atlas, where half of it is more than the lesion; or None."""
    target = review.coverage[0].target if review.coverage else None
    if target is None or review.volume_mm3 >= target.structure_mm3 / 2:
        return None
    return target.structure_mm3


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


def _touches(found: Uncertainty) -> str:
    if not found.touches:
        return ""
    rows = "".join(
        _chance_row(_named(one.abbreviation, one.name), one.probability) for one in found.touches[:MOST_TOUCHES]
    )
    return (
        '<div class="bars plain"><div class="group">Probability that more than 1&nbsp;% of the lesion lies in</div>'
        f"{rows}</div>"
    )
