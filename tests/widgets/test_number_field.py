"""Numbers typed by key in the languages of those who type: the number that is meant, or a refusal in sight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import fusplan
from fusplan.widgets.number_field import NumberField

LOCALES = ("C", "en_US", "de_DE", "de_CH", "fr_FR", "it_IT", "ar_EG", "ar_AE", "fa_IR", "he_IL", "hi_IN", "sv_SE")


@pytest.fixture(params=LOCALES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


def shown(qtbot: QtBot, field: NumberField) -> NumberField:
    qtbot.addWidget(field)
    with qtbot.waitExposed(field):
        field.show()
    return field


def millimetres(qtbot: QtBot) -> NumberField:
    field = shown(qtbot, NumberField("Offset", "mm", -20.0, 20.0))
    field.setValue(4.0)
    return field


def typed(qtbot: QtBot, field: NumberField, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    field.setFocus()
    field.selectAll()
    for letter in text:  # keyClicks knows ASCII alone
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(field, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))
    qtbot.keyClick(field, key)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.5", 1.5), ("1,5", 1.5), ("-1.2", -1.2), ("-1,2", -1.2), ("\u22121.2", -1.2), ("\u22121,2", -1.2),
        ("\u20131,2", -1.2), (".5", 0.5), ("-,5", -0.5), ("7", 7.0), ("+7", 7.0), ("1.", 1.0), ("12,34", 12.3),
        ("\u0661\u066b\u0665", 1.5), ("\u061c-\u0661\u066b\u0662", -1.2), ("\u06f1\u066b\u06f5", 1.5),
        ("\u200e\u2212\u06f1\u066b\u06f2", -1.2), ("\u0967.\u096b", 1.5), ("1.5 mm", 1.5), ("1,5mm", 1.5),
    ],
)  # fmt: skip
def test_both_decimal_signs_are_read_in_every_language(qtbot: QtBot, language: str, text: str, number: float) -> None:
    field = millimetres(qtbot)
    typed(qtbot, field, text)
    assert field.value() == pytest.approx(number)
    assert not field.problem


@pytest.mark.parametrize(
    "text",
    ["1.234,5", "1,234.5", "1 2", "1'234", "1\u00a0234,5", "1\u066c234", "150", "15.0.0", "1-2", "1,2,3", "e", "-",
     "1e5", "--1", "1.5.", "2_0"],
)  # fmt: skip
def test_what_is_unclear_or_too_large_is_refused_in_sight_and_no_key_is_passed_over(
    qtbot: QtBot, language: str, text: str
) -> None:
    field = millimetres(qtbot)
    explanation = field.toolTip()
    told: list[float] = []
    field.valueChanged.connect(told.append)
    with qtbot.waitSignal(field.refused):
        typed(qtbot, field, text)
    assert field.value() == 4.0
    assert not told
    assert field.valueFromText(field.text()) == 4.0
    assert field.property("role") == "refused"
    assert field.toolTip() == field.problem != ""
    typed(qtbot, field, "3")
    assert (field.value(), field.problem, field.property("role"), field.toolTip()) == (3.0, "", "", explanation)


def test_leaving_the_field_refuses_as_well(qtbot: QtBot) -> None:
    field = millimetres(qtbot)
    with qtbot.waitSignal(field.refused) as refused:
        typed(qtbot, field, "1.234,5", Qt.Key.Key_Tab)
        field.clearFocus()
    assert "1.234,5" in refused.args[0]
    assert "kept" in refused.args[0]


def test_an_emptied_field_takes_its_number_back_without_a_word(qtbot: QtBot) -> None:
    field = millimetres(qtbot)
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert (field.value(), field.problem) == (4.0, "")


@pytest.mark.parametrize(("language_", "text"), [("de_DE", "1.234"), ("en_US", "1,234"), ("fr_FR", "1.234")])
def test_a_thousands_separator_is_not_taken_for_a_decimal_sign(qtbot: QtBot, language_: str, text: str) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(language_))
    try:
        field = shown(qtbot, NumberField("Level", "", -1e6, 1e6))
        field.setValue(50.0)
        typed(qtbot, field, text)
        assert field.value() == 50.0
        assert "1234" in field.problem
        whole = shown(qtbot, NumberField("Width", "", 0, 1e6, decimals=0))
        typed(qtbot, whole, "1.5")
        assert (whole.value(), "whole" in whole.problem) == (0.0, True)
    finally:
        QLocale.setDefault(before)


def test_what_is_shown_reads_as_what_it_is(qtbot: QtBot, language: str) -> None:
    field = millimetres(qtbot)
    for number in (-12.3, -0.4, 0.0, 0.1, 19.9):
        field.setValue(number)
        assert field.valueFromText(field.text()) == pytest.approx(number)
        field.stepBy(1)
        assert field.value() == pytest.approx(number + 0.1)


def test_no_other_field_for_numbers_is_made() -> None:
    package = Path(fusplan.__file__).parent
    made = {path.name for path in package.rglob("*.py") if re.search(r"Q(Double)?SpinBox\b", path.read_text("utf-8"))}
    assert made == {"number_field.py", "theme.py"}


def test_every_language_of_qt_shows_what_can_be_read_back(qtbot: QtBot) -> None:
    field = millimetres(qtbot)
    for locale in QLocale.matchingLocales(
        QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry
    ):
        field.setLocale(locale)
        for number in (-12.3, 7.5):
            assert field.valueFromText(field.textFromValue(number)) == pytest.approx(number), locale.name()
