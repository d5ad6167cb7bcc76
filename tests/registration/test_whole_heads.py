"""Whole heads against points marked by eye. The landmark benchmark has more heads, and hard cases of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fusplan.atlas.catalogue import load_template
from fusplan.registration.greedy_engine import register
from fusplan.registration.request import RegistrationRequest, RegistrationResult
from fusplan.spatial import Points, ScannerRas
from tests.benchmarks.hard_cases import posed
from tests.benchmarks.heads import MarkedHead
from tests.fixtures.registrations import Recorder, Registered

pytestmark = pytest.mark.slow


def errors_mm(head: MarkedHead, result: RegistrationResult) -> tuple[float, float]:
    marks = load_template().landmarks
    return (
        result.mni_to_scanner.apply(marks.ac).distance_to(head.ac),
        result.mni_to_scanner.apply(marks.pc).distance_to(head.pc),
    )


def test_the_built_in_head(registered: Callable[[str], Registered]) -> None:
    """Marked by eye on this file (expected error 0.5 and 0.7 mm): AC (0.5, 4.4, -4.1), PC (0.2, -23.2, -2.1)."""
    head, result, _ = registered("colin27")
    assert max(errors_mm(head, result)) < 0.8
    assert result.quality.verdict == "ok"


def test_there_and_back_again(registered: Callable[[str], Registered]) -> None:
    head, result, _ = registered("colin27")
    places = Points(head.volume.scanner_frame, [head.ac.array, head.pc.array, *head.midline.array])
    back = result.mni_to_scanner.apply(result.scanner_to_mni.apply(places))
    assert abs(back.array - places.array).max() < 0.002


def test_progress_speaks_the_users_language(registered: Callable[[str], Registered]) -> None:
    _, _, progress = registered("colin27")
    fractions = [fraction for fraction, _ in progress.reports]
    assert fractions == sorted(fractions) and fractions[0] == 0.0 and fractions[-1] == 1.0
    steps = [sentence for _, sentence in progress.reports if "Aligning the template to your image, step" in sentence]
    assert [f"step {number} of 3" in step for number, step in enumerate(steps, start=1)] == [True] * 3


def test_a_marked_head(registered: Callable[[str], Registered], shared_data: object) -> None:
    """Grid-electrode patient with a lesion; marked by two raters 0.3 mm apart."""
    head, result, _ = registered("seg3d")
    assert max(errors_mm(head, result)) < 1.0
    assert result.quality.verdict == "ok"


def test_a_turned_head_gives_the_same_places_silently(
    registered: Callable[[str], Registered], capfd: pytest.CaptureFixture[str]
) -> None:
    head, upright, _ = registered("colin27")
    capfd.readouterr()
    turned = posed(head, (15, -10, 20), (40, -30, 20))
    result = register(RegistrationRequest(turned.volume, load_template()), Recorder())
    assert capfd.readouterr() == ("", "")
    assert max(errors_mm(turned, result)) < 0.8
    assert errors_mm(turned, result) == pytest.approx(errors_mm(head, upright), abs=0.15)
    assert isinstance(result.mni_to_scanner.target, ScannerRas)
