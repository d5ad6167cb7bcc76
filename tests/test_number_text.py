"""Texts that are one number, in any script, and texts that are not."""

from __future__ import annotations

import pytest

from fusplan.number_text import NumberTextError, may_be_grouped, read_number, read_three_numbers, read_whole_number
from fusplan.planning.lesion_size import LesionSizeError, parse_lesion_size


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.5", 1.5), ("1,5", 1.5), (" -1,2 ", -1.2), ("\u22121.2", -1.2), ("\uff0d1.2", -1.2), ("+3", 3.0),
        (".5", 0.5), ("5.", 5.0), ("1e-05", 1e-5), ("1,5E+2", 150.0), ("\u0661\u066b\u0665", 1.5),
        ("\u061c-\u06f1\u066b\u06f2", -1.2),
        ("\u200e\u2212\u0967\u0966.\u096b", -10.5), ("\uff11\uff0e\uff15", 1.5), ("\u202a7\u202c", 7.0),
        ("9.300000000000001", 9.300000000000001),
    ],
)  # fmt: skip
def test_one_number(text: str, number: float) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "1.234,5", "1,234.5", "1,234,567", "1 234", "1\u00a0234", "1\u202f234,5", "1'234", "1\u2019234",
     "1\u066c234", "1_5", "0x10", "nan", "inf", "1-", "--1", "1.5 mm", "1.5.", "one", "\u00bd", "\u00b2", "1e", "1;5"],
)  # fmt: skip
def test_no_number_or_several(text: str) -> None:
    with pytest.raises(NumberTextError) as caught:
        read_number(text)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), (" +3 ", 3), ("\u22121", -1), ("\u0661\u0662", 12), ("007", 7), ("0", 0)]
)
def test_whole_numbers(text: str, number: int) -> None:
    assert read_whole_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "-", "10_0", "1.0", "1,000", "1 000", "1e3", "0x10", "\u00b2", "nan", "--1", "1-", "9" * 5000]
)
def test_no_whole_numbers(text: str) -> None:
    with pytest.raises(NumberTextError):
        read_whole_number(text)


def test_what_may_hold_a_thousands_separator() -> None:
    assert all(may_be_grouped(text) for text in ("1,234", "-12.345", "123,456"))
    assert not any(may_be_grouped(text) for text in ("0,500", "1,2345", "1,23", "1234,567", "1234"))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("-8.8, -20.8, 12.3", (-8.8, -20.8, 12.3)), ("-8,8 -20,8 12,3", (-8.8, -20.8, 12.3)), ("1,2,3", (1, 2, 3)),
        ("-8,8, -20,8, 12,3", (-8.8, -20.8, 12.3)), ("-8,8;-20,8;12,3", (-8.8, -20.8, 12.3)), ("(1 2 3)", (1, 2, 3)),
        ("\u2212\u0668\u066b\u0668\u061b \u0662\u0660 \u0661\u0662", (-8.8, 20, 12)), ("[1.5, 2, 3]", (1.5, 2, 3)),
    ],
)  # fmt: skip
def test_three_numbers(text: str, numbers: tuple[float, float, float]) -> None:
    assert read_three_numbers(text) == numbers


@pytest.mark.parametrize(
    "text", ["1,5 2", "1, 2,3", "1,2 3", "1,5,2,5,3,5", "1 2 3 4", "1.234,5 2 3", "a b c", "", "1_0 2 3"]
)
def test_not_certainly_three_numbers(text: str) -> None:
    with pytest.raises(NumberTextError):
        read_three_numbers(text)


def test_lesion_sizes_have_both_signs_and_any_digits() -> None:
    for text in ("1.5x2.5", "1,5x2,5", "1,5 x 2.5", "\u0661\u066b\u0665\u00d7\u0662\u066b\u0665"):
        assert parse_lesion_size(text).words == "1.5x2.5"
    for text in ("1.234,5x4", "1 5x4", "1_5x4", "-1,5x4"):
        with pytest.raises(LesionSizeError):
            parse_lesion_size(text)
