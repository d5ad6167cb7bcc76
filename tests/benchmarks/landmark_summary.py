"""What the rows of the landmark benchmark say together, against what is aimed at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from fusplan.planning.landmark_doubt import FOUND_SD_MM
from tests.benchmarks.heads import CONTRASTS
from tests.benchmarks.landmark_rows import AS_IT_IS, Row

Values = npt.NDArray[np.float64]

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
        f"maximum {errors.max():.2f} mm (aim {CLEAN_MOST_MM}); {_median_time(rows)}"
    )
    yield from _midplane_lines(rows)


def _midplane_lines(rows: Sequence[Row]) -> Iterator[str]:
    """What the refinement in the image gains over the landmarks that the map carries."""
    found = np.array([row.errors.midplane_deg for row in rows])
    carried = np.array([row.carried.midplane_deg for row in rows])
    worse = float(
        np.mean(_errors(rows) > np.array([mm for r in rows for mm in (r.carried.ac_mm, r.carried.pc_mm)]) + 0.1)
    )
    yield (
        f"    midplane mean {np.nanmean(found):.2f}, maximum {np.nanmax(found):.2f} deg (by the map alone "
        f"{np.nanmean(carried):.2f} and {np.nanmax(carried):.2f}); refinement made {worse:.1%} of AC and PC worse by "
        "over 0.1 mm"
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
    yield from _midplane_lines(rows)
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
    if not wrong:
        yield f"Hit rate of the verdicts: not known, no result here is beyond {WRONG_MM} mm"
    else:
        yield f"Wrong (beyond {WRONG_MM} mm or refused) and told so: {np.mean([r.verdict != 'ok' for r in wrong]):.0%}"
    if right:
        yield f"Right (within {HARD_MM} mm) but doubted: {np.mean([row.verdict != 'ok' for row in right]):.1%}"
    yield from _coverage_lines(rows)


def _coverage_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Whether the ellipsoids stated for AC and PC hold the marks, and what sizes the errors themselves ask for."""
    for verdict, stated in FOUND_SD_MM.items():
        found = [row for row in rows if row.verdict == verdict]
        if not found:
            continue
        words = " x ".join(f"{sd * CHI_95:.2f}" for sd in stated)
        yield (
            f"Stated 95 % ellipsoids of AC and PC, verdict '{verdict}', semi-axes {words} mm (right, anterior, up): "
            f"hold {share_held(found, stated):.1%} of {2 * len(found)} marks (aim 90 to 99 %)"
        )
    marked = [row for row in rows if row.verdict == "ok" and row.head not in CONTRASTS]
    names = sorted({row.head for row in marked})
    if len(names) > 1:
        held = {name: _held_by_the_others(marked, name) for name in names}
        shares = ", ".join(f"{name} {share:.0%}" for name, share in held.items())
        yield f"Sizes from the other heads hold on average {np.mean(list(held.values())):.1%} ({shares})"
        yield f"    all heads ask for SDs of {' '.join(f'{sd:.2f}' for sd in fitted_sd_mm(marked))} mm"


def _held_by_the_others(rows: Sequence[Row], name: str) -> float:
    fitted = fitted_sd_mm([row for row in rows if row.head != name])
    return share_held([row for row in rows if row.head == name], fitted)


def share_held(rows: Sequence[Row], sd_mm: Sequence[float]) -> float:
    """Share of the marks inside the 95 % ellipsoid of normal errors with these SDs along the AC-PC axes."""
    lengths = np.sqrt(((_error_vectors(rows) / np.asarray(sd_mm)) ** 2).sum(axis=1))
    return float(np.mean(lengths <= CHI_95))


def fitted_sd_mm(rows: Sequence[Row]) -> tuple[float, ...]:
    """Root mean square of the errors of AC and PC along right, anterior and up; every head counts alike."""
    heads = sorted({row.head for row in rows})
    squares = [(_error_vectors([row for row in rows if row.head == head]) ** 2).mean(axis=0) for head in heads]
    return tuple(np.sqrt(np.mean(squares, axis=0)).tolist())


def _error_vectors(rows: Sequence[Row]) -> Values:
    """(2 n, 3), mm to the right, anterior and up in the true AC-PC frame."""
    return np.array([vector for row in rows for vector in (row.errors.ac_vector_mm, row.errors.pc_vector_mm)])


def _peer_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Peers on the heads that both have done; the landmarks carried by our map alone are the like-for-like."""
    for engine in sorted({row.engine for row in rows} - {"fusplan"}):
        theirs = {row.head: row for row in rows if row.engine == engine}
        ours = {r.head: r for r in rows if r.engine == "fusplan" and r.case == AS_IT_IS and r.head in theirs}
        shared = [head for head in theirs if head in ours]
        if shared:
            yield _peer_line(engine, [(theirs[head], ours[head]) for head in shared])


def _peer_line(engine: str, pairs: Sequence[tuple[Row, Row]]) -> str:
    wall = np.median([their.seconds / our.seconds for their, our in pairs])
    cpu = np.median([their.cpu_s / our.cpu_s for their, our in pairs])
    errors, our_errors = _errors([their for their, _ in pairs]), _errors([our for _, our in pairs])
    carried = np.array([mm for _, our in pairs for mm in (our.carried.ac_mm, our.carried.pc_mm)])
    median, our_median, carried_median = (float(np.median(mm)) for mm in (errors, our_errors, carried))
    return (
        f"{engine} on {len(pairs)} heads: {wall:.1f} times the time, {cpu:.1f} times the processor time (aim "
        f"{PEER_TIME_RATIO:.0f}); AC/PC median {median:.2f}, maximum {errors.max():.2f} mm against {our_median:.2f} "
        f"and {our_errors.max():.2f} mm: {median / our_median:.1f} times (by our map alone {carried_median:.2f} and "
        f"{carried.max():.2f} mm: {median / carried_median:.1f} times)"
    )


def _errors(rows: Sequence[Row]) -> Values:
    return np.array([value for row in rows for value in (row.errors.ac_mm, row.errors.pc_mm)])


def _median_time(rows: Sequence[Row]) -> str:
    return f"median {np.median([r.seconds for r in rows]):.1f} s, {np.median([r.cpu_s for r in rows]):.1f} CPU s"


def _count(rows: Sequence[Row], verdict: str) -> int:
    return sum(row.verdict == verdict for row in rows)
