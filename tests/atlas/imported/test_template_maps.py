"""The stored maps between templates against the experts' landmarks they were fitted to, and what may be declared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fusplan.atlas.imported.template_maps import (
    PATIENT_SPACE,
    TEMPLATES,
    TemplateNotStatedError,
    UnknownTemplateError,
    declared_space,
    stored_maps,
    template_map,
)
from tests.benchmarks.template_maps import against_morel, apply, fitted_map, landmarks_of, read_landmarks


def test_every_template_has_a_map_with_its_error_in_words() -> None:
    assert {one.template for one in stored_maps().maps} | {"MNI152NLin2009cAsym"} == set(TEMPLATES)
    for template in TEMPLATES[1:]:
        found = template_map(template)
        assert 0 < found.error_rms_mm < 1.5
        assert f"{found.error_rms_mm:.1f} mm root mean square" in found.words
    assert template_map(TEMPLATES[0]).error_rms_mm == 0
    assert "CC BY 4.0" in stored_maps().licence


@pytest.mark.parametrize("template", TEMPLATES[1:])
def test_the_stored_numbers_are_those_of_the_landmarks(shared_folder: Path, template: str) -> None:
    stored = next(one for one in stored_maps().maps if one.template == template)
    fitted = fitted_map(shared_folder, template)
    np.testing.assert_allclose(stored.matrix, fitted["matrix"], atol=1e-5)
    assert stored.error_mm.model_dump() == pytest.approx(fitted["error_mm"])


def test_the_map_brings_the_landmarks_nearer(shared_folder: Path) -> None:
    target = read_landmarks(shared_folder, "MNI152NLin2009cAsym")
    source = landmarks_of(shared_folder, "MNI152NLin6Asym")
    before = np.linalg.norm(source - target, axis=1)
    after = np.linalg.norm(apply(template_map("MNI152NLin6Asym").matrix, source) - target, axis=1)
    assert np.sqrt((after**2).mean()) < 0.75 * np.sqrt((before**2).mean())


def test_the_map_agrees_with_a_registration_of_the_templates(shared_folder: Path) -> None:
    """Independent: the built-in figures were carried over by registering the two template images."""
    carried = against_morel(shared_folder, template_map("MNI152NLin6Asym").matrix)
    as_it_is = against_morel(shared_folder, np.eye(4))
    assert len(carried) == 37
    assert np.sqrt((carried**2).mean()) < 0.4 < 0.6 < np.sqrt((as_it_is**2).mean())


@pytest.mark.parametrize(
    ("text", "space"),
    [
        ("2009cAsym", TEMPLATES[0]),
        ("MNI152NLin2009bAsym", "MNI152NLin2009bAsym"),
        ("NLin6Asym", "MNI152NLin6Asym"),
        ("mni152nlin2009asym", "MNI152NLin2009aSym"),
        ("patient", PATIENT_SPACE),
        ("native", PATIENT_SPACE),
    ],
)
def test_what_may_be_declared(text: str, space: str) -> None:
    assert declared_space(text) == space


@pytest.mark.parametrize("text", [None, "", "MNI", "mni 152", "unknown"])
def test_a_name_that_may_mean_several_is_refused(text: str | None) -> None:
    with pytest.raises(TemplateNotStatedError):
        declared_space(text)


def test_a_template_without_a_map_is_refused() -> None:
    with pytest.raises(UnknownTemplateError, match="MNI152NLin2009bAsym"):
        declared_space("Colin27")
