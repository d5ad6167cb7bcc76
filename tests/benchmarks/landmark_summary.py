"""What the rows of the landmark benchmark say together, against what is aimed at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from fusplan.planning.error_sources import REGISTRATION_RMS_MM
from tests.benchmarks.heads import CONTRASTS
from tests.benchmarks.landmark_rows import AS_IT_IS, Row

CLEAN_MEDIAN_MM, CLEAN_MOST_MM = 0.4, 1.0
HARD_MM, HARD_SHARE = 1.5, 0.95
WRONG_MM = 2.0
CONTRAST_MM = 1.5
PEER_TIME_RATIO = 8.0
CHI_95 = 2.795
"""95 % of a three-dimensional normal distribution lie within this many standard deviations."""


def summary_lines(rows: Sequence[Row]) -> Iterator[str]:
    """The lines to print under the table."""
    own = [row for row in rows if row.engine == "fusplan"]
    heads = [row for row in own if row.head not in CONTRASTS]
    yield from _clean_lines([row for row in heads if row.case == AS_IT_IS])
    yield from _hard_lines([row for row in heads if row.case != AS_IT_IS])
    for row in own:
        if row.head in CONTRASTS:
            yield f"{row.head}: {row.worst_mm:.2f} mm from its T1's answer (aim {CONTRAST_MM})"
    yield from _calibration_lines(own)
    yield from _peer_lines(rows)


def _clean_lines(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    errors = _errors(rows)
    yield (
        f"Clean heads ({len(rows)}): AC/PC median {np.median(errors):.2f} mm (aim {CLEAN_MEDIAN_MM}), "
        f"maximum {errors.max():.2f} mm (aim {CLEAN_MOST_MM}); midplane at most "
        f"{max(row.errors.midplane_deg for row in rows):.2f} deg; {_median_time(rows)}"
    )


def _hard_lines(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    errors = _errors(rows)
    good = [row.worst_mm <= HARD_MM for row in rows]
    silent = [row for row in rows if row.worst_mm > WRONG_MM and row.verdict == "ok"]
    yield (
        f"Hard cases ({len(rows)}): AC/PC median {np.nanmedian(errors):.2f}, 95th percentile "
        f"{np.nanpercentile(errors, 95):.2f}, maximum {np.nanmax(errors):.2f} mm; within {HARD_MM} mm: "
        f"{np.mean(good):.1%} (aim {HARD_SHARE:.0%}); {_median_time(rows)}"
    )
    yield f"Silent failures (beyond {WRONG_MM} mm with verdict ok): {len(silent)} (aim 0)"
    yield from (f"    {row.line()}" for row in silent)


def _calibration_lines(rows: Sequence[Row]) -> Iterator[str]:
    yield f"{'Verdict against true error':<28}" + "".join(f"{name:>9}" for name in ("ok", "warning", "error"))
    bands = {"within 1.0 mm": (0.0, 1.0), "1.0 to 2.0 mm": (1.0, 2.0), "beyond 2.0 mm": (2.0, np.inf)}
    for name, (low, high) in bands.items():
        found = [row for row in rows if low <= row.worst_mm < high]
        yield f"    {name:<24}" + "".join(f"{_count(found, v):>9}" for v in ("ok", "warning", "error"))
    refused = [row for row in rows if row.verdict == "refused"]
    yield f"    refused: {len(refused)}"
    wrong = [row for row in rows if not row.worst_mm <= WRONG_MM]
    right = [row for row in rows if row.worst_mm <= HARD_MM]
    if wrong:
        yield f"Wrong (beyond {WRONG_MM} mm or refused) and told so: {np.mean([r.verdict != 'ok' for r in wrong]):.0%}"
    if right:
        yield f"Right (within {HARD_MM} mm) but doubted: {np.mean([row.verdict != 'ok' for row in right]):.1%}"
    yield from _coverage_lines(rows)


def _coverage_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Whether the registration error that plans assume holds the marks."""
    for verdict, rms_mm in REGISTRATION_RMS_MM.items():
        errors = _errors([row for row in rows if row.verdict == verdict])
        if errors.size:
            radius_mm = CHI_95 * rms_mm / np.sqrt(3)
            yield (
                f"Stated 95 % radius of verdict '{verdict}', {radius_mm:.1f} mm, holds "
                f"{np.mean(errors <= radius_mm):.1%} of the marks; their own 95 % radius is "
                f"{np.percentile(errors, 95):.2f} mm"
            )


def _peer_lines(rows: Sequence[Row]) -> Iterator[str]:
    for engine in sorted({row.engine for row in rows} - {"fusplan"}):
        theirs = {row.head: row for row in rows if row.engine == engine}
        ours = {r.head: r for r in rows if r.engine == "fusplan" and r.case == AS_IT_IS and r.head in theirs}
        shared = [head for head in theirs if head in ours]
        if shared:
            time_ratio = np.median([theirs[head].seconds / ours[head].seconds for head in shared])
            error_ratio = np.median(_errors([theirs[h] for h in shared])) / np.median(
                _errors([ours[h] for h in shared])
            )
            yield (
                f"{engine} on {len(shared)} heads: {time_ratio:.1f} times the time (aim {PEER_TIME_RATIO:.0f}), "
                f"{error_ratio:.2f} times the median error"
            )


def _errors(rows: Sequence[Row]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([value for row in rows for value in (row.errors.ac_mm, row.errors.pc_mm)])


def _median_time(rows: Sequence[Row]) -> str:
    return f"median {np.median([r.seconds for r in rows]):.1f} s, {np.median([r.cpu_s for r in rows]):.1f} CPU s"


def _count(rows: Sequence[Row], verdict: str) -> int:
    return sum(row.verdict == verdict for row in rows)
