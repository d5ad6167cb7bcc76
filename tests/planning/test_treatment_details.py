"""What a treatment says beside its summary, in words and numbers known beforehand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fusplan.planning.treatment_details import (
    SDR_MADE_UP,
    SDR_UNRELIABLE,
    T1_CANNOT_TELL,
    SpotOffset,
    calibration_words,
    cavitation_rows,
    contour_table,
    heat_of,
    limits_words,
    minutes_words,
    sdr_rows,
    session_totals,
    skull_cannot_tell,
)
from fusplan.simulation.helmet_fit import TiltLimits
from fusplan.simulation.skull import SkullKind
from fusplan.simulation.sonication import HeatingCalibration
from tests.fixtures.simulated_plans import ABLATIONS, TEST, simulated_plan
from tests.fixtures.small_heads import small_plan


def plain(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (SpotOffset(0.0, 0.0, 0.0), "at the target"),
        (SpotOffset(0.04, -0.04, 0.0), "at the target"),
        (SpotOffset(0.6, 0.0, -0.8), "0.6 mm right, 0.8 mm below"),
        (SpotOffset(-1.25, 0.5, 2.0), "1.2 mm left, 0.5 mm in front, 2.0 mm above"),
        (SpotOffset(0.0, -0.1, 0.0), "0.1 mm behind"),
    ],
)
def test_a_spot_is_told_along_the_head(offset: SpotOffset, words: str) -> None:
    assert plain(offset.words) == words


def test_a_session_adds_up() -> None:
    words = [plain(row.words) for row in session_totals((TEST, *ABLATIONS))]
    # 2.6 + 7.4 + 8.2 kJ; 10 + 13 + 13 s until 253 s; 8.2 kJ in 13 s.
    assert words == ["3", "18.2 kJ", "36 s of 4 min", "631 W"]
    assert session_totals(()) == ()
    assert minutes_words(119.0) == "119 s"


def test_a_calibration_is_told_with_its_band_and_where_it_is_from() -> None:
    assert calibration_words(HeatingCalibration()).startswith("2.3 °C shown per kJ (1.1 to 4.6): declared")
    told = calibration_words(HeatingCalibration(2.0, 0.1, 0.1, "5 kJ showed 10 °C more"))
    assert told == "2.0 °C shown per kJ (1.8 to 2.2): 5 kJ showed 10 °C more."


def test_how_far_a_helmet_leans() -> None:
    assert "14° forward, 20° back, 12° right, 9° left" in limits_words(TiltLimits(14.0, 20.0, 12.0, 9.0, True))
    assert "does not fit" in limits_words(TiltLimits(0.0, 0.0, 0.0, 0.0, upright_fits=False))


@pytest.mark.parametrize(
    ("kind", "words"), [("ct", SDR_UNRELIABLE), ("t1", T1_CANNOT_TELL), ("synthetic", SDR_MADE_UP)]
)
def test_what_a_skull_cannot_tell(kind: SkullKind, words: str) -> None:
    simulated = simulated_plan(small_plan(), kind)
    assert skull_cannot_tell(simulated.skull) == words
    told = {row.words for row in sdr_rows(simulated)}
    assert told == ({"not known from a T1"} if kind == "t1" else {"0.45"})


def test_a_ct_without_a_doubt_says_nothing_against_its_ratio() -> None:
    skull = replace(simulated_plan(small_plan()).skull, warnings=())
    assert skull_cannot_tell(skull) == ""


def test_heat_is_told_of_each_sonication_alone() -> None:
    found = simulated_plan(small_plan()).targets[0]
    # Three degrees a kilojoule above the body's 37; what is left of the one before fades within two minutes.
    true = [float(heat_of(found, place)[1].words.split()[0]) for place in range(3)]
    assert true == pytest.approx([37 + 3 * 2.6, 37 + 3 * 7.4, 37 + 3 * 8.2], abs=0.15)
    shown, hottest = heat_of(found, 2)
    assert float(shown.words.split()[0]) < float(hottest.words.split()[0])
    assert heat_of(found, 3) == ()


def test_contours_are_lines_of_a_table_and_nothing_planned_has_no_columns_for_it() -> None:
    lesion = simulated_plan(small_plan()).targets[0].lesion
    first, *_ = contour_table(lesion)
    assert first.volume == ("20", "40", "75")
    bare = replace(lesion, contours=tuple(replace(contour, covered=None) for contour in lesion.contours))
    assert all(row.covered is None for row in contour_table(bare))


def test_the_teaching_event_is_drawn_by_the_seed_alone() -> None:
    simulated = simulated_plan(small_plan())
    found = replace(simulated.targets[0], sonications=tuple(replace(s, energy_j=14_000.0) for s in ABLATIONS))
    draws = [cavitation_rows(simulated, found, seed)[1].words for seed in range(20)]
    assert draws == [cavitation_rows(simulated, found, seed)[1].words for seed in range(20)]
    likely = cavitation_rows(simulated, found, 0)[0].words
    assert "at 1077 W" in likely
    assert cavitation_rows(simulated, replace(found, sonications=()), 0) == ()
