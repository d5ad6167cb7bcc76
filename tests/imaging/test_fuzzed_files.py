"""Seeded damage of every kind to image files of every kind, read as ``fusplan info`` and ``fusplan plan`` read them.

``python -m tests.benchmarks.bad_input`` does the same with thousands.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.benchmarks.damage_outcomes import BAD_KINDS, LONGEST_S, outcome_of
from tests.benchmarks.damaged_images import DAMAGES, Sample, damaged_files, samples

SEED = 20240229


@pytest.fixture(scope="module")
def whole() -> tuple[Sample, ...]:
    return samples()


def test_whole_files_are_read_as_an_independent_reader_reads_them(tmp_path: Path, whole: tuple[Sample, ...]) -> None:
    from tests.benchmarks.damaged_images import Damaged

    for sample in whole:
        outcome = outcome_of(Damaged(sample, "nothing", "", sample.files), tmp_path)
        assert outcome.kind == "as it was", f"{sample.name}: {outcome.detail}"


def test_every_damage_is_refused_told_or_unnoticeable(
    tmp_path: Path, whole: tuple[Sample, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    # How a head lies is looked for in what was read already, at a third of a second for each; the whole files have it.
    monkeypatch.setattr("fusplan.cli.info.seems_turned", lambda volume, template: None)
    counts: Counter[str] = Counter()
    for damaged in damaged_files(3 * len(whole) * len(DAMAGES), SEED):
        outcome = outcome_of(damaged, tmp_path)
        assert outcome.kind not in BAD_KINDS, f"{damaged.sample.name}: {outcome.detail}"
        assert outcome.processor_s < LONGEST_S
        counts[outcome.kind] += 1
    assert counts["refused"] > 100
    assert counts["as it was"] > 20
    assert counts["told"] > 5
